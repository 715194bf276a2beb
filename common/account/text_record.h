#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/secret.h"

namespace secondstep {

// The form that credential and keyring share: lines "key=value" in one fixed order, between a first line
// "WHAT VERSION" and a last one "check=" with a sum over all that stands before it. One content has exactly
// one text. The sum finds accidents (a mistyped host.key); against forgery there is the seal.
class TextRecordWriter {
  public:
    TextRecordWriter(std::string_view what, unsigned version);
    void text(std::string_view key, std::string_view value);
    void number(std::string_view key, std::uint64_t value);
    void hex(std::string_view key, ByteView value);
    [[nodiscard]] Secret finish() &&;

  private:
    Secret out_;
};

// Reads what TextRecordWriter wrote. After the first line that is not the expected one
// every further value is empty, so a decoder checks once, at the end, with finished().
// The views point into the text given to open().
class TextRecordReader {
  public:
    // `version` and those from `oldest` on are read. Errors: unsupported (a newer one),
    // damaged (anything else).
    [[nodiscard]] static Result<TextRecordReader> open(const Secret& text, std::string_view what,
                                                       unsigned version, unsigned oldest);
    [[nodiscard]] static Result<TextRecordReader> open(const Secret& text, std::string_view what,
                                                       unsigned version) {
        return open(text, what, version, version);
    }

    [[nodiscard]] unsigned version() const { return version_; }  // of the text

    [[nodiscard]] std::string_view text(std::string_view key);
    // Decimal, without leading zeros; over `max`: refused.
    [[nodiscard]] std::uint64_t number(std::string_view key, std::uint64_t max);
    // Lower case; fewer than `min` or more than `max` bytes: refused.
    [[nodiscard]] Secret hex(std::string_view key, std::size_t min, std::size_t max);
    template <std::size_t N>
    [[nodiscard]] std::array<std::uint8_t, N> array(std::string_view key) {
        std::array<std::uint8_t, N> value{};
        if (!fill(key, value)) value = {};
        return value;
    }

    void refuse() { ok_ = false; }  // a value that only the decoder can judge
    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] bool finished() const { return ok_ && rest_.empty(); }

  private:
    TextRecordReader(std::string_view rest, unsigned version) : rest_(rest), version_(version) {}
    bool fill(std::string_view key, MutableByteView out);  // exactly as long
    std::string_view rest_;
    unsigned version_;
    bool ok_ = true;
};

}  // namespace secondstep
