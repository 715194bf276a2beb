// What an administrator does to somebody's devices while they look for a code.

#include "dialogue/manage/devices.h"

#include <functional>

#include "unit/dialogue/manage/devices_fixture.h"

namespace secondstep {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using testing::OpenDialogue;
using testing::Transcript;
using testing::Typed;
using Names = std::vector<std::string>;

constexpr AuthenticatorId another{9};

class DevicesMeanwhile : public testing::DevicesOfAlice {
  protected:
    DevicesMeanwhile() {
        static_cast<void>(add_tablet());
        world_.journal.changes.clear();
    }
    void administrator_removes(const std::string& name) {
        std::erase_if(record().credential->authenticators,
                      [&](const Authenticator& device) { return device.name == name; });
    }
    void administrator_adds(const std::string& name) {
        Authenticator device = record().credential->authenticators.front().clone();
        device.id = another;
        device.name = name;
        record().credential->authenticators.push_back(std::move(device));
    }
    // `meanwhile` comes to pass between what is announced and the answer, a recovery code.
    OpenDialogue& run_while(const Typed& request, const std::function<void()>& meanwhile) {
        open_.emplace_back(std::make_unique<OpenDialogue>(world_, to_manage()));
        OpenDialogue& dialogue = *open_.back();
        dialogue.type({request});
        EXPECT_EQ(dialogue.texts().back(), messages::present_code_prompt);
        meanwhile();
        dialogue.type({recovery_code(codes_++)});
        return dialogue;
    }
    void expect_refused(const OpenDialogue& seen, const std::string& why, const Names& left) {
        EXPECT_EQ(seen.verdict(), Verdict::refused);
        EXPECT_THAT(seen.texts(), Contains(why));
        EXPECT_EQ(seen.texts().back(), messages::recovery_code_is_used_up());
        for (const std::string& text : seen.texts()) {
            EXPECT_THAT(text, ::testing::Not(HasSubstr("\"changed\":true")));
            EXPECT_THAT(text, ::testing::Not(HasSubstr("is removed")));
            EXPECT_THAT(text, ::testing::Not(HasSubstr("\" now.")));
        }
        EXPECT_EQ(names(), left);
        EXPECT_TRUE(world_.journal.changes.empty());
        EXPECT_NE(state().notice.change, Change::device_removed);
    }

    const std::string elsewhere_ = messages::devices_changed_elsewhere();

  private:
    std::vector<std::unique_ptr<OpenDialogue>> open_;
    std::size_t codes_ = 0;
};

TEST_F(DevicesMeanwhile, OneThatHasBecomeTheLastIsNotRemoved) {
    const OpenDialogue& seen = run_while(remove("phone"), [&] { administrator_removes("tablet"); });
    const std::string last =
        messages::devices_unchanged("that is the last device, and without one nobody logs in");
    expect_refused(seen, last, {"phone"});
    EXPECT_THAT(seen.texts(), Contains(R"({"user":"alice","changed":false,"devices":["phone"]})"));
    EXPECT_TRUE(logs_in_with(code_of_device(0)));
}

TEST_F(DevicesMeanwhile, OneThatIsGoneIsNotRemovedOnceMore) {
    expect_refused(run_while(remove("tablet"), [&] { administrator_removes("tablet"); }), elsewhere_,
                   {"phone"});
}

TEST_F(DevicesMeanwhile, AnotherThatGotTheNameIsNotTheOneThatWasMeant) {
    const auto again = [&] {
        administrator_removes("tablet");
        administrator_adds("tablet");
    };
    expect_refused(run_while(remove("tablet"), again), elsewhere_, {"phone", "tablet"});
    EXPECT_EQ(record().credential->authenticators[1].id, another);
}

TEST_F(DevicesMeanwhile, OneThatIsGoneIsNotRenamed) {
    expect_refused(run_while(rename("tablet", "pad"), [&] { administrator_removes("tablet"); }), elsewhere_,
                   {"phone"});
}

TEST_F(DevicesMeanwhile, AnotherThatGotTheNameIsNotRenamed) {
    const auto again = [&] {
        administrator_removes("tablet");
        administrator_adds("tablet");
    };
    expect_refused(run_while(rename("tablet", "pad"), again), elsewhere_, {"phone", "tablet"});
}

TEST_F(DevicesMeanwhile, OneThatHasBecomeTheLastIsRenamed) {
    const OpenDialogue& seen = run_while(rename("tablet", "pad"), [&] { administrator_removes("phone"); });
    EXPECT_EQ(seen.verdict(), Verdict::accepted);
    EXPECT_EQ(seen.texts().back(), R"({"user":"alice","changed":true,"devices":["pad"]})");
    EXPECT_EQ(names(), Names{"pad"});
}

TEST_F(DevicesMeanwhile, ANameThatWasTakenIsNotGivenTwice) {
    const auto takes_it = [&] { administrator_adds("Pad"); };
    const std::string taken =
        messages::devices_unchanged("there is a device \"Pad\" already: choose another name");
    expect_refused(run_while(rename("tablet", "pad"), takes_it), taken, {"phone", "tablet", "Pad"});
}

TEST_F(DevicesMeanwhile, OneMoreIsNotAddedUnderANameThatWasTaken) {
    OpenDialogue& adding = run_while(add("watch"), [&] { administrator_adds("WATCH"); });
    adding.type({"t", code_of_the_shown_key()});
    const std::string taken =
        messages::devices_unchanged("there is a device \"WATCH\" already: choose another name");
    expect_refused(adding, taken, {"phone", "tablet", "WATCH"});
}

// The app was made for codes of the other kind.
TEST_F(DevicesMeanwhile, OneMoreIsNotAddedToASecondStepOfAnotherMethod) {
    OpenDialogue& adding = run_while(add("watch"), [&] { record().credential->method = Method::hotp; });
    adding.type({"t", code_of_the_shown_key()});
    expect_refused(adding, elsewhere_, {"phone", "tablet"});
}

TEST_F(DevicesMeanwhile, OneMoreStandsBesideWhatIsLeft) {
    OpenDialogue& adding = run_while(add("watch"), [&] { administrator_removes("tablet"); });
    adding.type({"t", code_of_the_shown_key()});
    EXPECT_EQ(adding.verdict(), Verdict::accepted);
    EXPECT_EQ(names(), (Names{"phone", "watch"}));
}

// It was judged first, and whoever stops then is told so, before and after.
TEST_F(DevicesMeanwhile, ARecoveryCodeIsUsedUpByWhoStops) {
    OpenDialogue& adding = run_while(add("watch"), [] {});
    adding.type({"t", testing::no_answer});
    EXPECT_EQ(adding.verdict(), Verdict::cancelled);
    EXPECT_EQ(adding.texts().back(), messages::recovery_code_is_used_up());
    for (const Typed& request : {add("watch"), rename("phone", "x"), remove("phone")}) {
        std::string text = run({request, testing::no_answer}).texts.at(2);
        std::ranges::replace(text, '\n', ' ');
        EXPECT_THAT(text, HasSubstr("A recovery code is used up by this, even if you stop."));
    }
}

}  // namespace
}  // namespace secondstep
