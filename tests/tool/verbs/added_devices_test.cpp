// enroll --add: a device beside those that somebody has.

#include <gmock/gmock.h>

#include <filesystem>

#include "tool_world.h"

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace secondstep::testing {

namespace {

using Words = std::vector<std::string>;

class AddedDevices : public ToolWorld {
  protected:
    AddedDevices() {
        set_up();
        enroll(me());
    }
    Words names() {
        Words all;
        const Account now = account(me());
        for (const Authenticator& device : now.credential->authenticators)
            all.push_back(device.name);
        return all;
    }
    Words adding(const std::string& name) const {
        return words({"enroll", me(), "--add", "--name", name, "--qr", "none"});
    }
    static std::string code_asked_for(ChildProcess& child) {
        EXPECT_TRUE(child.wait_for("'s app: ")) << child.out();
        return code_of_key(after(child.out(), "Key: ")) + "\n";
    }
};

TEST_F(AddedDevices, AreStoredAfterACodeOfTheirOwnAndNotBefore) {
    const RecoverySetId set = account(me()).credential->recovery->id;
    change_state(me(), [](State& state) { state.recovery.used = 3; });
    ChildProcess child(adding("tablet"), ChildProcess::Kind::pipes);
    const std::string code = code_asked_for(child);
    EXPECT_THAT(names(), ElementsAre("phone"));
    child.send(code);
    const Finished done = child.finish();
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("Code successfully verified. The device tablet is added; " + me() +
                                    " has phone, tablet."));
    EXPECT_THAT(done.out, Not(HasSubstr("Recovery codes, shown")));
    const Account now = account(me());
    EXPECT_THAT(names(), ElementsAre("phone", "tablet"));
    EXPECT_TRUE(now.credential->authenticators[1].has_floor);
    EXPECT_EQ(now.credential->recovery->id, set);
    EXPECT_EQ(now.state.recovery.used, 3U);
    EXPECT_EQ(now.state.notice.change, Change::device_added);
    EXPECT_NE(find_use(now.state, now.credential->authenticators[1].id), nullptr);
}

TEST_F(AddedDevices, AreNotStoredWithoutIt) {
    ChildProcess child(adding("tablet"), ChildProcess::Kind::pipes);
    ASSERT_TRUE(child.wait_for("'s app: "));
    child.send("000000\n000001\n000002\n");
    EXPECT_EQ(child.finish().status, 1);
    EXPECT_THAT(names(), ElementsAre("phone"));
}

TEST_F(AddedDevices, AreGivenToScripts) {
    const auto made = enroll(me(), {"--add"});
    EXPECT_EQ(made["name"], "phone-2");
    EXPECT_EQ(made["label"], me() + "-2");
    EXPECT_EQ(made["devices"].get<Words>(), (Words{"phone", "phone-2"}));
    EXPECT_TRUE(made.contains("uri") && made.contains("key"));
    EXPECT_FALSE(made.contains("recovery_codes"));
    EXPECT_EQ(enroll(me(), {"--add"})["name"], "phone-3");
}

TEST_F(AddedDevices, AreAtMostFourAndEachHasANameOfItsOwn) {
    const Finished twice = tool({"enroll", me(), "--add", "--name", "Phone", "--no-confirm", "--qr", "none"});
    EXPECT_EQ(twice.status, 1);
    EXPECT_THAT(twice.err, HasSubstr("there is a device \"phone\" already"));
    for (const char* name : {"a", "b", "c"})
        enroll(me(), {"--add", "--name", name});
    const Finished full = tool({"enroll", me(), "--add", "--name", "d", "--no-confirm"});
    EXPECT_EQ(full.status, 1);
    EXPECT_THAT(full.err, HasSubstr("remove one first (phone, a, b, c)"));
    EXPECT_EQ(names().size(), 4U);
}

TEST_F(AddedDevices, AreOfTheMethodThatIsThere) {
    const Finished other = tool({"enroll", me(), "--add", "--method", "hotp", "--no-confirm"});
    EXPECT_EQ(other.status, 1);
    EXPECT_THAT(other.err, HasSubstr("leave --method out, or replace them all"));
    enroll("p.hotp", {"--method", "hotp"});
    EXPECT_EQ(enroll("p.hotp", {"--add"})["method"], "hotp");
    EXPECT_EQ(tool({"enroll", "p.hotp", "--add", "--period", "60", "--no-confirm"}).status, 2);
    enroll("p.mail", {"--method", "mail", "--address", "m@example.com"});
    const Finished sent = tool({"enroll", "p.mail", "--add", "--no-confirm"});
    EXPECT_EQ(sent.status, 1);
    EXPECT_THAT(sent.err, HasSubstr("--replace --method totp"));
}

// A play that sets up machines reads what there is, whatever refused it.
TEST_F(AddedDevices, ThatAreRefusedAreJsonToo) {
    enroll("p.mail", {"--method", "mail", "--address", "m@example.com"});
    const auto refused = [&](const std::string& user, const Words& more, std::string_view input = "") {
        Words call{"enroll", user, "--json", "--qr", "none"};
        call.insert(call.end(), more.begin(), more.end());
        const Finished done = tool(call, input);
        EXPECT_EQ(done.status, 1) << ::testing::PrintToString(call) << done.err;
        const auto json = nlohmann::json::parse(done.out, nullptr, false);
        EXPECT_TRUE(json.is_object()) << ::testing::PrintToString(call) << done.out;
        if (!json.is_object()) return nlohmann::json(nlohmann::json::object());
        EXPECT_EQ(json["user"], user);
        EXPECT_EQ(json["changed"], false);
        return json;
    };
    refused("p.mail", {"--add", "--no-confirm"});
    refused("p.mail", {"--portal-user", "--no-confirm"});
    refused(me(), {"--no-confirm"});
    refused(me(), {"--add", "--name", "tablet"}, "000000\n000001\n000002\n");
    refused(me(), {"--add", "--method", "hotp", "--no-confirm"});
    EXPECT_EQ(refused(me(), {"--add", "--name", "PHONE", "--no-confirm"})["devices"].get<Words>(),
              Words{"phone"});
    for (const char* name : {"a", "b", "c"})
        enroll(me(), {"--add", "--name", name});
    EXPECT_EQ(refused(me(), {"--add", "--no-confirm"})["devices"].size(), 4U);
    write_file(file("codes"), "in the way");
    refused("p.new", {"--portal-user", "--no-confirm", "--save", file("codes")});
    change_state(me(), [](State& state) { state.enrollment_forced = true; });
    refused(me(), {"--add", "--no-confirm"});
}

// Nobody has the key of a device that stands there then.
TEST_F(AddedDevices, WhoseKeyCouldNotBeShownAreNoSuccess) {
    const auto unwritable = [&](const Words& more) {
        Words call{"/bin/sh", "-c", "exec \"$@\" > /dev/full", "sh"};
        for (const std::string& word : words(more))
            call.push_back(word);
        return run_program(call);
    };
    const Finished added =
        unwritable({"enroll", me(), "--add", "--name", "tablet", "--no-confirm", "--json"});
    EXPECT_EQ(added.status, 4);
    EXPECT_THAT(added.err, HasSubstr("devices remove " + me() + " tablet"));
    const Finished enrolled = unwritable({"enroll", "p.new", "--portal-user", "--no-confirm", "--json"});
    EXPECT_EQ(enrolled.status, 4);
    EXPECT_THAT(enrolled.err, HasSubstr("enroll p.new --replace"));
    const Finished renewed = unwritable({"recovery-codes", me(), "--renew", "--yes", "--json"});
    EXPECT_EQ(renewed.status, 4);
    for (const char* verb : {"invite", "temporary-code", "re-enroll"})
        EXPECT_EQ(unwritable({verb, me(), "--json"}).status, 4) << verb;
    const Finished there = unwritable({"enroll", me(), "--if-missing", "--json"});
    EXPECT_EQ(there.status, 4);
}

// The second step is stored: the only copy of its recovery codes stays.
TEST_F(AddedDevices, AFileOfCodesIsKeptWhenTheRestCouldNotBeShown) {
    Words call{"/bin/sh", "-c", "exec \"$@\" > /dev/full", "sh"};
    for (const std::string& word :
         words({"enroll", "p.new", "--portal-user", "--no-confirm", "--json", "--save", file("codes")}))
        call.push_back(word);
    EXPECT_EQ(run_program(call).status, 4);
    EXPECT_TRUE(account("p.new").credential);
    EXPECT_THAT(content_of(file("codes")), HasSubstr("p.new"));
}

TEST_F(AddedDevices, NeedASecondStepToStandBeside) {
    const Finished none = tool({"enroll", "p.none", "--add", "--no-confirm", "--json"});
    EXPECT_EQ(none.status, 3) << "nobody knows them";
    ASSERT_EQ(tool({"disable", me(), "--yes"}).status, 0);
    const Finished off = tool({"enroll", me(), "--add", "--no-confirm", "--json"});
    EXPECT_EQ(off.status, 6);
    EXPECT_EQ(nlohmann::json::parse(off.out)["changed"], false);
    EXPECT_FALSE(account(me()).credential);
}

TEST_F(AddedDevices, AreNotAddedToWhatIsToBeReplacedOrIsAnothers) {
    change_state(me(), [](State& state) { state.enrollment_forced = true; });
    const Finished forced = tool({"enroll", me(), "--add", "--no-confirm"});
    EXPECT_EQ(forced.status, 1);
    EXPECT_THAT(forced.err, HasSubstr("asked to enroll again"));
    const auto opened = store();
    auto transaction = opened->begin(RecordName::of(*AccountName::create(me())));
    Credential credential = (*transaction)->account().credential->clone();
    credential.uid = uid_t{4'000'000};
    ASSERT_TRUE((*transaction)->write_credential(credential, (*transaction)->account().state));
    transaction->reset();
    const Finished other = tool({"enroll", me(), "--add", "--no-confirm"});
    EXPECT_EQ(other.status, 1);
    EXPECT_THAT(other.err, HasSubstr("for another uid"));
    EXPECT_EQ(account(me()).credential->authenticators.size(), 1U);
}

TEST_F(AddedDevices, AreThereOnceHoweverOftenAPlayRuns) {
    const Words call{"--add", "--name", "tablet", "--if-missing", "--qr", "svg:" + file("qr.svg")};
    EXPECT_EQ(enroll(me(), call)["changed"], true);
    const std::string picture = content_of(file("qr.svg"));
    const auto again = enroll(me(), call);
    EXPECT_EQ(again["changed"], false);
    EXPECT_EQ(again["devices"].get<Words>(), (Words{"phone", "tablet"}));
    EXPECT_EQ(content_of(file("qr.svg")), picture);
    for (const char* name : {"Tablet", " tablet", "tablet\xc2\xa0"}) {
        const auto same = enroll(me(), {"--add", "--name", name, "--if-missing"});
        EXPECT_EQ(same["changed"], false) << name;
        EXPECT_EQ(same["name"], "tablet");
    }
    EXPECT_EQ(tool({"enroll", me(), "--add", "--name", "1", "--no-confirm"}).status, 2);
    EXPECT_EQ(tool({"enroll", me(), "--add", "--if-missing", "--no-confirm"}).status, 2) << "which?";
}

TEST_F(AddedDevices, DoNotGoWithWhatReplacesOrMakesCodes) {
    for (const Words& more : std::vector<Words>{{"--replace"},
                                                {"--save", file("codes")},
                                                {"--other-person"},
                                                {"--method", "mail", "--address", "m@example.com"}}) {
        Words call{"enroll", me(), "--add", "--no-confirm"};
        call.insert(call.end(), more.begin(), more.end());
        const Finished done = tool(call);
        EXPECT_EQ(done.status, 2) << more[0] << done.err;
        EXPECT_THAT(done.out, IsEmpty());
    }
    EXPECT_THAT(names(), ElementsAre("phone"));
    EXPECT_FALSE(std::filesystem::exists(file("codes")));
}

// --- two administrators at once ---

TEST_F(AddedDevices, AreNotStoredWhenTheSecondStepIsReplacedMeanwhile) {
    ChildProcess child(adding("tablet"), ChildProcess::Kind::pipes);
    const std::string code = code_asked_for(child);
    enroll(me(), {"--replace"});
    const Words replaced = names();
    child.send(code);
    const Finished done = child.finish();
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.err, HasSubstr("somebody else replaced the second step meanwhile"));
    EXPECT_EQ(names(), replaced);
}

