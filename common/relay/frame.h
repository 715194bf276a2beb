#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/error.h"
#include "base/secret.h"
#include "relay/envelope.h"

// What two relays say to each other in a connection of TLS: many conversations side by side.
namespace secondstep::relay {

// ALPN, the newest first. Each program speaks the present version and the one before it, so that nodes and hosts can be
// upgraded one after another; the newest that both know is spoken.
//   2: the pong tells the time of the node.
//   3: a host tells of logins by break-glass codes.
//   4: the ping tells the time of the host, and the version of its program; an answer says for how long its host waits.
inline constexpr const char* newest_protocol = "secondstep-fleet/4";
inline constexpr const char* previous_protocol = "secondstep-fleet/3";
inline constexpr std::array<const char*, 2> application_protocols{newest_protocol, previous_protocol};
// 4 of "secondstep-fleet/4"; 0: it is no such name. What a version added, those after it have too.
[[nodiscard]] unsigned version_of(std::string_view protocol);
inline constexpr unsigned first_that_hears_of_time_left = 4;
inline constexpr unsigned first_in_which_hosts_describe_themselves = 4;

// A number that the host gives each conversation of a connection, never twice; 0 is no conversation.
using Conversation = std::uint32_t;

// A packet of a conversation, or, with number 0, of a question about the host.
struct Carried {
    Conversation conversation = 0;
    Secret envelope;
};
// The conversation is over at the other end; nothing more is sent or heard of it.
struct Closed {
    Conversation conversation = 0;
};
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;
// What a host says of itself. Nobody but it knows whether it is so: people read it, and nothing is decided by it.
struct OwnWord {
    WallTime clock;
    std::string version;  // is_program_version()
};
// 1 to 32 characters of ASCII that can be seen, no blank among them.
[[nodiscard]] bool is_program_version(std::string_view text);
// Each second, from the host; the node says whether it can judge.
struct Ping {
    std::optional<OwnWord> word = {};  // versions before 4 had none
};
struct Pong {
    bool can_judge = false;
    std::optional<WallTime> clock = {};  // of the node; version 1 had none
};
using Frame = std::variant<Carried, Closed, Ping, Pong>;

// Four bytes of length (of what follows), one of type, four of conversation, payload.
inline constexpr std::size_t frame_head = 9;
inline constexpr std::size_t max_frame = frame_head + max_envelope;

void append(Secret& out, const Frame& frame);

struct Taken {
    Frame frame;
    std::size_t size;  // bytes of the buffer it took
};
// The first frame of a buffer; nothing while it is not whole. Errors: damaged (a length over max_frame, an unknown
// type, a payload that does not go with it): the connection is to be closed.
[[nodiscard]] Result<std::optional<Taken>> take(ByteView buffer);

}  // namespace secondstep::relay
