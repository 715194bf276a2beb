#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/error.h"
#include "base/secret.h"
#include "delivery/address.h"

namespace secondstep::delivery {

enum class MessagePurpose : std::uint8_t {
    code = 1,    // the code of a login or of an enrollment
    notice = 2,  // something about the second step was changed
    test = 3,    // secondstep send-test
    link = 4,    // the page on which a telephone chooses the picture of a portal's QR code; by SMS only
};

// One message, as data; what it looks like is the courier's and the site's templates' business.
struct Message {
    MessagePurpose purpose = MessagePurpose::test;
    Address to;
    std::string user;               // the account's name
    std::string host;               // this machine's name
    std::string service;            // "sshd"; empty: none; purpose link: the portal's name
    std::string contact;            // whom to call; may be empty
    Secret code;                    // purpose code: 6 to 8 digits; link: the https:// link; otherwise empty
    std::chrono::minutes valid{0};  // purposes code and link
    std::string notice;             // purpose notice: one sentence
};

inline constexpr std::size_t max_message_size = 4096;
inline constexpr std::size_t longest_link = 200;  // bytes; printable ASCII without spaces

// One packet (SOCK_SEQPACKET) to the courier; etc/FORMATS.md, "Courier protocol". Errors: too_large (a text
// of more than 1024 bytes, a packet over the bound), invalid (what decode_message() would not take back).
[[nodiscard]] Result<Secret> encode(const Message& message);
// Strict: an unknown version is unsupported; anything else that encode() does not write, an address that is
// none, a code that is not 6 to 8 digits, a link that is none, a text with control characters are damaged.
[[nodiscard]] Result<Message> decode_message(ByteView packet);

}  // namespace secondstep::delivery
