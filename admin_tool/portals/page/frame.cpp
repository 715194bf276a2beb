#include "portals/page/frame.h"

#include <algorithm>

#include "base/byte_codec.h"

namespace secondstep::page {

std::array<std::uint8_t, frame_head_size> encode(const FrameHead& head) {
    ByteWriter out;
    out.u8(static_cast<std::uint8_t>(head.kind));
    out.u32(head.size);
    std::array<std::uint8_t, frame_head_size> bytes{};
    std::ranges::copy(out.view(), bytes.begin());
    return bytes;
}

std::optional<FrameHead> decode_frame_head(ByteView head) {
    ByteReader in(head);
    const std::uint8_t kind = in.u8();
    const std::uint32_t size = in.u32();
    const bool known = kind >= static_cast<std::uint8_t>(FrameKind::listening) &&
                       kind <= static_cast<std::uint8_t>(FrameKind::crowded);
    if (!in.finished() || !known) return std::nullopt;
    return FrameHead{static_cast<FrameKind>(kind), size};
}

}  // namespace secondstep::page
