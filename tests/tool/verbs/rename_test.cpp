#include <gmock/gmock.h>
#include <pwd.h>

#include <filesystem>

#include "base/text.h"
#include "otp/otpauth_uri.h"
#include "portals/portal_store.h"
#include "tool_world.h"

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace secondstep::testing {

namespace {

AccountName account_name(const std::string& name) {
    return *AccountName::create(name);
}

// A second step under the name p.bob, which is not an account, with the uid of daemon: as if daemon had been
// called p.bob when it was enrolled.
class Renamed : public ToolWorld {
  protected:
    Renamed() {
        set_up();
        daemon_ = uid_of("daemon");
        bin_ = uid_of("bin");
    }
    static uid_t uid_of(const char* name) {
        const passwd* const found = ::getpwnam(name);
        if (found == nullptr) throw std::runtime_error("no such account");
        return found->pw_uid;
    }
    // The URI of the key.
    std::string enroll_with_uid(const std::string& user, uid_t uid) {
        const std::string key_uri = enroll(user)["uri"];
        set_uid(user, uid);
        return key_uri;
    }
    void set_uid(const std::string& user, std::optional<uid_t> uid) {
        const auto opened = store();
        const auto transaction = opened->begin(RecordName::of(account_name(user))).value();
        Credential credential = transaction->account().credential->clone();
        credential.uid = uid;
        ASSERT_TRUE(transaction->write_credential(credential, transaction->account().state));
    }
    [[nodiscard]] std::vector<std::string> names_with(uid_t uid) {
        const auto found = store()->names_enrolled_for(uid);
        std::vector<std::string> texts;
        for (const AccountName& name : *found)
            texts.push_back(name.text());
        return texts;
    }
    // Nothing of the second step of `user` is there but its last steps.
    void expect_no_traces(const std::string& user) {
        const Account left = account(user);
        EXPECT_FALSE(left.credential);
        EXPECT_EQ(left.state, state_without_owner(left.state));
    }
    void link_portal(const std::string& owner, uid_t uid, const std::string& name,
                     const std::vector<PortalReader>& readers = {},
                     const std::string& key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") {
        const auto opened = store();
        const auto portals = PortalStore::open(file("store"), false, opened->keyring(), randomness_).value();
        auto transaction = portals.begin(account_name(owner)).value();
        transaction.portals().owner = account_name(owner);
        transaction.portals().uid = uid;
        auto token = otp::parse_otpauth_uri("otpauth://totp/x:y?secret=" + key);
        LinkedPortal portal{
            *PortalName::create(name), std::move(token->key), {}, {}, true, readers, {}, {}, {}};
        transaction.portals().portals.push_back(std::move(portal));
        ASSERT_TRUE(transaction.write());
    }
    [[nodiscard]] LinkedPortals portals_of(const std::string& owner) {
        const auto opened = store();
        const auto portals = PortalStore::open(file("store"), false, opened->keyring(), randomness_).value();
        return std::move(*portals.read(account_name(owner)));
    }

    uid_t daemon_ = 0;
    uid_t bin_ = 0;
};

TEST_F(Renamed, GoesOnUnderTheNewNameAfterThePresentCode) {
    const std::string uri = enroll_with_uid("p.bob", daemon_);
    const std::string code = code_of(uri, std::chrono::seconds{30});
    const Finished done = tool({"rename", "p.bob", "daemon"}, code + "\n");
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("The second step of p.bob is that of daemon now."));
    const Account now = account("daemon");
    ASSERT_TRUE(now.credential);
    EXPECT_EQ(now.credential->uid, daemon_);
    EXPECT_TRUE(now.state.enrolled);
    EXPECT_TRUE(now.state.uses.at(0).used) << "the code is used up under the new name";
    EXPECT_EQ(now.state.notice.change, Change::renamed);
    EXPECT_THAT(names_with(daemon_), ::testing::ElementsAre("daemon"));
    expect_no_traces("p.bob");
    EXPECT_EQ(tool({"status", "--enrolled"}).out.find("p.bob"), std::string::npos);
    EXPECT_EQ(tool({"rename", "p.bob", "daemon"}, code + "\n").status, 6) << "done already";
}

// "secondstep enroll gives one" would give them a second one, and leave the first behind.
TEST_F(Renamed, WhatIsAskedOfTheNewNameSaysUnderWhichOneTheSecondStepIs) {
    enroll_with_uid("p.bob", daemon_);
    for (const char* verb : {"temporary-code", "unlock", "re-enroll", "recovery-codes", "disable"}) {
        const Finished done = tool({verb, "daemon"});
        EXPECT_EQ(done.status, 6) << verb;
        EXPECT_THAT(done.err, HasSubstr("secondstep rename p.bob daemon")) << verb;
        EXPECT_THAT(done.err, Not(HasSubstr("gives one"))) << verb;
    }
}

TEST_F(Renamed, AWrongCodeChangesNothingAndCounts) {
    enroll_with_uid("p.bob", daemon_);
    const Finished done = tool({"rename", "p.bob", "daemon"}, "000000\n");
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.err, HasSubstr("not accepted"));
    EXPECT_EQ(account("p.bob").state.own_uid.count, 1U);
    EXPECT_FALSE(account("daemon").credential);
    EXPECT_EQ(tool({"rename", "p.bob", "daemon"}).status, 1) << "no code at all";
}

