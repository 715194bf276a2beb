#include "unit/dialogue/conversation.h"

#include <utility>
#include <variant>

namespace secondstep::testing {

OpenDialogue::OpenDialogue(LoginWorld& world, const dialogue::Request& request)
    : world_(world), dialogue_(dialogue::make_dialogue(world.ports(), request)), step_(dialogue_->begin()) {
    go_on();
}

void OpenDialogue::type(const std::vector<Typed>& answers) {
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

void OpenDialogue::type_up_to_the_commit(const Typed& typed) {
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

void OpenDialogue::type_up_to_the_next_text(const Typed& typed) {
    step_ = dialogue_->answer(Secret::copy_of(world_.text_of(typed, texts_)));
    while (!std::holds_alternative<dialogue::Show>(step_)) {
        ASSERT_FALSE(std::holds_alternative<dialogue::End>(step_));
        step_ = dialogue_->resume(dialogue::Resumption::done);
    }
}

void OpenDialogue::go_on() {
    while (!std::holds_alternative<dialogue::End>(step_)) {
        if (const auto* ask = std::get_if<dialogue::Ask>(&step_)) {
            texts_.push_back(ask->text);
            if (background_) std::exchange(background_, nullptr)();
            return;
        }
        if (const auto* show = std::get_if<dialogue::Show>(&step_)) texts_.emplace_back(show->text.text());
        if (const auto* wait = std::get_if<dialogue::Wait>(&step_)) world_.pass(wait->time);
        if (auto* background = std::get_if<dialogue::Background>(&step_)) background_ = background->job;
        step_ = dialogue_->resume(done_with_work());
    }
}

Token OpenDialogue::proof() const {
    const auto* end = std::get_if<dialogue::End>(&step_);
    return end ? end->proof : Token{};
}

std::optional<Verdict> OpenDialogue::verdict() const {
    const auto* end = std::get_if<dialogue::End>(&step_);
    return end ? std::optional(end->verdict) : std::nullopt;
}

dialogue::Resumption OpenDialogue::done_with_work() {
    const auto* work = std::get_if<dialogue::Work>(&step_);
    if (work == nullptr) return dialogue::Resumption::done;
    if (work->kind == dialogue::Work::Kind::scrypt && world_.scrypt_ends) return *world_.scrypt_ends;
    work->job();
    return dialogue::Resumption::done;
}

Conversation::Conversation() {
    world_.add_enrolled("alice", 1000);
    configure("");
}

Conversation::~Conversation() = default;

dialogue::Request Conversation::request() const {
    dialogue::Request request = world_.request("alice");
    request.first_factor_passed = true;
    request.attempt = next_attempt();
    return request;
}

dialogue::Request Conversation::from(const std::string& rhost) const {
    dialogue::Request request = this->request();
    request.rhost = rhost;
    return request;
}

dialogue::Request Conversation::in_account_phase() const {
    dialogue::Request request = this->request();
    request.purpose = Purpose::account;
    return request;
}

dialogue::Request Conversation::in_account_phase(const std::string& user, Proof proof) {
    dialogue::Request request = in_account_phase();
    request.user = user;
    request.proof = world_.proof_for(request, proof);
    return request;
}

bool Conversation::logs_in_with(const std::string& answer, const std::string& rhost) {
    world_.pass(std::chrono::seconds{2});
    dialogue::Request request = from(rhost);
    request.first_factor_passed = false;
    return world_.login(request, {answer, no_answer}).verdict == Verdict::accepted;
}

std::string Conversation::give(GrantKind kind) {
    const Secret code = otp::make_one_time_code(world_.randomness);
    OneTimeGrant& grant = kind == GrantKind::registration ? state().registration : state().temporary;
    grant = make_grant(*world_.keyring, record_, kind, *otp::normalize_one_time_code(code.text()),
                       world_.clock.now() + std::chrono::hours{1})
                .value();
    return std::string(code.text());
}

AttemptId Conversation::next_attempt() const {
    AttemptId id{};
    id[0] = static_cast<std::uint8_t>(++attempts_);
    id[1] = static_cast<std::uint8_t>(attempts_ >> 8U);
    return id;
}

std::string without_dashes(std::string code) {
    std::erase(code, '-');
    for (char& c : code)
        c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return code;
}

}  // namespace secondstep::testing
