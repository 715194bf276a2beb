#include "encoding/crockford.h"

#include <gtest/gtest.h>

#include <string>

#include "support/seeded_randomness.h"

namespace secondstep::otp {
namespace {

std::string symbols(std::string_view plain) {
    const auto found = crockford_symbols(plain);
    return found ? std::string(found->text()) : "refused";
}

TEST(Crockford, LookAlikesAreWhatWasMeant) {
    EXPECT_EQ(symbols("oO0iIlL1zZ"),
              "0001111"
              "1ZZ");
    EXPECT_EQ(symbols(""), "");
}

TEST(Crockford, HasNoOtherSymbols) {
    for (const std::string_view plain : {"U", "u", "A-B", "A B", "\xc3\xa9", "A\n"})
        EXPECT_EQ(symbols(plain), "refused") << plain;
}

TEST(Crockford, RandomSymbolsAreItsOwn) {
    testing::SeededRandomness randomness;
    std::string made(random_symbols(16, 4, randomness).text());
    std::erase(made, '-');
    EXPECT_EQ(symbols(made), made);
}

}  // namespace
}  // namespace secondstep::otp
