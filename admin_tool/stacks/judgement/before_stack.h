#pragma once

#include <cstdint>

namespace secondstep::tool {

// What the program has made sure of before it runs the stack: sshd of a public key.
enum class BeforeStack : std::uint8_t {
    nothing,
    key,          // in every way in that runs the stack
    key_or_none,  // in some, and in others not
    cannot_tell,  // its settings are not known
};

}  // namespace secondstep::tool
