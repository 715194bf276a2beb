#pragma once

#include <cstdint>
#include <set>
#include <string>

namespace secondstep {
namespace testing {

// The texts of the QR codes in width x height gray pixels, light on dark ones too. In a file of its own,
// since zbar.h is no C++ of today: it has exception specifications.
std::set<std::string> read_with_zbar(const std::uint8_t* pixels, unsigned width, unsigned height);

}  // namespace testing
}  // namespace secondstep
