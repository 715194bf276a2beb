#pragma once

#include <string>
#include <vector>

#include "pictures/picture_file.h"

namespace secondstep::testing {

// A picture as people have them, and what a reader should say.
struct SamplePicture {
    std::string kind;  // "rotated", "blurred"
    FileBytes file;
    std::vector<std::string> texts;  // in reading order
};

// A hundred of them, always the same: within a kind from easy to hardly possible.
[[nodiscard]] std::vector<SamplePicture> sample_pictures();

// An otpauth:// URI as portals show it.
[[nodiscard]] std::string sample_uri(Dice& dice);
// An otpauth-migration:// URI as Google Authenticator exports it, with the data of `accounts`.
[[nodiscard]] std::string sample_export(Dice& dice, std::size_t accounts);

}  // namespace secondstep::testing
