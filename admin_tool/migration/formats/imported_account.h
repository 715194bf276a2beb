#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "otp/key_description.h"

// What every parser of `secondstep import` gives.
namespace secondstep::tool {

struct ImportedToken {
    otp::KeyDescription token;
    std::string name;  // the source's word for the device ("Acme 987654321"); may be empty
    // The last step or counter that is known to be used, or may be: nothing at or below it may be accepted
    // again. For HOTP always the counter before the next one, and nothing when that is 0.
    std::optional<std::uint64_t> floor;
    std::vector<std::string> remarks = {};  // sentences about this one; its account has them in the end
};

struct ImportedAccount {
    // A login name as AccountName::create takes it, or empty: the source does not say whose it is.
    std::string user;
    std::vector<ImportedToken> tokens;  // 1 to max_authenticators, all TOTP or all HOTP
    std::vector<Secret> scratch_codes;  // google-authenticator's: 8 digits, not yet used
    std::vector<std::string> remarks;   // sentences: what could not be carried over, and what to do
    std::string place;                  // "users.oath:3"
};

struct Unusable {
    std::string place;
    std::string why;  // a sentence
};

// `remarks`, `place` and `why` are printable and hold no secret.
struct Reading {
    std::vector<ImportedAccount> accounts;  // in the order of the source, one for each user
    std::vector<Unusable> unusable;
};

}  // namespace secondstep::tool
