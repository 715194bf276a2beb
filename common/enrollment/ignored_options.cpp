#include "enrollment/ignored_options.h"

#include <algorithm>
#include <array>

#include "otp/hotp.h"
#include "otp/totp.h"

namespace secondstep::dialogue {
namespace {

constexpr std::uint64_t counter_look_ahead = 10;

// What was asked for that is not what every app does.
IgnoredOptions unusual(const Authenticator& device, std::optional<std::uint64_t> counter) {
    return {.digits = device.digits.value() != otp::six_digits().value(),
            .algorithm = device.algorithm != otp::Algorithm::sha1,
            .period = !counter && device.period.value() != otp::thirty_seconds().value(),
            .counter = counter.value_or(0) > 0};
}

// Every way to ignore some of it, the likelier ones (fewer) first.
std::array<IgnoredOptions, 15> ways() {
    std::array<IgnoredOptions, 15> all;
    for (unsigned bits = 1; bits <= all.size(); ++bits)
        all.at(bits - 1) = {(bits & 1U) != 0, (bits & 2U) != 0, (bits & 4U) != 0, (bits & 8U) != 0};
    const auto count = [](const IgnoredOptions& way) {
        return int{way.digits} + int{way.algorithm} + int{way.period} + int{way.counter};
    };
    std::ranges::sort(all, {}, count);
    return all;
}

bool is_possible(const IgnoredOptions& way, const IgnoredOptions& unusual) {
    return (!way.digits || unusual.digits) && (!way.algorithm || unusual.algorithm) &&
           (!way.period || unusual.period) && (!way.counter || unusual.counter);
}

struct Steps {
    std::uint64_t first;
    std::uint64_t last;
};

Steps steps_of(const Authenticator& device, std::optional<std::uint64_t> counter, const IgnoredOptions& way,
               unsigned window, UnixTime now) {
    if (counter) {
        const std::uint64_t first = way.counter ? 0 : *counter;
        return {first, first + counter_look_ahead};
    }
    const std::uint64_t middle = otp::time_step(now, way.period ? otp::thirty_seconds() : device.period);
    return {middle - std::min<std::uint64_t>(window, middle), middle + window};
}

Result<bool> makes(const Authenticator& device, const IgnoredOptions& way, const Steps& steps,
                   const Secret& typed) {
    const otp::Digits digits = way.digits ? otp::six_digits() : device.digits;
    const otp::Algorithm algorithm = way.algorithm ? otp::Algorithm::sha1 : device.algorithm;
    for (std::uint64_t step = steps.first; step <= steps.last; ++step) {
        const Result<Secret> code = otp::hotp(device.key, step, digits, algorithm);
        if (!code) return std::unexpected(code.error());
        if (equal_in_constant_time(*code, typed)) return true;
    }
    return false;
}

}  // namespace

Result<std::optional<IgnoredOptions>> ignored_options(const Authenticator& device,
                                                      std::optional<std::uint64_t> counter,
                                                      const Secret& typed, unsigned window, UnixTime now) {
    const IgnoredOptions asked = unusual(device, counter);
    for (const IgnoredOptions& way : ways()) {
        if (!is_possible(way, asked)) continue;
        const Result<bool> made = makes(device, way, steps_of(device, counter, way, window, now), typed);
        if (!made) return std::unexpected(made.error());
        if (*made) return way;
    }
    return std::nullopt;
}

}  // namespace secondstep::dialogue
