#include <fcntl.h>
#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <random>
#include <thread>

#include "account/verify.h"
#include "base/text.h"
#include "otp/recovery_codes.h"
#include "tool_world.h"

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

namespace secondstep::testing {

namespace {

struct Line {
    std::string user;
    std::string uri;
    std::vector<std::string> codes;
};

class Bulk : public ToolWorld {
  protected:
    Bulk() { set_up(); }

    void write_users(int count) {
        std::string csv = "user,issuer,name\n";
        for (int i = 0; i < count; ++i)
            csv += "p" + std::to_string(i) + "\n";
        write_file(file("users.csv"), csv);
    }
    std::vector<std::string> command() const {
        return {"enroll", "--bulk", file("users.csv"), "--output", file("out.csv"), "--portal-user"};
    }
    // Lines of the output, checked for their form.
    std::multimap<std::string, Line> output() const {
        std::multimap<std::string, Line> found;
        const auto all = lines_of(content_of(file("out.csv")));
        EXPECT_EQ(all.at(0), "user,otpauth_uri,recovery_codes,id");
        for (std::size_t i = 1; i < all.size(); ++i) {
            const auto fields = split(all[i], ',');
            EXPECT_EQ(fields.size(), 4U) << all[i];
            Line line{std::string(fields[0]), std::string(fields[1]), {}};
            for (const auto code : split(fields[2], ' '))
                line.codes.emplace_back(code);
            found.emplace(line.user, line);
        }
        return found;
    }
    // Does a code made from the line's URI belong to the stored key, and each recovery
    // code to the stored set?
    bool is_right(const Line& line, const Account& present) {
        if (!present.credential || !present.credential->recovery) return false;
        const std::string code = code_of(line.uri);
        const auto normal = otp::normalize_recovery_code(line.codes.at(0));
        const RecoverySet& set = *present.credential->recovery;
        const auto digest = otp::recovery_digest(*normal, set.pepper.bytes(), set.salt);
        const auto judged = verify(*present.credential, present.state, own_uid_source(),
                                   OtpAnswer{Secret::copy_of(code)}, {}, {}, clock_.now());
        return judged && judged->accepted() && digest && *digest == set.digests.at(0);
    }
    // Every account but the one enrolled otherwise has exactly one right line, and no line is of nobody.
    void expect_consistent(std::size_t count, const std::string& enrolled_otherwise = "") {
        const auto lines = output();
        const auto opened = store();
        std::size_t accounts = 0;
        ASSERT_TRUE(opened->for_each([&](const AccountName& name) {
            const auto present = opened->read(RecordName::of(name));
            if (!present || !present->credential || name.text() == enrolled_otherwise) return true;
            ++accounts;
            EXPECT_EQ(lines.count(name.text()), 1U) << name.text();
            const auto line = lines.find(name.text());
            if (line != lines.end()) {
                EXPECT_TRUE(is_right(line->second, *present)) << name.text();
            }
            return true;
        }));
        EXPECT_EQ(accounts, count);
        EXPECT_THAT(lines, SizeIs(count));
    }
};

TEST_F(Bulk, EnrollsEverybodyAndTellsTheirCodes) {
    write_config(ten_codes);
    write_file(file("users.csv"), "p1\r\np2,Corp\n\"p3\",\"A, B\",\"my \"\"old\"\" phone\"\n\np4,,tablet\n");
    const auto report = json(command());
    EXPECT_EQ(report["enrolled"], 4);
    EXPECT_EQ(report["changed"], true);
    EXPECT_EQ(mode_of(file("out.csv")), 0600U);
    expect_consistent(4);
    const auto lines = output();
    EXPECT_THAT(lines.find("p1")->second.uri, StartsWith("otpauth://totp/web01:p1?"));
    EXPECT_THAT(lines.find("p2")->second.uri, StartsWith("otpauth://totp/Corp:p2?"));
    EXPECT_THAT(lines.find("p3")->second.uri, StartsWith("otpauth://totp/A%2C%20B:p3?"));
    EXPECT_THAT(lines.find("p1")->second.codes, SizeIs(10));
    EXPECT_EQ(account("p3").credential->authenticators.at(0).name, "my \"old\" phone");
    EXPECT_EQ(account("p4").credential->authenticators.at(0).name, "tablet");
}

TEST_F(Bulk, ReportsBadLinesAndGoesOn) {
    write_file(file("users.csv"), std::string("user,issuer,name\np1\na/b\np2,a:b\n..\np3,x,y,z\n") +
                                      std::string("n\0l\n", 4) + std::string(81, 'a') +
                                      "\n\xff\xfe\np4\n\"open\n");
    const Finished done = tool(command());
    EXPECT_EQ(done.status, 1);
    for (const std::string line :
         {"line 3: ", "line 4: ", "line 5: ", "line 6: ", "line 7: ", "line 8: ", "line 9: ", "line 11: "}) {
        EXPECT_THAT(done.err, HasSubstr("secondstep: " + line));
    }
    EXPECT_THAT(done.out,
                HasSubstr("2 enrolled, 0 passed over because they are enrolled already, 8 bad lines."));
    expect_consistent(2);
}

TEST_F(Bulk, RefusesUsersTheMachineDoesNotKnow) {
    write_file(file("users.csv"), me() + "\nnobody.by.this.name\n");
    const Finished done = tool({"enroll", "--bulk", file("users.csv"), "--output", file("out.csv")});
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.err, HasSubstr("line 2: this machine has no such user"));
    EXPECT_EQ(account(me()).credential->uid, ::geteuid());
    expect_consistent(1);
}

TEST_F(Bulk, PassesOverWhoIsEnrolled) {
    const auto before = enroll("p1");
    write_users(3);
    const Finished done = tool(command());
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("2 enrolled, 1 passed over"));
    EXPECT_EQ(output().count("p1"), 0U);
    EXPECT_EQ(code_of(before["uri"].get<std::string>()),
              std::string(otp::hotp(account("p1").credential->authenticators.at(0).key,
                                    otp::time_step(clock_.now(), otp::thirty_seconds()), otp::six_digits(),
                                    otp::Algorithm::sha1)
                              ->text()));
    const Finished again = tool(command());
    EXPECT_THAT(again.out, HasSubstr("0 enrolled, 3 passed over"));
    expect_consistent(2, "p1");
}

