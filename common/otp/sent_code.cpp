#include "otp/sent_code.h"

#include <cstdint>
#include <limits>

namespace secondstep::otp {
namespace {

std::uint64_t power_of_ten(unsigned exponent) {
    std::uint64_t power = 1;
    for (unsigned i = 0; i < exponent; ++i)
        power *= 10;
    return power;
}

std::uint64_t random_number(Randomness& randomness) {
    std::uint64_t number = 0;
    const Secret bytes = randomness.secret(sizeof number);
    for (const std::uint8_t byte : bytes.bytes())
        number = number << 8U | byte;
    return number;
}

// What lies above the last whole multiple is drawn again, so that low codes are not likelier than high ones.
std::uint64_t random_below(std::uint64_t bound, Randomness& randomness) {
    const std::uint64_t end = std::numeric_limits<std::uint64_t>::max() / bound * bound;
    std::uint64_t number = random_number(randomness);
    while (number >= end)
        number = random_number(randomness);
    return number % bound;
}

}  // namespace

Secret make_sent_code(Digits digits, Randomness& randomness) {
    std::uint64_t number = random_below(power_of_ten(digits.value()), randomness);
    Secret code(digits.value());
    for (std::size_t at = code.size(); at > 0; number /= 10)
        code.bytes()[--at] = static_cast<std::uint8_t>('0' + number % 10);
    return code;
}

}  // namespace secondstep::otp
