#include "migration/formats/google_authenticator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "otp/totp.h"
#include "tool/migration/formats/reading.h"

namespace secondstep::tool {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const std::string totp = "alice: otpauth://totp/alice?secret=" + key;
const std::string hotp = "alice: otpauth://hotp/alice?secret=" + key;
const UnixTime now = from_unix(1795826840);  // step 59860894

Result<Reading> read(std::string_view text, unsigned window = 1) {
    return read_google_authenticator(
        {.text = text, .user = "alice", .place = "/home/alice/.google_authenticator"},
        {.now = now, .window = window});
}

// A file with the usual key and these lines behind it.
Result<Reading> with(const std::string& lines, unsigned window = 1) {
    return read(key + "\n" + lines, window);
}

std::vector<std::string> remarks(const Result<Reading>& reading) {
    return reading && reading->accounts.size() == 1 ? reading->accounts[0].remarks
                                                    : std::vector<std::string>{"not one account"};
}

std::string why_not(const Result<Reading>& reading) {
    return reading && reading->unusable.size() == 1 ? reading->unusable[0].why : "not refused";
}

TEST(GoogleAuthenticator, ReadsFilesOfTheRealProgram) {
    const auto fresh = read(data_file("google_authenticator.totp"));
    EXPECT_THAT(accounts(fresh),
                ElementsAre("alice: otpauth://totp/alice?secret=YZP66CZWQRXZYWIMXYQ2E7NNTY floor=none"));
    EXPECT_EQ(fresh->accounts.at(0).scratch_codes.size(), 5U);
    EXPECT_EQ(fresh->accounts[0].scratch_codes.at(1).text(), "65776357");
    const auto used = read(data_file("google_authenticator.totp-used"));
    EXPECT_THAT(accounts(used),
                ElementsAre("alice: otpauth://totp/alice?secret=YZP66CZWQRXZYWIMXYQ2E7NNTY floor=59860948"));
    const auto counted = read(data_file("google_authenticator.hotp"));
    EXPECT_THAT(accounts(counted), ElementsAre(HasSubstr("&counter=1 floor=0")));
    EXPECT_EQ(counted->accounts.at(0).scratch_codes.size(), 2U);
    const auto minute = read(data_file("google_authenticator.reuse"));
    EXPECT_THAT(accounts(minute), ElementsAre(HasSubstr("&period=60 floor=")));
}

TEST(GoogleAuthenticator, HotpCounterIsTheNextOne) {
    EXPECT_THAT(accounts(with("\" HOTP_COUNTER 4\n")), ElementsAre(hotp + "&counter=4 floor=3"));
    EXPECT_THAT(accounts(with("\" HOTP_COUNTER 0\n")), ElementsAre(hotp + "&counter=0 floor=none"));
    EXPECT_THAT(accounts(with("\" TOTP_AUTH\n\" HOTP_COUNTER 4\n")),
                ElementsAre(hotp + "&counter=4 floor=3"));
    EXPECT_THAT(why_not(with("\" HOTP_COUNTER x\n")), HasSubstr("The counter is no number"));
}

TEST(GoogleAuthenticator, TheHighestUsedStepIsTheFloor) {
    EXPECT_THAT(accounts(with("\" DISALLOW_REUSE 59860893 59860894 59860892\n\" TOTP_AUTH\n")),
                ElementsAre(totp + " floor=59860894"));
    EXPECT_THAT(accounts(with("\" DISALLOW_REUSE\n\" TOTP_AUTH\n")), ElementsAre(totp + " floor=none"));
}

TEST(GoogleAuthenticator, WhereReuseWasAllowedNothingOfBeforeIsAcceptedAgain) {
    // Half of its window ahead: the last step the old module could have accepted.
    EXPECT_THAT(accounts(with("\" TOTP_AUTH\n")), ElementsAre(totp + " floor=59860895"));
    EXPECT_THAT(accounts(with("\" WINDOW_SIZE 17\n\" TOTP_AUTH\n", 8)),
                ElementsAre(totp + " floor=59860902"));
    EXPECT_THAT(accounts(with("\" WINDOW_SIZE 1\n\" TOTP_AUTH\n")), ElementsAre(totp + " floor=59860894"));
    EXPECT_THAT(accounts(with("\" TIME_SKEW 5\n\" TOTP_AUTH\n")), ElementsAre(totp + " floor=59860900"));
    EXPECT_THAT(accounts(with("\" TIME_SKEW -9\n\" TOTP_AUTH\n")), ElementsAre(totp + " floor=59860886"));
}

TEST(GoogleAuthenticator, SaysFromWhenOnCodesAreAcceptedAgain) {
    EXPECT_THAT(remarks(with("\" DISALLOW_REUSE 59861000\n\" TOTP_AUTH\n")),
                Contains(HasSubstr("accepted from 20")));
    EXPECT_THAT(remarks(with("\" DISALLOW_REUSE 59860895\n\" TOTP_AUTH\n")), IsEmpty());
}

TEST(GoogleAuthenticator, SaysWhatToSetForAWiderWindow) {
    EXPECT_THAT(remarks(with("\" DISALLOW_REUSE\n\" WINDOW_SIZE 17\n\" TOTP_AUTH\n")),
                ElementsAre(HasSubstr("window = 8")));
    EXPECT_THAT(remarks(with("\" DISALLOW_REUSE\n\" WINDOW_SIZE 17\n\" TOTP_AUTH\n", 8)), IsEmpty());
    EXPECT_THAT(remarks(with("\" DISALLOW_REUSE\n\" WINDOW_SIZE 99\n\" TOTP_AUTH\n")),
                ElementsAre(HasSubstr("window = 10")));
    EXPECT_THAT(remarks(with("\" DISALLOW_REUSE\n\" WINDOW_SIZE 3\n\" TOTP_AUTH\n")), IsEmpty());
    EXPECT_THAT(remarks(with("\" DISALLOW_REUSE\n\" TOTP_AUTH\n", 0)), ElementsAre(HasSubstr("window = 1 ")));
    EXPECT_THAT(remarks(with("\" WINDOW_SIZE 11\n\" HOTP_COUNTER 4\n")),
                ElementsAre(HasSubstr("11 counters")));
    EXPECT_THAT(remarks(with("\" WINDOW_SIZE 10\n\" HOTP_COUNTER 4\n")), IsEmpty());
}

TEST(GoogleAuthenticator, SaysThatThePhonesClockIsWrong) {
    EXPECT_THAT(remarks(with("\" DISALLOW_REUSE\n\" TIME_SKEW 5\n\" TOTP_AUTH\n")),
                ElementsAre(HasSubstr("5 steps ahead")));
    EXPECT_THAT(remarks(with("\" DISALLOW_REUSE\n\" TIME_SKEW -5\n\" TOTP_AUTH\n")),
                ElementsAre(HasSubstr("5 steps behind")));
    EXPECT_THAT(remarks(with("\" DISALLOW_REUSE\n\" TIME_SKEW 0\n\" TOTP_AUTH\n")), IsEmpty());
}

TEST(GoogleAuthenticator, ReadsTheKeyAsTheModuleDoes) {
    const std::string rest = "\n\" DISALLOW_REUSE\n\" TOTP_AUTH\n";
    for (const std::string& line : {std::string("gezdgnbvgy3tqojqgezdgnbvgy3tqojq"),
                                    std::string("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"),
                                    std::string("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQG")}) {
        EXPECT_THAT(accounts(read(line + rest)), ElementsAre(totp + " floor=none")) << line;
    }
    EXPECT_THAT(accounts(read("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQO01" + rest)),
                ElementsAre(HasSubstr("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOOL ")));
    EXPECT_THAT(accounts(read("GEZDGNBVGY3TQOJQGEZDGNBVGZ" + rest)),
                ElementsAre(HasSubstr("GEZDGNBVGY3TQOJQGEZDGNBVGY ")));
}

TEST(GoogleAuthenticator, TakesAShortKeyWithARemark) {
    const auto reading = read("GEZDGNBVGY3TQOJQ\n\" DISALLOW_REUSE\n\" TOTP_AUTH\n");
    EXPECT_THAT(remarks(reading), ElementsAre(HasSubstr("80 bits")));
    EXPECT_THAT(remarks(read("GEZDGNBVGY3TQOJQGEZDGNBVGY\n\" DISALLOW_REUSE\n\" TOTP_AUTH\n")), IsEmpty());
}

TEST(GoogleAuthenticator, RefusesWhatHasNoUsableKey) {
    const std::string rest = "\n\" TOTP_AUTH\n";
    EXPECT_THAT(why_not(read("" + rest)), HasSubstr("There is no key"));
    EXPECT_THAT(why_not(read("!!!" + rest)), HasSubstr("letters and digits only"));
    EXPECT_THAT(why_not(read(std::string(1600, 'A') + rest)), HasSubstr("longer than 128 bytes"));
    EXPECT_THAT(why_not(read("")), HasSubstr("neither TOTP_AUTH nor HOTP_COUNTER"));
    EXPECT_THAT(why_not(with("12345678\n")), HasSubstr("neither TOTP_AUTH nor HOTP_COUNTER"));
}

TEST(GoogleAuthenticator, RefusesAStepOutOfBounds) {
    for (const std::string_view size : {"0", "-30", "x", "99999999999"}) {
        EXPECT_THAT(why_not(with("\" STEP_SIZE " + std::string(size) + "\n\" TOTP_AUTH\n")),
                    HasSubstr("a period is 1 to 86400 seconds"))
            << size;
    }
    for (const std::string_view size : {"14", "121"}) {
        EXPECT_THAT(why_not(with("\" STEP_SIZE " + std::string(size) + "\n\" TOTP_AUTH\n")),
                    HasSubstr("Its codes last " + std::string(size) + " seconds"));
    }
    EXPECT_THAT(accounts(with("\" DISALLOW_REUSE\n\" STEP_SIZE 60\n\" TOTP_AUTH\n")),
                ElementsAre(totp + "&period=60 floor=none"));
    // As the module does, the first one counts.
    EXPECT_THAT(accounts(with("\" DISALLOW_REUSE\n\" STEP_SIZE 60\n\" STEP_SIZE 15\n\" TOTP_AUTH\n")),
                ElementsAre(totp + "&period=60 floor=none"));
}

TEST(GoogleAuthenticator, TakesOverUnusedScratchCodes) {
    const auto reading =
        with("\" DISALLOW_REUSE\n\" TOTP_AUTH\n12345678\n\n 23456789 \nnine\n1234567\n123456789\n");
    ASSERT_EQ(reading->accounts.at(0).scratch_codes.size(), 2U);
    EXPECT_EQ(reading->accounts[0].scratch_codes[1].text(), "23456789");
    EXPECT_EQ(remarks(reading).size(), 3U);
    std::string many = "\" DISALLOW_REUSE\n\" TOTP_AUTH\n";
    for (int i = 0; i < 20; ++i)
        many += "12345678\n";
    EXPECT_EQ(with(many)->accounts.at(0).scratch_codes.size(), 16U);
    EXPECT_THAT(remarks(with(many)), ElementsAre(HasSubstr("first 16")));
}

TEST(GoogleAuthenticator, NamesWhatItDoesNotKnow) {
    EXPECT_THAT(remarks(with("\" DISALLOW_REUSE\n\" FOO_BAR 1\n\" RATE_LIMIT 3 30 1795826840\n"
                             "\" RESETTING_TIME_SKEW 1+2\n\" TOTP_AUTH\n")),
                ElementsAre("Line 3 has an option that is not known here."));
    EXPECT_THAT(remarks(with("\" DISALLOW_REUSE\n\" LAST0 ::1 1795826840\n\" TOTP_AUTH\n")),
                ElementsAre(HasSubstr("grace_period")));
}

TEST(GoogleAuthenticator, OtherLineEndsAreTheSame) {
    const std::string text = key + "\n\" DISALLOW_REUSE 59860894\n\" TOTP_AUTH\n12345678\n";
    std::string windows;
    for (const char c : text)
        windows += c == '\n' ? "\r\n" : std::string(1, c);
    for (const std::string& same : {text.substr(0, text.size() - 1), windows, "\xef\xbb\xbf" + text}) {
        const auto reading = read(same);
        EXPECT_THAT(accounts(reading), ElementsAre(totp + " floor=59860894"));
        EXPECT_EQ(reading->accounts.at(0).scratch_codes.size(), 1U);
    }
}

TEST(GoogleAuthenticator, IsBounded) {
    EXPECT_EQ(with(std::string(65537, '\n')).error().code, Errc::too_large);
    EXPECT_TRUE(with("\" TOTP_AUTH\n" + std::string(65000, 'x')).has_value());
}

TEST(GoogleAuthenticator, SaysNoSecret) {
    for (const std::string& text :
         {key + "!\n\" TOTP_AUTH\n", key + "\n" + key + "\n\" TOTP_AUTH\n",
          key + "\n\" STEP_SIZE " + key + "\n\" TOTP_AUTH\n", key + "\n\" TOTP_AUTH\n87654321 87654321\n",
          key + "\n\" HOTP_COUNTER " + key + "\n"}) {
        const std::string said = everything_said(read(text));
        EXPECT_EQ(said.find("GEZD"), std::string::npos) << said;
        EXPECT_EQ(said.find("8765"), std::string::npos) << said;
    }
}

}  // namespace
}  // namespace secondstep::tool