TEST_F(Renamed, ARecoveryCodeIsAProofTooAndIsUsedUp) {
    const auto made = enroll("p.bob");
    set_uid("p.bob", daemon_);
    const std::string code = made["recovery_codes"].at(0);
    ASSERT_EQ(tool({"rename", "p.bob", "daemon"}, code + "\n").status, 0);
    EXPECT_EQ(json({"status", "daemon"}).at(0)["recovery_codes_left"], 3);
}

TEST_F(Renamed, RootMayVouchForThePersonAndSaysTheUidWhereItChangedToo) {
    enroll_with_uid("p.bob", daemon_);
    EXPECT_EQ(json({"rename", "p.bob", "daemon", "--same-person"})["before"], "p.bob");
    enroll_with_uid("p.eve", daemon_);
    const Finished other = tool({"rename", "p.eve", "bin", "--same-person"});
    EXPECT_EQ(other.status, 1);
    EXPECT_THAT(other.err, HasSubstr("--uid " + std::to_string(bin_)));
    EXPECT_EQ(tool({"rename", "p.eve", "bin", "--same-person", "--uid", "4711"}).status, 1);
    ASSERT_EQ(tool({"rename", "p.eve", "bin", "--same-person", "--uid", std::to_string(bin_)}).status, 0);
    EXPECT_EQ(account("bin").credential->uid, bin_);
}

TEST_F(Renamed, TheSameNameWithAnotherUidIsAcceptedAgain) {
    enroll("daemon");
    set_uid("daemon", 4711);
    EXPECT_EQ(json({"status", "daemon"}).at(0)["state"], "mismatch");
    ASSERT_EQ(tool({"rename", "daemon", "daemon", "--same-person"}).status, 0);
    EXPECT_EQ(json({"status", "daemon"}).at(0)["state"], "on");
    EXPECT_THAT(names_with(4711), IsEmpty());
    EXPECT_EQ(json({"rename", "daemon", "daemon", "--same-person"})["changed"], false);
}

TEST_F(Renamed, IsRefusedWhereItWouldTakeSomethingFromSomebody) {
    enroll("bin");
    const Finished still = tool({"rename", "bin", "daemon", "--same-person"});
    EXPECT_EQ(still.status, 1);
    EXPECT_THAT(still.err, HasSubstr("is an account still"));
    enroll("daemon");
    enroll_with_uid("p.bob", daemon_);
    EXPECT_THAT(tool({"rename", "p.bob", "daemon", "--same-person"}).err, HasSubstr("enrolled already"));
    const Finished nobody = tool({"rename", "p.bob", "nobody.here", "--same-person"});
    EXPECT_EQ(nobody.status, 1);
    EXPECT_THAT(nobody.err, AllOf(HasSubstr("no user \"nobody.here\""), HasSubstr("usermod -l")));
    enroll_with_uid("p.root", 0);
    EXPECT_THAT(tool({"rename", "p.root", "root", "--same-person"}).err, HasSubstr("uid 0"));
    EXPECT_EQ(tool({"rename", "nobody.here", "daemon"}).status, 6);
    EXPECT_EQ(tool({"rename", "p.bob"}).status, 2);
    EXPECT_TRUE(account("p.bob").credential);
}

