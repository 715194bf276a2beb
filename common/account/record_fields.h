#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "account/text_record.h"
#include "base/clock.h"
#include "otp/hotp.h"
#include "otp/totp.h"

// Fields that several text records have (credential, linked portals), written and read in one way.
namespace secondstep {

// "none" or a number.
void write_optional(TextRecordWriter& out, std::string_view key, const std::optional<std::uint64_t>& value);
[[nodiscard]] std::optional<std::uint64_t> read_optional(TextRecordReader& in, std::string_view key,
                                                         std::uint64_t max);

// A value that has a type of its own; `fallback` stands in when the text is refused.
template <typename Value>
[[nodiscard]] Value checked(TextRecordReader& in, const std::optional<Value>& value, Value fallback) {
    if (!value) in.refuse();
    return value.value_or(fallback);
}

// "algorithm", "digits", "period"; only the spelling that is written: "SHA1" is not "sha1".
[[nodiscard]] otp::Algorithm read_algorithm(TextRecordReader& in);
[[nodiscard]] otp::Digits read_digits(TextRecordReader& in);
[[nodiscard]] otp::Period read_period(TextRecordReader& in);

// Seconds since 1970; a time before that is written as 0, one beyond the range of sums as its end.
void write_time(TextRecordWriter& out, std::string_view key, UnixTime time);
[[nodiscard]] UnixTime read_time(TextRecordReader& in, std::string_view key);

}  // namespace secondstep
