#include "unit/dialogue/login_world.h"

#include <functional>
#include <utility>
#include <variant>

namespace secondstep::testing {

namespace {

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
        out_.steps.emplace_back(word_of(work.kind));
        if (lookup && world_.lookup_is_half_done) work.job();
        if (const auto instead = end_instead_of(work.kind)) return dialogue_.resume(*instead);
        work.job();
        return dialogue_.resume(dialogue::Resumption::done);
    }
    static const char* word_of(dialogue::Work::Kind kind) {
        switch (kind) {
            case dialogue::Work::Kind::lookup:
                return "lookup";
            case dialogue::Work::Kind::scrypt:
                return "scrypt";
            case dialogue::Work::Kind::sending:
                return "sending";
            case dialogue::Work::Kind::fleet:
            case dialogue::Work::Kind::fleet_local:
                return "fleet";
            case dialogue::Work::Kind::store:
                break;
        }
        return "store";
    }
    [[nodiscard]] std::optional<dialogue::Resumption> end_instead_of(dialogue::Work::Kind kind) const {
        if (kind == dialogue::Work::Kind::lookup) return world_.lookup_ends;
        return kind == dialogue::Work::Kind::store ? world_.store_ends : world_.scrypt_ends;
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
        out_.proof = end.proof;
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

}  // namespace

Result<LookedUp> FakePeople::find(const std::string& name, const std::vector<std::string>&,
                                  const Early& early) const {
    ++asked;
    if (error) return std::unexpected(*error);
    const auto found = persons.find(name);
    if (found == persons.end()) return LookedUp{std::nullopt, of_nobody};
    early(*found->second.person);
    return found->second;
}

void FakeJournal::decided(const dialogue::Decision& decision) {
    events_.emplace_back("journal");
    decisions.push_back(decision);
}

LoginWorld::LoginWorld() {
    configure("");
    keyring = std::make_shared<const Keyring>(Keyring::generate(randomness));
    Credential decoy = new_credential("decoy", 65534);
    decoy_key = decoy.authenticators.front().key.clone();
    store = std::make_shared<MemoryStore>(std::move(decoy), events);
}

LoginWorld::~LoginWorld() = default;

void LoginWorld::configure(const std::string& text) {
    const std::string hint = text.find("hint") == std::string::npos ? "hint = no\n" : "";
    Result<Config> parsed = parse_config(hint + text, "c");
    ASSERT_TRUE(parsed) << parsed.error().detail;
    config = std::make_shared<Config>(*parsed);
}

MemoryStore::Record& LoginWorld::enroll(const std::string& name, std::optional<uid_t> uid,
                                        otp::RecoveryCodeForm form) {
    MemoryStore::Record& record = store->record(name);
    record.credential = new_credential(name, uid, form);
    record.state = state_after_enrollment({}, *record.credential, {});
    return record;
}

void LoginWorld::give_scratch_codes(const std::string& name, unsigned codes) {
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

MemoryStore::Record& LoginWorld::enroll_address(const std::string& name, uid_t uid, delivery::Channel channel,
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

void LoginWorld::add_enrolled(const std::string& name, uid_t uid) {
    add_person(name, uid);
    enroll(name, uid);
}

Credential LoginWorld::new_credential(const std::string& name, std::optional<uid_t> uid,
                                      otp::RecoveryCodeForm form, unsigned codes) {
    Credential credential{*AccountName::create(name), uid, clock.now(), Method::totp, {}, {}};
    credential.authenticators.push_back(dialogue::Enrollment::draft({}, randomness).authenticator().clone());
    auto made = dialogue::make_recovery_set(codes, form, randomness);
    for (const Secret& code : made->codes)
        recovery_codes[name].emplace_back(code.text());
    credential.recovery = std::move(made->set);
    return credential;
}

std::string LoginWorld::code_of(const Secret& key, int steps) const {
    const auto step = otp::time_step(clock.now() + std::chrono::seconds{30 * steps}, otp::thirty_seconds());
    return std::string(otp::hotp(key, step, otp::six_digits(), otp::Algorithm::sha1)->text());
}

std::string LoginWorld::text_of(const Typed& typed, const std::vector<std::string>& texts) const {
    if (typed.kind != Typed::Kind::code_of_the_shown_key) return typed.text;
    return code_of(key_in(texts), typed.steps);
}

Token LoginWorld::proof_for(const dialogue::Request& request, Proof proof) {
    MemoryStore::Record& record = store->record(request.user);
    if (proof != Proof::first_factor && record.state.last_accepted == AttemptId{})
        record.state.last_accepted.fill(7);
    const SentFor asked{request.service, "host " + request.rhost};
    return make_proof_token(*keyring, RecordName::of(*AccountName::create(request.user)), asked,
                            {proof, record.state.last_accepted}, clock.now())
        .value();
}

std::string LoginWorld::wrong_code(const std::string& name, unsigned number) const {
    for (unsigned n = 100000 + 1000 * number;; ++n) {
        const std::string candidate = std::to_string(n);
        bool wrong = true;
        for (int steps = -12; steps <= 12; ++steps)
            wrong = wrong && candidate != code(name, steps);
        if (wrong) return candidate;
    }
}

dialogue::Request LoginWorld::request(const std::string& user) const {
    dialogue::Request request;
    request.user = user;
    request.service = "sshd";
    request.rhost = "192.0.2.7";
    request.tty = "ssh";
    request.attempt.fill(0x11);
    return request;
}

dialogue::Ports LoginWorld::ports() {
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
    ports.own_uids = own_uids;
    ports.notices = std::make_shared<dialogue::SentNotices>(config, "web01", courier);
    ports.courier = &courier;
    ports.portals = portals;
    ports.steady_now = [this] { return steady; };
    ports.write_ids = write_ids;
    ports.is_awaited = [this] { return is_awaited; };
    return ports;
}

Transcript LoginWorld::login(const dialogue::Request& request, const std::vector<Typed>& answers) {
    const auto dialogue = dialogue::make_dialogue(ports(), request);
    return run(*dialogue, answers);
}

void LoginWorld::pass(std::chrono::milliseconds time) {
    steady += time;
    passed_ += time;
    clock.advance(std::chrono::duration_cast<std::chrono::seconds>(passed_));
    passed_ %= std::chrono::seconds{1};
}

Transcript LoginWorld::run(dialogue::Dialogue& dialogue, const std::vector<Typed>& answers) {
    return Runner(*this, dialogue, answers).run();
}

std::size_t asks_in(const Transcript& transcript) {
    std::size_t asks = 0;
    for (const std::string& step : transcript.steps)
        asks += step.starts_with("ask") ? 1U : 0U;
    return asks;
}

}  // namespace secondstep::testing
