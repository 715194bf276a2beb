#include "otp/sent_code.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

#include "support/seeded_randomness.h"

namespace secondstep::otp {
namespace {

// Gives the bytes it was made with, again and again.
class ScriptedRandomness final : public Randomness {
  public:
    explicit ScriptedRandomness(Bytes bytes) : bytes_(std::move(bytes)) {}
    void fill(MutableByteView out) override {
        for (std::uint8_t& byte : out)
            byte = bytes_[next_++ % bytes_.size()];
    }

  private:
    Bytes bytes_;
    std::size_t next_ = 0;
};

TEST(SentCode, HasItsDigitsAlsoLeadingZeros) {
    ScriptedRandomness low(Bytes{0, 0, 0, 0, 0, 0, 0, 42});
    EXPECT_EQ(make_sent_code(six_digits(), low).text(), "000042");
    EXPECT_EQ(make_sent_code(Digits::create(8).value(), low).text(), "00000042");
}

TEST(SentCode, DrawsAgainWhatWouldMakeLowCodesLikelier) {
    Bytes bytes(8, 0xff);
    bytes.insert(bytes.end(), {0, 0, 0, 0, 0, 0, 0, 7});
    ScriptedRandomness randomness(bytes);
    EXPECT_EQ(make_sent_code(six_digits(), randomness).text(), "000007");
}

TEST(SentCode, EveryDigitComesEverywhereAboutAsOften) {
    testing::SeededRandomness randomness(1);
    std::array<std::array<unsigned, 10>, 6> seen{};
    constexpr unsigned rounds = 20'000;
    for (unsigned i = 0; i < rounds; ++i) {
        const Secret code = make_sent_code(six_digits(), randomness);
        for (std::size_t at = 0; at < seen.size(); ++at)
            ++seen.at(at).at(static_cast<std::size_t>(code.text()[at] - '0'));
    }
    for (const auto& place : seen) {
        for (const unsigned count : place) {
            EXPECT_GT(count, rounds / 10 * 9 / 10);
            EXPECT_LT(count, rounds / 10 * 11 / 10);
        }
    }
}

}  // namespace
}  // namespace secondstep::otp
