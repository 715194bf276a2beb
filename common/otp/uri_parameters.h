#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "otp/key_description.h"

namespace secondstep::otp {

// What stands behind the '?' of an otpauth URI, decoded; not understood yet. Nothing: it is not there.
struct UriParameters {
    std::optional<Secret> secret;
    std::optional<Secret> issuer;
    std::optional<Secret> algorithm;
    std::optional<Secret> digits;
    std::optional<Secret> period;
    std::optional<Secret> counter;
    std::optional<Secret> encoder;
    std::vector<Remark> remarks;

    // Errors: invalid (one that changes codes is there twice with different values, or has a '%' that is not
    // followed by two hexadecimal digits).
    [[nodiscard]] static Result<UriParameters> parse(std::string_view query);
    // Whether `text` begins with the name of one of those above, and '=' or '&' or the end: then what stands
    // before it was a label, even if it has a '?'.
    [[nodiscard]] static bool begin_in(std::string_view text);

    [[nodiscard]] std::optional<Secret>* find(std::string_view name);
};

}  // namespace secondstep::otp
