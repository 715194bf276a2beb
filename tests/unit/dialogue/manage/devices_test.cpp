// Somebody adds, renames and removes devices of their own second step.

#include "dialogue/manage/devices.h"

#include "unit/dialogue/manage/devices_fixture.h"

namespace secondstep {
namespace {

using dialogue::Caller;
using dialogue::DeviceRequest;
using dialogue::Request;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using testing::no_answer;
using ::testing::Not;
using testing::OpenDialogue;
using testing::Transcript;
using testing::Typed;
using Verb = DeviceRequest::Verb;

class Devices : public testing::DevicesOfAlice {};

// --- a device more ---

TEST_F(Devices, OneMoreIsStoredAfterTheCodeOfThePresentAndThatOfTheNewOne) {
    const RecoverySetId set = record().credential->recovery->id;
    state().recovery.used = 1;
    const Transcript seen = add_tablet();
    EXPECT_EQ(seen.verdict, Verdict::accepted);
    EXPECT_EQ(seen.texts.back(), R"({"user":"alice","changed":true,"devices":["phone","tablet"]})");
    EXPECT_THAT(seen.texts, Contains(HasSubstr("\"tablet\" is added")));
    EXPECT_EQ(names(), (std::vector<std::string>{"phone", "tablet"}));
    EXPECT_EQ(record().credential->recovery->id, set);
    EXPECT_EQ(state().recovery.used, 1U);
    EXPECT_FALSE(state().recovery.not_saved);
    EXPECT_THAT(seen.texts, Each(Not(HasSubstr("saved"))));
    EXPECT_EQ(record().credential->authenticators[1].added_at, world_.clock.now() - seconds{30});
}

TEST_F(Devices, BothOfThemLogInAndTheJournalSaysWhich) {
    static_cast<void>(add_tablet());
    ASSERT_TRUE(logs_in_with(code_of_device(1)));
    EXPECT_EQ(world_.last_decision().device, "tablet");
    ASSERT_TRUE(logs_in_with(code_of_device(0)));
    EXPECT_EQ(world_.last_decision().device, "phone");
    EXPECT_FALSE(logs_in_with(code_of_device(1)));
    EXPECT_TRUE(world_.journal.decisions.at(world_.journal.decisions.size() - 2).device.empty());
    ASSERT_TRUE(logs_in_with(recovery_code(0)));
    EXPECT_TRUE(world_.last_decision().device.empty());
}

// A decoy has a device too, whose right code lets nobody in.
TEST_F(Devices, OfADecoyAreNotInTheJournal) {
    world_.add_person("bob", 1001);
    Request request = this->request();
    request.user = "bob";
    const Transcript seen = world_.login(request, {world_.code_of(world_.decoy_key), no_answer});
    EXPECT_NE(seen.verdict, Verdict::accepted);
    ASSERT_FALSE(world_.journal.decisions.empty());
    for (const dialogue::Decision& decision : world_.journal.decisions)
        EXPECT_TRUE(decision.device.empty()) << to_line(decision);
}

TEST_F(Devices, TheCodeThatConfirmedItIsUsedUp) {
    const Transcript seen = run({add("tablet"), code(), "t", code_of_the_shown_key()});
    ASSERT_EQ(seen.verdict, Verdict::accepted);
    EXPECT_FALSE(logs_in_with(code_of_device(1)));
}

TEST_F(Devices, OneMoreIsToldTheOwnerAndLogged) {
    static_cast<void>(add_tablet());
    EXPECT_EQ(state().notice.change, Change::device_added);
    EXPECT_EQ(state().notice.from, "this machine");
    ASSERT_EQ(world_.journal.changes.size(), 1U);
    EXPECT_EQ(to_line(world_.journal.changes[0]),
              "change=device-added user=alice service=secondstep proof=code device=tablet");
    const Transcript next = log_in({code()});
    EXPECT_THAT(next.texts, Contains(HasSubstr("device was added")));
}

TEST_F(Devices, OneMoreWithoutANameGetsOneThatIsFree) {
    const Transcript seen = run({add(""), code(), "t", code_of_the_shown_key()});
    EXPECT_EQ(seen.texts.back(), R"({"user":"alice","changed":true,"devices":["phone","phone-2"]})");
    EXPECT_EQ(names(), (std::vector<std::string>{"phone", "phone-2"}));
}

TEST_F(Devices, ARecoveryCodeIsAProofToo) {
    EXPECT_EQ(run({add("tablet"), recovery_code(0), "t", code_of_the_shown_key()}).verdict,
              Verdict::accepted);
    EXPECT_EQ(dialogue::to_text(world_.journal.changes.back().proof), "recovery-code");
}

TEST_F(Devices, NothingIsShownOrChangedWithoutThePresentStep) {
    const std::vector<Typed> requests{add("tablet"), rename("phone", "mobile")};
    for (const Typed& request : requests) {
        std::vector<Typed> answers = world_.wrong_codes("alice");
        answers.insert(answers.begin(), request);
        const Transcript seen = run(answers);
        expect_nothing_changed(seen, Verdict::refused);
        EXPECT_THAT(seen.texts, Each(Not(HasSubstr("Key:"))));
        world_.pass(std::chrono::hours{2});
        expect_nothing_changed(run({request, give(GrantKind::temporary), no_answer}), Verdict::cancelled);
        expect_nothing_changed(run({request, no_answer}), Verdict::cancelled);
    }
}

TEST_F(Devices, OneThatShowsNoRightCodeIsNotStored) {
    expect_nothing_changed(run({add("tablet"), code(), "t", "000000", "000001", "000002"}), Verdict::refused);
    world_.pass(seconds{30});
    expect_nothing_changed(run({add("tablet"), code(), "t", no_answer}), Verdict::cancelled);
    world_.pass(seconds{30});
    expect_nothing_changed(run({add("tablet"), code(), no_answer}), Verdict::cancelled);
}

TEST_F(Devices, WhatCannotBeIsRefusedBeforeACodeIsAskedFor) {
    static_cast<void>(add_tablet());
    world_.journal.changes.clear();
    const std::pair<Typed, std::string> refused[] = {
        {add("tablet"), "there is a device"},        {add("PHONE"), "there is a device"},
        {add("a\tb"), "a device's name has"},        {remove("watch"), "there are: phone, tablet"},
        {rename("watch", "x"), "there is no"},       {rename("phone", "tablet"), "there is a device"},
        {rename("phone", "2"), "not a number alone"}};
    for (const auto& [request, why] : refused) {
        const Transcript seen = run({request});
        EXPECT_EQ(seen.verdict, Verdict::refused);
        ASSERT_EQ(seen.texts.size(), 3U) << "the form, what there is and why: no question";
        EXPECT_EQ(seen.texts[1], R"({"user":"alice","changed":false,"devices":["phone","tablet"]})");
        std::string text = seen.texts.back();
        std::ranges::replace(text, '\n', ' ');
        EXPECT_THAT(text, HasSubstr("Nothing was changed: "));
        EXPECT_THAT(text, HasSubstr(why));
    }
    EXPECT_TRUE(world_.journal.changes.empty());
}

TEST_F(Devices, AreAtMostFour) {
    for (const char* name : {"a", "b", "c"}) {
        ASSERT_EQ(run({add(name), code(), "t", code_of_the_shown_key()}).verdict, Verdict::accepted);
        world_.pass(seconds{30});
    }
    const Transcript seen = run({add("d")});
    EXPECT_EQ(seen.verdict, Verdict::refused);
    EXPECT_THAT(seen.texts.back(), HasSubstr("four devices"));
}

TEST_F(Devices, DoNotStandBesideAnAddress) {
    world_.enroll_address("alice", 1000, delivery::Channel::mail, "maria@example.com");
    EXPECT_THAT(run({add("tablet")}).texts.back(), HasSubstr("codes are sent by mail"));
    EXPECT_EQ(run({form({})}).texts.back(), R"({"user":"alice","devices":[]})");
}

TEST_F(Devices, AreNotAddedToWhatIsToBeReplaced) {
    state().enrollment_forced = true;
    for (const Typed& request : {add("tablet"), rename("phone", "mobile"), remove("phone")}) {
        const Transcript seen = run({request});
        EXPECT_EQ(seen.verdict, Verdict::refused);
        EXPECT_THAT(seen.texts.back(), HasSubstr("secondstep enroll"));
    }
    EXPECT_EQ(run({form({})}).verdict, Verdict::accepted);
}

TEST_F(Devices, AreAddedOnlyOfWhatTheRulesAllow) {
    configure("methods = mail\n");
    const std::string refused = messages::devices_unchanged(
        "your second step goes by the time (totp), and the rules allow mail: secondstep enroll sets that up anew");
    EXPECT_EQ(run({add("tablet")}).texts.back(), refused);
}

// The rules allow an app; but not one that counts.
TEST_F(Devices, ThatCountAreNotAddedWhereTheRulesAllowOthers) {
    record().credential->method = Method::hotp;
    const std::string refused = messages::devices_unchanged(
        "your second step counts codes (hotp), and the rules allow totp: secondstep enroll sets that up anew");
    EXPECT_EQ(run({add("tablet")}).texts.back(), refused);
}

// --- two at once ---

TEST_F(Devices, OneMoreIsNotStoredWhenTheSecondStepWasReplacedMeanwhile) {
    OpenDialogue adding(world_, to_manage());
    adding.type({add("tablet"), code(), "t"});
    record().credential->authenticators.front().id = {9};
    adding.type({code_of_the_shown_key()});
    EXPECT_EQ(adding.verdict(), Verdict::refused);
    EXPECT_EQ(adding.texts().back(), messages::devices_changed_elsewhere());
    EXPECT_EQ(names(), std::vector<std::string>{"phone"});
    EXPECT_TRUE(world_.journal.changes.empty());
}

TEST_F(Devices, OneMoreIsNotStoredWhenAnAdministratorAskedForANewSecondStepMeanwhile) {
    OpenDialogue adding(world_, to_manage());
    adding.type({add("tablet"), code(), "t"});
    state().enrollment_forced = true;
    adding.type({code_of_the_shown_key()});
    EXPECT_EQ(adding.verdict(), Verdict::refused);
    EXPECT_EQ(names(), std::vector<std::string>{"phone"});
}

TEST_F(Devices, OfTwoThatAreAddedAtOnceOneIs) {
    OpenDialogue first(world_, to_manage());
    OpenDialogue second(world_, to_manage());
    first.type({add("tablet"), code(), "t"});
    world_.pass(seconds{30});
    second.type({add("watch"), code(), "t"});
    first.type({code_of_the_shown_key()});
    second.type({code_of_the_shown_key()});
    EXPECT_EQ(first.verdict(), Verdict::accepted);
    EXPECT_EQ(second.verdict(), Verdict::refused);
    EXPECT_EQ(names(), (std::vector<std::string>{"phone", "tablet"}));
}

TEST_F(Devices, TheLastOneIsNotRemovedByTwoAtOnce) {
    static_cast<void>(add_tablet());
    OpenDialogue first(world_, to_manage());
    OpenDialogue second(world_, to_manage());
    first.type({remove("phone")});
    second.type({remove("tablet")});
    const std::string by_phone = code_of_device(0);
    const std::string by_tablet = code_of_device(1);
    first.type_up_to_the_next_text(by_phone);
    second.type_up_to_the_next_text(by_tablet);
    first.go_on();
    second.go_on();
    EXPECT_EQ(record().credential->authenticators.size(), 1U);
}

// --- durable, then revealed ---

TEST_F(Devices, OneMoreThatIsNotWrittenIsNotCalledDone) {
    OpenDialogue adding(world_, to_manage());
    adding.type({add("tablet"), code(), "t"});
    world_.store->write_error = Error{Errc::no_space, "disk full"};
    adding.type({code_of_the_shown_key()});
    EXPECT_EQ(adding.verdict(), Verdict::unavailable);
    EXPECT_THAT(adding.texts(), Each(Not(HasSubstr("is added"))));
    EXPECT_EQ(names(), std::vector<std::string>{"phone"});
    EXPECT_TRUE(world_.journal.changes.empty());
}

TEST_F(Devices, OneMoreThatTheDiskDidNotConfirmIsDoneAndWarns) {
    OpenDialogue adding(world_, to_manage());
    adding.type({add("tablet"), code(), "t"});
    world_.store->outcome = WriteOutcome::unconfirmed;
    adding.type({code_of_the_shown_key()});
    EXPECT_EQ(adding.verdict(), Verdict::accepted);
    EXPECT_THAT(adding.texts(), Contains(HasSubstr("did not confirm")));
    EXPECT_EQ(names(), (std::vector<std::string>{"phone", "tablet"}));
}

// --- names, and one less ---

TEST_F(Devices, AreListedWithoutACode) {
    static_cast<void>(add_tablet());
    const UnixTime added = world_.clock.now() - seconds{30};
    ASSERT_TRUE(logs_in_with(code_of_device(1)));
    const Transcript seen = run({form({})});
    EXPECT_EQ(seen.verdict, Verdict::accepted);
    EXPECT_THAT(
        seen.texts.back(),
        HasSubstr(R"({"name":"tablet","kind":"totp","digits":6,"algorithm":"sha1","period":30,"added":)" +
                  std::to_string(to_unix(added)) + R"(,"last_used":)" +
                  std::to_string(to_unix(world_.clock.now())) + "}"));
    EXPECT_THAT(seen.texts.back(), HasSubstr(R"({"user":"alice","devices":[{"name":"phone",)"));
}

TEST_F(Devices, AreRenamedAndNothingElse) {
    const State was = state();
    const Transcript seen = run({rename("phone", "mobile"), code()});
    EXPECT_EQ(seen.texts.back(), R"({"user":"alice","changed":true,"devices":["mobile"]})");
    EXPECT_EQ(names(), std::vector<std::string>{"mobile"});
    EXPECT_EQ(state().notice, was.notice) << "of a name nobody is told";
    EXPECT_EQ(word_of(world_.journal.changes.back()), "device-renamed");
    const Transcript again = run({rename("mobile", "mobile")});
    EXPECT_EQ(again.verdict, Verdict::accepted);
    EXPECT_EQ(again.texts.back(), R"({"user":"alice","changed":false,"devices":["mobile"]})");
}

TEST_F(Devices, OneThatIsRemovedIsRefusedFromThenOn) {
    static_cast<void>(add_tablet());
    state().clients = {{"sshd", "192.0.2.7", from_unix(1), from_unix(2)}};
    const Secret phone = record().credential->authenticators[0].key.clone();
    const Transcript seen = run({remove("phone"), code_of_device(1)});
    EXPECT_EQ(seen.verdict, Verdict::accepted);
    EXPECT_EQ(names(), std::vector<std::string>{"tablet"});
    EXPECT_EQ(state().notice.change, Change::device_removed);
    EXPECT_TRUE(state().clients.empty());
    world_.pass(seconds{30});
    EXPECT_FALSE(logs_in_with(world_.code_of(phone)));
    EXPECT_TRUE(logs_in_with(code_of_device(0)));
    EXPECT_TRUE(logs_in_with(recovery_code(1)));
    EXPECT_THAT(run({remove("tablet")}).texts.back(), HasSubstr("the last device"));
}

TEST_F(Devices, WhoHasNoSecondStepHasNone) {
    world_.add_person("bob", 1001);
    Request request = to_manage();
    request.user = "bob";
    request.uid = 1001;
    const Transcript seen = world_.login(request, {form({})});
    EXPECT_EQ(seen.verdict, Verdict::not_needed);
    EXPECT_EQ(seen.texts.back(), messages::not_enrolled());
}

TEST_F(Devices, AreNobodyElses) {
    Request request = to_manage();
    request.uid = 1001;
    EXPECT_EQ(world_.login(request, {form({})}).verdict, Verdict::not_allowed);
    request.caller = Caller::trusted;
    EXPECT_NE(world_.login(request, {form({})}).verdict, Verdict::accepted);
}

TEST_F(Devices, AreManagedByAFormAndByNothingThatIsTyped) {
    EXPECT_EQ(run({"list"}).verdict, Verdict::not_allowed);
    EXPECT_EQ(run({Typed::form("list")}).verdict, Verdict::not_allowed);
    EXPECT_EQ(run({no_answer}).verdict, Verdict::not_allowed);
}

// --- setting up anew, where there are several ---

TEST_F(Devices, ThatWouldBeReplacedAreNamedFirst) {
    static_cast<void>(add_tablet());
    Request request = to_manage();
    request.task = Task::enroll;
    const Transcript seen = world_.login(request, {code(), "t", code_of_the_shown_key(), "saved"});
    EXPECT_EQ(seen.texts.front(), messages::replaces_devices("phone, tablet"));
    EXPECT_EQ(seen.verdict, Verdict::accepted);
    EXPECT_EQ(record().credential->authenticators.size(), 1U);
}

TEST_F(Devices, OfATaskThatCameLaterTheServiceSaysThatItIsOlder) {
    Request request = to_manage();
    request.task = static_cast<Task>(200);
    const Transcript seen = world_.login(request, {});
    EXPECT_EQ(seen.verdict, Verdict::unavailable);
    EXPECT_EQ(seen.texts, std::vector<std::string>{messages::unknown_task()});
}

}  // namespace
}  // namespace secondstep
