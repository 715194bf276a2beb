#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "account/proof_token.h"
#include "dialogue/make_dialogue.h"
#include "dialogue/sending/sent_notices.h"
#include "encoding/base32.h"
#include "enrollment/enrollment.h"
#include "support/fake_clock.h"
#include "support/recording_courier.h"
#include "support/seeded_randomness.h"
#include "unit/dialogue/memory_store.h"
#include "unit/dialogue/transcript.h"

namespace secondstep::testing {

class FakePeople final : public People {
  public:
    using People::find;
    [[nodiscard]] Result<LookedUp> find(const std::string& name, const std::vector<std::string>&,
                                        const Early& early) const override {
        ++asked;
        if (error) return std::unexpected(*error);
        const auto found = persons.find(name);
        if (found == persons.end()) return LookedUp{std::nullopt, of_nobody};
        early(*found->second.person);
        return found->second;
    }
    [[nodiscard]] std::optional<Person> find_here(const std::string& name) const override {
        return name == here ? persons.at(name).person : std::nullopt;
    }
    std::map<std::string, LookedUp> persons;
    std::string here;  // an account of this machine
    Membership of_nobody{{}, {"staff", "guests"}};
    std::optional<Error> error;
    mutable unsigned asked = 0;
};

class FakeJournal final : public dialogue::Journal {
  public:
    explicit FakeJournal(std::vector<std::string>& events) : events_(events) {}
    void decided(const dialogue::Decision& decision) override {
        events_.emplace_back("journal");
        decisions.push_back(decision);
    }
    void changed(const dialogue::ChangeEntry& entry) override { changes.push_back(entry); }
    void warn(const std::string& sentence) override { warnings.push_back(sentence); }

    std::vector<dialogue::Decision> decisions;
    std::vector<dialogue::ChangeEntry> changes;
    std::vector<std::string> warnings;

  private:
    std::vector<std::string>& events_;
};

// One host with its people, in memory; runs logins in it.
class LoginWorld {
  public:
    LoginWorld() {
        configure("");
        keyring = std::make_shared<const Keyring>(Keyring::generate(randomness));
        Credential decoy = new_credential("decoy", 65534);
        decoy_key = decoy.authenticators.front().key.clone();
        store = std::make_shared<MemoryStore>(std::move(decoy), events);
    }

    // Without the hint above the first prompt, unless the text says otherwise.
    void configure(const std::string& text) {
        const std::string hint = text.find("hint") == std::string::npos ? "hint = no\n" : "";
        Result<Config> parsed = parse_config(hint + text, "c");
        ASSERT_TRUE(parsed) << parsed.error().detail;
        config = std::make_shared<Config>(*parsed);
    }

    void add_person(const std::string& name, uid_t uid, std::vector<std::string> groups = {}) {
        people.persons[name] = {Person{name, uid}, {groups, {"staff", "guests"}}};
    }

    // With a TOTP authenticator and three recovery codes of the long form (they cost nothing to compute).
    MemoryStore::Record& enroll(const std::string& name, std::optional<uid_t> uid,
                                otp::RecoveryCodeForm form = otp::RecoveryCodeForm::long_code) {
        MemoryStore::Record& record = store->record(name);
        record.credential = new_credential(name, uid, form);
        record.state = state_after_enrollment({}, *record.credential, {});
        return record;
    }
    // Instead of the recovery codes: `codes` scratch codes of 8 digits.
    void give_scratch_codes(const std::string& name, unsigned codes = 3) {
        std::vector<Secret> brought;
        recovery_codes[name].clear();
        for (unsigned i = 0; i < codes; ++i) {
            recovery_codes[name].push_back(std::to_string(10'000'000 + 1111 * i));
            brought.push_back(Secret::copy_of(recovery_codes[name].back()));
        }
        MemoryStore::Record& record = store->record(name);
        record.credential->recovery = dialogue::make_scratch_set(brought, randomness).value();
        record.state = state_after_enrollment({}, *record.credential, {});
    }
    // With codes that are sent to `address`.
    MemoryStore::Record& enroll_address(const std::string& name, uid_t uid, delivery::Channel channel,
                                        const std::string& address) {
        add_person(name, uid);
        MemoryStore::Record& record = enroll(name, uid);
        record.credential->authenticators.clear();
        record.credential->method = method_of(channel);
        record.credential->destination =
            Destination{randomness.array<8>(), *delivery::Address::create(channel, address)};
        record.state = state_after_enrollment({}, *record.credential, {});
        return record;
    }
    void add_enrolled(const std::string& name, uid_t uid) {
        add_person(name, uid);
        enroll(name, uid);
    }

