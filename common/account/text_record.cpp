#include "account/text_record.h"

#include <optional>
#include <string>

#include "base/text.h"

namespace secondstep {
namespace {

constexpr std::string_view check_key = "check=";
constexpr std::size_t check_line_size = check_key.size() + 16 + 1;

// FNV-1a with 64 bits. Each of its steps is one-to-one, so a change of any one byte always changes the sum;
// and it looks nothing up in a table, so a secret leaves no trace in the cache.
std::array<std::uint8_t, 8> sum_of(std::string_view text) {
    std::uint64_t sum = 0xcbf29ce484222325U;
    for (const std::uint8_t byte : as_bytes(text))
        sum = (sum ^ byte) * 0x100000001b3U;
    std::array<std::uint8_t, 8> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(sum >> (56U - 8U * i));
    return bytes;
}

// 0..15 => '0'..'f' and back, without branches and tables, because keys go through here.
std::uint8_t hex_digit(unsigned value) {
    const unsigned letter = (9U - value) >> 8U & ('a' - '0' - 10U);
    return static_cast<std::uint8_t>('0' + value + letter);
}

constexpr unsigned no_digit = 0x100;

// All ones when c is within first..last, else zero: a difference below zero has its top bit set.
unsigned mask_if_within(unsigned c, unsigned char first, unsigned char last) {
    return 0U - (~((c - first) | (last - c)) >> 31U);
}

unsigned value_of(char c) {
    const unsigned byte = static_cast<unsigned char>(c);
    const unsigned number = mask_if_within(byte, '0', '9');
    const unsigned letter = mask_if_within(byte, 'a', 'f');
    return (number & (byte - '0')) | (letter & (byte - 'a' + 10U)) | (~(number | letter) & no_digit);
}

std::optional<Secret> from_lower_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    Secret out(text.size() / 2);
    const MutableByteView bytes = out.bytes();
    unsigned seen = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const unsigned high = value_of(text[2 * i]);
        const unsigned low = value_of(text[2 * i + 1]);
        seen |= high | low;
        bytes[i] = static_cast<std::uint8_t>((high & 15U) << 4U | (low & 15U));
    }
    if ((seen & no_digit) != 0) return std::nullopt;
    return out;
}

// The text without its check line; nothing when the sum is wrong.
std::optional<std::string_view> without_check(std::string_view text) {
    if (text.size() < check_line_size || text.back() != '\n') return std::nullopt;
    const std::string_view body = text.substr(0, text.size() - check_line_size);
    const std::string_view line = text.substr(body.size());
    if (!line.starts_with(check_key)) return std::nullopt;
    const auto sum = from_lower_hex(line.substr(check_key.size(), 16));
    if (!sum || !equal_in_constant_time(sum->bytes(), sum_of(body))) return std::nullopt;
    return body;
}

std::unexpected<Error> damaged(std::string_view what) {
    return fail(Errc::damaged, std::string(what) + ": the text is damaged.");
}

}  // namespace

TextRecordWriter::TextRecordWriter(std::string_view what, unsigned version) {
    out_.append(what);
    out_.append(" " + std::to_string(version) + "\n");
}

void TextRecordWriter::text(std::string_view key, std::string_view value) {
    out_.append(key);
    out_.push_back('=');
    out_.append(value);
    out_.push_back('\n');
}

void TextRecordWriter::number(std::string_view key, std::uint64_t value) {
    text(key, std::to_string(value));
}

void TextRecordWriter::hex(std::string_view key, ByteView value) {
    Secret digits(2 * value.size());
    std::size_t at = 0;
    for (const std::uint8_t byte : value) {
        digits.bytes()[at++] = hex_digit(byte >> 4U);
        digits.bytes()[at++] = hex_digit(byte & 15U);
    }
    text(key, digits.text());
}

Secret TextRecordWriter::finish() && {
    const auto sum = sum_of(out_.text());
    hex("check", sum);
    return std::move(out_);
}

Result<TextRecordReader> TextRecordReader::open(const Secret& text, std::string_view what, unsigned version,
                                                unsigned oldest) {
    const std::string_view all = text.text();
    const std::size_t end = all.find('\n');
    if (end == std::string_view::npos) return damaged(what);
    const std::string_view first = all.substr(0, end);
    if (!first.starts_with(what) || first.substr(what.size(), 1) != " ") return damaged(what);
    const std::string_view digits = first.substr(what.size() + 1);
    const auto found = parse_number<unsigned>(digits);
    if (!found || digits.front() == '0') return damaged(what);
    if (*found > version) {
        return fail(Errc::unsupported, std::string(what) + ": written by a newer version of this program.");
    }
    const auto body = without_check(all);
    if (*found < oldest || !body || body->size() < end + 1) return damaged(what);
    return TextRecordReader(body->substr(end + 1), *found);
}

std::string_view TextRecordReader::text(std::string_view key) {
    const std::size_t end = rest_.find('\n');
    const bool expected = end != std::string_view::npos && rest_.starts_with(key) && key.size() < end &&
                          rest_[key.size()] == '=';
    if (!ok_ || !expected) {
        ok_ = false;
        return {};
    }
    const std::string_view value = rest_.substr(key.size() + 1, end - key.size() - 1);
    rest_.remove_prefix(end + 1);
    return value;
}

std::uint64_t TextRecordReader::number(std::string_view key, std::uint64_t max) {
    const std::string_view digits = text(key);
    const auto value = parse_number<std::uint64_t>(digits);
    if (!value || *value > max || (digits.size() > 1 && digits.front() == '0')) {
        ok_ = false;
        return 0;
    }
    return *value;
}

Secret TextRecordReader::hex(std::string_view key, std::size_t min, std::size_t max) {
    auto value = from_lower_hex(text(key));
    if (!value || value->size() < min || value->size() > max) {
        ok_ = false;
        return {};
    }
    return std::move(*value);
}

}  // namespace secondstep