TEST_F(AddedDevices, StandBesideWhatAnotherHasAddedOrRemovedMeanwhile) {
    enroll(me(), {"--add", "--name", "watch"});
    ChildProcess child(adding("tablet"), ChildProcess::Kind::pipes);
    const std::string code = code_asked_for(child);
    ASSERT_EQ(tool({"devices", "remove", me(), "phone", "--yes"}).status, 0);
    enroll(me(), {"--add", "--name", "key"});
    child.send(code);
    EXPECT_EQ(child.finish().status, 0);
    EXPECT_THAT(names(), ElementsAre("watch", "key", "tablet"));
}

TEST_F(AddedDevices, OfTwoAtOnceUnderOneNameOneIs) {
    ChildProcess first(adding("tablet"), ChildProcess::Kind::pipes);
    ChildProcess second(adding("tablet"), ChildProcess::Kind::pipes);
    const std::string code = code_asked_for(first);
    const std::string other = code_asked_for(second);
    first.send(code);
    second.send(other);
    const Finished a = first.finish();
    const Finished b = second.finish();
    EXPECT_EQ(a.status + b.status, 1) << a.err << b.err;
    EXPECT_THAT(a.err + b.err, HasSubstr("there is a device \"tablet\" already"));
    EXPECT_THAT(names(), ElementsAre("phone", "tablet"));
}

