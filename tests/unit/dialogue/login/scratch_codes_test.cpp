// Logging in with the scratch codes that somebody has brought along from google-authenticator.

#include "account/matching_codes.h"
#include "unit/dialogue/conversation.h"

namespace secondstep {
namespace {

using delivery::MessagePurpose;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using testing::LoginWorld;
using testing::no_answer;
using ::testing::Not;
using testing::Transcript;
using testing::Typed;

constexpr const char* no_scratch_code = "99999999";

// alice has three.
class ScratchLogin : public testing::Conversation {
  protected:
    ScratchLogin() { world_.give_scratch_codes("alice"); }

    [[nodiscard]] std::string scratch(std::size_t i) { return recovery_code(i); }
    [[nodiscard]] std::size_t left() { return recovery_codes_left(*record().credential, state()); }
    // Of the last answer that was judged, in a login that was then hung up.
    [[nodiscard]] const dialogue::Decision& judged() const {
        return world_.journal.decisions.at(world_.journal.decisions.size() - 2);
    }
    dialogue::Request task(Task task) {
        dialogue::Request request = this->request();
        request.purpose = secondstep::Purpose::manage;
        request.caller = dialogue::Caller::own_uid;
        request.uid = 1000;
        request.task = task;
        return request;
    }
    void throttle() {
        state().strangers = {
            .count = 6, .last = world_.clock.now(), .wait_until = world_.clock.now() + seconds{30}};
    }
};

TEST_F(ScratchLogin, OneLogsInOnceAtTheFirstPromptAndSaysHowManyAreLeft) {
    dialogue::Request plain = request();
    plain.first_factor_passed = false;
    const Transcript login = world_.login(plain, {scratch(0)});
    EXPECT_EQ(login.verdict, Verdict::accepted);
    EXPECT_EQ(login.steps, (std::vector<std::string>{"lookup", "ask: Verification code: 0",
                                                     "info: " + messages::recovery_code_accepted(2, 3, "")}))
        << "without scrypt and without a turn";
    EXPECT_EQ(world_.last_decision().factor, Factor::recovery_code);
    EXPECT_EQ(world_.last_decision().recovery_codes_left, 2U);
    EXPECT_EQ(log_in({scratch(0), no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(judged().reason, "reused");
    EXPECT_EQ(judged().factor, Factor::recovery_code);
    EXPECT_EQ(state().strangers.count, 0U);
    EXPECT_EQ(log_in({"1000 1111"}).verdict, Verdict::accepted) << "spaces do not matter";
}

TEST_F(ScratchLogin, IsWrittenAndLoggedBeforeAnythingIsShown) {
    world_.events.clear();
    ASSERT_EQ(log_in({scratch(0)}).verdict, Verdict::accepted);
    EXPECT_THAT(world_.events, ::testing::ElementsAre("read record", "ask", "begin record", "write", "unlock",
                                                      "journal", "show", "end"));
}

TEST_F(ScratchLogin, AWriteThatFailsIsNeverAccepted) {
    world_.store->write_error = Error{Errc::no_space, "disk full"};
    EXPECT_EQ(log_in({scratch(0)}).verdict, Verdict::unavailable);
}

TEST_F(ScratchLogin, TheLastOneIsFollowedByWhereNewOnesComeFrom) {
    world_.give_scratch_codes("alice", 1);
    const Transcript login = log_in({scratch(0)});
    EXPECT_EQ(login.verdict, Verdict::accepted);
    EXPECT_THAT(login.texts.back(), HasSubstr("No recovery codes left."));
    EXPECT_THAT(login.texts.back(), HasSubstr("recovery-codes --renew"));
}

// Digits that were no scratch code at the first prompt are none at the others.
TEST_F(ScratchLogin, AWrongAnswerIsOneFailureWhereverItIsTyped) {
    EXPECT_EQ(log_in({no_scratch_code, "?", "1", no_scratch_code, "?", "2", no_scratch_code}).verdict,
              Verdict::refused);
    EXPECT_EQ(state().strangers.count, 1U);
}

TEST_F(ScratchLogin, NoneGetsOutOfAThrottle) {
    throttle();
    EXPECT_EQ(log_in({scratch(0), "?", "1", scratch(0), "?", "2", scratch(0)}).verdict, Verdict::refused);
    EXPECT_EQ(world_.journal.decisions.size(), 3U);
    for (const dialogue::Decision& decision : world_.journal.decisions)
        EXPECT_EQ(decision.reason, "throttled");
    EXPECT_EQ(left(), 3U);
    world_.pass(seconds{31});
    EXPECT_EQ(log_in({scratch(0)}).verdict, Verdict::accepted);
}

TEST_F(ScratchLogin, NoneOpensAnAccountThatIsClosed) {
    state().strangers = {.count = closing_failures, .last = world_.clock.now(), .wait_until = {}};
    world_.pass(hours{2});
    EXPECT_EQ(log_in({scratch(0), "?", "1", scratch(0), "?", "2", scratch(0)}).verdict, Verdict::refused);
    EXPECT_EQ(state().strangers.count, closing_failures);
    EXPECT_EQ(left(), 3U);
}

TEST_F(ScratchLogin, FromTheMenuOneLogsInOnce) {
    const Transcript login = log_in({"?", "1", scratch(1)});
    EXPECT_EQ(login.verdict, Verdict::accepted);
    EXPECT_EQ(login.texts.back(), messages::recovery_code_accepted(2, 3, ""));
    EXPECT_EQ(log_in({"?", "1", scratch(1), no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(judged().reason, "reused");
    EXPECT_EQ(log_in({"?", "2", scratch(1), no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(judged().reason, "reused") << "what logged in opens no restore";
}

TEST_F(ScratchLogin, ALostPhoneIsReplacedWithOne) {
    const AuthenticatorId old = authenticator();
    EXPECT_EQ(log_in({"?", "2", scratch(0), "t", no_answer}).verdict, Verdict::cancelled);
    EXPECT_FALSE(logs_in_with(scratch(0))) << "it resumes, and does nothing else";
    const Transcript login = log_in({"?", "2", scratch(0), "t", code_of_the_shown_key(), "saved"});
    EXPECT_EQ(login.verdict, Verdict::accepted);
    EXPECT_NE(authenticator(), old);
    EXPECT_EQ(word_of(world_.journal.changes.back()), "enrolled");
    EXPECT_EQ(dialogue::to_text(world_.journal.changes.back().proof), "recovery-code");
    EXPECT_EQ(record().credential->recovery->form, otp::RecoveryCodeForm::short_code);
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_FALSE(logs_in_with(scratch(i))) << i;
}

// Neither is what the menu asks for; an authenticator of 8 digits could be taken for it.
TEST_F(ScratchLogin, AnAuthenticatorsCodeOpensNoRestore) {
    Authenticator& device = record().credential->authenticators.front();
    device.digits = otp::Digits::create(8).value();
    const auto step = otp::time_step(world_.clock.now(), device.period);
    const std::string code(otp::hotp(device.key, step, device.digits, device.algorithm)->text());
    EXPECT_EQ(log_in({"?", "2", code, "?", "1", code, no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(judged().reason, "wrong again");
    EXPECT_EQ(state().restore.code, 0U);
    EXPECT_EQ(log_in({code}).verdict, Verdict::accepted);
    EXPECT_EQ(world_.last_decision().factor, Factor::authenticator);
}

TEST_F(ScratchLogin, WhoHasCodesSentUsesThemToo) {
    for (const auto channel : {delivery::Channel::mail, delivery::Channel::sms}) {
        const bool mail = channel == delivery::Channel::mail;
        world_.enroll_address("maria", 1002, channel, mail ? "maria@example.com" : "+4915112345678");
        world_.give_scratch_codes("maria");
        dialogue::Request marias = request();
        marias.user = "maria";
        const std::string code = world_.recovery_codes["maria"].at(0);
        EXPECT_EQ(world_.login(marias, {code}).verdict, Verdict::accepted);
        EXPECT_EQ(world_.last_decision().factor, Factor::recovery_code);
        EXPECT_EQ(world_.login(marias, {code, no_answer}).verdict, Verdict::cancelled);
        EXPECT_EQ(judged().reason, "reused");
        const auto notices = world_.courier.sent(MessagePurpose::notice);
        ASSERT_FALSE(notices.empty());
        EXPECT_THAT(notices.back().notice, HasSubstr("A recovery code was used to log in"));
    }
    EXPECT_EQ(world_.courier.sent(MessagePurpose::notice).size(), 2U);
}

TEST_F(ScratchLogin, TheNoticeOfAHundredFailuresDoesNotSayThatOneHelps) {
    configure("notify_address = {user}@example.org\n");
    state().strangers = {.count = 99, .last = world_.clock.now(), .wait_until = {}};
    EXPECT_EQ(log_in({no_scratch_code, no_answer}).verdict, Verdict::cancelled);
    ASSERT_EQ(world_.courier.sent(MessagePurpose::notice).size(), 1U);
    const std::string notice = world_.courier.sent(MessagePurpose::notice).front().notice;
    EXPECT_THAT(notice, HasSubstr("A hundred wrong codes"));
    EXPECT_THAT(notice, Not(HasSubstr("recovery code")));
}

TEST_F(ScratchLogin, OneIsAProofOfThePresentSecondStepAndNewCodesVoidTheRest) {
    EXPECT_EQ(world_.login(task(Task::recovery_codes), {scratch(0), "saved"}).verdict, Verdict::accepted);
    EXPECT_FALSE(has_scratch_codes(*record().credential));
    EXPECT_EQ(log_in({scratch(1), "?", "1", scratch(2), no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(judged().reason, "no method");
}

TEST_F(ScratchLogin, StatusCountsThem) {
    ASSERT_EQ(log_in({scratch(0)}).verdict, Verdict::accepted);
    const Transcript status = world_.login(task(Task::status), {});
    EXPECT_THAT(status.texts, Contains(::testing::AllOf(HasSubstr("\"recovery_codes_left\":2"),
                                                        HasSubstr("\"recovery_codes_total\":3"))));
}

// --- rules that ask less often ---

TEST_F(ScratchLogin, NoClientIsRememberedForOne) {
    configure("remember = 8h\n");
    ASSERT_EQ(log_in({scratch(0)}).verdict, Verdict::accepted);
    EXPECT_TRUE(state().clients.empty());
}

TEST_F(ScratchLogin, NoneIsAcceptedAgainWhereCodesAre) {
    configure("repeat = 10m\n");
    ASSERT_EQ(log_in({scratch(0)}).verdict, Verdict::accepted);
    EXPECT_EQ(log_in({scratch(0), no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(judged().reason, "reused");
}

// --- nothing to be learnt ---

struct Seen {
    std::vector<std::string> steps;
    std::vector<std::string> events;
    Verdict verdict{};
};

// Of `user`, who may be nobody, who answers the prompt behind `way` three times with eight digits.
Seen seen(const std::string& user, const std::vector<Typed>& method, bool scratch_codes) {
    LoginWorld world;
    world.configure("action = require\n");
    world.add_enrolled("alice", 1000);
    world.add_person("bob", 1001);
    if (scratch_codes) world.give_scratch_codes("alice");
    world.events.clear();
    std::vector<Typed> answers;
    for (int i = 0; i < 3; ++i) {
        answers.insert(answers.end(), method.begin(), method.end());
        answers.emplace_back(no_scratch_code);
    }
    dialogue::Request request = world.request(user);
    request.first_factor_passed = true;
    const Transcript login = world.login(request, answers);
    EXPECT_TRUE(login.ended);
    // For somebody who is not enrolled there is one read more: of the record that is not there.
    std::erase(world.events, "read record");
    return {login.steps, world.events, login.verdict};
}

TEST(ScratchRefusals, EightDigitsLookTheSameForEverybodyAtEveryPrompt) {
    for (const std::vector<Typed>& method :
         {std::vector<Typed>{}, std::vector<Typed>{"?", "1"}, std::vector<Typed>{"?", "2"}}) {
        const Seen normal = seen("alice", method, true);
        EXPECT_EQ(normal.verdict, Verdict::refused);
        EXPECT_EQ(std::ranges::count(normal.events, "write"), 3);
        for (const char* user : {"alice", "bob", "mallory"}) {
            const Seen other = seen(user, method, false);
            EXPECT_EQ(other.steps, normal.steps) << user;
            EXPECT_EQ(other.events, normal.events) << user;
            EXPECT_EQ(other.verdict, normal.verdict) << user;
        }
    }
}

// Whose decoy it is cannot be told from a decoy that has some.
TEST(ScratchRefusals, TheRightScratchCodeOfADecoyIsRefusedToo) {
    LoginWorld world;
    world.configure("action = require\n");
    const auto number = world.keyring->decoy_number("mallory");
    ASSERT_TRUE(number);
    std::vector<Secret> codes;
    codes.push_back(Secret::copy_of(std::string_view("12345678")));
    world.store->record(RecordName::decoy(*number)).credential->recovery =
        dialogue::make_scratch_set(codes, world.randomness).value();
    EXPECT_EQ(world.login("mallory", {"12345678", "?", "1", "12345678", "12345678"}).verdict,
              Verdict::refused);
}

}  // namespace
}  // namespace secondstep
