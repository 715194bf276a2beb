#include "migration/formats/oath_users.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <string>

#include "base/text.h"
#include "tool/migration/formats/reading.h"

namespace secondstep::tool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string hex_key = "3132333435363738393031323334353637383930";
const std::string secret = "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const UnixTime now = from_unix(1795826840);

// Sets the host's time zone for its scope.
class TimeZone {
  public:
    explicit TimeZone(const char* name) {
        if (const char* before = std::getenv("TZ")) before_ = before;
        ::setenv("TZ", name, 1);
        ::tzset();
    }
    TimeZone(const TimeZone&) = delete;
    TimeZone& operator=(const TimeZone&) = delete;
    ~TimeZone() {
        before_.empty() ? ::unsetenv("TZ") : ::setenv("TZ", before_.c_str(), 1);
        ::tzset();
    }

  private:
    std::string before_;
};

Result<Reading> read(std::string_view text) {
    const TimeZone utc("UTC");
    return read_oath_users(text, "users.oath", now);
}

// The only account of one line, or why there is none. "KEY" stands for the usual key.
std::string line(std::string text) {
    if (const std::size_t at = text.find("KEY"); at != std::string::npos) text.replace(at, 3, hex_key);
    const auto reading = read(text);
    const auto all = accounts(reading);
    return all.empty() ? unusable(reading).at(0) : all.at(0);
}

TEST(OathUsers, ReadsTheFileOfTheRealModule) {
    const auto reading = read(data_file("pam_oath.users"));
    EXPECT_THAT(accounts(reading),
                ElementsAre("alice: otpauth://hotp/alice" + secret + "&counter=4 floor=3",
                            "bob: otpauth://totp/bob" + secret + " floor=59860896",
                            "carl: otpauth://totp/carl" + secret + "&digits=8&period=60 floor=29930447",
                            "dora: otpauth://hotp/dora" + secret + "&digits=7&counter=5 floor=4",
                            "gus: otpauth://hotp/gus" + secret + "&digits=8&counter=7 floor=6"));
    EXPECT_THAT(unusable(reading),
                ElementsAre(HasSubstr("users.oath:6|Its type"), HasSubstr("users.oath:7|It has a PIN")));
}

TEST(OathUsers, ReadsEveryType) {
    const std::string hotp = "a: otpauth://hotp/a" + secret;
    const std::string totp = "a: otpauth://totp/a" + secret;
    EXPECT_EQ(line("HOTP a - KEY"), hotp + "&counter=0 floor=none");
    EXPECT_EQ(line("HOTP/E a - KEY"), hotp + "&counter=0 floor=none");
    EXPECT_EQ(line("HOTP/E/6 a - KEY"), hotp + "&counter=0 floor=none");
    EXPECT_EQ(line("HOTP/E/7 a - KEY"), hotp + "&digits=7&counter=0 floor=none");
    EXPECT_EQ(line("HOTP/E/8 a - KEY"), hotp + "&digits=8&counter=0 floor=none");
    EXPECT_EQ(line("HOTP/T30 a - KEY"), totp + " floor=none");
    EXPECT_EQ(line("HOTP/T60/8 a - KEY"), totp + "&digits=8&period=60 floor=none");
    EXPECT_EQ(line("HOTP/T30/7 a - KEY"), totp + "&digits=7 floor=none");
}

TEST(OathUsers, RefusesOtherTypes) {
    for (const std::string_view type :
         {"hotp", "MOTP", "HOTP/", "HOTP/T", "HOTP/T0", "HOTP/T14", "HOTP/T121", "HOTP/X", "HOTP/E/5",
          "HOTP/E/9", "HOTP/E/", "HOTP/T30/", "HOTP/E6", "HOTP/6", "HOTPX", "HOTP/T30/0", "HOTP/T30/6/7",
          "HOTP/T-30", "HOTP/T30x"}) {
        EXPECT_THAT(line(std::string(type) + " a - KEY"), HasSubstr("users.oath:1|")) << type;
    }
}

TEST(OathUsers, TheCounterIsTheNextOneUntilACodeWasUsed) {
    const std::string hotp = "a: otpauth://hotp/a" + secret;
    EXPECT_EQ(line("HOTP a - KEY 5"), hotp + "&counter=5 floor=4");
    EXPECT_EQ(line("HOTP a - KEY 5 254676 2026-11-28T00:47:20L"), hotp + "&counter=6 floor=5");
    EXPECT_EQ(line("HOTP a - KEY 0 755224 2026-11-28T00:47:20L"), hotp + "&counter=1 floor=0");
    EXPECT_EQ(line("HOTP a - KEY -3"), hotp + "&counter=0 floor=none");
    EXPECT_THAT(line("HOTP a - KEY x"), HasSubstr("counter is not a number"));
    EXPECT_THAT(line("HOTP a - KEY 18446744073709551615 755224"), HasSubstr("used up"));
}

TEST(OathUsers, APinIsNotThrownAway) {
    EXPECT_THAT(line("HOTP a pw KEY"), HasSubstr("PIN"));
    EXPECT_THAT(line("HOTP a 00 KEY"), HasSubstr("PIN"));
    EXPECT_THAT(line("HOTP a + KEY"), HasSubstr("otpauth://"));
}

