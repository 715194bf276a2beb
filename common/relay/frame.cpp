#include "relay/frame.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/byte_codec.h"

namespace secondstep::relay {
namespace {

// The values travel: never renumber.
enum class Type : std::uint8_t { carried = 1, closed = 2, ping = 3, pong = 4 };

constexpr std::size_t size_of_time = 8;

void begin(Secret& out, Type type, Conversation conversation, std::size_t payload) {
    ByteWriter head(frame_head);
    head.u32(static_cast<std::uint32_t>(frame_head - 4 + payload));
    head.u8(static_cast<std::uint8_t>(type));
    head.u32(conversation);
    out.append(head.view());
}

struct Appender {
    Secret& out;
    void operator()(const Carried& carried) const {
        begin(out, Type::carried, carried.conversation, carried.envelope.size());
        out.append(carried.envelope.bytes());
    }
    void operator()(const Closed& closed) const { begin(out, Type::closed, closed.conversation, 0); }
    void operator()(const Ping& ping) const {
        const bool says_it = ping.word && is_program_version(ping.word->version);
        if (!says_it) return begin(out, Type::ping, 0, 0);
        ByteWriter clock(size_of_time);
        clock.i64(ping.word->clock.time_since_epoch().count());
        begin(out, Type::ping, 0, clock.size() + ping.word->version.size());
        out.append(clock.view());
        out.append(as_bytes(ping.word->version));
    }
    void operator()(const Pong& pong) const {
        ByteWriter payload(1 + size_of_time);
        payload.u8(pong.can_judge ? 1 : 0);
        if (pong.clock) payload.i64(pong.clock->time_since_epoch().count());
        begin(out, Type::pong, 0, payload.size());
        out.append(payload.view());
    }
};

std::optional<Frame> read_ping(ByteView payload) {
    if (payload.empty()) return Ping{};
    if (payload.size() <= size_of_time) return std::nullopt;
    ByteReader in(payload);
    const WallTime clock{std::chrono::milliseconds(in.i64())};
    const ByteView rest = payload.subspan(size_of_time);
    std::string version(rest.begin(), rest.end());
    if (!is_program_version(version)) return std::nullopt;
    return Ping{OwnWord{clock, std::move(version)}};
}

std::optional<Frame> read_pong(ByteView payload) {
    if (payload.size() != 1 && payload.size() != 1 + size_of_time) return std::nullopt;
    ByteReader in(payload);
    const std::uint8_t can_judge = in.u8();
    if (can_judge > 1) return std::nullopt;
    Pong pong{.can_judge = can_judge == 1};
    if (in.remaining() > 0) pong.clock = WallTime(std::chrono::milliseconds(in.i64()));
    return pong;
}

std::optional<Frame> read(Type type, Conversation conversation, ByteView payload) {
    switch (type) {
        case Type::carried:
            if (payload.empty()) return std::nullopt;
            return Carried{conversation, Secret::copy_of(payload)};
        case Type::closed:
            if (!payload.empty() || conversation == 0) return std::nullopt;
            return Closed{conversation};
        case Type::ping:
            return conversation == 0 ? read_ping(payload) : std::nullopt;
        case Type::pong:
            return conversation == 0 ? read_pong(payload) : std::nullopt;
    }
    return std::nullopt;
}

}  // namespace

unsigned version_of(std::string_view protocol) {
    constexpr std::string_view name = "secondstep-fleet/";
    if (!protocol.starts_with(name)) return 0;
    const std::string_view digits = protocol.substr(name.size());
    unsigned number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc{} && end == digits.data() + digits.size() ? number : 0;
}

bool is_program_version(std::string_view text) {
    constexpr std::size_t longest = 32;
    return !text.empty() && text.size() <= longest &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

void append(Secret& out, const Frame& frame) {
    std::visit(Appender{out}, frame);
}

Result<std::optional<Taken>> take(ByteView buffer) {
    if (buffer.size() < frame_head) return std::optional<Taken>{};
    ByteReader in(buffer);
    const std::size_t size = std::size_t{4} + in.u32();
    if (size < frame_head || size > max_frame) return fail(Errc::damaged, "a frame of an impossible length");
    if (buffer.size() < size) return std::optional<Taken>{};
    const auto type = static_cast<Type>(in.u8());
    const Conversation conversation = in.u32();
    std::optional<Frame> frame = read(type, conversation, buffer.subspan(frame_head, size - frame_head));
    if (!frame) return fail(Errc::damaged, "a damaged frame");
    return std::optional(Taken{std::move(*frame), size});
}

}  // namespace secondstep::relay
