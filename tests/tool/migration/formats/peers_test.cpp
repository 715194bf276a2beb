// The real modules beside the parsers: a code that the old module has accepted is at or below the floor, and
// the one it would accept next is above it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "base/clock.h"
#include "base/text.h"
#include "migration/formats/google_authenticator.h"
#include "migration/formats/oath_users.h"
#include "support/pam_host.h"
#include "support/temporary_directory.h"
#include "tool/migration/formats/reading.h"

namespace secondstep::tool {
namespace {

const std::string hex_key = "3132333435363738393031323334353637383930";
const std::string base32_key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

std::string own_name() {
    const passwd* entry = ::getpwuid(::geteuid());
    return entry == nullptr ? "" : entry->pw_name;
}

std::string content(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_private(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
    ::chmod(path.c_str(), 0600);
}

std::string code(std::uint64_t counter, unsigned digits = 6) {
    const auto made = otp::hotp(Secret::copy_of("12345678901234567890"), counter,
                                *otp::Digits::create(digits), otp::Algorithm::sha1);
    return made ? std::string(made->text()) : "";
}

otp::TimeStep present_step(otp::Period period = otp::thirty_seconds()) {
    return otp::time_step(SystemClock().now(), period);
}

class Peers : public ::testing::Test {
  protected:
    bool google_accepts(const std::string& typed) {
        return accepts("auth required pam_google_authenticator.so secret=" + path() + " user=" + own_name(),
                       typed);
    }
    bool oath_accepts(const std::string& typed) {
        return accepts("auth required pam_oath.so window=20 usersfile=" + path(), typed);
    }
    ImportedToken google_token() {
        const std::string text = content(path());
        return token(read_google_authenticator({.text = text, .user = "alice", .place = "f"},
                                               {.now = SystemClock().now()}));
    }
    ImportedToken oath_token() { return token(read_oath_users(content(path()), "f", SystemClock().now())); }
    [[nodiscard]] std::string path() const { return directory_.file("tokens"); }

  private:
    static bool accepts(const std::string& line, const std::string& typed) {
        testing::PamHost host(line + "\n", own_name(), testing::typing({typed}));
        return host.authenticate() == PAM_SUCCESS;
    }
    static ImportedToken token(Result<Reading> reading) {
        if (reading && reading->accounts.size() == 1) return std::move(reading->accounts[0].tokens.at(0));
        ADD_FAILURE() << everything_said(reading);
        return {.token = {.issuer = {}, .account = {}, .key = {}, .moving = otp::HotpMoving{0}},
                .name = {},
                .floor = {}};
    }

    testing::TemporaryDirectory directory_;
};

TEST_F(Peers, ReadsWhatTheProgramGoogleAuthenticatorWrites) {
    const std::string command =
        "HOME=/nonexistent google-authenticator -t -d -f -C -q -Q NONE -u -W -e 4 -S 60 -s " + path();
    ASSERT_EQ(std::system(command.c_str()), 0);
    const std::string text = content(path());
    const auto reading = read_google_authenticator({.text = text, .user = "alice", .place = "f"},
                                                   {.now = SystemClock().now()});
    ASSERT_EQ(accounts(reading).size(), 1U) << everything_said(reading);
    EXPECT_EQ(accounts(reading)[0], "alice: otpauth://totp/alice?secret=" + text.substr(0, text.find('\n')) +
                                        "&period=60 floor=none");
    EXPECT_EQ(reading->accounts[0].scratch_codes.size(), 4U);
    EXPECT_TRUE(google_accepts(std::string(reading->accounts[0].scratch_codes[2].text())));
}

TEST_F(Peers, TheStepGoogleAuthenticatorAcceptedIsTheFloor) {
    write_private(path(), base32_key + "\n\" DISALLOW_REUSE\n\" WINDOW_SIZE 17\n\" TOTP_AUTH\n");
    EXPECT_EQ(google_token().floor, std::nullopt);
    const otp::TimeStep step = present_step() + 2;
    ASSERT_TRUE(google_accepts(code(step)));
    EXPECT_EQ(google_token().floor, step);
    ASSERT_FALSE(google_accepts(code(step)));
    ASSERT_TRUE(google_accepts(code(step - 1)));
    EXPECT_EQ(google_token().floor, step);
}

TEST_F(Peers, TheFloorHoldsWhereGoogleAuthenticatorRecordsNothing) {
    write_private(path(), base32_key + "\n\" WINDOW_SIZE 4\n\" TIME_SKEW 3\n\" TOTP_AUTH\n");
    // The step may change in between: from this one on the module accepts 5 ahead at most.
    const otp::TimeStep step = present_step() + 5;
    ASSERT_TRUE(google_accepts(code(step)));
    ASSERT_TRUE(google_accepts(code(step)));
    EXPECT_GE(google_token().floor.value_or(0), step);
}

TEST_F(Peers, TheCounterOfGoogleAuthenticatorIsTheNextOne) {
    write_private(path(), base32_key + "\n\" WINDOW_SIZE 5\n\" HOTP_COUNTER 7\n");
    ASSERT_TRUE(google_accepts(code(9)));
    const ImportedToken token = google_token();
    EXPECT_EQ(token.floor, 9U);
    EXPECT_EQ(std::get<otp::HotpMoving>(token.token.moving).counter, 10U);
    ASSERT_FALSE(google_accepts(code(9)));
}

TEST_F(Peers, TheCounterOfPamOathIsTheLastOne) {
    write_private(path(), "HOTP/E/8 " + own_name() + " - " + hex_key + " 5\n");
    EXPECT_EQ(oath_token().floor, 4U);
    ASSERT_TRUE(oath_accepts(code(5, 8)));
    EXPECT_EQ(oath_token().floor, 5U);
    ASSERT_FALSE(oath_accepts(code(5, 8)));
    ASSERT_TRUE(oath_accepts(code(8, 8)));
    EXPECT_EQ(oath_token().floor, 8U);
}

TEST_F(Peers, TheStepPamOathAcceptedIsTheFloor) {
    write_private(path(), "HOTP/T30 " + own_name() + " - " + hex_key + "\n");
    EXPECT_EQ(oath_token().floor, std::nullopt);
    for (const otp::TimeStep step : {present_step() - 9, present_step() + 7}) {
        ASSERT_TRUE(oath_accepts(code(step)));
        EXPECT_EQ(oath_token().floor, step);
        ASSERT_FALSE(oath_accepts(code(step)));
    }
}

TEST_F(Peers, TheMinuteStepPamOathAcceptedIsTheFloor) {
    write_private(path(), "HOTP/T60/7 " + own_name() + " + " + hex_key + "\n");
    const otp::TimeStep step = present_step(*otp::Period::create(std::chrono::seconds(60))) + 1;
    ASSERT_TRUE(oath_accepts(code(step, 7)));
    EXPECT_EQ(oath_token().floor, step);
}

}  // namespace
}  // namespace secondstep::tool