// The code of the step of 2026-11-28 00:49:15 UTC, and of three steps before it.
TEST(OathUsers, TheStepOfTheLastCodeIsTheFloor) {
    const std::string totp = "a: otpauth://totp/a" + secret + " floor=";
    const otp::TimeStep at = otp::time_step(from_unix(1795826955), otp::thirty_seconds());
    const Secret key = Secret::copy_of("12345678901234567890");
    for (const otp::TimeStep step : {at, at - 3, at + 2, at - 99, at + 100}) {
        const auto code = otp::hotp(key, step, otp::six_digits(), otp::Algorithm::sha1);
        EXPECT_EQ(line("HOTP/T30 a - KEY 3 " + std::string(code->text()) + " 2026-11-28T00:49:15L"),
                  totp + std::to_string(step));
    }
    EXPECT_EQ(line("HOTP/T30 a - KEY 3 000000 2026-11-28T00:49:15L"), totp + std::to_string(at));
    EXPECT_EQ(line("HOTP/T30 a - KEY 3 12345678901 2026-11-28T00:49:15L"), totp + std::to_string(at));
}

TEST(OathUsers, ACodeWithoutItsTimeMayHaveBeenUsedJustNow) {
    const std::string present = " floor=" + std::to_string(otp::time_step(now, otp::thirty_seconds()));
    for (const std::string_view time :
         {"", "x", "2026-11-28T00:49:15", "2026-11-28 00:49:15L", "20xx-11-28T00:49:15L"}) {
        EXPECT_THAT(line("HOTP/T30 a - KEY 3 000000 " + std::string(time)), HasSubstr(present)) << time;
    }
}

TEST(OathUsers, TheTimeIsTheHostsLocalTime) {
    const TimeZone new_york("America/New_York");
    const std::string text = "HOTP/T30 a - " + hex_key + " 3 000000 ";
    const auto floor = [&](const std::string& time) {
        const auto reading = read_oath_users(text + time, "f", now);
        return reading->accounts.at(0).tokens.at(0).floor;
    };
    EXPECT_EQ(floor("2026-11-27T19:49:15L"), otp::time_step(from_unix(1795826955), otp::thirty_seconds()));
    // 05:30 UTC in summer time, and 06:30 UTC an hour later, have the same local time: the later one is safe.
    EXPECT_EQ(floor("2026-11-01T01:30:00L"), otp::time_step(from_unix(1793514600), otp::thirty_seconds()));
    EXPECT_EQ(floor("2026-07-01T12:00:00L"), otp::time_step(from_unix(1782921600), otp::thirty_seconds()));
}

TEST(OathUsers, OneBrokenLineIsNamedAndTheOthersAreRead) {
    const auto reading = read("HOTP a - " + hex_key + "\nHOTP b - jbswy3dp\nHOTP c - " + hex_key + "\n");
    EXPECT_THAT(accounts(reading), ElementsAre(HasSubstr("a:"), HasSubstr("c:")));
    EXPECT_THAT(unusable(reading),
                ElementsAre("users.oath:2|The key is not hexadecimal; it looks like base32."));
}

TEST(OathUsers, NamesWhatIsBrokenInALine) {
    EXPECT_THAT(line("HOTP"), HasSubstr("fewer than four fields"));
    EXPECT_THAT(line("HOTP a -"), HasSubstr("fewer than four fields"));
    EXPECT_THAT(line("HOTP a - 123"), HasSubstr("hexadecimal"));
    EXPECT_THAT(line("HOTP a - 0x1234"), HasSubstr("hexadecimal"));
    EXPECT_THAT(line("HOTP a/b - KEY"), HasSubstr("cannot be a login name"));
    EXPECT_THAT(line("HOTP a - " + std::string(258, '3')), HasSubstr("longer than 128 bytes"));
    EXPECT_THAT(line("HOTP a - " + std::string(2000, '3')), HasSubstr("longer than 1024 bytes"));
    EXPECT_THAT(line("HOTP a - " + std::string(256, '3')), HasSubstr("otpauth://"));
}

TEST(OathUsers, CommentsAndEmptyLinesArePassedOver) {
    EXPECT_THAT(unusable(read("# x\n\n  # y\n \t \n")), IsEmpty());
    EXPECT_THAT(accounts(read("\xef\xbb\xbfHOTP\ta \t- " + hex_key + "\r\n\r\nHOTP b - " + hex_key)),
                ElementsAre(HasSubstr("a:"), HasSubstr("b:")));
}

TEST(OathUsers, SeveralLinesAreSeveralTokens) {
    std::string text = "HOTP/T30 a - " + hex_key + "\nHOTP a - " + hex_key + "\n";
    for (int i = 0; i < 4; ++i)
        text += "HOTP/T60 a - " + hex_key + "\n";
    const auto reading = read(text);
    ASSERT_EQ(reading->accounts.size(), 1U);
    EXPECT_EQ(reading->accounts[0].tokens.size(), 4U);
    EXPECT_THAT(unusable(reading), ElementsAre(HasSubstr("users.oath:2|An account has one method"),
                                               HasSubstr("users.oath:6|An account has at most 4")));
}

TEST(OathUsers, IsBounded) {
    EXPECT_EQ(read(std::string((std::size_t{64} << 20) + 1, '\n')).error().code, Errc::too_large);
}

TEST(OathUsers, SaysNoSecret) {
    for (const std::string_view text :
         {"HOTP a SECRET abcdef", "HOTP a - SECRET", "SECRET SECRET SECRET SECRET",
          "HOTP/T30 a - abcdef SECRET", "HOTP/SECRET a - abcdef"}) {
        EXPECT_EQ(everything_said(read(text)).find("SECRET"), std::string::npos) << text;
        EXPECT_NE(everything_said(read(text)), "") << text;
    }
}

}  // namespace
}  // namespace secondstep::tool
