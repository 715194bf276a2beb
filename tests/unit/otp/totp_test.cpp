#include "otp/totp.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "otp/hotp.h"
#include "support/failure.h"

namespace secondstep::otp {
namespace {

using std::chrono::seconds;

struct Row {
    std::int64_t time;
    TimeStep step;
    std::string_view sha1;
    std::string_view sha256;
    std::string_view sha512;
};

constexpr Row appendix_b[] = {
    {59, 0x1, "94287082", "46119246", "90693936"},
    {1111111109, 0x23523EC, "07081804", "68084774", "25091201"},
    {1111111111, 0x23523ED, "14050471", "67062674", "99943326"},
    {1234567890, 0x273EF07, "89005924", "91819424", "93441116"},
    {2000000000, 0x3F940AA, "69279037", "90698825", "38618901"},
    {20000000000, 0x27BC86AA, "65353130", "77737706", "47863826"},
};

// The keys of the RFC's own program: as long as each hash, which the text of the appendix does not say.
Secret rfc_key(std::size_t size) {
    Secret key(size);
    for (std::size_t i = 0; i < size; ++i)
        key.bytes()[i] = static_cast<std::uint8_t>('0' + (i + 1) % 10);
    return key;
}

std::string code(const Secret& key, std::int64_t time, Algorithm algorithm) {
    const TimeStep step = time_step(from_unix(time), thirty_seconds());
    return std::string(hotp(key, step, *Digits::create(8), algorithm)->text());
}

TEST(Totp, AgreesWithRfc6238AppendixB) {
    for (const Row& row : appendix_b) {
        EXPECT_EQ(time_step(from_unix(row.time), thirty_seconds()), row.step);
        EXPECT_EQ(code(rfc_key(20), row.time, Algorithm::sha1), row.sha1) << row.time;
        EXPECT_EQ(code(rfc_key(32), row.time, Algorithm::sha256), row.sha256) << row.time;
        EXPECT_EQ(code(rfc_key(64), row.time, Algorithm::sha512), row.sha512) << row.time;
    }
}

TEST(Totp, AStepBeginsAndEndsOnTheSecond) {
    const Period period = thirty_seconds();
    EXPECT_EQ(time_step(from_unix(0), period), 0U);
    EXPECT_EQ(time_step(from_unix(29), period), 0U);
    EXPECT_EQ(time_step(from_unix(30), period), 1U);
    EXPECT_EQ(beginning_of(1, period), from_unix(30));
    EXPECT_EQ(beginning_of(0, period), from_unix(0));
}

TEST(Totp, TimesBefore1970AreStepZero) {
    EXPECT_EQ(time_step(from_unix(-1), thirty_seconds()), 0U);
    EXPECT_EQ(time_step(from_unix(std::numeric_limits<std::int64_t>::min()), thirty_seconds()), 0U);
}

TEST(Totp, TheLargestTimesDoNotOverflow) {
    const auto last = std::numeric_limits<std::int64_t>::max();
    const TimeStep step = time_step(from_unix(last), thirty_seconds());
    EXPECT_EQ(step, static_cast<TimeStep>(last / 30));
    EXPECT_LE(beginning_of(step, thirty_seconds()), from_unix(last));
    EXPECT_EQ(beginning_of(step + 1, thirty_seconds()), beginning_of(step, thirty_seconds()));
    EXPECT_GT(beginning_of(UINT64_MAX, thirty_seconds()), from_unix(0));
}

TEST(Totp, ThePeriodIsFifteenSecondsToTwoMinutes) {
    for (const std::int64_t bad : {-30, 0, 1, 14, 121, 3600}) {
        EXPECT_EQ(testing::failure(Period::create(seconds(bad))), Errc::invalid) << bad;
    }
    for (const std::int64_t good : {15, 30, 60, 120}) {
        EXPECT_EQ(Period::create(seconds(good))->value(), seconds(good));
    }
    EXPECT_EQ(thirty_seconds().value(), seconds(30));
}

TEST(Totp, APortalsPeriodIsASecondToADay) {
    for (const std::int64_t bad : {-1, 0, 86401})
        EXPECT_EQ(testing::failure(StepLength::create(seconds(bad))), Errc::invalid) << bad;
    for (const std::int64_t good : {1, 10, 300, 86400})
        EXPECT_EQ(StepLength::create(seconds(good))->value(), seconds(good));
    EXPECT_EQ(time_step(from_unix(86399), *StepLength::create(seconds(86400))), 0U);
    EXPECT_EQ(beginning_of(3, *StepLength::create(seconds(1))), from_unix(3));
}

}  // namespace
}  // namespace secondstep::otp
