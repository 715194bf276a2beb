#include <gmock/gmock.h>

#include <filesystem>
#include <map>

#include "account/one_time_grant.h"
#include "base/text.h"
#include "tool_world.h"

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

namespace secondstep::testing {

namespace {

constexpr std::chrono::hours day{24};

class GivenCodes : public ToolWorld {
  protected:
    GivenCodes() { set_up(); }
    bool is_digest_of(const OneTimeGrant& grant, GrantKind kind, const std::string& code) {
        const auto ring = load_keyring(file("host.key"));
        const auto typed = otp::normalize_one_time_code(code);
        if (!ring || !typed || !grant.given) return false;
        const auto digest =
            grant_digest(*ring, RecordName::of(*AccountName::create(me())), kind, *typed, grant);
        return digest && *digest == grant.digest;
    }
    // From now, within the seconds a test takes.
    bool is_in(UnixTime time, std::chrono::seconds wait) {
        const auto off = clock_.now() + wait - time;
        return off >= std::chrono::seconds::zero() && off < std::chrono::minutes{2};
    }
    // The code in what the tool printed: alone on its line.
    static std::string code_in(const std::string& text) {
        for (const std::string& line : lines_of(text)) {
            if (line.size() == 15 && line.starts_with("    ") && line[9] == '-') return line.substr(4);
        }
        return "";
    }
};

using Invite = GivenCodes;
using TemporaryCode = GivenCodes;
using ReEnrollment = GivenCodes;
using Notices = GivenCodes;

TEST_F(Invite, GivesACodeToSomebodyWithoutASecondStep) {
    const Finished done = tool({"invite", me()});
    ASSERT_EQ(done.status, 0) << done.err;
    const Account invited = account(me());
    EXPECT_TRUE(is_digest_of(invited.state.registration, GrantKind::registration, code_in(done.out)));
    EXPECT_TRUE(is_in(invited.state.registration.until, day));
    EXPECT_FALSE(invited.credential.has_value());
    EXPECT_FALSE(invited.state.enrolled);
    EXPECT_THAT(done.out, HasSubstr("works once, until 20"));
    EXPECT_THAT(done.out, HasSubstr("at the next login, right after choosing how to see the key"));
    EXPECT_THAT(done.out, HasSubstr("in person or by phone"));
    EXPECT_THAT(done.out, Not(HasSubstr("void")));
    EXPECT_EQ(tool({"unlock", me()}).status, 6) << "an invitation enrolls nobody";
}

TEST_F(Invite, LeavesASecondStepThatIsThereAlone) {
    enroll(me());
    const Account before = account(me());
    const std::string code = json({"invite", me()})["code"];
    const Account after = account(me());
    EXPECT_TRUE(is_digest_of(after.state.registration, GrantKind::registration, code));
    EXPECT_EQ(hex(after.credential->authenticators.at(0).key.bytes()),
              hex(before.credential->authenticators.at(0).key.bytes()));
    State expected = before.state;
    expected.registration = after.state.registration;
    expected.generation = after.state.generation;
    EXPECT_EQ(after.state, expected);
    enroll(me(), {"--replace"});
    EXPECT_FALSE(account(me()).state.registration.given) << "enrolling used it up";
}

TEST_F(Invite, ReplacesTheCodeGivenBeforeAndSaysSo) {
    const auto first = json({"invite", me()});
    EXPECT_EQ(first["replaced"], false);
    const Finished second = tool({"invite", me()});
    EXPECT_THAT(second.out, HasSubstr("The code given before is void."));
    const OneTimeGrant grant = account(me()).state.registration;
    EXPECT_FALSE(is_digest_of(grant, GrantKind::registration, first["code"]));
    EXPECT_TRUE(is_digest_of(grant, GrantKind::registration, code_in(second.out)));
    change_state(me(), [this](State& state) { state.registration.until = clock_.now() - day; });
    EXPECT_EQ(json({"invite", me()})["replaced"], false) << "it had ended by itself";
}

TEST_F(Invite, IsValidAsLongAsItIsTold) {
    EXPECT_EQ(tool({"invite", me(), "--valid", "90m"}).status, 0);
    EXPECT_TRUE(is_in(account(me()).state.registration.until, std::chrono::minutes{90}));
    EXPECT_EQ(tool({"invite", me(), "--valid", "30d"}).status, 0);
    EXPECT_TRUE(is_in(account(me()).state.registration.until, 30 * day));
    for (const std::string wrong : {"31d", "0", "0h", "", "1", "-1h", "1w", "4294967295d", "h"}) {
        const Finished done = tool({"invite", me(), "--valid=" + wrong});
        EXPECT_EQ(done.status, 2) << wrong;
        EXPECT_THAT(done.out, Not(HasSubstr("-")));
    }
    EXPECT_THAT(tool({"invite", me(), "--valid", "31d"}).err, HasSubstr("at most 30 days"));
    EXPECT_TRUE(is_in(account(me()).state.registration.until, 30 * day));
}

TEST_F(Invite, IsForPeopleTheMachineKnows) {
    EXPECT_EQ(tool({"invite", "nobody.by.this.name"}).status, 3);
    EXPECT_FALSE(std::filesystem::exists(file(
        "store/users/" + RecordName::of(*AccountName::create("nobody.by.this.name")).stem() + ".state")));
    enroll("p.known");
    EXPECT_EQ(tool({"invite", "p.known"}).status, 0) << "or the store, for a portal's";
}

TEST_F(Invite, DoesNotHideDamage) {
    enroll(me());
    write_file(file("store/users/" + RecordName::of(*AccountName::create(me())).stem() + ".credential"),
               "garbage");
    const Finished done = tool({"invite", me()});
    EXPECT_EQ(done.status, 4);
    EXPECT_EQ(code_in(done.out), "");
}

TEST_F(Invite, WarnsWhenTheCodeCouldNotBeShown) {
    const Finished done = run_program({"/bin/sh", "-c", "exec \"$@\" > /dev/full", "sh", SECONDSTEP_TOOL,
                                       "--config", file("secondstep.conf"), "invite", me()});
    EXPECT_EQ(done.status, 4);
    EXPECT_THAT(done.err, HasSubstr("could not be shown"));
}

TEST_F(TemporaryCode, IsEasyToReadOut) {
    enroll(me());
    const Finished done = tool({"temporary-code", me()});
    ASSERT_EQ(done.status, 0) << done.err;
    const std::string code = code_in(done.out);
    const State state = account(me()).state;
    EXPECT_TRUE(is_digest_of(state.temporary, GrantKind::temporary, code));
    EXPECT_FALSE(is_digest_of(state.temporary, GrantKind::registration, code));
    EXPECT_TRUE(is_in(state.temporary.until, std::chrono::hours{8}));
    EXPECT_FALSE(state.registration.given);
    const std::string spelled = after(done.out, "To read out: ");
    const auto words = split(spelled, ' ');
    ASSERT_EQ(words.size(), 10U) << spelled;
    EXPECT_TRUE(words[4].ends_with(',')) << spelled;
    const std::map<char, std::string> digits{{'0', "zero"},  {'1', "one"},  {'2', "two"}, {'3', "three"},
                                             {'4', "four"},  {'5', "five"}, {'6', "six"}, {'7', "seven"},
                                             {'8', "eight"}, {'9', "nine"}};
    std::size_t at = 0;
    for (const char symbol : code) {
        if (symbol == '-') continue;
        const std::string word(words[at].substr(0, words[at].find(',')));
        const auto digit = digits.find(symbol);
        if (digit == digits.end()) {
            EXPECT_EQ(word.front(), symbol) << spelled;
        } else {
            EXPECT_EQ(word, digit->second);
        }
        ++at;
    }
}

TEST_F(TemporaryCode, IsForSomebodyWhoIsEnrolled) {
    EXPECT_EQ(tool({"temporary-code", me()}).status, 6);
    ASSERT_EQ(tool({"invite", me()}).status, 0);
    EXPECT_EQ(tool({"temporary-code", me()}).status, 6) << "an invitation is no second step";
    EXPECT_EQ(tool({"temporary-code", "nobody.by.this.name"}).status, 3);
    enroll(me());
    EXPECT_EQ(tool({"temporary-code", me(), "--valid", "8d"}).status, 2);
    EXPECT_FALSE(account(me()).state.temporary.given);
    const auto first = json({"temporary-code", me(), "--valid", "7d"});
    EXPECT_TRUE(is_in(account(me()).state.temporary.until, 7 * day));
    EXPECT_EQ(first["replaced"], false);
    EXPECT_EQ(json({"temporary-code", me()})["replaced"], true);
}

TEST_F(ReEnrollment, MarksTheAccountAndKeepsTheSecondStep) {
    enroll(me());
    const Finished done = tool({"re-enroll", me()});
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("stays valid"));
    EXPECT_THAT(done.out, HasSubstr("public key alone cannot ask"));
    EXPECT_THAT(done.out, HasSubstr("when the phone is lost"));
    EXPECT_THAT(done.out, HasSubstr("types it at the next login, in place of a code of the lost phone"));
    const Account marked = account(me());
    EXPECT_TRUE(marked.state.enrollment_forced);
    EXPECT_TRUE(marked.credential.has_value());
    EXPECT_TRUE(is_digest_of(marked.state.registration, GrantKind::registration, code_in(done.out)));
    EXPECT_TRUE(is_in(marked.state.registration.until, day));
    EXPECT_EQ(marked.state.notice.change, Change::to_enroll_again);
    const auto again = json({"re-enroll", me(), "--valid", "2h"});
    EXPECT_EQ(again["changed"], true) << "there is another code";
    EXPECT_TRUE(is_digest_of(account(me()).state.registration, GrantKind::registration, again["code"]));
    enroll(me(), {"--replace"});
    EXPECT_FALSE(account(me()).state.enrollment_forced);
}

TEST_F(ReEnrollment, MakesNoCodeWhenToldSo) {
    enroll(me());
    const Finished done = tool({"re-enroll", me(), "--no-code"});
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("enroll " + me() + " --replace"));
    EXPECT_EQ(code_in(done.out), "");
    EXPECT_TRUE(account(me()).state.enrollment_forced);
    EXPECT_FALSE(account(me()).state.registration.given);
    const auto again = json({"re-enroll", me(), "--no-code"});
    EXPECT_EQ(again["changed"], false);
    EXPECT_FALSE(again.contains("code"));
    EXPECT_EQ(tool({"re-enroll", me(), "--no-code", "--valid", "1h"}).status, 2);
}

