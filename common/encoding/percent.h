#pragma once

#include <optional>
#include <string_view>

#include "base/secret.h"

namespace secondstep::otp {

// RFC 3986 section 2.1. "a%20b" => "a b"; "%", "%2", "%zz" => nullopt. '+' stays what it is: that RFC gives
// it no other meaning.
[[nodiscard]] std::optional<Secret> percent_decoded(std::string_view text);

}  // namespace secondstep::otp
