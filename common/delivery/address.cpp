#include "delivery/address.h"

#include <algorithm>
#include <array>

#include "base/pasted_text.h"
#include "base/text.h"
#include "base/utf8.h"

namespace secondstep::delivery {
namespace {

constexpr std::size_t longest_address = 254;  // RFC 5321 section 4.5.3.1.3, less the angle brackets
constexpr std::size_t longest_local_part = 64;
constexpr std::size_t longest_label = 63;  // RFC 1035 section 2.3.4

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter_or_digit(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_ascii(char c) {
    return static_cast<unsigned char>(c) < 0x80;
}

// Would be cut off or be seen by nobody: two addresses that look the same must be the same.
bool is_blank(char32_t c) {
    return c == 0x00a0 || c == 0x00ad || c == 0x1680 || (c >= 0x2000 && c <= 0x200f) || c == 0x202f ||
           (c >= 0x205f && c <= 0x2064) || c == 0x3000 || c == 0xfeff;
}

bool has_blanks(std::string_view text) {
    while (!text.empty()) {
        const std::optional<char32_t> c = take_character(text);
        if (c && is_blank(*c)) return true;
    }
    return false;
}

// RFC 5322 "atext" without '%' and '!', by which old mail servers are told to pass a message on
// ("root%other@here", "other!root"), and without '|' and '`', which some of them hand to a shell.
bool is_local_part_character(char c) {
    constexpr std::string_view signs = "#$&'*+-/=?^_{}~";
    return !is_ascii(c) || is_letter_or_digit(c) || signs.find(c) != std::string_view::npos;
}

bool is_local_part(std::string_view text) {
    if (text.size() > longest_local_part) return false;
    if (text.starts_with('-') || text.starts_with('/')) return false;  // an option; a file to deliver into
    return std::ranges::all_of(split(text, '.'), [](std::string_view atom) {
        return !atom.empty() && std::ranges::all_of(atom, is_local_part_character);
    });
}

bool is_domain_label(std::string_view label) {
    return !label.empty() && label.size() <= longest_label && !label.starts_with('-') &&
           !label.ends_with('-') && std::ranges::all_of(label, [](char c) {
               return !is_ascii(c) || is_letter_or_digit(c) || c == '-';
           });
}

bool is_domain(std::string_view text) {
    return std::ranges::all_of(split(text, '.'), is_domain_label);
}

bool is_mail_address(std::string_view text) {
    if (text.size() > longest_address || printable(text) != text || has_blanks(text)) return false;
    const std::size_t at = text.find('@');
    return at != std::string_view::npos && is_local_part(text.substr(0, at)) &&
           is_domain(text.substr(at + 1));
}

Result<std::string> mail_address(std::string_view typed) {
    if (!is_mail_address(typed)) {
        return fail(Errc::invalid,
                    "A mail address looks like name@example.com: without spaces, quotes, brackets, and not "
                    "beginning with a dash.");
    }
    return std::string(typed);
}

// What people and their address books part digits with; marks of direction are about most numbers of the latter.
bool is_separator(std::string_view character) {
    using enum PastedCharacter::Kind;
    constexpr std::string_view plain = " -./()";
    if (character.size() == 1) return plain.find(character) != std::string_view::npos;
    const PastedCharacter::Kind kind = take_pasted_character(character).kind;
    return kind == blank || kind == dash;
}

std::string without_separators(std::string_view typed) {
    std::string number;
    while (!typed.empty()) {
        const std::string_view before = typed;
        static_cast<void>(take_character(typed));
        const std::string_view character = before.substr(0, before.size() - typed.size());
        if (!is_separator(character)) number += character;
    }
    return number;
}

bool is_e164(std::string_view text) {
    return text.size() >= 8 && text.size() <= 16 && text[0] == '+' && text[1] != '0' &&
           std::ranges::all_of(text.substr(1), is_digit);
}

Result<std::string> phone_number(std::string_view typed) {
    // "+49 (0)151 234567": the 0 is not dialled after a country code; taking the brackets out alone would
    // send the codes to somebody else's telephone.
    if (typed.find("(0)") != std::string_view::npos) {
        return fail(Errc::invalid, "Leave out the (0): after a country code it is not dialled.");
    }
    const bool framed = typed.size() > 2 && is_digit(typed[1]) && is_digit(typed.back());
    std::string number = without_separators(typed);
    if (!framed || !is_e164(number)) {
        return fail(Errc::invalid,
                    "A telephone number begins with + and the country code, and has 7 to 15 digits: "
                    "+49 151 2345678.");
    }
    return number;
}

// ITU-T E.164, list of assigned country codes: 1 and 7 have one digit, these have two, all others three.
std::size_t country_code_digits(std::string_view digits) {
    constexpr std::array<std::string_view, 44> two_digits = {
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46",
        "47", "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63",
        "64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98"};
    if (digits[0] == '1' || digits[0] == '7') return 1;
    return std::ranges::find(two_digits, digits.substr(0, 2)) == two_digits.end() ? 3 : 2;
}

std::string masked_number(std::string_view number) {
    const std::size_t code = country_code_digits(number.substr(1));
    return std::string(number.substr(0, 1 + code)) + " … " + std::string(number.substr(number.size() - 2));
}

std::string masked_mail(std::string_view address) {
    std::string_view rest = address;
    static_cast<void>(take_character(rest));
    const std::string_view first = address.substr(0, address.size() - rest.size());
    return std::string(first) + "…" + std::string(address.substr(address.find('@')));
}

}  // namespace

std::string_view to_text(Channel channel) {
    switch (channel) {
        case Channel::mail:
            return "mail";
        case Channel::sms:
            return "sms";
    }
    return "";
}

Result<Address> Address::create(Channel channel, std::string_view typed) {
    const std::string_view text = without_outer_blanks(typed);
    Result<std::string> checked = channel == Channel::mail ? mail_address(text) : phone_number(text);
    if (!checked) return std::unexpected(std::move(checked.error()));
    return Address(channel, std::move(*checked));
}

std::string Address::masked() const {
    return channel_ == Channel::mail ? masked_mail(text_) : masked_number(text_);
}

}  // namespace secondstep::delivery
