#include "account/text_record.h"

#include <bit>
#include <cstring>
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

// 0..15 => '0'..'f', without branches and tables, because keys go through here.
std::uint8_t hex_digit(unsigned value) {
    const unsigned letter = (9U - value) >> 8U & ('a' - '0' - 10U);
    return static_cast<std::uint8_t>('0' + value + letter);
}

// To and from memory.
template <typename Word>
Word little_endian(Word word) {
    return std::endian::native == std::endian::little ? word : std::byteswap(word);
}

// And back, eight digits at a time, one in each byte of a word; likewise without branches and tables. Every byte is
// under 0x80, so that no sum of two reaches the next one.
class EightDigits {
  public:
    explicit EightDigits(std::uint64_t text) : ascii_(text & ~tops), foreign_(text & tops) {
        const std::uint64_t number = within('0', '9');
        const std::uint64_t letter = within('a', 'f');
        foreign_ |= (number | letter) ^ tops;
        // 'a' & 15 is 1, so 9 makes 10 of it.
        values_ = (ascii_ & all(15)) + (letter >> 7U) * 9;
    }
    // 0: all of them are digits.
    [[nodiscard]] std::uint64_t foreign() const { return foreign_; }
    // The first two digits are the first byte of a little-endian word.
    [[nodiscard]] std::uint32_t bytes() const {
        std::uint64_t pairs = (values_ << 4U | values_ >> 8U) & 0x00ff00ff00ff00ffU;
        pairs = (pairs | pairs >> 8U) & 0x0000ffff0000ffffU;
        return static_cast<std::uint32_t>(pairs | pairs >> 16U);
    }

  private:
    static constexpr std::uint64_t all(std::uint8_t byte) { return 0x0101010101010101U * byte; }
    static constexpr std::uint64_t tops = 0x8080808080808080U;

    // The top bit of each byte that is not under `first` and not over `last`.
    [[nodiscard]] std::uint64_t within(std::uint8_t first, std::uint8_t last) const {
        const std::uint64_t not_under = ascii_ + all(static_cast<std::uint8_t>(0x80 - first));
        const std::uint64_t over = ascii_ + all(static_cast<std::uint8_t>(0x7f - last));
        return not_under & ~over & tops;
    }

    std::uint64_t ascii_;
    std::uint64_t foreign_;
    std::uint64_t values_;
};

// So many bytes, up to four, from twice as many digits. 0: all of them are digits.
template <std::size_t Count>
std::uint64_t decode(const char* text, std::uint8_t* out) {
    std::uint64_t word = 0x3030303030303030U;  // "00000000"
    std::memcpy(&word, text, 2 * Count);
    const EightDigits digits(little_endian(word));
    const std::uint32_t bytes = little_endian(digits.bytes());
    std::memcpy(out, &bytes, Count);
    return digits.foreign();
}

// Whether `text`, twice as long as `out`, is nothing but digits.
bool read_lower_hex(std::string_view text, MutableByteView out) {
    constexpr std::size_t word = 4;
    std::uint64_t foreign = 0;
    std::size_t at = 0;
    for (; at + word <= out.size(); at += word)
        foreign |= decode<word>(text.data() + 2 * at, out.data() + at);
    for (; at < out.size(); ++at)
        foreign |= decode<1>(text.data() + 2 * at, out.data() + at);
    return foreign == 0;
}

std::optional<Secret> from_lower_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    Secret out(text.size() / 2);
    if (!read_lower_hex(text, out.bytes())) return std::nullopt;
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

bool TextRecordReader::fill(std::string_view key, MutableByteView out) {
    const std::string_view digits = text(key);
    ok_ = ok_ && digits.size() == 2 * out.size() && read_lower_hex(digits, out);
    return ok_;
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