    Credential new_credential(const std::string& name, std::optional<uid_t> uid,
                              otp::RecoveryCodeForm form = otp::RecoveryCodeForm::long_code,
                              unsigned codes = 3) {
        Credential credential{*AccountName::create(name), uid, clock.now(), Method::totp, {}, {}};
        credential.authenticators.push_back(
            dialogue::Enrollment::draft({}, randomness).authenticator().clone());
        auto made = dialogue::make_recovery_set(codes, form, randomness);
        for (const Secret& code : made->codes)
            recovery_codes[name].emplace_back(code.text());
        credential.recovery = std::move(made->set);
        return credential;
    }

    // The code a device with `key` shows `steps` time steps from now.
    [[nodiscard]] std::string code_of(const Secret& key, int steps = 0) const {
        const auto step =
            otp::time_step(clock.now() + std::chrono::seconds{30 * steps}, otp::thirty_seconds());
        return std::string(otp::hotp(key, step, otp::six_digits(), otp::Algorithm::sha1)->text());
    }
    [[nodiscard]] std::string code(const std::string& name, int steps = 0) const {
        return code_of(store->record(name).credential->authenticators.front().key, steps);
    }
    [[nodiscard]] std::string text_of(const Typed& typed, const std::vector<std::string>& texts) const {
        if (typed.kind != Typed::Kind::code_of_the_shown_key) return typed.text;
        return code_of(key_in(texts), typed.steps);
    }
    // What the authentication of `request` would have handed to its account phase. Of a code: the last one
    // that was accepted.
    [[nodiscard]] Token proof_for(const dialogue::Request& request, Proof proof) {
        MemoryStore::Record& record = store->record(request.user);
        if (proof != Proof::first_factor && record.state.last_accepted == AttemptId{})
            record.state.last_accepted.fill(7);
        const SentFor asked{request.service, "host " + request.rhost};
        return make_proof_token(*keyring, RecordName::of(*AccountName::create(request.user)), asked,
                                {proof, record.state.last_accepted}, clock.now())
            .value();
    }
    // Of the right shape, and wrong for `name` at any time near now; another one for each `number`.
    [[nodiscard]] std::string wrong_code(const std::string& name, unsigned number = 0) const {
        for (unsigned n = 100000 + 1000 * number;; ++n) {
            const std::string candidate = std::to_string(n);
            bool wrong = true;
            for (int steps = -12; steps <= 12; ++steps)
                wrong = wrong && candidate != code(name, steps);
            if (wrong) return candidate;
        }
    }
    // One for each try of a login: each is counted.
    [[nodiscard]] std::vector<Typed> wrong_codes(const std::string& name) const {
        return {wrong_code(name, 0), wrong_code(name, 1), wrong_code(name, 2)};
    }

    [[nodiscard]] dialogue::Request request(const std::string& user) const {
        dialogue::Request request;
        request.user = user;
        request.service = "sshd";
        request.rhost = "192.0.2.7";
        request.tty = "ssh";
        request.attempt.fill(0x11);
        return request;
    }

    [[nodiscard]] dialogue::Ports ports() {
        dialogue::Ports ports;
        ports.config = config;
        ports.store = real_store ? real_store : store;
        ports.keyring = keyring;
        ports.clock = &clock;
        ports.people = &people;
        ports.journal = &journal;
        ports.memory = &memory;
        ports.randomness = &randomness;
        ports.host = "web01";
        ports.notices = std::make_shared<dialogue::SentNotices>(config, "web01", courier);
        ports.courier = &courier;
        ports.portals = portals;
        ports.steady_now = [this] { return steady; };
        return ports;
    }

    Transcript login(const dialogue::Request& request, const std::vector<Typed>& answers) {
        const auto dialogue = dialogue::make_dialogue(ports(), request);
        return run(*dialogue, answers);
    }
    Transcript login(const std::string& user, const std::vector<Typed>& answers) {
        return login(request(user), answers);
    }

    Transcript run(dialogue::Dialogue& dialogue, const std::vector<Typed>& answers);

    // Lets time pass on every clock.
    void pass(std::chrono::milliseconds time) {
        steady += time;
        passed_ += time;
        clock.advance(std::chrono::duration_cast<std::chrono::seconds>(passed_));
        passed_ %= std::chrono::seconds{1};
    }

    [[nodiscard]] const dialogue::Decision& last_decision() const { return journal.decisions.back(); }

