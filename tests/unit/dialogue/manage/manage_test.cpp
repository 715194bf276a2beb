// Somebody manages their own second step.

#include "dialogue/manage/manage.h"

#include "paths.h"
#include "unit/dialogue/manage/manage_fixture.h"

namespace secondstep {
namespace {

using dialogue::Caller;
using dialogue::Request;
using std::chrono::hours;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using testing::Manage;
using testing::no_answer;
using ::testing::Not;
using testing::Transcript;
using testing::Typed;

constexpr Task all_tasks[] = {Task::status,  Task::enroll,  Task::recovery_codes,
                              Task::disable, Task::clients, Task::drop_clients};

// --- who may ---

TEST_F(Manage, WhatIsSomebodyElsesIsNotAllowed) {
    for (const Task each : all_tasks) {
        const Transcript seen = world_.login(task(each, "alice", 1001), {});
        EXPECT_EQ(seen.verdict, Verdict::not_allowed);
        EXPECT_TRUE(seen.texts.empty());
        EXPECT_EQ(world_.login(task(each, "mallory", 1001), {}).verdict, Verdict::not_allowed);
    }
}

TEST_F(Manage, ARequestWithoutATaskDoesNothing) {
    EXPECT_EQ(run(Task::none, {}).verdict, Verdict::not_allowed);
}

TEST_F(Manage, WhoHasNoSecondStepHasNothingToManage) {
    for (const Task each : {Task::recovery_codes, Task::disable, Task::clients, Task::drop_clients}) {
        const Transcript seen = run_as_bob(each, {});
        EXPECT_EQ(seen.verdict, Verdict::not_needed);
        EXPECT_EQ(seen.texts, std::vector<std::string>{messages::not_enrolled()});
    }
}

TEST_F(Manage, ALostFileIsUnavailable) {
    record().credential.reset();
    for (const Task each : all_tasks)
        EXPECT_EQ(run(each, {}).verdict, Verdict::unavailable);
}

// --- status and clients ---

TEST_F(Manage, StatusIsOneLineOfJson) {
    state().last_success = from_unix(1'799'000'000);
    state().recovery.used = 1;
    state().enrollment_forced = true;
    state().registration = {.given = true, .until = from_unix(1'800'086'400)};
    state().clients = {{"sshd", "192.0.2.7", from_unix(1'800'000'000), from_unix(1'800'028'800)}};
    const Transcript seen = run(Task::status, {});
    EXPECT_EQ(seen.verdict, Verdict::accepted);
    EXPECT_EQ(
        seen.texts,
        std::vector<std::string>{
            R"({"user":"alice","enrolled":true,"method":"totp","address":null,"last_used":1799000000,)"
            R"("recovery_codes_left":2,"recovery_codes_total":3,"re_enroll":true,)"
            R"("invited_until":1800086400,"devices":["phone"],"clients":[{"service":"sshd","address":"192.0.2.7",)"
            R"("since":1800000000,"until":1800028800}]})"});
}

TEST_F(Manage, StatusHasNoMoreOfAnAddressThanItsOwnerNeeds) {
    world_.enroll_address("alice", 1000, delivery::Channel::sms, "+491512345678");
    const std::string status = run(Task::status, {}).texts.at(0);
    EXPECT_THAT(status, HasSubstr(R"("method":"sms","address":"+49 … 78",)"));
    EXPECT_THAT(status, Not(HasSubstr("151")));
}

TEST_F(Manage, StatusOfSomebodyWithoutASecondStep) {
    EXPECT_EQ(run_as_bob(Task::status, {}).texts,
              std::vector<std::string>{
                  R"({"user":"bob","enrolled":false,"method":null,"address":null,"last_used":null,)"
                  R"("recovery_codes_left":0,"recovery_codes_total":0,"re_enroll":false,)"
                  R"("invited_until":null,"devices":[],"clients":[]})"});
}

// Whether the service that runs goes by what the files say now, and is of the tool's version.
TEST_F(Manage, StatusTellsRootHowTheServiceStandsToo) {
    world_.add_person("root", 0);
    const std::vector<std::string> texts = world_.login(task(Task::status, "root", 0), {}).texts;
    ASSERT_EQ(texts.size(), 2U);
    EXPECT_EQ(texts[0], R"({"version":")" + std::string(paths::version) +
                            R"(","configuration":"","configuration_read":null})");
    EXPECT_THAT(texts[1], HasSubstr(R"("user":"root")"));
    EXPECT_EQ(run(Task::status, {}).texts.size(), 1U) << "of nobody else's business";
}

class ManageClients : public Manage {
  protected:
    ManageClients() {
        state().clients = {{"sshd", "192.0.2.7", from_unix(1), from_unix(2)},
                           {"cockpit", "2001:db8::1", from_unix(3), from_unix(4)}};
    }
    static constexpr const char* list =
        R"({"clients":[{"service":"sshd","address":"192.0.2.7","since":1,"until":2},)"
        R"({"service":"cockpit","address":"2001:db8::1","since":3,"until":4}]})";
};

TEST_F(ManageClients, AreListed) {
    EXPECT_EQ(run(Task::clients, {}).texts, std::vector<std::string>{list});
}

TEST_F(ManageClients, OneIsDroppedByItsAddressInAnySpelling) {
    const Transcript seen = run(Task::drop_clients, {" 2001:DB8:0::1 "});
    EXPECT_EQ(seen.verdict, Verdict::accepted);
    EXPECT_EQ(seen.texts.front(), list);
    EXPECT_EQ(seen.texts.back(), changed);
    ASSERT_EQ(state().clients.size(), 1U);
    EXPECT_EQ(state().clients.front().service, "sshd");
    EXPECT_EQ(word_of(world_.journal.changes.back()), "clients-dropped");
}

TEST_F(ManageClients, AllAreDropped) {
    EXPECT_EQ(run(Task::drop_clients, {"All"}).verdict, Verdict::accepted);
    EXPECT_TRUE(state().clients.empty());
}

TEST_F(ManageClients, NoneIsDroppedWithoutAnAnswerOrForAnotherAddress) {
    EXPECT_EQ(run(Task::drop_clients, {""}).verdict, Verdict::cancelled);
    EXPECT_EQ(run(Task::drop_clients, {no_answer}).verdict, Verdict::cancelled);
    for (const char* typed : {"192.0.2.8", "sshd", "x"}) {
        const Transcript seen = run(Task::drop_clients, {typed});
        EXPECT_EQ(seen.verdict, Verdict::refused);
        EXPECT_EQ(seen.texts.back(), messages::no_such_client());
    }
    EXPECT_EQ(state().clients.size(), 2U);
}

TEST_F(ManageClients, AWriteThatIsLostIsNotCalledDone) {
    world_.store->outcome = WriteOutcome::lost;
    world_.store->writes_happen = false;
    const Transcript seen = run(Task::drop_clients, {"all"});
    EXPECT_EQ(seen.verdict, Verdict::unavailable);
    EXPECT_THAT(seen.texts, Not(Contains(changed)));
}

// --- what changes something asks for the present second step ---

class ManageProof : public Manage, public ::testing::WithParamInterface<Task> {};

TEST_P(ManageProof, WithoutARightCodeNothingIsChangedAndWrongOnesCount) {
    const Transcript seen =
        run(GetParam(), {world_.wrong_code("alice", 0), "nonsense", world_.wrong_code("alice", 1)});
    EXPECT_EQ(seen.verdict, Verdict::refused);
    EXPECT_EQ(state().own_uid.count, 2U) << "what has not the shape of a code is no failure";
    EXPECT_THAT(seen.texts, Not(Contains(changed)));
    EXPECT_EQ(run(GetParam(), {no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(authenticator(), old_);
    EXPECT_TRUE(world_.journal.changes.empty());
}

TEST_P(ManageProof, IsThrottledLikeALogin) {
    for (int i = 0; i < 2; ++i)
        static_cast<void>(run(GetParam(), world_.wrong_codes("alice")));
    EXPECT_EQ(run(GetParam(), {code(), no_answer}).verdict, Verdict::cancelled);
    EXPECT_TRUE(world_.journal.changes.empty());
}

TEST_P(ManageProof, ACodeThatLoggedInIsUsedUpAlsoWhereOthersAreRepeated) {
    configure("repeat = 10m\nremember = 8h\n");
    const std::string once = code();
    ASSERT_EQ(log_in({once}).verdict, Verdict::accepted);
    EXPECT_EQ(run(GetParam(), {once, no_answer}).verdict, Verdict::cancelled);
}

TEST_P(ManageProof, ATemporaryCodeIsNone) {
    EXPECT_EQ(run(GetParam(), {give(GrantKind::temporary), no_answer}).verdict, Verdict::cancelled);
    EXPECT_TRUE(state().temporary.given);
}

INSTANTIATE_TEST_SUITE_P(Each, ManageProof,
                         ::testing::Values(Task::enroll, Task::recovery_codes, Task::disable));

TEST_F(Manage, ANoticeThatIsOverIsToldBeforeItGoes) {
    state().notice = {.change = Change::enrolled, .when = world_.clock.now(), .from = "203.0.113.9"};
    world_.pass(hours{25});
    const Transcript seen = run(Task::recovery_codes, {code(), "saved"});
    EXPECT_THAT(seen.texts, Contains(HasSubstr("from 203.0.113.9")));
}

// --- enroll ---

TEST_F(Manage, EnrollReplacesTheSecondStep) {
    const Transcript seen = run(Task::enroll, {code(), "t", code_of_the_shown_key(), "saved"});
    EXPECT_EQ(seen.verdict, Verdict::accepted);
    EXPECT_EQ(seen.texts.back(), changed);
    EXPECT_NE(authenticator(), old_);
    EXPECT_EQ(state().notice.from, "this machine");
    EXPECT_EQ(dialogue::to_text(world_.journal.changes.back().proof), "code");
    EXPECT_FALSE(logs_in_with(recovery_code(1)));
}

TEST_F(Manage, EnrollAsksWhoHasNoneForTheRegistrationCode) {
    const Typed confirming = code_of_the_shown_key();
    EXPECT_EQ(run_as_bob(Task::enroll, {"00000-00000", no_answer}).verdict, Verdict::cancelled);
    const Secret invitation = otp::make_one_time_code(world_.randomness);
    world_.store->record("bob").state.registration =
        make_grant(*world_.keyring, RecordName::of(*AccountName::create("bob")), GrantKind::registration,
                   *otp::normalize_one_time_code(invitation.text()), world_.clock.now() + hours{1})
            .value();
    const Transcript seen =
        run_as_bob(Task::enroll, {std::string(invitation.text()), "t", confirming, "saved"});
    EXPECT_EQ(seen.verdict, Verdict::accepted);
    EXPECT_TRUE(world_.store->record("bob").credential);
    EXPECT_FALSE(world_.store->record("bob").state.registration.given);
    EXPECT_EQ(dialogue::to_text(world_.journal.changes.back().proof), "registration-code");
}

// A program of one's own uid proves nothing: no password, no phone.
TEST_F(Manage, EnrollAsksForTheRegistrationCodeWhereItIsOpenToo) {
    configure("enrollment = open\n");
    const Transcript seen = run_as_bob(Task::enroll, {"t", "00000-00000", "11111-11111"});
    EXPECT_EQ(seen.verdict, Verdict::refused);
    EXPECT_THAT(seen.texts, Each(Not(HasSubstr("Key"))));
    EXPECT_FALSE(world_.store->record("bob").credential);
}

TEST_F(Manage, EnrollThatIsLeftChangesNothing) {
    EXPECT_EQ(run(Task::enroll, {code(), no_answer}).verdict, Verdict::cancelled);
    world_.pass(seconds{30});
    EXPECT_EQ(run(Task::enroll, {code(), "t", no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(authenticator(), old_);
}

// --- recovery codes ---

TEST_F(Manage, RecoveryCodesAreRenewedAndTheOldOnesAreVoid) {
    const Transcript seen = run(Task::recovery_codes, {code(), "saved"});
    EXPECT_EQ(seen.verdict, Verdict::accepted);
    EXPECT_EQ(seen.texts.back(), changed);
    EXPECT_FALSE(state().recovery.not_saved);
    EXPECT_EQ(state().notice.change, Change::renewed_codes);
    EXPECT_EQ(authenticator(), old_);
    EXPECT_FALSE(logs_in_with(recovery_code(0)));
}

TEST_F(Manage, RecoveryCodesThatAreNotSavedAreRemembered) {
    EXPECT_EQ(run(Task::recovery_codes, {code(), no_answer}).verdict, Verdict::accepted);
    EXPECT_TRUE(state().recovery.not_saved);
}

TEST_F(Manage, ARecoveryCodeIsAProofToo) {
    EXPECT_EQ(run(Task::recovery_codes, {recovery_code(0), "saved"}).verdict, Verdict::accepted);
}

TEST_F(Manage, RecoveryCodesAreNotMadeForASecondStepThatIsNew) {
    testing::OpenDialogue renewal(world_, task(Task::recovery_codes));
    renewal.type_up_to_the_commit(code());
    record().credential->authenticators.front().id = {9};
    const RecoverySetId set = record().credential->recovery->id;
    renewal.go_on();
    EXPECT_EQ(renewal.verdict(), Verdict::refused);
    EXPECT_EQ(record().credential->recovery->id, set);
}

TEST_F(Manage, RecoveryCodesThatAreNotWrittenAreNotShown) {
    testing::OpenDialogue renewal(world_, task(Task::recovery_codes));
    renewal.type_up_to_the_commit(code());
    world_.store->write_error = Error{Errc::no_space, "disk full"};
    renewal.go_on();
    EXPECT_EQ(renewal.verdict(), Verdict::unavailable);
    EXPECT_THAT(renewal.texts(), Each(Not(HasSubstr("Recovery codes"))));
    EXPECT_TRUE(world_.journal.changes.empty());
}

TEST_F(Manage, RecoveryCodesThatAreMadeTooLateAreNotGivenOut) {
    const RecoverySetId before = record().credential->recovery->id;
    const auto dialogue = dialogue::make_dialogue(world_.ports(), task(Task::recovery_codes));
    dialogue::Step step = dialogue->begin();
    while (!std::holds_alternative<dialogue::End>(step)) {
        dialogue::Resumption how = dialogue::Resumption::done;
        if (auto* work = std::get_if<dialogue::Work>(&step)) {
            work->job();
            if (work->kind == dialogue::Work::Kind::scrypt) how = dialogue::Resumption::late;
        }
        const bool asks = std::holds_alternative<dialogue::Ask>(step);
        step = asks ? dialogue->answer(Secret::copy_of(code())) : dialogue->resume(how);
    }
    EXPECT_EQ(std::get<dialogue::End>(step).verdict, Verdict::unavailable);
    EXPECT_EQ(record().credential->recovery->id, before);
}

// --- disable ---

TEST_F(Manage, CodesThatTheDiskDidNotConfirmAreShownWithAWarning) {
    world_.store->outcome = WriteOutcome::unconfirmed;
    const RecoverySetId before = record().credential->recovery->id;
    const Transcript seen = run(Task::recovery_codes, {code(), "saved"});
    EXPECT_EQ(seen.verdict, Verdict::accepted);
    EXPECT_THAT(seen.texts,
                Contains(::testing::AllOf(HasSubstr("did not confirm"), HasSubstr("Recovery codes"))));
    EXPECT_NE(record().credential->recovery->id, before);
}

}  // namespace
}  // namespace secondstep
