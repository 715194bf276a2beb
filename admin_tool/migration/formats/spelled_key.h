#pragma once

#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"
#include "otp/key_description.h"
#include "otp/key_fields.h"

namespace secondstep::tool {

// What a source says of how its keys are written.
enum class Spelling : std::uint8_t {
    hexadecimal,
    base32,
    base64,      // PSKC; where the text is hexadecimal all the same, it is taken for that, with a remark
    as_it_looks  // base32 or hexadecimal
};

// The text of a key, without what stands between its symbols for the eye, and what it is.
//   Hexadecimal digits where base64 is due: a PlainValue of 40 of them is what some vendors write. Base64 has
//   64 symbols, and 22 of them are hexadecimal digits, so that 32 symbols of a random key are all of that kind
//   once in 2^49 times. Of 8 to 30 symbols the same is once in 2^12 to 2^46: those are refused.
//   Base32 and hexadecimal at once (only A to F and 2 to 7): either is as good; in doubt.
class SpelledKey {
  public:
    // Errors: invalid, a sentence ("The secret looks like base64 ...") that repeats nothing of the text.
    [[nodiscard]] static Result<SpelledKey> of(std::string_view text, Spelling spelling);

    // Points into this object.
    [[nodiscard]] otp::WrittenKey written() const;
    [[nodiscard]] const std::optional<otp::Remark>& remark() const { return remark_; }

  private:
    SpelledKey(Secret symbols, Spelling found) : symbols_(std::move(symbols)), found_(found) {}
    Secret symbols_;
    Spelling found_;
    std::optional<otp::Remark> remark_;
};

}  // namespace secondstep::tool