TEST_F(Renamed, TakesTheLinkedPortalsAlong) {
    enroll_with_uid("p.bob", daemon_);
    link_portal("p.bob", daemon_, "github");
    link_portal("bin", bin_, "shared",
                {{account_name("p.bob"), daemon_}, {account_name("p.eve"), uid_t{77}}});
    ASSERT_EQ(tool({"rename", "p.bob", "daemon", "--same-person"}).status, 0);
    EXPECT_TRUE(portals_of("p.bob").portals.empty());
    const LinkedPortals own = portals_of("daemon");
    ASSERT_EQ(own.portals.size(), 1U);
    EXPECT_EQ(own.uid, daemon_);
    const auto readers = portals_of("bin").portals.at(0).readers;
    EXPECT_THAT(readers, Contains(PortalReader{account_name("daemon"), daemon_}));
    EXPECT_THAT(readers, Not(Contains(PortalReader{account_name("p.bob"), daemon_})));
    EXPECT_EQ(readers.size(), 2U);
}

TEST_F(Renamed, WhatReadsAsTheOldNameWithAnotherUidIsSomebodyElses) {
    enroll_with_uid("p.bob", daemon_);
    link_portal("bin", bin_, "shared", {{account_name("p.bob"), uid_t{99}}});
    ASSERT_EQ(tool({"rename", "p.bob", "daemon", "--same-person"}).status, 0);
    EXPECT_THAT(portals_of("bin").portals.at(0).readers,
                Contains(PortalReader{account_name("p.bob"), uid_t{99}}));
}

TEST_F(Renamed, TwoPortalsOfOneNameAreNotPutTogether) {
    enroll_with_uid("p.bob", daemon_);
    link_portal("p.bob", daemon_, "github");
    link_portal("daemon", daemon_, "github", {}, "MZXW6YTBOJ2HE33NFZRW63JAMZXW6YTB");
    const Finished done = tool({"rename", "p.bob", "daemon", "--same-person"});
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.err, HasSubstr("both have a portal github"));
    EXPECT_TRUE(account("p.bob").credential);
}

TEST_F(Renamed, NobodyIsEnrolledUnderTheNewNameUnasked) {
    enroll_with_uid("p.bob", daemon_);
    for (const std::vector<std::string>& call :
         std::vector<std::vector<std::string>>{{"enroll", "daemon", "--no-confirm"},
                                               {"enroll", "daemon", "--no-confirm", "--if-missing"},
                                               {"invite", "daemon"}}) {
        const Finished refused = tool(call);
        EXPECT_EQ(refused.status, 1) << call[0];
        EXPECT_THAT(refused.err,
                    AllOf(HasSubstr("secondstep rename p.bob daemon"), HasSubstr("--other-person")));
    }
    EXPECT_FALSE(account("daemon").credential);
    EXPECT_FALSE(account("daemon").state.registration.given);
    write_file(file("list.csv"), "daemon\n");
    const Finished bulk = tool({"enroll", "--bulk", file("list.csv"), "--output", file("keys.csv")});
    EXPECT_EQ(bulk.status, 1);
    EXPECT_THAT(bulk.err, HasSubstr("secondstep rename p.bob daemon"));
    EXPECT_FALSE(account("daemon").credential);
}

TEST_F(Renamed, AnotherPersonTakesNothingOver) {
    enroll_with_uid("p.bob", daemon_);
    ASSERT_EQ(tool({"invite", "daemon", "--other-person"}).status, 0);
    expect_no_traces("p.bob");
    EXPECT_TRUE(account("daemon").state.registration.given);
    EXPECT_EQ(tool({"enroll", "daemon", "--no-confirm"}).status, 0);
}

TEST_F(Renamed, SomebodyAtATerminalIsAskedWhoItIs) {
    enroll_with_uid("p.bob", daemon_);
    ChildProcess same(words({"invite", "daemon"}), ChildProcess::Kind::terminal);
    ASSERT_TRUE(same.wait_for("[y/N]"));
    same.send("n\n");
    const Finished refused = same.finish();
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.out, HasSubstr("secondstep rename p.bob daemon"));
    EXPECT_TRUE(account("p.bob").credential);
    ChildProcess other(words({"invite", "daemon"}), ChildProcess::Kind::terminal);
    ASSERT_TRUE(other.wait_for("[y/N]"));
    other.send("y\n");
    EXPECT_EQ(other.finish().status, 0);
    expect_no_traces("p.bob");
}

TEST_F(Renamed, ANameThatIsSomebodyElsesByNowIsNoAccountOfTheUid) {
    enroll_with_uid("bin", daemon_);
    EXPECT_EQ(tool({"enroll", "daemon", "--no-confirm"}).status, 1)
        << "a name with another uid is not its owner";
    set_uid("bin", bin_);
    EXPECT_EQ(tool({"enroll", "daemon", "--no-confirm"}).status, 0);
}

