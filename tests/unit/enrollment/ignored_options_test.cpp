#include "enrollment/ignored_options.h"

#include <gtest/gtest.h>

#include <string>

#include "enrollment/enrollment.h"
#include "otp/hotp.h"
#include "otp/totp.h"
#include "support/seeded_randomness.h"

namespace secondstep::dialogue {
namespace {

const UnixTime now = from_unix(1'800'000'000);

struct Asked {
    otp::Digits digits;
    otp::Algorithm algorithm;
    otp::Period period;
    std::uint64_t counter;  // 0: by time
};

std::string text(const IgnoredOptions& ignored) {
    return std::string(ignored.digits ? "d" : "") + (ignored.algorithm ? "a" : "") +
           (ignored.period ? "p" : "") + (ignored.counter ? "c" : "");
}

std::string text(const Enrollment::Outcome& outcome) {
    if (const auto* ignored = std::get_if<IgnoredOptions>(&outcome)) return "ignores " + text(*ignored);
    if (std::holds_alternative<Enrollment::Confirmed>(outcome)) return "confirmed";
    return std::holds_alternative<Enrollment::Wrong>(outcome) ? "wrong" : "clock";
}

class Ignoring : public ::testing::Test {
  protected:
    static Enrollment enrollment(const Asked& asked) {
        testing::SeededRandomness randomness;
        EnrollmentOptions options;
        options.method = asked.counter == 0 ? Method::totp : Method::hotp;
        options.algorithm = asked.algorithm;
        options.digits = asked.digits;
        options.period = asked.period;
        options.counter = asked.counter;
        return Enrollment::draft(options, randomness);
    }
    // What an app shows that ignores these.
    static Secret shown(const Enrollment& of, const IgnoredOptions& ignored) {
        const EnrollmentOptions& options = of.options();
        const otp::Period period = ignored.period ? otp::thirty_seconds() : options.period;
        const std::uint64_t counter = ignored.counter ? 0 : options.counter;
        const std::uint64_t moving = options.method == Method::hotp ? counter : otp::time_step(now, period);
        return otp::hotp(of.authenticator().key, moving, ignored.digits ? otp::six_digits() : options.digits,
                         ignored.algorithm ? otp::Algorithm::sha1 : options.algorithm)
            .value();
    }
};

constexpr unsigned window = 1;

TEST_F(Ignoring, EveryWayToIgnoreSomethingIsNamedAndNoneIsAccepted) {
    const Asked all{*otp::Digits::create(8), otp::Algorithm::sha256,
                    *otp::Period::create(std::chrono::seconds{60}), 0};
    for (unsigned bits = 1; bits < 8; ++bits) {
        const IgnoredOptions ignored{
            .digits = (bits & 1U) != 0, .algorithm = (bits & 2U) != 0, .period = (bits & 4U) != 0};
        Enrollment made = enrollment(all);
        const auto outcome = made.confirm(shown(made, ignored), window, now);
        ASSERT_TRUE(outcome);
        EXPECT_EQ(text(*outcome), "ignores " + text(ignored));
        EXPECT_FALSE(made.authenticator().has_floor) << "nothing is confirmed";
    }
}

TEST_F(Ignoring, ACounterThatBeginsAtZeroIsNamed) {
    const Asked counted{*otp::Digits::create(8), otp::Algorithm::sha512, otp::thirty_seconds(), 1000};
    for (unsigned bits = 1; bits < 8; ++bits) {
        const IgnoredOptions ignored{
            .digits = (bits & 1U) != 0, .algorithm = (bits & 2U) != 0, .counter = (bits & 4U) != 0};
        Enrollment made = enrollment(counted);
        const auto outcome = made.confirm(shown(made, ignored), window, now);
        ASSERT_TRUE(outcome);
        EXPECT_EQ(text(*outcome), "ignores " + text(ignored));
    }
}

TEST_F(Ignoring, TheRightCodeIsConfirmed) {
    for (const Asked& asked :
         {Asked{*otp::Digits::create(8), otp::Algorithm::sha256,
                *otp::Period::create(std::chrono::seconds{60}), 0},
          Asked{otp::six_digits(), otp::Algorithm::sha1, otp::thirty_seconds(), 0},
          Asked{*otp::Digits::create(7), otp::Algorithm::sha512, otp::thirty_seconds(), 5}}) {
        Enrollment made = enrollment(asked);
        EXPECT_EQ(text(*made.confirm(shown(made, {}), window, now)), "confirmed");
    }
}

// Nothing is there to be ignored, and a wrong code is just that.
TEST_F(Ignoring, OfTheUsualOptionsNoneIs) {
    const Asked usual{otp::six_digits(), otp::Algorithm::sha1, otp::thirty_seconds(), 0};
    const Enrollment made = enrollment(usual);
    for (unsigned n = 0; n < 1000; ++n) {
        const Secret typed = Secret::copy_of(std::string_view(std::to_string(100000 + n)));
        EXPECT_FALSE(*ignored_options(made.authenticator(), std::nullopt, typed, window, now));
    }
}

TEST_F(Ignoring, AClockThatIsOffIsStillSaid) {
    const Asked asked{*otp::Digits::create(8), otp::Algorithm::sha256, otp::thirty_seconds(), 0};
    Enrollment made = enrollment(asked);
    const auto code =
        otp::hotp(made.authenticator().key, otp::time_step(now + std::chrono::minutes{10}, asked.period),
                  asked.digits, asked.algorithm);
    EXPECT_EQ(text(*made.confirm(*code, window, now)), "clock");
}

}  // namespace
}  // namespace secondstep::dialogue
