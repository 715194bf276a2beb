#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace secondstep::page {

// What the page's process and the tool say to each other on their socket (SOCK_STREAM): a kind, a size of
// four bytes (big-endian), then so many bytes. They are one program and one version, but the process has
// talked to strangers: the tool believes no size.
enum class FrameKind : std::uint8_t {
    listening = 1,  // process: 2 bytes, the port
    failed = 2,     // process: why it cannot listen, a sentence
    picture = 3,    // process: look at this; nothing more comes before the answer
    expired = 4,    // process: the time is over
    exhausted = 5,  // process: too many pictures were not accepted
    accepted = 6,   // tool: whose key it is
    refused = 7,    // tool: why not
    crowded = 8,    // process: more want a place than there are; the address of which most are
};

struct FrameHead {
    FrameKind kind;
    std::uint32_t size;
};

inline constexpr std::size_t frame_head_size = 5;
inline constexpr std::size_t longest_sentence = 1024;

[[nodiscard]] std::array<std::uint8_t, frame_head_size> encode(const FrameHead& head);
[[nodiscard]] std::optional<FrameHead> decode_frame_head(ByteView head);  // nullopt if no such kind

}  // namespace secondstep::page