    std::vector<std::string> events;
    SeededRandomness randomness;
    FakeClock clock;
    FakePeople people;
    FakeJournal journal{events};
    SeededRandomness memory_randomness{7};
    dialogue::Memory memory{memory_randomness};
    RecordingCourier courier;
    std::chrono::steady_clock::time_point steady{std::chrono::hours{1}};
    std::shared_ptr<Config> config;
    std::shared_ptr<const Keyring> keyring;
    std::shared_ptr<MemoryStore> store;
    std::shared_ptr<const AccountStore> real_store;  // instead of `store`, when there is one
    std::shared_ptr<const PortalStore> portals;
    Secret decoy_key;
    std::map<std::string, std::vector<std::string>> recovery_codes;
    std::optional<dialogue::Resumption> lookup_ends;  // instead of running the job
    bool lookup_is_half_done = false;                 // the job began, and nobody waits for its end
    std::optional<dialogue::Resumption> scrypt_ends;

  private:
    std::chrono::milliseconds passed_{};
};

class Runner {
  public:
    Runner(LoginWorld& world, dialogue::Dialogue& dialogue, const std::vector<Typed>& answers)
        : world_(world), dialogue_(dialogue), answers_(answers) {}

    Transcript run() {
        dialogue::Step step = dialogue_.begin();
        while (!out_.ended && !stuck_)
            step = std::visit([this](auto& s) { return take(s); }, step);
        return out_;
    }

  private:
    dialogue::Step take(dialogue::Show& show) {
        const bool error = show.style == dialogue::Show::Style::error;
        out_.steps.push_back((error ? "error: " : "info: ") + std::string(show.text.text()));
        out_.texts.emplace_back(show.text.text());
        world_.events.emplace_back("show");
        return dialogue_.resume(dialogue::Resumption::done);
    }
    dialogue::Step take(dialogue::Ask& ask) {
        out_.steps.push_back((ask.echo ? "ask aloud: " : "ask: ") + ask.text +
                             std::to_string(ask.combined_length));
        out_.texts.push_back(ask.text);
        world_.events.emplace_back("ask");
        run_background();
        if (next_ == answers_.size()) {
            stuck_ = true;
            return dialogue::End{};
        }
        return dialogue_.answer(reply(answers_[next_++]));
    }
    dialogue::Step take(dialogue::Wait& wait) {
        out_.steps.push_back("wait " + std::to_string(wait.time.count()));
        world_.pass(wait.time);
        return dialogue_.resume(dialogue::Resumption::done);
    }
    dialogue::Step take(dialogue::Work& work) {
        const bool lookup = work.kind == dialogue::Work::Kind::lookup;
        const bool sending = work.kind == dialogue::Work::Kind::sending;
        out_.steps.emplace_back(lookup ? "lookup" : sending ? "sending" : "scrypt");
        const auto& instead = lookup ? world_.lookup_ends : world_.scrypt_ends;
        if (lookup && world_.lookup_is_half_done) work.job();
        if (instead) return dialogue_.resume(*instead);
        work.job();
        return dialogue_.resume(dialogue::Resumption::done);
    }
    dialogue::Step take(dialogue::Background& background) {
        background_ = std::move(background.job);
        return dialogue_.resume(dialogue::Resumption::done);
    }
    void run_background() {
        if (background_) std::exchange(background_, nullptr)();
    }
    dialogue::Step take(dialogue::End& end) {
        world_.events.emplace_back("end");
        out_.verdict = end.verdict;
        out_.ended = true;
        return end;
    }
    [[nodiscard]] dialogue::Reply reply(const Typed& typed) const {
        switch (typed.kind) {
            case Typed::Kind::null:
                return dialogue::NoAnswer{};
            case Typed::Kind::overlong:
                return dialogue::OverlongAnswer{};
            case Typed::Kind::form:
                return dialogue::Form{Secret::copy_of(typed.text)};
            case Typed::Kind::text:
            case Typed::Kind::code_of_the_shown_key:
                break;
        }
        return Secret::copy_of(world_.text_of(typed, out_.texts));
    }

    LoginWorld& world_;
    dialogue::Dialogue& dialogue_;
    const std::vector<Typed>& answers_;
    std::size_t next_ = 0;
    std::function<void()> background_;
    bool stuck_ = false;  // the dialogue asked more often than there are answers
    Transcript out_;
};

inline Transcript LoginWorld::run(dialogue::Dialogue& dialogue, const std::vector<Typed>& answers) {
    return Runner(*this, dialogue, answers).run();
}

inline const Typed no_answer{Typed::Kind::null};
inline const Typed overlong_answer{Typed::Kind::overlong};

inline std::size_t asks_in(const Transcript& transcript) {
    std::size_t asks = 0;
    for (const std::string& step : transcript.steps)
        asks += step.starts_with("ask") ? 1U : 0U;
    return asks;
}

}  // namespace secondstep::testing
