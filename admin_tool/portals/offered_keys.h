#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "otp/key_description.h"

namespace secondstep::tool {

// What the texts of QR codes have to offer: otpauth:// URIs, and an app's export, of which all pictures must
// be there. Never without a key. Errors: invalid; a sentence for whoever took the picture, without a text
// from it.
struct OfferedKeys {
    std::vector<otp::DescribedKey> keys;
    std::vector<std::string> passed_over;  // sentences
    std::vector<std::size_t> numbers{};    // of the keys, as `passed_over` counts them; none: from 1 on

    [[nodiscard]] static Result<OfferedKeys> in(const std::vector<Secret>& texts);
};

}  // namespace secondstep::tool
