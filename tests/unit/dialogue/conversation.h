#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "account/one_time_grant.h"
#include "dialogue/make_dialogue.h"
#include "dialogue/texts/messages.h"
#include "unit/dialogue/login_world.h"

namespace secondstep::testing {

// A dialogue that waits for its person while others go on.
class OpenDialogue {
  public:
    OpenDialogue(LoginWorld& world, const dialogue::Request& request);
    void type(const std::vector<Typed>& answers);
    // Types the answer after which something is stored, and stops when the codes that go with it are made:
    // what go_on() does next is the commit. Nothing is open then, and nothing is locked.
    void type_up_to_the_commit(const Typed& typed);
    // Types an answer, and stops when something is shown: what go_on() does next comes after it.
    void type_up_to_the_next_text(const Typed& typed);
    // To the next question, or to the end.
    void go_on();
    // The last one is of the question that is open.
    [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }
    // What the account phase would be handed.
    [[nodiscard]] Token proof() const;
    // Nothing: it has not ended.
    [[nodiscard]] std::optional<Verdict> verdict() const;

  private:
    dialogue::Resumption done_with_work();

    LoginWorld& world_;
    std::unique_ptr<dialogue::Dialogue> dialogue_;
    dialogue::Step step_;
    std::function<void()> background_;
    std::vector<std::string> texts_;
};

// alice is enrolled, with three recovery codes; her stack says first_factor=passed. She comes from 192.0.2.7.
class Conversation : public ::testing::Test {
  protected:
    Conversation();
    ~Conversation() override;

    // Three recovery codes a set, which are made quickly.
    void configure(const std::string& text) { world_.configure("recovery_codes = 3\n" + text); }

    [[nodiscard]] dialogue::Request request() const;
    [[nodiscard]] dialogue::Request from(const std::string& rhost) const;
    [[nodiscard]] dialogue::Request in_account_phase() const;
    // As alice enters it who has given a code, or as somebody without a second step who gave the password.
    [[nodiscard]] dialogue::Request in_account_phase(const std::string& user, Proof proof);
    Transcript log_in(const std::vector<Typed>& answers) { return world_.login(request(), answers); }
    // Is this answer alone a login? Hangs up when it is not.
    bool logs_in_with(const std::string& answer, const std::string& rhost = "192.0.2.7");

    [[nodiscard]] MemoryStore::Record& record() { return world_.store->record("alice"); }
    [[nodiscard]] State& state() { return record().state; }
    [[nodiscard]] AuthenticatorId authenticator() { return record().credential->authenticators.front().id; }
    [[nodiscard]] std::string code(int steps = 0) const { return world_.code("alice", steps); }
    [[nodiscard]] std::string recovery_code(std::size_t i) { return world_.recovery_codes["alice"].at(i); }

    // What the device shows that was set up with the key on the screen.
    static Typed code_of_the_shown_key() { return Typed::code_of_the_shown_key(); }
    // What an administrator gives out for an hour.
    std::string give(GrantKind kind);

    LoginWorld world_;
    RecordName record_ = RecordName::of(*AccountName::create("alice"));

  private:
    [[nodiscard]] AttemptId next_attempt() const;
    mutable unsigned attempts_ = 0;
};

// "7K3M9-QXT2H" => "7k3m9qxt2h"
[[nodiscard]] std::string without_dashes(std::string code);

}  // namespace secondstep::testing
