#include "delivery/message.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include "base/byte_codec.h"
#include "base/text.h"

namespace secondstep::delivery {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t longest_text = 1024;
constexpr std::size_t longest_code = 8;
constexpr std::size_t fewest_digits = 6;

std::unexpected<Error> damaged(const char* what) {
    return fail(Errc::damaged, what);
}

bool is_code(std::string_view text) {
    return text.size() >= fewest_digits && text.size() <= longest_code &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_link(std::string_view text) {
    constexpr std::string_view scheme = "https://";
    return text.starts_with(scheme) && text.size() > scheme.size() && text.size() <= longest_link &&
           std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

bool has_its_secret(const Message& m) {
    switch (m.purpose) {
        case MessagePurpose::code:
            return is_code(m.code.text());
        case MessagePurpose::link:  // who reads the mailbox later must not find it there
            return is_link(m.code.text()) && m.to.channel() == Channel::sms;
        case MessagePurpose::notice:
        case MessagePurpose::test:
            return m.code.empty();
    }
    return false;
}

// A code or a link, and how long it is valid, go with the purposes of these names; a sentence with `notice`.
bool fits_its_purpose(const Message& m) {
    const bool runs_out = m.purpose == MessagePurpose::code || m.purpose == MessagePurpose::link;
    const bool has_validity =
        m.valid.count() > 0 && m.valid.count() <= std::numeric_limits<std::uint16_t>::max();
    if (!has_its_secret(m) || (runs_out ? !has_validity : m.valid.count() != 0)) return false;
    return (m.purpose == MessagePurpose::notice) == !m.notice.empty();
}

template <typename M>
auto texts_of(M& m) {
    return std::array{&m.user, &m.host, &m.service, &m.contact, &m.notice};
}

Result<void> check(const Message& m) {
    for (const std::string* text : texts_of(m)) {
        if (text->size() > longest_text)
            return fail(Errc::too_large, "A text of a message has more than 1024 bytes.");
        if (has_control_characters(*text))
            return fail(Errc::invalid, "A text of a message has control characters.");
    }
    if (!fits_its_purpose(m)) {
        return fail(Errc::invalid,
                    "A message needs a code of 6 to 8 digits, a notice, a link (by SMS), "
                    "or nothing, by purpose.");
    }
    return {};
}

// decode's counterpart of Address::create: what is not in its final form was not written by encode().
Result<Address> read_address(ByteReader& in) {
    const std::uint8_t channel = in.u8();
    const std::string_view text = in.sized(longest_text);
    if (!in.ok() || (channel != static_cast<std::uint8_t>(Channel::mail) &&
                     channel != static_cast<std::uint8_t>(Channel::sms))) {
        return damaged("a message on no known channel");
    }
    Result<Address> address = Address::create(static_cast<Channel>(channel), text);
    if (!address || address->text() != text) return damaged("a message to an address that is none");
    return address;
}

}  // namespace

Result<Secret> encode(const Message& message) {
    if (const Result<void> ok = check(message); !ok) return std::unexpected(ok.error());
    ByteWriter head;
    head.u8(version);
    head.u8(static_cast<std::uint8_t>(message.purpose));
    head.u8(static_cast<std::uint8_t>(message.to.channel()));
    head.sized(message.to.text());
    for (const std::string* text : texts_of(message))
        head.sized(*text);
    head.u16(static_cast<std::uint16_t>(message.valid.count()));
    head.u16(static_cast<std::uint16_t>(message.code.size()));
    if (head.size() + message.code.size() > max_message_size) {
        return fail(Errc::too_large, "A message has more than 4096 bytes.");
    }
    // The code is the last field, so that it goes from one Secret into the other.
    Secret packet = Secret::copy_of(head.view());
    packet.append(message.code.bytes());
    return packet;
}

Result<Message> decode_message(ByteView packet) {
    if (packet.size() > max_message_size) return damaged("a message of more than 4096 bytes");
    ByteReader in(packet);
    const std::uint8_t sent_version = in.u8();
    if (!in.ok()) return damaged("an empty message");
    if (sent_version != version) {
        return fail(Errc::unsupported,
                    "a message of courier protocol version " + std::to_string(sent_version));
    }
    const std::uint8_t purpose = in.u8();
    Result<Address> to = read_address(in);
    if (!to) return std::unexpected(std::move(to.error()));
    Message message{.purpose = static_cast<MessagePurpose>(purpose),
                    .to = std::move(*to),
                    .user = {},
                    .host = {},
                    .service = {},
                    .contact = {},
                    .code = {},
                    .notice = {}};
    for (std::string* text : texts_of(message))
        *text = in.sized(longest_text);
    message.valid = std::chrono::minutes{in.u16()};
    message.code = Secret::copy_of(in.sized(std::max(longest_code, longest_link)));
    if (!in.finished() || purpose < static_cast<std::uint8_t>(MessagePurpose::code) ||
        purpose > static_cast<std::uint8_t>(MessagePurpose::link)) {
        return damaged("a damaged message");
    }
    if (const Result<void> ok = check(message); !ok) return fail(Errc::damaged, ok.error().detail);
    return message;
}

}  // namespace secondstep::delivery
