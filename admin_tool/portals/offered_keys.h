#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "otp/otpauth_uri.h"

namespace secondstep::tool {

// What the texts of QR codes have to offer: otpauth:// URIs, and an app's export, of which all pictures must
// be there. Never without a key. Errors: invalid; a sentence for whoever took the picture, without a text
// from it.
struct OfferedKeys {
    std::vector<otp::OtpauthUri> keys;
    std::vector<std::string> passed_over;  // sentences

    [[nodiscard]] static Result<OfferedKeys> in(const std::vector<Secret>& texts);
};

// "Example Corp: alice", without control characters.
[[nodiscard]] std::string label_of(const otp::OtpauthUri& key);

}  // namespace secondstep::tool
