#include "courier/mail_message.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include "base/text.h"
#include "base/utf8.h"
#include "encoding/base64.h"

namespace secondstep::courier {
namespace {

constexpr std::size_t longest_plain_header = 60;
constexpr std::size_t bytes_in_a_word = 42;  // an encoded word has at most 75 characters, 12 are its frame
constexpr std::size_t longest_line = 76;

bool is_plain(std::string_view text) {
    return text.size() <= longest_plain_header && text.find("=?") == std::string_view::npos &&
           std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

void append_encoded_word(Secret& out, std::string_view text) {
    out.append("=?UTF-8?B?");
    out.append(otp::base64_encode(text).text());
    out.append("?=");
}

// As many whole characters as fit: a word may not end inside one (RFC 2047 section 5).
std::string_view take_word(std::string_view& rest) {
    const std::string_view all = rest;
    std::size_t taken = 0;
    while (!rest.empty()) {
        std::string_view next = rest;
        static_cast<void>(take_character(next));
        if (all.size() - next.size() > bytes_in_a_word) break;
        rest = next;
        taken = all.size() - rest.size();
    }
    return all.substr(0, taken);
}

void append_header_text(Secret& out, std::string_view text) {
    // A header's line may have 998 bytes, and nobody reads a subject of more than some hundred.
    const Secret clean = Secret::copy_of(printable(text, 500));
    if (is_plain(clean.text())) return out.append(clean.text());
    std::string_view rest = clean.text();
    for (std::string_view between; !rest.empty(); between = "\r\n ") {
        out.append(between);
        append_encoded_word(out, take_word(rest));
    }
}

void append_header(Secret& out, std::string_view name, std::string_view value) {
    out.append(name);
    out.append(": ");
    out.append(value);
    out.append("\r\n");
}

// "Tue, 24 Nov 2026 15:05:01 +0000": English whatever the locale is.
std::string date(UnixTime now) {
    constexpr std::array days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t seconds = to_unix(now);
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%s, %d %s %04d %02d:%02d:%02d +0000",
                  days[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                  months[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                  utc.tm_sec);
    return text.data();
}

std::string message_id(std::string_view from, Randomness& randomness) {
    return "<" + hex(randomness.array<16>()) + std::string(from.substr(from.find('@'))) + ">";
}

// Quoted-printable, one line at a time; soft line breaks keep every line at 76 characters or less.
class QuotedPrintable {
  public:
    explicit QuotedPrintable(Secret& out) : out_(out) {}

    void line(std::string_view text) {
        for (std::size_t i = 0; i < text.size(); ++i) {
            const char c = text[i];
            const bool last_blank = (c == ' ' || c == '\t') && i + 1 == text.size();
            // "From " at the start of a line becomes ">From " in some mailboxes, and a '.' alone ends a mail.
            const bool risky_start = column_ == 0 && (c == 'F' || c == '.');
            const bool plain = (c >= 0x20 && c < 0x7f && c != '=') || c == '\t';
            plain && !last_blank && !risky_start ? put_plain(c) : put_quoted(c);
        }
        out_.append("\r\n");
        column_ = 0;
    }

  private:
    void make_room(std::size_t size) {
        if (column_ + size < longest_line) return;
        out_.append("=\r\n");
        column_ = 0;
    }
    void put_plain(char c) {
        make_room(1);
        out_.push_back(c);
        ++column_;
    }
    void put_quoted(char c) {
        constexpr std::string_view digits = "0123456789ABCDEF";
        const auto byte = static_cast<unsigned char>(c);
        make_room(3);
        out_.push_back('=');
        out_.push_back(digits[byte >> 4]);
        out_.push_back(digits[byte & 0x0f]);
        column_ += 3;
    }

    Secret& out_;
    std::size_t column_ = 0;
};

void append_body(Secret& out, std::string_view body) {
    if (body.ends_with('\n')) body.remove_suffix(1);
    QuotedPrintable encoder(out);
    for (std::string_view line : split(body, '\n')) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        encoder.line(line);
    }
}

void append_sender(Secret& out, const MailMessage& message) {
    out.append("From: ");
    if (!message.from_name.empty()) {
        // As an encoded word when it has signs that a name outside quotes may not have (RFC 5322 3.2.3).
        const bool atoms = std::ranges::all_of(message.from_name, [](char c) {
            return c == ' ' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        });
        if (atoms && is_plain(message.from_name)) {
            out.append(message.from_name);
        } else {
            append_encoded_word(out, printable(message.from_name, bytes_in_a_word));
        }
        out.push_back(' ');
    }
    out.append("<" + message.from + ">\r\n");
}

}  // namespace

Secret to_rfc5322(const MailMessage& message, UnixTime now, Randomness& randomness) {
    Secret out;
    append_sender(out, message);
    append_header(out, "To", "<" + message.to + ">");
    out.append("Subject: ");
    append_header_text(out, message.subject);
    out.append("\r\n");
    append_header(out, "Date", date(now));
    append_header(out, "Message-ID", message_id(message.from, randomness));
    append_header(out, "Auto-Submitted", "auto-generated");
    append_header(out, "MIME-Version", "1.0");
    append_header(out, "Content-Type", "text/plain; charset=utf-8");
    append_header(out, "Content-Transfer-Encoding", "quoted-printable");
    out.append("\r\n");
    append_body(out, message.body);
    return out;
}

}  // namespace secondstep::courier
