#pragma once

#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "otp/key_description.h"
#include "otp/key_fields.h"

namespace secondstep::tool {

// A key where base64 is due (PSKC's PlainValue), and what it is: some vendors write hexadecimal or base32 there,
// which is base64 as well, of another key.
//   Base64 has 64 symbols. 22 of them are hexadecimal digits, so that 32 symbols of a random key are all of that
//   kind once in 2^49 times; 32 of them are base32's in one case of letters, so that 32 symbols are all of that
//   kind once in 2^31 times. Of 8 to 31 symbols the same is once in 2^12 to 2^48, and 2^7 to 2^30: those are
//   refused. What can be either is hexadecimal: 32 symbols of base32 are all hexadecimal digits once in 2^45
//   times, and the other way round once in 2^13.
class SpelledKey {
  public:
    // Errors: invalid, a sentence that repeats nothing of the text.
    [[nodiscard]] static Result<SpelledKey> of(std::string_view text);

    // Points into this object.
    [[nodiscard]] otp::WrittenKey written() const;
    [[nodiscard]] const std::vector<otp::Remark>& remarks() const { return remarks_; }

  private:
    SpelledKey(Secret key, bool is_base64, std::vector<otp::Remark> remarks)
        : key_(std::move(key)), is_base64_(is_base64), remarks_(std::move(remarks)) {}
    Secret key_;  // the text in base64, otherwise the bytes
    bool is_base64_;
    std::vector<otp::Remark> remarks_;
};

}  // namespace secondstep::tool
