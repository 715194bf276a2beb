#include "encoding/base32.h"

#include <cstdint>
#include <optional>

namespace secondstep::otp {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

std::optional<std::uint32_t> value_of(char c) {
    if (c >= 'A' && c <= 'Z') return static_cast<std::uint32_t>(c - 'A');
    if (c >= 'a' && c <= 'z') return static_cast<std::uint32_t>(c - 'a');
    if (c >= '2' && c <= '7') return static_cast<std::uint32_t>(c - '2') + 26;
    return std::nullopt;
}

bool is_separator(char c) {
    return c == ' ' || c == '-';
}

// Text without the '=' and separators at its end. Between symbols an '=' stays, and is then no symbol.
std::string_view without_padding(std::string_view text) {
    constexpr std::size_t most_padding = 6;
    std::size_t padding = 0;
    while (!text.empty() && (is_separator(text.back()) || (text.back() == '=' && padding < most_padding))) {
        if (text.back() == '=') ++padding;
        text.remove_suffix(1);
    }
    return text;
}

// Collects symbols of five bits and gives them out as bytes.
class BitQueue {
  public:
    explicit BitQueue(std::size_t most_symbols) : out_(most_symbols * 5 / 8) {}
    void push(std::uint32_t five_bits) {
        waiting_ = waiting_ << 5 | five_bits;
        count_ += 5;
        if (count_ < 8) return;
        count_ -= 8;
        out_.bytes()[size_++] = static_cast<std::uint8_t>(waiting_ >> count_);
        waiting_ &= (1U << count_) - 1;
    }
    [[nodiscard]] Base32Key take() && {
        const LeftOver left_over = count_ >= 5     ? LeftOver::symbol
                                   : waiting_ != 0 ? LeftOver::bits
                                                   : LeftOver::nothing;
        out_.truncate(size_);
        return {std::move(out_), left_over};
    }

  private:
    Secret out_;
    std::size_t size_ = 0;
    std::uint32_t waiting_ = 0;
    unsigned count_ = 0;
};

}  // namespace

Secret base32_encode(ByteView bytes) {
    Secret out((bytes.size() * 8 + 4) / 5);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const std::size_t first = i * 5 / 8;
        const std::size_t next = first + 1;
        const unsigned pair =
            static_cast<unsigned>(bytes[first]) << 8 | (next < bytes.size() ? bytes[next] : 0U);
        out.bytes()[i] = static_cast<std::uint8_t>(alphabet[pair >> (11 - i * 5 % 8) & 0x1f]);
    }
    return out;
}

Result<Base32Key> base32_decode_leniently(std::string_view text) {
    const std::string_view symbols = without_padding(text);
    if (symbols.empty() && !text.empty()) return fail(Errc::invalid, "a base32 key without symbols");
    BitQueue bits(symbols.size());
    for (const char c : symbols) {
        if (is_separator(c)) continue;
        const auto value = value_of(c);
        if (!value)
            return fail(Errc::invalid, "a base32 key has only the letters A to Z and the digits 2 to 7");
        bits.push(*value);
    }
    return std::move(bits).take();
}

Result<Secret> base32_decode(std::string_view text) {
    auto key = base32_decode_leniently(text);
    if (!key) return std::unexpected(std::move(key.error()));
    // Otherwise two texts would mean the same key.
    if (key->left_over != LeftOver::nothing)
        return fail(Errc::invalid, "a base32 key is cut short, or its last symbol is wrong");
    return std::move(key->bytes);
}

Secret in_groups_of_four(const Secret& base32) {
    constexpr std::size_t group = 4;
    Secret out;
    for (std::size_t i = 0; i < base32.size(); i += group) {
        if (i != 0) out.push_back(' ');
        out.append(base32.text().substr(i, group));
    }
    return out;
}

}  // namespace secondstep::otp
