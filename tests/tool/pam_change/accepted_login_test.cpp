#include "pam_change/accepted_login.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "paths.h"
#include "support/temporary_directory.h"
#include "tool_world.h"

namespace secondstep::testing {

namespace {

using tool::LoginWanted;
using tool::LogLine;

const std::string verdict =
    "verdict=accepted user=alice service=sshd rhost=192.0.2.7 method=totp reason=right";
const std::string session = "pam_unix(sshd:session): session opened for user alice(uid=1000) by (uid=0)";

LogLine line(int time, const std::string& message, bool by_service, bool by_root = true) {
    return {std::chrono::microseconds(time), by_service, by_root, message};
}
LoginWanted wanted() {
    return {.service = "sshd", .since = from_unix(0)};
}

TEST(AcceptedLogin, IsAVerdictAndASessionAfterIt) {
    EXPECT_TRUE(shows({line(1, verdict, true), line(2, session, false)}, wanted()));
    EXPECT_TRUE(shows({line(2, session, false), line(1, verdict, true)}, wanted()));
    EXPECT_FALSE(shows({}, wanted()));
    EXPECT_FALSE(shows({line(1, verdict, true)}, wanted()));  // secondstep try --service sshd
    EXPECT_FALSE(shows({line(2, session, false)}, wanted()));
    EXPECT_FALSE(shows({line(1, session, false), line(2, verdict, true)}, wanted()));
}

TEST(AcceptedLogin, WithoutSessionsOfTheServiceIsAVerdict) {
    LoginWanted login = wanted();
    login.session = false;
    EXPECT_TRUE(shows({line(1, verdict, true)}, login));
    EXPECT_FALSE(shows({line(1, session, false)}, login));
}

TEST(AcceptedLogin, AfterTheCodeWasTakenAwayIsASession) {
    LoginWanted login = wanted();
    login.verdict = false;
    EXPECT_TRUE(shows({line(1, session, false)}, login));
    EXPECT_FALSE(shows({line(1, verdict, true)}, login));
    login.session = false;
    EXPECT_FALSE(shows({line(1, verdict, true), line(2, session, false)}, login));
}

TEST(AcceptedLogin, IsOfThisServiceAndAccepted) {
    const auto seen = [](const std::string& message) {
        return shows({line(1, message, true), line(2, session, false)}, wanted());
    };
    EXPECT_FALSE(seen("verdict=refused user=alice service=sshd reason=wrong"));
    EXPECT_FALSE(seen("verdict=not_needed user=alice service=sshd"));
    EXPECT_FALSE(seen("verdict=accepted user=alice service=sudo"));
    EXPECT_FALSE(seen("verdict=accepted user=alice service=sshd-extern"));
    EXPECT_FALSE(seen("change=enrolled user=alice service=sshd"));
}

// What a stranger chose stands in quotes.
TEST(AcceptedLogin, IsNotWhatSomebodyWroteIntoTheirHostName) {
    const auto seen = [](const std::string& message) {
        return shows({line(1, message, true), line(2, session, false)}, wanted());
    };
    EXPECT_FALSE(seen(R"(verdict=accepted user=alice service=sudo rhost="x service=sshd")"));
    EXPECT_FALSE(seen(R"(verdict=refused user="a\" verdict=accepted service=sshd" service=sshd)"));
    EXPECT_FALSE(seen(R"(verdict=refused user="x verdict=accepted" service=sshd)"));
    EXPECT_FALSE(seen(R"(verdict=accepted user="x service=sshd y" service=login)"));
    EXPECT_TRUE(seen(R"(verdict=accepted user="with blank" service=sshd)"));
}

TEST(AcceptedLogin, IsNotWhatAnybodyMayLog) {
    EXPECT_FALSE(shows({line(1, verdict, false), line(2, session, false)}, wanted()));
    EXPECT_FALSE(shows({line(1, verdict, true), line(2, session, false, false)}, wanted()));
}

std::string entry(const std::string& time, const std::string& uid, const std::string& program,
                  const std::string& message) {
    return nlohmann::json{
               {"__REALTIME_TIMESTAMP", time}, {"_UID", uid}, {"_EXE", program}, {"MESSAGE", message}}
               .dump() +
           "\n";
}

TEST(AcceptedLogin, InTheJournalIsByTheFieldsThatTheKernelFills) {
    const std::string service = secondstep::paths::service_program;
    const std::string sshd = entry("2", "0", "/usr/sbin/sshd", session);
    const auto seen = [&](const std::string& uid, const std::string& program) {
        return shows(tool::lines_of_journal(entry("1", uid, program, verdict) + sshd, 990), wanted());
    };
    EXPECT_TRUE(seen("990", service));
    EXPECT_TRUE(seen("0", service));
    EXPECT_FALSE(seen("1000", service));  // whoever starts one of their own
    EXPECT_FALSE(seen("0", "/usr/bin/logger"));
    EXPECT_FALSE(seen("990", "/home/alice/secondstepd"));
}

TEST(AcceptedLogin, InTheJournalMayBeASetUidProgramsSession) {
    TemporaryDirectory directory;
    const std::string program = directory.file("su");
    write_file(program, "");
    ::chmod(program.c_str(), 0755);
    const std::string first = entry("1", "0", secondstep::paths::service_program, verdict);
    const auto seen = [&] {
        return shows(tool::lines_of_journal(first + entry("2", "1000", program, session), 990), wanted());
    };
    EXPECT_FALSE(seen());
    ::chmod(program.c_str(), 04755);
    EXPECT_EQ(seen(), ::geteuid() == 0);
}

TEST(AcceptedLogin, LeavesOutWhatIsNoEntry) {
    EXPECT_TRUE(tool::lines_of_journal("", 0).empty());
    EXPECT_TRUE(tool::lines_of_journal("{\"_UID\": 0}\n[1]\nnonsense\n{\"_UID\":\"0\"}\n", 0).empty());
    const auto binary =
        tool::lines_of_journal("{\"__REALTIME_TIMESTAMP\":\"5\",\"_UID\":\"0\",\"MESSAGE\":[1,2]}\n", 0);
    ASSERT_EQ(binary.size(), 1U);
    EXPECT_EQ(binary[0].message, "");
}

TEST(AcceptedLogin, InAFileIsByTheNameOfTheProgram) {
    const auto seen = [](const std::string& text) { return shows(tool::lines_of_file(text), wanted()); };
    const std::string opened = "Nov 29 09:44:20 web01 sshd[80]: " + session + "\n";
    EXPECT_TRUE(seen("Nov 29 09:44:16 web01 secondstepd[76]: " + verdict + "\n" + opened));
    EXPECT_TRUE(seen("2026-11-29T09:44:16.123456+01:00 web01 secondstepd[76]: " + verdict + "\n" + opened));
    EXPECT_FALSE(seen("Nov 29 09:44:16 web01 alice: secondstepd[76]: " + verdict + "\n" + opened));
    EXPECT_FALSE(seen("Nov 29 09:44:16 web01 sshd[76]: Invalid user " + verdict + "\n" + opened));
    EXPECT_FALSE(seen(opened + "Nov 29 09:44:16 web01 secondstepd[76]: " + verdict + "\n"));
}

TEST(AcceptedLogin, InAFileIsAfterThePlaceThatWasRemembered) {
    TemporaryDirectory directory;
    const std::string path = directory.file("auth.log");
    const std::string both = "h secondstepd[1]: " + verdict + "\nh sshd[2]: " + session + "\n";
    const auto seen = [&](std::size_t offset) {
        struct stat about{};
        ::stat(path.c_str(), &about);
        return tool::login_is_logged(path + " " + std::to_string(about.st_ino) + " " + std::to_string(offset),
                                     wanted());
    };
    write_file(path, both);
    EXPECT_TRUE(*seen(0));
    EXPECT_FALSE(*seen(both.size()));
    write_file(path, both + both);
    EXPECT_TRUE(*seen(both.size()));
    EXPECT_TRUE(*seen(both.size() * 9));  // rotated since
    EXPECT_EQ(tool::login_is_logged("none", wanted()).error().code, Errc::not_found);
    EXPECT_FALSE(tool::login_is_logged(directory.file("absent") + " 1 2", wanted()));
}

}  // namespace

}  // namespace secondstep::testing
