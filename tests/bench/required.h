#pragma once

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace secondstep::bench {

// Throws what errno says.
inline void require(bool condition, const char* what) {
    if (!condition) throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

}  // namespace secondstep::bench
