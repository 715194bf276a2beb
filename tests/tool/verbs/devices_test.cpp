#include <gmock/gmock.h>

#include "tool_world.h"

using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace secondstep::testing {

namespace {

using Words = std::vector<std::string>;

class DevicesVerb : public ToolWorld {
  protected:
    DevicesVerb() {
        set_up();
        enroll(me());
        add("tablet");
    }
    void add(const std::string& name) { enroll(me(), {"--add", "--name", name}); }
    Words names() {
        Words all;
        const Account now = account(me());
        for (const Authenticator& device : now.credential->authenticators)
            all.push_back(device.name);
        return all;
    }
    // As an import brings them.
    void call_all(const std::string& name) {
        const auto opened = store();
        auto transaction = opened->begin(RecordName::of(*AccountName::create(me())));
        Credential credential = (*transaction)->account().credential->clone();
        for (Authenticator& device : credential.authenticators)
            device.name = name;
        ASSERT_TRUE((*transaction)->write_credential(credential, (*transaction)->account().state));
    }
};

TEST_F(DevicesVerb, ListsThem) {
    const Finished done = tool({"devices", me()});
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, ContainsRegex("NO  NAME    KIND  ADDED             LAST USED\n"
                                        " 1  phone   totp  20[-0-9]+ [0-9:]+  -\n"
                                        " 2  tablet  totp  20[-0-9]+ [0-9:]+  -\n"));
    const auto list = json({"devices", me()});
    EXPECT_EQ(list["user"], me());
    ASSERT_EQ(list["devices"].size(), 2U);
    EXPECT_EQ(list["devices"][1]["name"], "tablet");
    EXPECT_EQ(list["devices"][1]["kind"], "totp");
    EXPECT_EQ(list["devices"][1]["period"], 30);
    EXPECT_EQ(list["devices"][1]["last_used"], nullptr);
    EXPECT_EQ(json({"status", me()})[0]["devices"].get<Words>(), (Words{"phone", "tablet"}));
    EXPECT_THAT(tool({"status", me()}).out, HasSubstr("2 devices"));
}

TEST_F(DevicesVerb, ListsWhatAnImportBroughtWithWhenItWasUsed) {
    write_file(file("keys.txt"), "otpauth://totp/x:p.imp?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n");
    ASSERT_EQ(tool({"import", "otpauth", file("keys.txt"), "--portal-user"}).status, 0);
    const auto used = from_unix(1'800'000'000);
    const AuthenticatorId id = account("p.imp").credential->authenticators[0].id;
    change_state("p.imp", [&](State& state) {
        for (AuthenticatorUse& use : state.uses) {
            if (use.id == id) use.last_success = used;
        }
    });
    const auto list = json({"devices", "p.imp"});
    ASSERT_EQ(list["devices"].size(), 1U);
    EXPECT_EQ(list["devices"][0]["name"], account("p.imp").credential->authenticators[0].name);
    EXPECT_EQ(list["devices"][0]["last_used"], "2027-01-15T08:00:00Z");
}

TEST_F(DevicesVerb, RenamesThem) {
    const auto done = json({"devices", "rename", me(), "tablet", "pad"});
    EXPECT_EQ(done["changed"], true);
    EXPECT_EQ(done["devices"].get<Words>(), (Words{"phone", "pad"}));
    EXPECT_THAT(names(), ElementsAre("phone", "pad"));
    EXPECT_EQ(account(me()).state.notice.change, Change::device_added) << "of a name nobody is told";
    EXPECT_EQ(json({"devices", "rename", me(), "pad", "pad"})["changed"], false);
    EXPECT_EQ(tool({"devices", "rename", me(), "phone", "PAD"}).status, 1);
    EXPECT_EQ(tool({"devices", "rename", me(), "phone", "a\nb"}).status, 2);
    EXPECT_EQ(tool({"devices", "rename", me(), "phone", "1"}).status, 2) << "a number is a place in the list";
    EXPECT_THAT(names(), ElementsAre("phone", "pad"));
}

TEST_F(DevicesVerb, RemovesThemWhenSomebodySaysSo) {
    const Finished asked = tool({"devices", "remove", me(), "phone"}, "y\n");
    EXPECT_EQ(asked.status, 1) << "nobody is at a terminal";
    EXPECT_THAT(asked.err, HasSubstr("--yes"));
    const Finished for_a_program = tool({"devices", "remove", me(), "phone", "--json"}, "n\n");
    EXPECT_EQ(for_a_program.status, 1);
    EXPECT_EQ(nlohmann::json::parse(for_a_program.out)["devices"].get<Words>(), (Words{"phone", "tablet"}));
    ChildProcess child(words({"devices", "remove", me(), "phone"}), ChildProcess::Kind::terminal);
    ASSERT_TRUE(child.wait_for("Remove phone, added 20"));
    child.send("y\n");
    EXPECT_EQ(child.finish().status, 0);
    EXPECT_THAT(names(), ElementsAre("tablet"));
    EXPECT_EQ(account(me()).state.notice.change, Change::device_removed);
}

TEST_F(DevicesVerb, NeverRemovesTheLastOne) {
    EXPECT_EQ(json({"devices", "remove", me(), "phone", "--yes"})["devices"].get<Words>(), (Words{"tablet"}));
    const Finished last = tool({"devices", "remove", me(), "tablet", "--yes", "--json"});
    EXPECT_EQ(last.status, 1);
    EXPECT_THAT(last.err, HasSubstr("the last device"));
    EXPECT_EQ(nlohmann::json::parse(last.out)["changed"], false);
    EXPECT_THAT(names(), ElementsAre("tablet"));
}

TEST_F(DevicesVerb, TakesANumberWhereNamesAreNoHelp) {
    add("watch");
    call_all("token");
    const Finished which = tool({"devices", "remove", me(), "token", "--yes"});
    EXPECT_EQ(which.status, 1);
    EXPECT_THAT(which.err, HasSubstr("3 devices are called \"token\": say the number, 1 or 2 or 3"));
    EXPECT_EQ(tool({"devices", "rename", me(), "2", "tablet"}).status, 0);
    EXPECT_THAT(names(), ElementsAre("token", "tablet", "token"));
    EXPECT_EQ(tool({"devices", "remove", me(), "3", "--yes"}).status, 0);
    EXPECT_THAT(names(), ElementsAre("token", "tablet"));
}

// Whoever answers the question meant the one that stood there, and not what another made of the list.
TEST_F(DevicesVerb, RemovesTheOneThatWasMeantAndNoOther) {
    ChildProcess child(words({"devices", "remove", me(), "1"}), ChildProcess::Kind::terminal);
    ASSERT_TRUE(child.wait_for("Remove phone, added 20"));
    ASSERT_EQ(tool({"devices", "remove", me(), "phone", "--yes"}).status, 0);
    add("watch");
    child.send("y\n");
    const Finished done = child.finish();
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.out, HasSubstr("somebody else removed or replaced it meanwhile"));
    EXPECT_THAT(names(), ElementsAre("tablet", "watch"));
}

TEST_F(DevicesVerb, AndTheRecoveryCodesStayAsTheyAre) {
    const RecoverySetId set = account(me()).credential->recovery->id;
    change_state(me(), [](State& state) { state.recovery.used = 5; });
    add("watch");
    ASSERT_EQ(tool({"devices", "rename", me(), "watch", "clock"}).status, 0);
    ASSERT_EQ(tool({"devices", "remove", me(), "phone", "--yes"}).status, 0);
    const Account now = account(me());
    EXPECT_EQ(now.credential->recovery->id, set);
    EXPECT_EQ(now.state.recovery.used, 5U);
    EXPECT_FALSE(now.state.recovery.not_saved);
}

TEST_F(DevicesVerb, SaysHowItIsCalled) {
    for (const Words& call : std::vector<Words>{{"devices"},
                                                {"devices", "rename", "phone", "pad"},
                                                {"devices", "remove", "phone"},
                                                {"devices", "rename", me(), "phone"},
                                                {"devices", me(), "phone"},
                                                {"devices", "remove", me(), "a", "b"}}) {
        const Finished done = tool(call);
        EXPECT_EQ(done.status, 2) << ::testing::PrintToString(call) << done.out;
        EXPECT_THAT(done.out, IsEmpty());
    }
}

TEST_F(DevicesVerb, OfSomebodyWithAnAddressAreNone) {
    ASSERT_EQ(enroll("p.mail", {"--method", "mail", "--address", "m@example.com"})["changed"], true);
    EXPECT_THAT(tool({"devices", "p.mail"}).out, HasSubstr("codes are sent to an address"));
    EXPECT_EQ(json({"devices", "p.mail"})["devices"].size(), 0U);
    EXPECT_EQ(tool({"devices", "remove", "p.mail", "phone", "--yes"}).status, 1);
}

// What other verbs make of several.
TEST_F(DevicesVerb, OfASecondStepThatIsReplacedAreAllReplaced) {
    const Finished replaced = tool({"enroll", me(), "--replace", "--no-confirm", "--qr", "none"});
    EXPECT_THAT(replaced.out, HasSubstr("The old entries (phone, tablet) and the old recovery codes"));
    EXPECT_EQ(names().size(), 1U);
    enroll(me(), {"--add", "--name", "pad"});
    ASSERT_EQ(tool({"re-enroll", me(), "--no-code"}).status, 0);
    EXPECT_EQ(names().size(), 2U);
    ASSERT_EQ(tool({"adopt", "--copied", "--yes"}).status, 0);
    const Account copied = account(me());
    const auto ids = ids_of(*copied.credential);
    for (const AuthenticatorUse& use : copied.state.uses) {
        if (std::ranges::find(ids, use.id) != ids.end()) {
            EXPECT_TRUE(use.used);
        }
    }
    ASSERT_EQ(tool({"disable", me(), "--yes"}).status, 0);
    EXPECT_FALSE(account(me()).credential);
}

}  // namespace

}  // namespace secondstep::testing
