#include "account/record_fields.h"

#include <algorithm>

namespace secondstep {
namespace {

constexpr std::string_view none = "none";
constexpr std::int64_t latest_time = std::int64_t{1} << 50;  // far enough from where sums overflow

std::optional<otp::Algorithm> algorithm_of(std::string_view text) {
    const auto algorithm = otp::algorithm_from_text(text);
    if (!algorithm || otp::to_text(*algorithm) != text) return std::nullopt;
    return algorithm;
}

template <typename Value>
std::optional<Value> as_optional(const Result<Value>& result) {
    return result ? std::optional<Value>(*result) : std::nullopt;
}

}  // namespace

void write_optional(TextRecordWriter& out, std::string_view key, const std::optional<std::uint64_t>& value) {
    if (value) {
        out.number(key, *value);
    } else {
        out.text(key, none);
    }
}

std::optional<std::uint64_t> read_optional(TextRecordReader& in, std::string_view key, std::uint64_t max) {
    TextRecordReader ahead = in;
    if (ahead.text(key) != none) return in.number(key, max);
    in = ahead;
    return std::nullopt;
}

otp::Algorithm read_algorithm(TextRecordReader& in) {
    return checked(in, algorithm_of(in.text("algorithm")), otp::Algorithm::sha1);
}

otp::Digits read_digits(TextRecordReader& in) {
    const auto digits = otp::Digits::create(static_cast<unsigned>(in.number("digits", 99)));
    return checked(in, as_optional(digits), otp::six_digits());
}

otp::Period read_period(TextRecordReader& in) {
    const auto period = otp::Period::create(std::chrono::seconds(in.number("period", 999)));
    return checked(in, as_optional(period), otp::thirty_seconds());
}

void write_time(TextRecordWriter& out, std::string_view key, UnixTime time) {
    out.number(key, static_cast<std::uint64_t>(std::clamp<std::int64_t>(to_unix(time), 0, latest_time)));
}

UnixTime read_time(TextRecordReader& in, std::string_view key) {
    return from_unix(static_cast<std::int64_t>(in.number(key, std::uint64_t{latest_time})));
}

}  // namespace secondstep
