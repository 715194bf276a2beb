#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "console/exit_status.h"
#include "console/output.h"
#include "otp/key_description.h"
#include "portals/offered_keys.h"

// The key of somebody else's second factor, in all the forms in which portals and apps hand one out. What
// came without names gets none: `account` is empty then.
namespace secondstep::tool {

// Typed at a prompt (one line), or all of a standard input that is not a terminal (at most 8 KiB): a key as
// otp/key_text.h says; of several addresses, a line each, and of an app's export see chosen_key(). What may be
// base32 or hexadecimal is asked about. Stops with refused, after saying what would be right.
[[nodiscard]] OrExit<otp::DescribedKey> read_key(std::optional<std::size_t> choice, Output& screen);

// The one of these that is meant: of several the person at the terminal chooses, or `choice` says which (from
// 1). Stops with refused, after listing them when nobody can choose.
[[nodiscard]] OrExit<otp::DescribedKey> chosen_key(OfferedKeys offered, std::optional<std::size_t> choice,
                                                   Output& screen);

// The one that is meant of the QR codes in these PNG or JPEG files, opened with the caller's rights.
[[nodiscard]] OrExit<otp::DescribedKey> key_in_pictures(const std::vector<std::string>& files,
                                                        std::optional<std::size_t> choice, Output& screen);

}  // namespace secondstep::tool
