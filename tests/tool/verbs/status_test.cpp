#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "base/character_width.h"
#include "base/text.h"
#include "tool_world.h"

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

namespace secondstep::testing {

namespace {

class Status : public ToolWorld {
  protected:
    Status() { set_up(); }
    std::string line_of(const std::string& output, const std::string& user) {
        for (const std::string& line : lines_of(output)) {
            if (line.starts_with(user)) return line;
        }
        return "";
    }
    std::string state_of(const std::string& user) { return json({"status", user}).at(0)["state"]; }
    std::string record(const std::string& user) {
        return file("store/users/" + RecordName::of(*AccountName::create(user)).stem());
    }
};

TEST_F(Status, ShowsTheEndOfTheFailuresOfADay) {
    enroll("p.day");
    change_state("p.day", [this](State& state) {
        state.strangers = {6, clock_.now(), clock_.now() + std::chrono::seconds{30}};
        state.recent.strangers.assign(max_recent_failures, clock_.now());
    });
    const Finished done = tool({"status", "p.day"});
    EXPECT_THAT(
        line_of(done.out, "p.day"),
        ContainsRegex("throttled +totp .* until 20[0-9][0-9]-[0-9][0-9]-[0-9][0-9] [0-2][0-9]:[0-5][0-9]$"));
}

TEST_F(Status, ShowsWhatIsLeftOfSomebodyWhoIsGoneWhereNoPortalHasUsers) {
    enroll("p.gone");
    ASSERT_EQ(tool({"disable", "p.gone", "--yes"}).status, 0);
    write_config("portal_services = nginx\n");
    EXPECT_EQ(line_of(tool({"status"}).out, "p.gone"), "");
    write_config();
    EXPECT_THAT(line_of(tool({"status"}).out, "p.gone"),
                ContainsRegex(" off +- +- +-  left over: run disable$"));
    EXPECT_EQ(line_of(tool({"status", "--not-enrolled"}).out, "p.gone"), "");
    ASSERT_EQ(tool({"disable", "p.gone"}).status, 0);
    EXPECT_EQ(line_of(tool({"status"}).out, "p.gone"), "");
}

TEST_F(Status, ShowsEveryStateInWords) {
    write_config("portal_services = nginx\n");
    for (const std::string user : {"on", "few", "waiting", "closed", "forced", "gone", "damaged"})
        enroll("p." + user);
    change_state("p.few", [](State& state) { state.recovery.used = 0b11; });
    change_state("p.waiting", [this](State& state) {
        for (int i = 0; i < 7; ++i)
            state.strangers = after_failure(state.strangers, clock_.now());
    });
    change_state("p.closed",
                 [this](State& state) { state.strangers = {closing_failures, clock_.now(), never}; });
    ASSERT_EQ(tool({"re-enroll", "p.forced"}).status, 0);
    ASSERT_EQ(tool({"disable", "p.gone", "--yes"}).status, 0);
    write_file(record("p.damaged") + ".credential", "garbage");

    const Finished done = tool({"status"});
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_EQ(lines_of(done.out).at(0), "USER       STATE      METHOD  LAST USED         CODES  NOTE");
    EXPECT_EQ(line_of(done.out, "p.on"), "p.on       on         totp    -                     4");
    EXPECT_EQ(line_of(done.out, "p.few"), "p.few      on         totp    -                     2  few codes");
    EXPECT_THAT(line_of(done.out, "p.waiting"),
                ContainsRegex("throttled +totp .* until [0-2][0-9]:[0-5][0-9]$"));
    EXPECT_THAT(line_of(done.out, "p.closed"), ContainsRegex("closed +totp .* run unlock$"));
    EXPECT_THAT(line_of(done.out, "p.forced"), ContainsRegex("re-enroll +totp"));
    EXPECT_THAT(line_of(tool({"status", "p.gone"}).out, "p.gone"), ContainsRegex("off +- +- +-$"));
    EXPECT_EQ(line_of(done.out, "p.gone"), "") << "no second step, and no account: nobody misses it";
    EXPECT_THAT(line_of(done.out, "p.damaged"), ContainsRegex("damaged +- .* run doctor$"));
    EXPECT_EQ(lines_of(done.out).back(),
              "6 accounts: 4 enrolled (1 throttled, 1 closed), 1 to re-enroll, 1 damaged");

    ASSERT_EQ(tool({"unlock", "p.closed"}).status, 0);
    EXPECT_EQ(state_of("p.closed"), "on");
}

TEST_F(Status, Filters) {
    write_config("portal_services = nginx\n");
    enroll("p.totp");
    enroll("p.hotp", {"--method", "hotp"});
    enroll("p.off");
    ASSERT_EQ(tool({"disable", "p.off", "--yes"}).status, 0);
    change_state("p.hotp",
                 [this](State& state) { state.strangers = {closing_failures, clock_.now(), never}; });
    const auto names = [this](const std::vector<std::string>& arguments) {
        std::vector<std::string> list;
        for (const auto& each : json(arguments))
            list.push_back(each["user"]);
        return list;
    };
    using Names = std::vector<std::string>;
    EXPECT_EQ(names({"status"}), (Names{"p.hotp", "p.totp"}));
    EXPECT_EQ(names({"status", "--enrolled"}), (Names{"p.hotp", "p.totp"}));
    EXPECT_EQ(names({"status", "--not-enrolled", "p.off", "p.totp"}), (Names{"p.off"}));
    EXPECT_EQ(names({"status", "--method", "hotp"}), (Names{"p.hotp"}));
    EXPECT_EQ(names({"status", "--locked"}), (Names{"p.hotp"}));
    EXPECT_EQ(names({"status", "p.totp", me()}),
              ::geteuid() == 0 ? (Names{"p.totp", "root"}) : names({"status", me(), "p.totp"}));
    write_file(file("users.txt"), "# who\np.off\n\np.totp\n");
    EXPECT_EQ(names({"status", "--users", file("users.txt")}), (Names{"p.off", "p.totp"}));
    EXPECT_EQ(tool({"status", "--users", file("absent.txt")}).status, 2);
}

TEST_F(Status, ShowsAddressesMaskedOnly) {
    enroll("p.mail", {"--method", "mail", "--address", "maria@example.com"});
    enroll("p.sms", {"--method", "sms", "--address", "+491512345678"});
    enroll("p.totp");
    EXPECT_THAT(line_of(tool({"status"}).out, "p.mail"), ContainsRegex("^p.mail +on +mail +- +4$"));
    const auto all = json({"status"});
    EXPECT_EQ(all[0]["address"], "m…@example.com");
    EXPECT_EQ(all[1]["address"], "+49 … 78");
    EXPECT_TRUE(all[2]["address"].is_null());
    const Finished text = tool({"status", "--json"});
    EXPECT_THAT(text.out, Not(HasSubstr("maria")));
    EXPECT_THAT(text.out, Not(HasSubstr("1512345")));
    EXPECT_EQ(json({"status", "--method", "mail"}).size(), 1U);
    EXPECT_EQ(json({"status", "--method", "sms"})[0]["user"], "p.sms");
    EXPECT_EQ(tool({"status", "--method", "fax"}).status, 2);
}

TEST_F(Status, ListsTheMembersOfAGroup) {
    const Finished group = run_program({"/usr/bin/id", "-gn"});
    const auto list = json({"status", "--group", lines_of(group.out).at(0)});
    bool seen = false;
    for (const auto& each : list)
        seen = seen || each["user"] == me();
    EXPECT_TRUE(seen) << list;
    EXPECT_EQ(tool({"status", "--group", "no-such-group-here"}).status, 3);
}

TEST_F(Status, OfSomebodyUnknownIsSaidAndTheOthersAreShown) {
    enroll("p.there");
    const Finished done = tool({"status", "p.there", "nobody.by.this.name"});
    EXPECT_EQ(done.status, 3);
    EXPECT_THAT(done.err, HasSubstr("nobody.by.this.name"));
    EXPECT_THAT(done.out, HasSubstr("1 account: 1 enrolled"));
}

TEST_F(Status, OfNobodyKnownIsNoEmptyTable) {
    const Finished done = tool({"status", "nobody.by.this.name"});
    EXPECT_EQ(done.status, 3);
    EXPECT_EQ(done.out, "");
    EXPECT_EQ(tool({"status", "nobody.by.this.name", "--json"}).out, "[\n]\n");
    EXPECT_THAT(tool({"status"}).out, HasSubstr("0 accounts: 0 enrolled")) << "an empty store";
}

// First day: the day before the deadline, "0 accounts" with 300 people who are missing.
TEST_F(Status, NotEnrolledShowsAllPeopleOfTheMachine) {
    std::vector<std::string> people;
    const Finished passwd = run_program({"/usr/bin/getent", "passwd"});
    for (const std::string& line : lines_of(passwd.out)) {
        std::vector<std::string> fields;
        std::istringstream words(line);
        for (std::string field; std::getline(words, field, ':');)
            fields.push_back(field);
        const long uid = std::stol(fields.at(2));
        const bool logs_in =
            fields.size() < 7 || (!fields[6].ends_with("nologin") && !fields[6].ends_with("false"));
        if (uid >= 1000 && uid <= 60000 && logs_in) people.push_back(fields[0]);
    }
    std::ranges::sort(people);
    std::vector<std::string> shown;
    for (const auto& each : json({"status", "--not-enrolled"}))
        shown.push_back(each["user"]);
    EXPECT_EQ(shown, people);
}

// alice@corp, CORP\\alice and Alice are alice wherever a name is given; so they are for status.
TEST_F(Status, KnowsPeopleByTheirCanonicalNames) {
    enroll("daemon");
    const ChildProcess::Environment other_spellings{{"LD_PRELOAD", SECONDSTEP_OTHER_SPELLINGS}};
    for (const std::string spelling : {"DAEMON", "Daemon"}) {
        const Finished done = tool({"status", spelling, "--json"}, "", other_spellings);
        ASSERT_EQ(done.status, 0) << done.err;
        const auto row = nlohmann::json::parse(done.out).at(0);
        EXPECT_EQ(row["user"], "daemon");
        EXPECT_EQ(row["enrolled"], true);
    }
    const Finished both = tool({"status", "Daemon", "daemon", "--json"}, "", other_spellings);
    EXPECT_EQ(nlohmann::json::parse(both.out).size(), 1U);
}

TEST_F(Status, TellsWhomARuleExempts) {
    enroll("p.robot");
    enroll("p.human");
    write_config("[rule robots]\nusers = *.robot\naction = exempt\n");
    const Finished done = tool({"status"});
    EXPECT_THAT(line_of(done.out, "p.robot"), ContainsRegex("exempt .* rule robots$"));
    EXPECT_THAT(line_of(done.out, "p.human"), ContainsRegex(" on "));
    EXPECT_EQ(lines_of(done.out).back(), "2 accounts: 1 enrolled, 1 exempt");
}

TEST_F(Status, TellsWhoIsInvited) {
    write_config("portal_services = nginx\n");
    for (const std::string user : {"p.invited", "p.on", "p.again"})
        enroll(user);
    ASSERT_EQ(tool({"disable", "p.invited", "--yes"}).status, 0);
    for (const std::string user : {"p.invited", "p.on"})
        ASSERT_EQ(tool({"invite", user}).status, 0);
    ASSERT_EQ(tool({"re-enroll", "p.again"}).status, 0);
    const std::string until = "invited until 20[0-9][0-9]-[0-1][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]$";
    const Finished done = tool({"status"});
    EXPECT_THAT(line_of(done.out, "p.invited"), ContainsRegex(" off .* " + until));
    EXPECT_THAT(line_of(done.out, "p.again"), ContainsRegex("re-enroll .* " + until));
    EXPECT_THAT(json({"status", "p.invited"}).at(0)["invited_until"].get<std::string>(), HasSubstr("T"));
    EXPECT_TRUE(json({"status", "p.on"}).at(0)["invited_until"].is_null()) << "is not asked to enroll";
    change_state("p.invited",
                 [this](State& state) { state.registration.until = clock_.now() - std::chrono::seconds{1}; });
    EXPECT_THAT(line_of(tool({"status", "p.invited"}).out, "p.invited"), ContainsRegex(" off +- +- +-$"));
}

TEST_F(Status, TellsWhoIsDueToEnroll) {
    for (const std::string user : {"p.off", "p.on", "p.robot"})
        enroll(user);
    ASSERT_EQ(tool({"disable", "p.off", "--yes"}).status, 0);
    write_config(
        "portal_services = nginx\n[rule robots]\nusers = *.robot\naction = exempt\n"
        "[rule ssh]\nservices = sshd\naction = enroll\nenroll_until = 2199-03-31\n"
        "[rule su]\nservices = su\naction = enroll\nenroll_until = 2199-04-30\n");
    const Finished done = tool({"status"});
    EXPECT_THAT(line_of(tool({"status", "p.off"}).out, "p.off"), ContainsRegex(" off .* due 2199-03-31$"));
    EXPECT_THAT(line_of(done.out, "p.on"), ContainsRegex(" on +totp +- +4$"));
    EXPECT_THAT(line_of(done.out, "p.robot"), ContainsRegex("exempt .* rule robots$"));
    EXPECT_THAT(json({"status", "p.off"}).at(0)["due"].get<std::string>(), HasSubstr("2199-"));
    EXPECT_TRUE(json({"status", "p.on"}).at(0)["due"].is_null());
    const auto note = [this](const std::string& until) {
        write_config("portal_services = nginx\naction = enroll\n" + until);
        return line_of(tool({"status", "p.off"}).out, "p.off");
    };
    EXPECT_THAT(note("enroll_until = 2001-03-31\n"), ContainsRegex("due now$"));
    EXPECT_THAT(note(""), ContainsRegex("due now$"));
    const std::string today = lines_of(run_program({"/bin/date", "+%Y-%m-%d"}).out).at(0);
    EXPECT_THAT(note("enroll_until = " + today + "\n"), ContainsRegex("-  due " + today + "$"));
}

TEST_F(Status, NoticesAnotherUidUnderTheName) {
    enroll(me());
    const auto opened = store();
    auto transaction = opened->begin(RecordName::of(*AccountName::create(me())));
    ASSERT_TRUE(transaction.has_value());
    Credential credential = (*transaction)->account().credential->clone();
    credential.uid = ::geteuid() + 1;
    ASSERT_TRUE((*transaction)->write_credential(credential, (*transaction)->account().state).has_value());
    transaction->reset();
    const auto row = json({"status", me()}).at(0);
    EXPECT_EQ(row["state"], "mismatch");
    EXPECT_THAT(row["note"].get<std::string>(), HasSubstr("uid was"));
}

TEST_F(Status, StaysATableWithLongAndWideNames) {
    const std::string longest(80, 'n');
    const std::string wide = "\u5c71\u7530\u592a\u90ce";
    std::string wide_and_long;
    for (int i = 0; i < 26; ++i)
        wide_and_long += "\u5c71";
    for (const std::string& user : {longest, wide, wide_and_long, std::string("p.short")})
        enroll(user);
    const Finished done = tool({"status"}, "", {{"LC_ALL", "C.UTF-8"}});
    std::size_t rows = 0;
    for (const std::string& line : lines_of(done.out)) {
        const std::size_t state = line.find(" on ");
        if (state == std::string::npos) continue;
        ++rows;
        EXPECT_EQ(display_width(line.substr(0, state)), 33U) << line;
    }
    EXPECT_EQ(rows, 4U);
    EXPECT_THAT(done.out, HasSubstr(std::string(31, 'n') + "\u2026  on"));
    EXPECT_THAT(tool({"status"}, "", {{"LC_ALL", "C"}}).out, HasSubstr(std::string(31, 'n') + "~  on"));
    bool whole = false;
    for (const auto& each : json({"status"}))
        whole = whole || each["user"] == longest;
    EXPECT_TRUE(whole);
}

TEST_F(Status, HasColoursOnATerminalOnly) {
    enroll("p.on");
    EXPECT_THAT(tool({"status"}).out, Not(HasSubstr("\x1b")));
    ChildProcess coloured(words({"status"}), ChildProcess::Kind::terminal, {{"TERM", "xterm"}});
    EXPECT_THAT(coloured.finish().out, HasSubstr("\x1b[32mon       \x1b[0m"));
    ChildProcess plain(words({"status"}), ChildProcess::Kind::terminal,
                       {{"TERM", "xterm"}, {"NO_COLOR", "yes"}});
    EXPECT_THAT(plain.finish().out, Not(HasSubstr("\x1b")));
    ChildProcess empty(words({"status"}), ChildProcess::Kind::terminal,
                       {{"TERM", "xterm"}, {"NO_COLOR", ""}});
    EXPECT_THAT(empty.finish().out, HasSubstr("\x1b[32m"));
}

TEST_F(Status, FitsItsTerminal) {
    enroll(std::string(80, 'n'));
    ChildProcess child(words({"status"}), ChildProcess::Kind::terminal,
                       {{"NO_COLOR", "1"}, {"LC_ALL", "C.UTF-8"}}, 72);
    for (const std::string& line : lines_of(child.finish().out))
        EXPECT_LE(display_width(trimmed(line)), 73U) << line;
}

TEST_F(Status, OfAnEmptyStoreIsAnEmptyArray) {
    EXPECT_THAT(json({"status"}), SizeIs(0));
}

TEST_F(Status, SaysThatItCouldNotWrite) {
    enroll("p.on");
    const Finished done = run_program({"/bin/sh", "-c", "exec \"$@\" > /dev/full", "sh", SECONDSTEP_TOOL,
                                       "--config", file("secondstep.conf"), "status"});
    EXPECT_EQ(done.status, 4);
    EXPECT_THAT(done.err, HasSubstr("could not be written"));
}

// What the help desk has to know before it helps; on a terminal, of one person.
TEST_F(Status, OfOnePersonIsShownInFullOnATerminal) {
    enroll("p.carla", {"--name", "Pixel"});
    enroll("p.other");
    ASSERT_EQ(tool({"temporary-code", "p.carla"}).status, 0);
    ASSERT_EQ(tool({"invite", "p.carla"}).status, 0);
    change_state("p.carla", [this](State& state) {
        for (int i = 0; i < 7; ++i)
            state.strangers = after_failure(state.strangers, clock_.now());
        state.known.push_back(
            {*source_of_rhost("192.0.2.7", SourceKind::address), clock_.now(), {2, clock_.now(), never}});
        state.last_success = clock_.now();
        state.last_factor = Factor::recovery_code;
        state.clients.push_back({"sshd", "192.0.2.7", clock_.now(), clock_.now() + std::chrono::hours{1}});
    });
    const auto on_a_terminal = [this](const std::vector<std::string>& call) {
        return ChildProcess(words(call), ChildProcess::Kind::terminal).finish().out;
    };
    const std::string shown = on_a_terminal({"status", "p.carla"});
    for (const std::string expected :
         {"Enrolled           20", "Device             Pixel, not used yet", "with a recovery code",
          "Temporary code     works once, until 20", "Registration code  works once, until 20",
          "Failures           7 from unknown places, last ", "\n                   refused until ",
          "2 from 192.0.2.0/24, last ", "Known places       192.0.2.0/24, last login 20",
          "Not asked again    sshd from 192.0.2.7, until 20"})
        EXPECT_THAT(shown, HasSubstr(expected));
    for (const std::string& line : lines_of(shown.substr(shown.find("Enrolled"))))
        EXPECT_LE(display_width(line), 81U) << line;  // with the terminal's carriage return
    EXPECT_THAT(on_a_terminal({"status"}), Not(HasSubstr("Known places"))) << "of several the table alone";
    EXPECT_THAT(tool({"status", "p.carla"}).out, Not(HasSubstr("Known places"))) << "a script counts lines";
    const auto row = json({"status", "p.carla"}).at(0);
    EXPECT_EQ(row["devices"].at(0), "Pixel");
    EXPECT_TRUE(row["temporary_until"].is_string());
    EXPECT_TRUE(json({"status", "p.other"}).at(0)["temporary_until"].is_null());
}

}  // namespace

}  // namespace secondstep::testing
