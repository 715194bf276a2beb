#include "enrollment/code_search.h"

#include <chrono>

#include "otp/hotp.h"

namespace secondstep::dialogue {
namespace {

constexpr std::chrono::seconds clock_search{std::chrono::hours{12}};

}  // namespace

Result<bool> has_code(const Authenticator& device, std::uint64_t factor, const Secret& typed) {
    const Result<Secret> code = otp::hotp(device.key, factor, device.digits, device.algorithm);
    if (!code) return std::unexpected(code.error());
    return equal_in_constant_time(*code, typed);
}

FoundFactor factor_between(std::uint64_t first, std::uint64_t last, const FitsFactor& fits) {
    for (std::uint64_t factor = first; factor <= last; ++factor) {
        const Result<bool> match = fits(factor);
        if (!match) return std::unexpected(match.error());
        if (*match) return factor;
    }
    return std::nullopt;
}

FoundFactor step_around(const Authenticator& device, std::uint64_t now, std::uint64_t nearest,
                        const FitsFactor& fits) {
    const auto farthest = static_cast<std::uint64_t>(clock_search / device.period.value());
    for (std::uint64_t distance = nearest; distance <= farthest; ++distance) {
        const FoundFactor ahead = factor_between(now + distance, now + distance, fits);
        if (!ahead || *ahead) return ahead;
        if (distance > now) continue;
        const FoundFactor behind = factor_between(now - distance, now - distance, fits);
        if (!behind || *behind) return behind;
    }
    return std::nullopt;
}

std::chrono::seconds offset_of(const Authenticator& device, std::uint64_t step, std::uint64_t now) {
    const auto steps = static_cast<std::int64_t>(step - now);  // wraps around to a negative number
    return steps * device.period.value();
}

}  // namespace secondstep::dialogue
