#include <gmock/gmock.h>

#include <chrono>

#include "account/throttle.h"
#include "otp/hotp.h"
#include "otp/totp.h"
#include "tool_world.h"

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;

namespace secondstep::testing {

namespace {

using std::chrono::minutes;

constexpr std::chrono::seconds step{30};

class CheckCode : public ToolWorld {
  protected:
    CheckCode() { set_up(); }

    std::string enrolled(const std::vector<std::string>& more = {}) { return enroll(me(), more)["uri"]; }
    Finished said(const std::string& first, const std::string& second) {
        return tool({"check-code", me()}, first + "\n" + second + "\n");
    }
    // Two in a row, of which the second is that of `offset` from now.
    Finished said_at(const std::string& uri, std::chrono::seconds offset = {}) {
        return said(code_of(uri, offset - step), code_of(uri, offset));
    }
    nlohmann::json told(const std::string& first, const std::string& second) {
        return nlohmann::json::parse(tool({"check-code", me(), "--json"}, first + "\n" + second + "\n").out);
    }
    void use_up_to(std::uint64_t factor) {
        const AuthenticatorId id = account(me()).credential->authenticators.front().id;
        change_state(me(), [&](State& state) { state.uses = {{.id = id, .used = true, .last = factor}}; });
    }
    std::string code_of_counter(std::uint64_t counter) {
        const Account present = account(me());
        const Authenticator& token = present.credential->authenticators.front();
        return std::string(otp::hotp(token.key, counter, token.digits, token.algorithm)->text());
    }
    Finished said_of_counter(std::uint64_t second) {
        return said(code_of_counter(second - 1), code_of_counter(second));
    }
};

TEST_F(CheckCode, SaysThatALoginWouldTakeItAndUsesNothingUp) {
    const std::string uri = enrolled();
    const State before = account(me()).state;
    for (int times = 0; times < 2; ++times) {
        const Finished done = said_at(uri);
        EXPECT_EQ(done.status, 0) << done.out << done.err;
        EXPECT_THAT(done.out,
                    HasSubstr(": right: codes of phone, as a login takes them now. Neither was used up."));
    }
    EXPECT_EQ(account(me()).state, before);
    EXPECT_EQ(told(code_of(uri, -step), code_of(uri))["finding"], "good");
    EXPECT_EQ(said(code_of(uri, -3 * step), code_of(uri)).status, 0) << "who reads out misses one or two";
}

// Otherwise the code of a moment to come were found by some hundred tries.
TEST_F(CheckCode, SaysNothingOfOneCodeWhateverItIs) {
    const std::string uri = enrolled();
    const std::string other = "12345678";  // the phone's have six digits
    for (const std::chrono::seconds offset :
         {std::chrono::seconds{0}, std::chrono::seconds{7200}, -step * 24}) {
        EXPECT_EQ(told(other, code_of(uri, offset))["finding"], "unknown");
        EXPECT_EQ(told(code_of(uri, offset), other)["finding"], "unknown");
        const Finished alone = tool({"check-code", me(), "--json"}, code_of(uri, offset) + "\n");
        EXPECT_EQ(alone.out, "");
        EXPECT_THAT(alone.err, HasSubstr("no code was entered; nothing was looked at"));
    }
}

TEST_F(CheckCode, TakesTheSameCodeForNoSecondOne) {
    const std::string uri = enrolled();
    const std::string first = code_of(uri, -step);
    const Finished late = tool({"check-code", me()}, first + "\n" + first + "\n" + code_of(uri) + "\n");
    EXPECT_EQ(late.status, 0) << late.err;
    EXPECT_THAT(late.err, HasSubstr("That is the same code. It takes two in a row"));
    const Finished never =
        tool({"check-code", me()}, first + "\n" + first + "\n" + first + "\n" + first + "\n");
    EXPECT_EQ(never.status, 1);
    EXPECT_EQ(never.out, "");
}

TEST_F(CheckCode, SaysByHowMuchTheClockIsOff) {
    const std::string uri = enrolled();
    const Finished slow = said_at(uri, -minutes{12});
    EXPECT_EQ(slow.status, 1);
    EXPECT_THAT(slow.out,
                ContainsRegex("refused: they are codes of phone of 1[23] minutes ago\\. Its clock is "
                              "1[23] minutes slow: set"));
    EXPECT_THAT(slow.out, HasSubstr("it is this machine's clock: secondstep doctor."));
    const Finished fast = said_at(uri, std::chrono::hours{3});
    EXPECT_THAT(fast.out, HasSubstr("codes of phone in 3 hours. Its clock is 3 hours fast: set"));
    const auto json = told(code_of(uri, -minutes{12} - step), code_of(uri, -minutes{12}));
    EXPECT_EQ(json["finding"], "clock_off");
    EXPECT_EQ(json["device"], "phone");
    // A step may begin between the making of the code and the look at it.
    EXPECT_THAT(json["clock_off_seconds"].get<int>(), AllOf(Ge(-750), Le(-690)));
}

TEST_F(CheckCode, SaysWhichDeviceItIs) {
    enrolled();
    const std::string tablet = enroll(me(), {"--add", "--name", "tablet"})["uri"];
    EXPECT_THAT(said_at(tablet).out, HasSubstr("right: codes of tablet,"));
    EXPECT_THAT(said_at(tablet, -minutes{20}).out, HasSubstr("codes of tablet of "));
}

TEST_F(CheckCode, SaysThatItWasUsed) {
    const std::string uri = enrolled();
    use_up_to(otp::time_step(clock_.now(), otp::thirty_seconds()) + 2);
    const Finished done = said_at(uri);
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.out, HasSubstr("that were used, or are older than one that was"));
}

TEST_F(CheckCode, SaysThatItIsOfNoDevice) {
    enrolled();
    const Finished done = said("12345678", "23456789");  // the phone's have six digits
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.out, HasSubstr("refused: not two codes in a row of phone within twelve hours."));
    EXPECT_THAT(done.out, HasSubstr("secondstep re-enroll " + me()));
    EXPECT_EQ(told("12345678", "23456789")["device"], nullptr);
}

