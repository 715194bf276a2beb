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
    otp::KeyDescription token;  // one that form_for_login() takes, once it is in an account
    std::string name{};         // the source's word for the device ("Acme 987654321"); may be empty
    // The last step or counter that is known to be used, or may be: nothing at or below it may be accepted
    // again. For HOTP always the counter before the next one, and nothing when that is 0.
    std::optional<std::uint64_t> floor{};
    std::string serial{};  // the device's number, as it is printed on it; may be empty
    std::string id{};      // the source's word for the key, where a device has several
    std::string place{};   // "users.oath:3"
    std::vector<otp::Remark>
        remarks{};  // what its reader has to say; add() of GatheredAccounts takes them over
    // The other key that the same text means in hexadecimal, which a code tells apart; the remarks are in doubt.
    std::optional<Secret> as_hexadecimal{};
};

struct ImportedAccount {
    // A login name as AccountName::create takes it, or empty: the source does not say whose it is.
    std::string user;
    std::vector<ImportedToken> tokens;  // 1 to max_authenticators, all TOTP or all HOTP
    std::vector<Secret> scratch_codes;  // google-authenticator's: 8 digits, not yet used
    std::vector<std::string> remarks;   // sentences: what could not be carried over, and what to do
    std::string place;                  // "users.oath:3"
    // A sentence, when one of its keys can be another one: it is not taken before somebody has tried a code.
    std::string doubt{};
    // `user` is what a page calls somebody, and perhaps no name on this machine.
    bool is_label = false;
};

struct Unusable {
    std::string place;
    std::string why;       // a sentence
    std::string serial{};  // of a device that nobody has yet, in a form that can be shown
};

// `remarks`, `place`, `doubt`, `why` and `serial` are printable and hold no secret.
struct Reading {
    std::vector<ImportedAccount> accounts;  // in the order of the source, one for each user
    std::vector<Unusable> unusable;
    std::vector<std::string> remarks{};  // sentences about the whole source
};

}  // namespace secondstep::tool