TEST_F(Renamed, StatusAndDoctorSayWhatBecameOfTheAccounts) {
    enroll_with_uid("p.bob", daemon_);
    for (const char* name : {"p.g1", "p.g2", "p.g3", "p.g4", "p.g5", "p.g6", "p.g7"})
        enroll_with_uid(name, 4'000'000'000U);
    enroll("bin");
    set_uid("bin", 4711);
    const Finished status = tool({"status"});
    EXPECT_THAT(status.out, AllOf(HasSubstr("is daemon now: run rename"), HasSubstr("no such account"),
                                  HasSubstr("run rename or disable")));
    const auto now_called = json({"status", "daemon"}).at(0);
    EXPECT_EQ(now_called["state"], "mismatch") << "and not off: their logins are unavailable";
    EXPECT_EQ(now_called["note"], "enrolled as p.bob: run rename");
    EXPECT_EQ(tool({"explain", "daemon", "--service", "sshd"}).status, 4);
    const Finished doctor = tool({"doctor"});
    EXPECT_THAT(doctor.out, HasSubstr("p.bob (uid " + std::to_string(daemon_) + ") is now daemon"));
    EXPECT_THAT(doctor.out, HasSubstr("mend: secondstep rename p.bob daemon"));
    EXPECT_THAT(doctor.out, HasSubstr("7 second steps of names that are gone: "));
    EXPECT_THAT(doctor.out, HasSubstr(" and 2 more"));
    EXPECT_THAT(doctor.out, HasSubstr("secondstep rename bin bin --same-person"));
}

TEST_F(Renamed, DoctorCompletesTheIndexOfAnOlderStore) {
    enroll_with_uid("p.bob", daemon_);
    std::filesystem::remove_all(file("store/uids"));
    EXPECT_THAT(tool({"doctor"}).out, HasSubstr("uid index: 1 account was missing"));
    EXPECT_THAT(names_with(daemon_), ::testing::ElementsAre("p.bob"));
    EXPECT_THAT(tool({"doctor"}).out, Not(HasSubstr("uid index")));
    std::filesystem::remove_all(file("store/uids"));
    set_up();
    EXPECT_THAT(names_with(daemon_), ::testing::ElementsAre("p.bob"));
}

TEST_F(Renamed, DisableOfANameThatIsGoneLeavesNoTraces) {
    enroll_with_uid("p.frank", 4711);
    change_state("p.frank", [this](State& state) {
        state.notice = {.change = Change::enrolled, .when = clock_.now(), .from = "somewhere"};
        state.strangers = {3, clock_.now(), never};
        state.uses.at(0).used = true;
        state.uses.at(0).last = 12345;
        state.sends = {clock_.now()};
        state.last_success = clock_.now();
    });
    ASSERT_EQ(tool({"disable", "p.frank", "--yes"}).status, 0);
    expect_no_traces("p.frank");
    EXPECT_EQ(account("p.frank").state.uses.at(0).last, 12345U) << "nothing revives";
    EXPECT_EQ(json({"status"}).size(), 0U);
    const Finished again = tool({"disable", "p.frank", "--yes"});
    EXPECT_EQ(again.status, 6);
    EXPECT_THAT(again.err, HasSubstr("nothing left to delete"));
    EXPECT_EQ(tool({"disable", "p.never", "--yes"}).status, 3);
}

TEST_F(Renamed, DisableTellsTheNextOwnerOfANameNothing) {
    enroll("daemon");
    set_uid("daemon", 4711);
    ASSERT_EQ(tool({"disable", "daemon", "--yes"}).status, 0);
    expect_no_traces("daemon");
}

TEST_F(Renamed, WhatAnEarlierRemovalLeftUnderANameThatIsGoneIsDeletedToo) {
    enroll("p.frank");
    ASSERT_EQ(tool({"disable", "p.frank", "--yes"}).status, 0);
    EXPECT_EQ(account("p.frank").state.notice.change, Change::disabled);
    EXPECT_EQ(tool({"disable", "p.frank", "--yes"}).status, 0);
    expect_no_traces("p.frank");
    EXPECT_EQ(tool({"disable", "p.frank", "--yes"}).status, 6);
}

}  // namespace

}  // namespace secondstep::testing