TEST_F(CheckCode, SaysHowFarATokenIsAhead) {
    enrolled({"--method", "hotp"});
    use_up_to(10);
    EXPECT_THAT(said_of_counter(12).out, HasSubstr("right: "));
    EXPECT_THAT(said_of_counter(10).out, HasSubstr("were used"));
    const Finished far = said_of_counter(11 + 40);
    EXPECT_EQ(far.status, 1);
    EXPECT_THAT(far.out, HasSubstr("codes of phone, 40 codes ahead. At a login, enter two in a row"));
    EXPECT_EQ(told(code_of_counter(50), code_of_counter(51))["codes_ahead"], 40);
    EXPECT_THAT(said_of_counter(11 + 400).out,
                HasSubstr("400 codes ahead. That is too far: secondstep re-enroll"));
    EXPECT_THAT(said("12345678", "23456789").out,
                HasSubstr("refused: not two codes in a row of phone. Is it"));
    change_state(me(), [](State& state) { state.uses.front().closed = true; });
    EXPECT_THAT(said_of_counter(12).out, HasSubstr("where phone counts was lost"));
}

TEST_F(CheckCode, SaysWhatKeepsARightCodeOut) {
    const std::string uri = enrolled();
    const auto is_held_back = [&](std::string_view state, std::string_view words) {
        const Finished done = said_at(uri);
        EXPECT_EQ(done.status, 1) << state;
        EXPECT_THAT(done.out, HasSubstr(": right: codes of phone")) << state;
        EXPECT_THAT(done.out, HasSubstr(std::string(words)));
        EXPECT_EQ(told(code_of(uri, -step), code_of(uri))["state"], state);
    };
    change_state(me(), [this](State& state) {
        for (int i = 0; i < 7; ++i)
            state.strangers = after_failure(state.strangers, clock_.now());
    });
    is_held_back("throttled", "secondstep unlock " + me());
    change_state(me(), [this](State& state) { state.strangers = {closing_failures, clock_.now(), never}; });
    is_held_back("closed", "secondstep unlock " + me());
}

TEST_F(CheckCode, AsksForCodesOfADevice) {
    enrolled();
    for (const std::string other : {"hello", "7k3m 9qxt 2hvb w4zd", "?", ""}) {
        const Finished done = said(other, "123456");
        EXPECT_EQ(done.status, 1);
        EXPECT_THAT(done.err, HasSubstr("that is no code of an app or token: one has 6 to 8 digits."));
    }
    EXPECT_THAT(tool({"check-code", me()}).err, HasSubstr("no code was entered"));
    EXPECT_EQ(tool({"check-code", "p.nobody"}, "123456\n").status, 3);
    enroll("p.mail", {"--method", "mail", "--address", "m@example.com"});
    const Finished sent = tool({"check-code", "p.mail"}, "123456\n");
    EXPECT_EQ(sent.status, 1);
    EXPECT_THAT(sent.err, HasSubstr("secondstep send-test p.mail"));
}

}  // namespace

}  // namespace secondstep::testing
