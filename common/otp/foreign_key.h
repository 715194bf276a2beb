#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace secondstep::otp {

// What people paste, photograph or hand over in the place of a key, and what they can do instead: the QR code
// of an app that speaks its own language ("phonefactor://..."), an address of a web page, a file of an app's
// export (JSON, XML, CSV). Nothing for everything else, a key among it. The sentence repeats nothing of it.
[[nodiscard]] std::optional<std::string> why_no_key(std::string_view text);

}  // namespace secondstep::otp
