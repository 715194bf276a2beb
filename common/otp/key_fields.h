#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/error.h"
#include "otp/key_description.h"

namespace secondstep::otp {

// The bytes of a key, as a source writes them.
struct Base32Text {
    std::string_view text;
};
struct HexText {
    std::string_view text;
};
struct Base64Text {
    std::string_view text;
};
struct KeyBytes {
    ByteView bytes;
};
using WrittenKey = std::variant<Base32Text, HexText, Base64Text, KeyBytes>;

// The words with which a source describes a key: a URI its parameters, a CSV its columns, JSON its members (a
// number as it stands there). Empty: it does not say, which means what it means in every app.
struct KeyFields {
    WrittenKey key = Base32Text{};
    std::string_view type = {};       // "totp", "HOTP", "steam"; empty: totp
    std::string_view encoder = {};    // "steam"
    std::string_view algorithm = {};  // "SHA1", "SHA-1", "HmacSHA256", "HMAC-SHA-512"; empty: SHA-1
    std::string_view digits = {};     // empty: 6
    std::string_view period = {};     // seconds; empty: 30. Without a meaning for HOTP, whatever stands there
    std::string_view counter = {};    // of the next code; empty: 0, with a remark. Without a meaning for TOTP
    std::string_view issuer = {};     // names, any bytes
    std::string_view account = {};
};

// The only place that makes a key of words: the same words through any door give the same key, or the same
// refusal. What makes codes is understood exactly or refused, names are cut into shape. Whose codes of five
// letters these are it sees by `type`, by `encoder`, or by the issuer Steam where no digits are asked for.
//   Bits behind the last whole byte of base32 are dropped, with a remark.
// Errors: invalid; a part of a sentence that names the value where that cannot be a key: "the period is
// 100000: a period is 1 to 86400 seconds".
[[nodiscard]] Result<DescribedKey> describe(const KeyFields& fields);

// One of those alone, where a source has a place for it that is none of a key: "HmacSHA256" => sha256.
[[nodiscard]] Result<Algorithm> algorithm_of(std::string_view text);

}  // namespace secondstep::otp
