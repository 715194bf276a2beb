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
    OpenDialogue(LoginWorld& world, const dialogue::Request& request)
        : world_(world),
          dialogue_(dialogue::make_dialogue(world.ports(), request)),
          step_(dialogue_->begin()) {
        go_on();
    }
    void type(const std::vector<Typed>& answers) {
        for (const Typed& typed : answers) {
            ASSERT_TRUE(std::holds_alternative<dialogue::Ask>(step_)) << texts_.back();
            const bool null = typed.kind == Typed::Kind::null;
            Secret text = null ? Secret{} : Secret::copy_of(world_.text_of(typed, texts_));
            dialogue::Reply reply = dialogue::NoAnswer{};
            if (typed.kind == Typed::Kind::form) {
                reply = dialogue::Form{std::move(text)};
            } else if (!null) {
                reply = std::move(text);
            }
            step_ = dialogue_->answer(std::move(reply));
            go_on();
        }
    }
    // Types the answer after which something is stored, and stops when the codes that go with it are made:
    // what go_on() does next is the commit. Nothing is open then, and nothing is locked.
    void type_up_to_the_commit(const Typed& typed) {
        step_ = dialogue_->answer(Secret::copy_of(world_.text_of(typed, texts_)));
        for (;;) {
            const auto* work = std::get_if<dialogue::Work>(&step_);
            if (work != nullptr && work->kind == dialogue::Work::Kind::scrypt) {
                work->job();
                step_ = dialogue::Show{};  // done: nothing is left of it but to resume
                return;
            }
            ASSERT_FALSE(std::holds_alternative<dialogue::End>(step_));
            step_ = dialogue_->resume(dialogue::Resumption::done);
        }
    }
    // Types an answer, and stops when something is shown: what go_on() does next comes after it.
    void type_up_to_the_next_text(const Typed& typed) {
        step_ = dialogue_->answer(Secret::copy_of(world_.text_of(typed, texts_)));
        while (!std::holds_alternative<dialogue::Show>(step_)) {
            ASSERT_FALSE(std::holds_alternative<dialogue::End>(step_));
            step_ = dialogue_->resume(dialogue::Resumption::done);
        }
    }
    // To the next question, or to the end.
    void go_on() {
        while (!std::holds_alternative<dialogue::End>(step_)) {
            if (const auto* ask = std::get_if<dialogue::Ask>(&step_)) {
                texts_.push_back(ask->text);
                if (background_) std::exchange(background_, nullptr)();
                return;
            }
            if (const auto* show = std::get_if<dialogue::Show>(&step_))
                texts_.emplace_back(show->text.text());
            if (const auto* wait = std::get_if<dialogue::Wait>(&step_)) world_.pass(wait->time);
            if (auto* background = std::get_if<dialogue::Background>(&step_)) background_ = background->job;
            step_ = dialogue_->resume(done_with_work());
        }
    }
    // The last one is of the question that is open.
    [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }
    // What the account phase would be handed.
    [[nodiscard]] Token proof() const {
        const auto* end = std::get_if<dialogue::End>(&step_);
        return end ? end->proof : Token{};
    }
    // Nothing: it has not ended.
    [[nodiscard]] std::optional<Verdict> verdict() const {
        const auto* end = std::get_if<dialogue::End>(&step_);
        return end ? std::optional(end->verdict) : std::nullopt;
    }

  private:
    dialogue::Resumption done_with_work() {
        const auto* work = std::get_if<dialogue::Work>(&step_);
        if (work == nullptr) return dialogue::Resumption::done;
        if (work->kind == dialogue::Work::Kind::scrypt && world_.scrypt_ends) return *world_.scrypt_ends;
        work->job();
        return dialogue::Resumption::done;
    }

    LoginWorld& world_;
    std::unique_ptr<dialogue::Dialogue> dialogue_;
    dialogue::Step step_;
    std::function<void()> background_;
    std::vector<std::string> texts_;
};

// alice is enrolled, with three recovery codes; her stack says first_factor=passed. She comes from 192.0.2.7.
class Conversation : public ::testing::Test {
  protected:
    Conversation() {
        world_.add_enrolled("alice", 1000);
        configure("");
    }

    // Three recovery codes a set, which are made quickly.
    void configure(const std::string& text) { world_.configure("recovery_codes = 3\n" + text); }

    [[nodiscard]] dialogue::Request request() const {
        dialogue::Request request = world_.request("alice");
        request.first_factor_passed = true;
        request.attempt = next_attempt();
        return request;
    }
    [[nodiscard]] dialogue::Request from(const std::string& rhost) const {
        dialogue::Request request = this->request();
        request.rhost = rhost;
        return request;
    }
    [[nodiscard]] dialogue::Request in_account_phase() const {
        dialogue::Request request = this->request();
        request.purpose = Purpose::account;
        return request;
    }
    // As alice enters it who has given a code, or as somebody without a second step who gave the password.
    [[nodiscard]] dialogue::Request in_account_phase(const std::string& user, Proof proof) {
        dialogue::Request request = in_account_phase();
        request.user = user;
        request.proof = world_.proof_for(request, proof);
        return request;
    }
    Transcript log_in(const std::vector<Typed>& answers) { return world_.login(request(), answers); }
    // Is this answer alone a login? Hangs up when it is not.
    bool logs_in_with(const std::string& answer, const std::string& rhost = "192.0.2.7") {
        world_.pass(std::chrono::seconds{2});
        dialogue::Request request = from(rhost);
        request.first_factor_passed = false;
        return world_.login(request, {answer, no_answer}).verdict == Verdict::accepted;
    }

    [[nodiscard]] MemoryStore::Record& record() { return world_.store->record("alice"); }
    [[nodiscard]] State& state() { return record().state; }
    [[nodiscard]] AuthenticatorId authenticator() { return record().credential->authenticators.front().id; }
    [[nodiscard]] std::string code(int steps = 0) const { return world_.code("alice", steps); }
    [[nodiscard]] std::string recovery_code(std::size_t i) { return world_.recovery_codes["alice"].at(i); }

    // What the device shows that was set up with the key on the screen.
    static Typed code_of_the_shown_key() { return Typed::code_of_the_shown_key(); }
    // What an administrator gives out for an hour.
    std::string give(GrantKind kind) {
        const Secret code = otp::make_one_time_code(world_.randomness);
        OneTimeGrant& grant = kind == GrantKind::registration ? state().registration : state().temporary;
        grant = make_grant(*world_.keyring, record_, kind, *otp::normalize_one_time_code(code.text()),
                           world_.clock.now() + std::chrono::hours{1})
                    .value();
        return std::string(code.text());
    }

    LoginWorld world_;
    RecordName record_ = RecordName::of(*AccountName::create("alice"));

  private:
    [[nodiscard]] AttemptId next_attempt() const {
        AttemptId id{};
        id[0] = static_cast<std::uint8_t>(++attempts_);
        id[1] = static_cast<std::uint8_t>(attempts_ >> 8U);
        return id;
    }
    mutable unsigned attempts_ = 0;
};

// "7K3M9-QXT2H" => "7k3m9qxt2h"
inline std::string without_dashes(std::string code) {
    std::erase(code, '-');
    for (char& c : code)
        c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return code;
}

}  // namespace secondstep::testing