TEST_F(AddedDevices, OfTwoThatWouldBeFiveOneIs) {
    enroll(me(), {"--add"});
    enroll(me(), {"--add"});
    ChildProcess first(adding("a"), ChildProcess::Kind::pipes);
    ChildProcess second(adding("b"), ChildProcess::Kind::pipes);
    const std::string code = code_asked_for(first);
    const std::string other = code_asked_for(second);
    first.send(code);
    second.send(other);
    EXPECT_EQ(first.finish().status + second.finish().status, 1);
    EXPECT_EQ(names().size(), 4U);
}

// Killed after the rename of the credential, and before the slot: the state is that of before.
TEST_F(AddedDevices, VoidNothingWhenTheProcessDiesBeforeTheStateIsWritten) {
    enroll(me(), {"--add", "--name", "tablet"});
    change_state(me(), [&](State& state) {
        state.uses.pop_back();
        state.notice = {};
        state.enrollment_forced = true;
        state.recovery.used = 3;
    });
    change_state(me(), [](State&) {});
    const State now = account(me()).state;
    EXPECT_EQ(now.uses.size(), 2U) << "the next write knows the device";
    EXPECT_TRUE(now.enrollment_forced);
    EXPECT_EQ(now.recovery.used, 3U);
    EXPECT_FALSE(now.recovery.not_saved);
}

}  // namespace

}  // namespace secondstep::testing