TEST_F(Notices, TellWhatTheAdministratorDid) {
    const auto noticed = [this] {
        const ChangeNotice notice = account(me()).state.notice;
        EXPECT_THAT(notice.from, ContainsRegex("^the administrator .+"));
        EXPECT_TRUE(is_in(notice.when, std::chrono::seconds::zero()));
        return notice.change;
    };
    enroll(me());
    EXPECT_EQ(noticed(), Change::enrolled);
    ASSERT_EQ(tool({"re-enroll", me()}).status, 0);
    EXPECT_EQ(noticed(), Change::to_enroll_again);
    ASSERT_EQ(tool({"recovery-codes", me(), "--renew", "--yes"}).status, 0);
    EXPECT_EQ(noticed(), Change::renewed_codes);
    enroll(me(), {"--replace"});
    EXPECT_EQ(noticed(), Change::enrolled);
    ASSERT_EQ(tool({"disable", me(), "--yes"}).status, 0);
    EXPECT_EQ(noticed(), Change::disabled);
    ASSERT_EQ(tool({"invite", me()}).status, 0);
    write_file(file("people.csv"), me() + "\n");
    ASSERT_EQ(tool({"enroll", "--bulk", file("people.csv"), "--output", file("codes.csv")}).status, 0);
    EXPECT_EQ(noticed(), Change::enrolled);
    EXPECT_FALSE(account(me()).state.registration.given) << "a code waits for an enrollment that was made";
}

