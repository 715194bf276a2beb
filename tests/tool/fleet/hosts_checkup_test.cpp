#include "fleet/hosts_checkup.h"

#include <gmock/gmock.h>

#include <chrono>

#include "fleet/seen_host.h"

namespace secondstep::tool {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Level = Diagnosis::Level;

const UnixTime moment = from_unix(1'800'000'000);
constexpr const char* own = "0.2.0";

fleet::RegisteredHost joined(const std::string& name, hours ago = hours{1'000}) {
    return {.name = name, .since = moment - ago};
}

relay::HostSeen connected(const std::string& name, milliseconds ahead = milliseconds{40},
                          const std::string& version = own) {
    return {.name = name,
            .address = "192.0.2.7",
            .connected = seconds{60},
            .heard = seconds{1},
            .version = version,
            .ahead = ahead};
}

relay::HostSeen gone(const std::string& name, seconds heard) {
    relay::HostSeen host = connected(name);
    host.connected.reset();
    host.heard = heard;
    return host;
}

Diagnoses judged(const std::vector<fleet::RegisteredHost>& hosts, const std::vector<relay::HostSeen>& seen,
                 seconds running = hours{100}) {
    return judged_hosts({.hosts = hosts, .unreadable = {}}, relay::HostsSeen{running, false, seen}, own,
                        moment);
}

TEST(HostsCheckup, HostsThatAgreeAreFineAndCounted) {
    const Diagnoses found = judged({joined("web01"), joined("web02")}, {connected("web01")}, hours{1});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].level, Level::ok);
    EXPECT_EQ(found[0].text, "1 of 2 hosts connected");
}

TEST(HostsCheckup, WithoutHostsThereIsNothingToSay) {
    EXPECT_THAT(judged({}, {}), IsEmpty());
}

TEST(HostsCheckup, ARelayThatDoesNotAnswerSaysNothingAboutAnyHost) {
    const Diagnoses found =
        judged_hosts({.hosts = {joined("web01")}, .unreadable = {}},
                     fail(Errc::unreachable, "nobody listens on relay.sock"), own, moment);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].level, Level::warning);
    EXPECT_THAT(found[0].text, HasSubstr("nobody listens on relay.sock"));
    EXPECT_THAT(found[0].text, Not(HasSubstr("web01"))) << "whether it is connected nobody knows";
}

TEST(HostsCheckup, WhoMayNotAskIsToldSoAndNothingIsSaidOfTheRelay) {
    const fleet::HostList hosts{.hosts = {joined("web01")}, .unreadable = {}};
    const Result<relay::HostsSeen> seen = fail(Errc::not_allowed, "only root may ask it");
    const Diagnoses found = judged_hosts(hosts, seen, own, moment);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].level, Level::warning);
    EXPECT_THAT(found[0].text, Not(HasSubstr("does not")));
    EXPECT_THAT(found[0].mend, AllOf(HasSubstr("as root"), Not(HasSubstr("systemctl"))));
    ::testing::internal::CaptureStdout();
    show_seen(hosts, seen, moment);
    EXPECT_THAT(::testing::internal::GetCapturedStdout(),
                AllOf(HasSubstr("run secondstep fleet status as root"), Not(HasSubstr("does not answer"))));
    EXPECT_TRUE(relay_to_json(seen, moment).at("answers").is_null()) << "it was not asked";
}

TEST(HostsCheckup, AClockThatIsOffByMoreThanASecondIsAWarningAndNeverAnError) {
    EXPECT_EQ(judged({joined("web01")}, {connected("web01", milliseconds{1000})}).size(), 1U);
    for (const auto& [ahead, words] : {std::pair{milliseconds{1'001}, "web01 (1.0 s ahead)"},
                                       std::pair{milliseconds{-3'000}, "web01 (3.0 s behind)"},
                                       std::pair{milliseconds{7'200'000}, "web01 (2 hours ahead)"}}) {
        const Diagnoses found = judged({joined("web01")}, {connected("web01", ahead)});
        ASSERT_EQ(found.size(), 2U);
        EXPECT_EQ(found[1].level, Level::warning);
        EXPECT_THAT(found[1].text, HasSubstr(words));
        EXPECT_THAT(found[1].mend, HasSubstr("chronyc tracking"));
    }
}

TEST(HostsCheckup, AnotherVersionIsAWarningAndSoIsNone) {
    const Diagnoses found =
        judged({joined("web01"), joined("web02"), joined("web03")},
               {connected("web01", {}, "0.1.0"), connected("web02"), connected("web03", {}, "")});
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[1].level, Level::warning);
    EXPECT_THAT(found[1].text, HasSubstr("than here (0.2.0): web01 (0.1.0), web03 (an earlier one)"));
}

TEST(HostsCheckup, WhoWasNotHeardForADayIsNamed) {
    const auto silent = [](const Diagnoses& found) {
        return found.size() == 2 && found[1].level == Level::warning &&
               found[1].text == "not heard for 24 hours: web01";
    };
    EXPECT_TRUE(silent(judged({joined("web01")}, {gone("web01", hours{24})})));
    EXPECT_FALSE(silent(judged({joined("web01")}, {gone("web01", hours{23})})));
    EXPECT_TRUE(silent(judged({joined("web01")}, {}, hours{24}))) << "never since the relay began";
}

// It knows of no time before it began, and a host that has joined an hour ago cannot have been heard yesterday.
TEST(HostsCheckup, NobodyIsSilentForLongerThanAnybodyHasListened) {
    EXPECT_EQ(judged({joined("web01")}, {}, hours{23}).size(), 1U);
    EXPECT_EQ(judged({joined("web01", hours{23})}, {}, hours{100}).size(), 1U);
    auto suspended = joined("web01");
    suspended.suspended = true;
    EXPECT_EQ(judged({suspended}, {}, hours{100}).size(), 1U) << "it is not let in";
}

TEST(HostsCheckup, OfACrowdNamesTheFirst) {
    std::vector<fleet::RegisteredHost> hosts;
    for (int i = 1; i <= 40; ++i)
        hosts.push_back(joined("h" + std::to_string(i)));
    const Diagnoses found = judged(hosts, {});
    ASSERT_EQ(found.size(), 2U);
    EXPECT_THAT(found[1].text, HasSubstr("h1, h2, h3, h4, h5, h6, h7, h8 and 32 more"));
}

// What a host says of itself goes to a terminal.
TEST(HostsCheckup, ShowsNothingThatATerminalWouldObey) {
    const Diagnoses found = judged({joined("web01")}, {connected("web01", {}, "\x1b[2J")});
    ASSERT_EQ(found.size(), 2U);
    EXPECT_THAT(found[1].text, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace secondstep::tool