TEST_F(Bulk, TakesEachUserOfTheListOnce) {
    write_file(file("users.csv"), "p1\np1\np2\np1\n");
    EXPECT_THAT(tool(command()).out, HasSubstr("2 enrolled, 2 passed over"));
    expect_consistent(2);
}

// Of several batches, one of which is made while the one before is committed.
TEST_F(Bulk, GoesOnAfterAKillAtAnyMoment) {
    constexpr std::size_t users = 4000;
    write_users(users);
    std::minstd_rand random(20260322);
    for (int round = 0; round < 8; ++round) {
        ChildProcess child(words(command()), ChildProcess::Kind::pipes);
        // Any moment will do, and each round another.
        std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 250));
        child.signal_group(SIGKILL);
        EXPECT_NE(child.finish().signal, SIGTERM);
    }
    const Finished last = tool(command());
    EXPECT_EQ(last.status, 0) << last.err;
    expect_consistent(users);
    EXPECT_EQ(mode_of(file("out.csv")), 0600U);
    EXPECT_FALSE(std::filesystem::exists(file(".out.csv.new")));
}

TEST_F(Bulk, GoesOnAfterAKillBetweenWritingAndEnrolling) {
    constexpr std::size_t users = 1500;
    write_users(users);
    {
        ChildProcess child(words(command()), ChildProcess::Kind::pipes);
        // The lines of the first batch come before its accounts.
        while (std::filesystem::file_size(file("users.csv")) > 0 &&
               (!std::filesystem::exists(file("out.csv")) ||
                std::filesystem::file_size(file("out.csv")) < 1000)) {
            std::this_thread::yield();
        }
        child.signal_group(SIGKILL);
        EXPECT_EQ(child.finish().signal, SIGKILL);
    }
    const Finished last = tool(command());
    EXPECT_EQ(last.status, 0) << last.err;
    expect_consistent(users);
}

TEST_F(Bulk, DropsLinesWhoseAccountsWereNeverEnrolled) {
    write_users(3);
    ASSERT_EQ(tool(command()).status, 0);
    const std::string whole = content_of(file("out.csv"));
    // As a kill leaves it: a line of an account that is not enrolled, an old line of one
    // that is, and half a line.
    std::string torn = whole + "p9,otpauth://totp/web01:p9?secret=AAAA,CODE,0011223344556677\n";
    torn += "p1,otpauth://totp/web01:p1?secret=AAAA,CODE,0011223344556677\n";
    torn += "p2,otpauth://totp/web01:p2?secret=AAAA";
    write_file(file("out.csv"), torn);
    EXPECT_EQ(tool(command()).status, 0);
    EXPECT_EQ(content_of(file("out.csv")), whole);
    EXPECT_EQ(mode_of(file("out.csv")), 0600U);
}