using Revoke = GivenCodes;

TEST_F(Revoke, TakesBackEveryCodeThatWasGivenOut) {
    enroll(me());
    const std::string temporary = json({"temporary-code", me()})["until"];
    const std::string registration = json({"invite", me()})["until"];
    const auto taken = json({"revoke", me()});
    EXPECT_EQ(taken["user"], me());
    EXPECT_EQ(taken["changed"], true);
    EXPECT_EQ(taken["temporary_until"], temporary);
    EXPECT_EQ(taken["registration_until"], registration);
    EXPECT_FALSE(account(me()).state.temporary.given);
    EXPECT_FALSE(account(me()).state.registration.given);
    const auto again = json({"revoke", me()});
    EXPECT_EQ(again["changed"], false);
    EXPECT_TRUE(again["temporary_until"].is_null());
    const Finished words = tool({"revoke", me()});
    EXPECT_EQ(words.status, 0);
    EXPECT_THAT(words.out, HasSubstr("had no code outstanding; nothing changed."));
}

TEST_F(Revoke, LeavesTheMarkOfReEnrollAndEverythingElse) {
    enroll(me());
    ASSERT_EQ(tool({"re-enroll", me()}).status, 0);
    const State before = account(me()).state;
    const Finished done = tool({"revoke", me()});
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("the code for enrolling again is void; it would have worked until 20"));
    EXPECT_THAT(done.out, HasSubstr("still asked to enroll again"));
    State expected = before;
    expected.registration = {};
    expected.generation = account(me()).state.generation;
    EXPECT_EQ(account(me()).state, expected);
}

TEST_F(Revoke, OfSomebodyWhoIsInvitedOnly) {
    ASSERT_EQ(tool({"invite", me()}).status, 0);
    EXPECT_THAT(tool({"revoke", me()}).out, HasSubstr("the registration code is void"));
    EXPECT_FALSE(account(me()).state.registration.given);
}

TEST_F(Revoke, MakesNoRecordOfWhoWasGivenNothing) {
    EXPECT_EQ(tool({"revoke", me()}).status, 0);
    EXPECT_FALSE(account(me()).has_state);
    EXPECT_EQ(tool({"revoke", "nobody.by.this.name"}).status, 3);
}

TEST_F(Revoke, PassesOverWhatHasEndedByItself) {
    enroll(me());
    ASSERT_EQ(tool({"temporary-code", me()}).status, 0);
    change_state(me(), [this](State& state) { state.temporary.until = clock_.now() - day; });
    EXPECT_EQ(json({"revoke", me()})["changed"], false);
}

}  // namespace

}  // namespace secondstep::testing
