// Every way to paste a code, at every prompt of the conversations.

#include <functional>

#include "support/pasted_forms.h"
#include "unit/dialogue/conversation.h"

namespace secondstep {
namespace {

using dialogue::Request;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using testing::no_answer;
using ::testing::Not;
using testing::OpenDialogue;
using testing::pasted_forms;
using testing::PastedForm;
using testing::Transcript;
using testing::Typed;

class PastedAnswers : public testing::Conversation {
  protected:
    PastedAnswers() { configure("methods = totp, mail, sms\n"); }

    // With another key and other recovery codes, and none of them used.
    void begin_again() {
        world_.pass(seconds{60});
        world_.recovery_codes["alice"].clear();
        world_.enroll("alice", 1000);
    }
    // What follows a code that sets something up are recovery codes, which take long to make: they are not, and that
    // they were to be made is the sign that the code was taken.
    static constexpr Verdict codes_were_to_be_made = Verdict::unavailable;
    void make_no_codes() { world_.scrypt_ends = dialogue::Resumption::overloaded; }

    // Is every form of `code()` accepted by `take`?
    void expect_all_taken(const std::function<std::string()>& code,
                          const std::function<Verdict(const std::string&)>& take,
                          Verdict taken = Verdict::accepted) {
        const std::size_t number = pasted_forms("0000-0000").size();
        for (std::size_t i = 0; i < number; ++i) {
            begin_again();
            const std::vector<PastedForm> forms = pasted_forms(code());
            if (i >= forms.size()) break;
            EXPECT_EQ(take(forms[i].text), taken) << forms[i].name;
            EXPECT_EQ(state().strangers.count, 0U) << forms[i].name;
        }
    }
    [[nodiscard]] std::function<std::string()> new_recovery_code() {
        return [this] { return recovery_code(0); };
    }
    [[nodiscard]] std::function<std::string()> new_grant(GrantKind kind) {
        return [this, kind] { return give(kind); };
    }
    [[nodiscard]] std::function<std::string()> present_code() {
        return [this] { return code(); };
    }
    // Types `first`, and then the form of a code that is known only then, after which no codes are made.
    Verdict typed_after(const Request& request, const std::vector<Typed>& first,
                        const std::function<std::string(const OpenDialogue&)>& then) {
        OpenDialogue dialogue(world_, request);
        dialogue.type(first);
        make_no_codes();
        dialogue.type({then(dialogue)});
        world_.scrypt_ends.reset();
        return dialogue.verdict().value_or(Verdict::cancelled);
    }
    [[nodiscard]] Request managing(Task task) const {
        Request request = this->request();
        request.purpose = Purpose::manage;
        request.task = task;
        request.caller = dialogue::Caller::own_uid;
        request.uid = 1000;
        request.rhost = "";
        return request;
    }
};

TEST_F(PastedAnswers, TheCodeOfAnAppAtTheFirstPrompt) {
    expect_all_taken(present_code(), [&](const std::string& text) { return log_in({text}).verdict; });
}

TEST_F(PastedAnswers, ARecoveryCodeAtTheFirstPrompt) {
    expect_all_taken(new_recovery_code(), [&](const std::string& text) { return log_in({text}).verdict; });
}

TEST_F(PastedAnswers, ATemporaryCodeAtTheFirstPrompt) {
    expect_all_taken(new_grant(GrantKind::temporary),
                     [&](const std::string& text) { return log_in({text}).verdict; });
}

TEST_F(PastedAnswers, ARecoveryCodeBehindTheMenu) {
    expect_all_taken(new_recovery_code(),
                     [&](const std::string& text) { return log_in({"?", "1", text}).verdict; });
}

TEST_F(PastedAnswers, ATemporaryCodeBehindTheMenu) {
    expect_all_taken(new_grant(GrantKind::temporary),
                     [&](const std::string& text) { return log_in({"?", "3", text}).verdict; });
}

TEST_F(PastedAnswers, TheCodeOfTheNewDevice) {
    std::size_t i = 0;
    expect_all_taken(
        new_recovery_code(),
        [&](const std::string&) {
            const std::size_t form = i++;
            return typed_after(
                request(), {"?", "2", recovery_code(0), "t"}, [&](const OpenDialogue& dialogue) {
                    const std::string shown = world_.text_of(code_of_the_shown_key(), dialogue.texts());
                    const auto forms = pasted_forms(shown);
                    return forms[std::min(form, forms.size() - 1)].text;
                });
        },
        codes_were_to_be_made);
}

TEST_F(PastedAnswers, TheCodeInAMessage) {
    std::size_t i = 0;
    expect_all_taken(
        new_recovery_code(),
        [&](const std::string&) {
            world_.pass(std::chrono::hours{1});
            const std::size_t form = i++;
            return typed_after(request(), {"?", "2", recovery_code(0), "m", "alice@example.com"},
                               [&](const OpenDialogue&) {
                                   const auto forms = pasted_forms(world_.courier.last_code());
                                   return forms[std::min(form, forms.size() - 1)].text;
                               });
        },
        codes_were_to_be_made);
}

TEST_F(PastedAnswers, TheRegistrationCodeOfSomebodyWithoutASecondStep) {
    make_no_codes();
    world_.add_person("bob", 1001);
    configure("action = enroll\n");
    const RecordName bob = RecordName::of(*AccountName::create("bob"));
    for (std::size_t i = 0; i < pasted_forms("00000-00000").size(); ++i) {
        testing::MemoryStore::Record& record = world_.store->record("bob");
        record.credential.reset();
        record.state = {};
        const Secret code = otp::make_one_time_code(world_.randomness);
        record.state.registration =
            make_grant(*world_.keyring, bob, GrantKind::registration,
                       *otp::normalize_one_time_code(code.text()), world_.clock.now() + std::chrono::hours{1})
                .value();
        const PastedForm form = pasted_forms(std::string(code.text()))[i];
        Request request = world_.request("bob");
        request.purpose = Purpose::account;
        request.proof = world_.proof_for(request, Proof::first_factor);
        const Transcript login = world_.login(request, {"t", form.text, code_of_the_shown_key()});
        EXPECT_EQ(login.verdict, codes_were_to_be_made) << form.name;
    }
}

TEST_F(PastedAnswers, ThePresentCodeBeforeAChange) {
    expect_all_taken(present_code(), [&](const std::string& text) {
        return world_.login(managing(Task::disable), {text}).verdict;
    });
}

TEST_F(PastedAnswers, ThePresentStepOfSomebodyWhoEnrollsAgain) {
    make_no_codes();
    expect_all_taken(
        present_code(),
        [&](const std::string& text) {
            state().enrollment_forced = true;
            Request request = in_account_phase();
            request.proof = {};
            const Transcript login = world_.login(request, {text, "t", code_of_the_shown_key()});
            return login.verdict;
        },
        codes_were_to_be_made);
}

TEST_F(PastedAnswers, TheChoiceOfAMenu) {
    for (const std::string one :
         {"1", " 1 ", "1.", "1)", "[1]", "\u00a01", "\uff11", "\u0661", "\"1\"", "1\t"}) {
        begin_again();
        EXPECT_EQ(log_in({"?", one, recovery_code(0)}).verdict, Verdict::accepted) << one;
    }
    for (const std::string question : {"?", " ? ", "\uff1f", "\u061f", "\u00a0?"}) {
        begin_again();
        EXPECT_EQ(log_in({question, "1", recovery_code(0)}).verdict, Verdict::accepted) << question;
    }
}

TEST_F(PastedAnswers, TheWordsOfAChoice) {
    for (const std::string word : {"saved", "Saved.", "\"saved\"", "\u201csaved\u201d", "saved\u00a0",
                                   "\uff53\uff41\uff56\uff45\uff44"}) {
        begin_again();
        const Transcript login = world_.login(managing(Task::recovery_codes), {code(), word});
        EXPECT_EQ(login.verdict, Verdict::accepted) << word;
        EXPECT_FALSE(state().recovery.not_saved) << word;
    }
}

// --- what is no code ---

const std::vector<std::string> no_codes{"hunter2",
                                        "correct horse",
                                        "12345",
                                        "123456789",
                                        "12345a",
                                        "7K3M-9QXT-2HVB",
                                        "7K3M-9QXT-2HVB-W4ZU",
                                        "49203\u00e9",
                                        "\u24601492039",
                                        "G-492039",
                                        "x"};

TEST_F(PastedAnswers, NoCodeIsAnsweredInItsOwnWordsAndCountsAsNoFailure) {
    for (const std::string& typed : no_codes) {
        const Transcript login = log_in({typed, no_answer});
        EXPECT_THAT(login.texts, Contains(messages::no_code() + std::string(messages::help_hint))) << typed;
        EXPECT_THAT(login.texts, Each(Not(HasSubstr("works once")))) << typed;
        EXPECT_THAT(login.texts, Each(Not(HasSubstr(typed.size() < 3 ? "\n" + typed : typed))));
        EXPECT_EQ(state().strangers.count, 0U) << typed;
    }
}

TEST_F(PastedAnswers, TwoCodesAreNotGuessedAt) {
    const std::string line = "   1) " + recovery_code(0) + "   2) " + recovery_code(1);
    for (const std::string& typed : {line, code() + " " + code(1)}) {
        const Transcript login = log_in({typed, no_answer});
        EXPECT_THAT(login.texts, Contains(HasSubstr("more than one code"))) << typed;
        EXPECT_EQ(login.verdict, Verdict::cancelled);
        EXPECT_EQ(state().strangers.count, 0U);
    }
}

// Whoever only looks at the answer learns nothing of the account.
TEST_F(PastedAnswers, TheAnswerToNoCodeIsTheSameForEverybody) {
    configure("action = require\n");
    world_.add_person("bob", 1001);
    for (const bool passed : {false, true}) {
        for (const std::string& typed : no_codes) {
            Request request = this->request();
            request.first_factor_passed = passed;
            const Transcript enrolled = world_.login(request, {typed, no_answer});
            for (const char* other : {"bob", "nobody-here"}) {
                request.user = other;
                EXPECT_EQ(world_.login(request, {typed, no_answer}).texts, enrolled.texts) << other << typed;
            }
        }
    }
}

// fake_password(): sshd passes its own answer on for somebody whom it refuses. If that were answered differently from
// what others type, everybody could find out whom it refuses.
TEST_F(PastedAnswers, WhereSshdMayHaveReplacedTheAnswerItIsTheSameAsEveryRefusal) {
    Request request = this->request();
    request.first_factor_passed = false;
    const Transcript replaced = world_.login(request, {"\b\n\r\177INCORRECT", no_answer});
    EXPECT_THAT(replaced.texts, Contains(messages::not_accepted()));
    for (const std::string& typed : no_codes)
        EXPECT_EQ(world_.login(request, {typed, no_answer}).texts, replaced.texts) << typed;
    EXPECT_EQ(world_.login(request, {code() + " " + code(), no_answer}).texts, replaced.texts);
    EXPECT_EQ(world_.login(request, {world_.wrong_code("alice"), no_answer}).texts, replaced.texts);
    request.rhost = "";
    request.tty = "tty1";
    EXPECT_THAT(world_.login(request, {"hunter2", no_answer}).texts, Contains(HasSubstr("That is no code")));
}

TEST_F(PastedAnswers, AnEmptyAnswerIsAnsweredAsEver) {
    EXPECT_THAT(log_in({"", no_answer}).texts, Contains(messages::not_accepted()));
}

}  // namespace
}  // namespace secondstep
