#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace secondstep::delivery {

enum class Channel : std::uint8_t { mail = 1, sms = 2 };
[[nodiscard]] std::string_view to_text(Channel channel);  // "mail", "sms"

// Where a code is sent. Cannot be anything that a mail server, a gateway or a program's command line
// could take for something else:
// mail: local part, '@', domain (RFC 5321 sections 4.1.2 and 4.5.3.1, without quoted local parts,
//   address literals and source routes): printable ASCII or UTF-8 (RFC 6531), at most 254 bytes, local part
//   at most 64, no leading '-' or '/', no control characters, spaces, quotes, brackets, ',', ';', ':', '\',
//   and none of '%', '!', '|', '`', which old mail servers take for routes and commands;
// sms: E.164: '+', a digit 1 to 9, 6 to 14 further digits. Typed with spaces, dashes, dots, slashes
//   or brackets between the digits they are taken out: "+49 151 234-567" => "+49151234567".
//   "(0)" is refused: it is not dialled.
// Spaces around what was typed are taken off.
// Errors of create: invalid, with a sentence that says what would be right.
class Address {
  public:
    [[nodiscard]] static Result<Address> create(Channel channel, std::string_view typed);

    [[nodiscard]] Channel channel() const { return channel_; }
    [[nodiscard]] const std::string& text() const { return text_; }
    // What tells its owner which one it is, and nobody else what it is: "m…@example.com", "+49 … 45" (the
    // country calling code, and the last two digits). One character of a local part, however long it is.
    [[nodiscard]] std::string masked() const;

    friend bool operator==(const Address&, const Address&) = default;

  private:
    Address(Channel channel, std::string text) : channel_(channel), text_(std::move(text)) {}
    Channel channel_;
    std::string text_;
};

}  // namespace secondstep::delivery
