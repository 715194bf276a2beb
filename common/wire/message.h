#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/purpose.h"
#include "base/secret.h"
#include "base/token.h"
#include "base/verdict.h"

namespace secondstep::wire {

// In packets of SOCK_SEQPACKET, each of at most max_message bytes. What a client says is alone in its packet; from
// version 3 on a service puts the texts to show and the question or verdict behind them into one, so that a turn
// wakes the client once. etc/FORMATS.md has the bytes.
inline constexpr std::size_t max_message = 8192;
inline constexpr std::size_t max_answer = 512;  // bytes of a typed answer
inline constexpr std::size_t max_form = 6144;   // bytes of a form
inline constexpr std::size_t max_name = 256;    // user, service, rhost, tty
inline constexpr std::size_t max_text =
    max_message - 6;  // what is shown or asked, beside the fields of an Ask
inline constexpr std::uint8_t protocol_version = 3;
// A service speaks them all: programs that run on keep the module they have loaded, whatever is installed since.
inline constexpr std::uint8_t oldest_protocol_version = 1;

// Whether a text may share its packet with what the service says next.
[[nodiscard]] constexpr bool has_shared_packets(std::uint8_t version) noexcept {
    return version >= 3;
}

struct Hello {
    std::uint8_t version = protocol_version;
    Purpose purpose = Purpose::authenticate;
    Task task = Task::none;            // something exactly when the purpose is manage; see is_known()
    bool first_factor_passed = false;  // the stack cannot reach the module otherwise; module argument
    bool combined = false;             // password and code come in one answer; module argument
    bool enroll_in_account = false;    // the account phase of this stack comes here too; module argument
    bool nobody_there = false;         // account: the program said that nobody is to be disturbed; version 2
    // authenticate: what is said after the answer is put off. account: that alone is asked for. Version 2.
    bool told_later = false;
    std::string user;
    std::string service;
    std::string rhost;
    std::string tty;
    std::array<std::uint8_t, 16> attempt{};  // chosen by the client: for logs only
    Token proof{};                           // account: what the end of the authentication brought; version 2
};

enum class AnswerKind : std::uint8_t {
    none = 0,      // the conversation gave NULL: end of input, cancelled
    text = 1,      // may be empty, which is something other than none
    too_long = 2,  // more than max_answer bytes: never a code
    form = 3,      // not typed: what the tool wants done, at most max_form bytes
};
struct Answer {
    AnswerKind kind = AnswerKind::none;
    Secret text;
};

// data: JSON for the tool; a module passes it over in silence.
enum class Style : std::uint8_t { info = 1, error = 2, data = 3 };
struct Show {
    Style style = Style::info;
    Secret text;  // it may be a key, or recovery codes
};
struct Ask {
    bool echo = false;
    std::string text;
    std::uint8_t combined_length = 0;  // combined: how many characters at the end are the code; else 0
    friend bool operator==(const Ask&, const Ask&) = default;
};
struct End {
    Verdict verdict = Verdict::unavailable;
    Token proof{};  // of what was shown in an authentication that went well, to be handed back; version 2
};

using Message = std::variant<Hello, Answer, Show, Ask, End>;

// What goes behind a Show in one packet, if anything does.
[[nodiscard]] constexpr bool ends_packet(const Message& message) noexcept {
    return !std::holds_alternative<Show>(message);
}

// A packet of one message. It is a Secret because an Answer is one; a Hello says its version itself. What an older
// version has no room for is left out, which makes nobody believe more. Errors: too_large (a text over its bound),
// invalid (a task or a proof that does not go with the purpose or the verdict).
[[nodiscard]] Result<Secret> encode(const Message& message, std::uint8_t version = protocol_version);
// The message behind the Shows that `packet` holds (nothing: as encode()), in a version that has shared packets.
// Errors: as encode(), and too_large where the packet would get too long; then it is as it was.
[[nodiscard]] Result<void> append(Secret& packet, const Message& message, std::uint8_t version);

// What a service said, in its order: one message or more, all but the last Shows. Strict: unknown type, flag or
// value, a task or a proof that does not go with the purpose or the verdict, a length over its bound, a NUL inside a
// name, bytes missing or left over, anything behind what ends a packet: the whole packet is damaged. An unknown
// version: unsupported, whatever follows.
[[nodiscard]] Result<std::vector<Message>> decode_packet(ByteView packet);
// What a client said, which is alone. Errors: the same; a second message is damage.
[[nodiscard]] Result<Message> decode(ByteView packet);

}  // namespace secondstep::wire