TEST_F(Bulk, ReadsWhatSpreadsheetsMakeOfAList) {
    write_file(file("users.csv"), "user ;issuer;name\r\n p1 ;Acme;tablet\r\np2 ;Acme;\r\n");
    EXPECT_EQ(tool(command()).status, 0);
    EXPECT_EQ(account("p1").credential->authenticators.at(0).name, "tablet");
    EXPECT_TRUE(account("p2").credential);
    write_file(file("users.csv"), std::string_view("\xff\xfep\0003\0\n\0", 8));
    const Finished utf16 = tool(command());
    EXPECT_EQ(utf16.status, 1);
    EXPECT_THAT(utf16.err, HasSubstr("line 1: the file is in UTF-16"));
}

TEST_F(Bulk, StopsAtCtrlCAndSaysHowToGoOn) {
    write_users(20000);
    ChildProcess child(words(command()), ChildProcess::Kind::terminal, {{"TERM", "xterm"}});
    ASSERT_TRUE(child.wait_for(" of 20001  "));
    child.send("\x03");
    const Finished stopped = child.finish();
    EXPECT_EQ(stopped.signal, SIGINT);
    EXPECT_THAT(stopped.out, HasSubstr("the same command goes on where this one ended"));
    expect_consistent(output().size());
}

TEST_F(Bulk, ShowsProgressOnATerminalOnly) {
    write_users(50);
    ChildProcess child(words(command()), ChildProcess::Kind::terminal, {{"TERM", "xterm"}});
    const Finished shown = child.finish();
    EXPECT_THAT(shown.out, HasSubstr("/s"));
    EXPECT_THAT(tool(command()).err, IsEmpty());
}

TEST_F(Bulk, ReadsAPipe) {
    auto arguments = command();
    arguments[2] = "-";
    EXPECT_THAT(tool(arguments, "p1\np2\n").out, HasSubstr("2 enrolled"));
    expect_consistent(2);
}

TEST_F(Bulk, ContinuesOnlyItsOwnOutput) {
    write_users(1);
    write_file(file("out.csv"), "my precious notes\n");
    std::filesystem::permissions(file("out.csv"), std::filesystem::perms{0600});
    EXPECT_EQ(tool(command()).status, 1);
    EXPECT_EQ(content_of(file("out.csv")), "my precious notes\n");
    std::filesystem::remove(file("out.csv"));
    std::filesystem::create_symlink(file("elsewhere"), file("out.csv"));
    EXPECT_EQ(tool(command()).status, 1);
    EXPECT_FALSE(std::filesystem::exists(file("elsewhere")));
    std::filesystem::remove(file("out.csv"));
    write_file(file("out.csv"), "");
    std::filesystem::permissions(file("out.csv"), std::filesystem::perms{0640});
    EXPECT_EQ(tool(command()).status, 1) << "others can read it";
    EXPECT_THAT(json({"status"}), SizeIs(0));
}

TEST_F(Bulk, RefusesWhatIsForOneUser) {
    write_users(1);
    for (const std::string option : {"--replace", "--save=x", "--qr=none", "--label=x", "p0"}) {
        auto arguments = command();
        arguments.push_back(option);
        EXPECT_EQ(tool(arguments).status, 2) << option;
    }
    EXPECT_EQ(tool({"enroll", "--bulk", file("users.csv")}).status, 2);
    EXPECT_EQ(tool({"enroll", "--bulk", file("absent.csv"), "--output", file("out.csv")}).status, 2);
}

TEST_F(Bulk, KeepsTwoRunsApart) {
    write_users(1);
    const UniqueFd held = [this] {
        EXPECT_EQ(tool(command()).status, 0);
        const auto directory = open_directory(directory_.path());
        auto file = open_trusted(directory->get(), "out.csv", O_RDWR, {.owner = ::geteuid()});
        EXPECT_TRUE(try_lock(file->get()).has_value());
        return std::move(*file);
    }();
    const Finished second = tool(command());
    EXPECT_EQ(second.status, 4);
    EXPECT_THAT(second.err, HasSubstr("another run"));
}

}  // namespace

}  // namespace secondstep::testing
