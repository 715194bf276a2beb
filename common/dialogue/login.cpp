#include "dialogue/login.h"

#include <utility>

#include "dialogue/messages.h"
#include "dialogue/typed_answer.h"

namespace secondstep::dialogue {
namespace {

// '?' uses up no try; without this bound a peer could keep a dialogue for ever.
constexpr unsigned most_asks = 20;

// Of a decoy: what most accounts have.
constexpr std::uint8_t usual_digits = 6;

template <typename... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};

LookedUp nobody() {
    return {};
}

Result<LookedUp> look_up(const People& people, const std::string& name,
                         const std::vector<std::string>& groups) {
    Result<std::optional<Person>> person = people.find(name, groups);
    if (person) return LookedUp{std::move(*person), true};
    if (person.error().code == Errc::not_found) return LookedUp{std::nullopt, false};
    return std::unexpected(person.error());
}

// "Not enrolled" must be certain: a lost file must not switch the second step off.
bool is_enrolled(const Account& account) {
    return account.credential || account.state.enrolled || account.state_damaged;
}

std::string what_is_lost(const Account& account) {
    if (account.state.enrolled) return "enrolled, but the credential is lost (run doctor)";
    return "no credential, and the state is damaged (disable or enroll mends it)";
}

std::string by_rule(const std::string& words, const Policy& policy) {
    return words + (policy.rule.empty() ? " by default" : " by rule " + policy.rule);
}

}  // namespace

Login::Login(Ports ports, Request request)
    : ports_(std::move(ports)),
      request_(std::move(request)),
      decoy_(RecordName::decoy(0)),
      record_(decoy_),
      digits_(usual_digits) {}

Step Login::begin() {
    const Result<Source> source = source_of(request_);
    if (!source) return end(Verdict::unavailable, source.error().detail);
    source_ = *source;
    // A name that can be nobody's is not given to the name service: "root\0x" would find root.
    if (!AccountName::create(request_.user)) return go_on_with(nobody());
    lookup_ = std::make_shared<Result<LookedUp>>(fail(Errc::timed_out, "the name service was not asked"));
    next_ = &Login::looked_up;
    return Work{Work::Kind::lookup, [lookup = lookup_, people = ports_.people, name = request_.user,
                                     groups = ports_.config->rules.groups_mentioned()] {
                    *lookup = look_up(*people, name, groups);
                }};
}

Step Login::looked_up(Resumption resumption) {
    // `late`: the worker may still be writing; nothing of `lookup_` is looked at.
    if (resumption == Resumption::late) return end(Verdict::unavailable, "the name service took too long");
    if (resumption == Resumption::overloaded) return end(Verdict::unavailable, "too many look-ups at once");
    const std::shared_ptr<Result<LookedUp>> lookup = std::exchange(lookup_, nullptr);
    if (!*lookup) return end(Verdict::unavailable, lookup->error().detail);
    return go_on_with(**lookup);
}

Step Login::go_on_with(const LookedUp& looked_up) {
    const Result<std::variant<Subject, NotAllowed>> who = identify(request_, *ports_.config, looked_up);
    if (!who) return end(Verdict::unavailable, who.error().detail);
    if (const auto* no = std::get_if<NotAllowed>(&*who)) {
        known_name_ = no->name;
        return end(Verdict::not_allowed, no->reason);
    }
    subject_ = std::get<Subject>(*who);
    if (subject_.account) known_name_ = subject_.account->text();
    const Result<Policy> policy = policy_for(request_, *ports_.config, looked_up);
    if (!policy) return end(Verdict::unavailable, policy.error().detail);
    return follow(*policy);
}

Step Login::follow(const Policy& policy) {
    action_ = policy.action;
    if (action_ != Action::exempt) return probe(Resumption::done);
    if (!subject_.known()) return end(Verdict::refused, "unknown user");
    return end(Verdict::not_needed, by_rule("exempt", policy));
}

// Reads the person's record, and a decoy's where there is none: system calls of the same kinds for everybody.
Step Login::probe(Resumption) {
    const std::string& name = subject_.known() ? known_name_ : request_.user;
    const Result<std::uint8_t> number = ports_.keyring->decoy_number(name);
    if (!number) return end(Verdict::unavailable, number.error().detail);
    decoy_ = RecordName::decoy(*number);
    record_ = decoy_;
    if (const Result<AccountName> account = AccountName::create(name)) {
        const RecordName own = RecordName::of(*account);
        const Result<Account> record = ports_.store->read(own);
        // A name nobody has may still have a record; it is not looked at.
        if (subject_.known() && !record) return after_failed_read(record.error());
        if (subject_.known() && is_enrolled(*record)) return ask_enrolled(own, *record);
    }
    // Only for its system calls: what is wrong with a decoy must not stop somebody who needs no code.
    [[maybe_unused]] const Result<Account> decoy = ports_.store->read(decoy_);
    return without_enrollment();
}

// A record that is being written this moment looks damaged to a reader without a lock.
Step Login::after_failed_read(const Error& error) {
    const std::optional<Wait> wait = error.code == Errc::busy ? for_record_.wait_for_lock() : std::nullopt;
    if (!wait) return end(Verdict::unavailable, error.detail);
    next_ = &Login::probe;
    return *wait;
}

Step Login::ask_enrolled(const RecordName& record, const Account& account) {
    if (!account.credential) return end(Verdict::unavailable, what_is_lost(account));
    const Credential& credential = *account.credential;
    enrolled_ = true;
    record_ = record;
    method_ = credential.method;
    if (const Result<void> owner = check_owner(credential, subject_.uid); !owner) {
        return end(Verdict::unavailable, owner.error().detail);
    }
    if (!credential.authenticators.empty()) {
        digits_ = static_cast<std::uint8_t>(credential.authenticators.front().digits.value());
    }
    return ask(Resumption::done);
}

Step Login::without_enrollment() {
    if (action_ == Action::require) return ask(Resumption::done);
    if (!subject_.known()) return end(Verdict::refused, "unknown user");
    if (action_ == Action::enroll) return end(Verdict::refused, "enrollment is due");
    return end(Verdict::not_needed, "not enrolled");
}

Step Login::ask(Resumption) {
    if (asked_ == most_asks) return end(Verdict::refused, "asked too often");
    ++asked_;
    if (!request_.combined) return Ask{false, std::string(messages::code_prompt), 0};
    return Ask{false, std::string(messages::combined_prompt), digits_};
}

Step Login::answer(Reply reply) {
    if (std::holds_alternative<NoAnswer>(reply)) return end(Verdict::cancelled, "no answer");
    const auto* typed = std::get_if<Secret>(&reply);
    const Ruling not_a_code{.verdict = Verdict::refused, .reason = "not a code"};
    if (typed == nullptr) return refuse(not_a_code);
    TypedAnswer answer = classify(typed->text());
    return std::visit(
        Overloaded{[&](NotACode) { return refuse(not_a_code); }, [&](AskedForHelp) { return help(); },
                   [&](TypedOtp& otp) { return examine(OtpAnswer{std::move(otp.digits)}); },
                   [&](otp::NormalizedRecoveryCode& code) { return examine(std::move(code)); }},
        answer);
}

Step Login::help() {
    next_ = &Login::ask;
    return Show{Show::Style::info, messages::help(ports_.config->contact)};
}

Step Login::examine(Examination::Code code) {
    Examination::Circumstances circumstances{
        .record = record_,
        .decoy = decoy_,
        .never_accepted = !enrolled_,
        .name = enrolled_ ? known_name_ : std::string(),
        .uid = subject_.uid,
        .source = source_,
        .limited = limited_source(request_, source_),
        .attempt = request_.attempt,
    };
    examination_ = std::make_unique<Examination>(ports_, std::move(circumstances), std::move(code));
    return advance(examination_->start());
}

Step Login::examining(Resumption resumption) {
    return advance(examination_->resume(resumption));
}

Step Login::advance(Examination::Progress progress) {
    if (auto* step = std::get_if<Step>(&progress)) {
        next_ = &Login::examining;
        return std::move(*step);
    }
    examination_.reset();  // the answer is wiped before the next prompt stands
    return conclude(std::get<Ruling>(progress));
}

Step Login::conclude(const Ruling& ruling) {
    switch (ruling.verdict) {
        case Verdict::accepted:
            return accept(ruling);
        case Verdict::refused:
            return refuse(ruling);
        case Verdict::not_needed:
        case Verdict::unavailable:
        case Verdict::cancelled:
        case Verdict::not_allowed:
        case Verdict::misconfigured:
            break;
    }
    return end(Verdict::unavailable, ruling.reason);
}

Step Login::accept(const Ruling& ruling) {
    log(ruling);
    if (ruling.means != Means::recovery_code) return End{Verdict::accepted};
    next_ = &Login::accepted;
    return Show{Show::Style::info,
                messages::recovery_code_accepted(ruling.recovery_codes_left.value_or(0),
                                                 ruling.recovery_codes_total, ports_.config->contact)};
}

Step Login::accepted(Resumption) {
    return End{Verdict::accepted};
}

// After the last try nothing is shown: sshd would pass a text without a prompt after it on mangled.
Step Login::refuse(const Ruling& ruling) {
    log(ruling);
    if (++failed_ >= ports_.config->tries || asked_ == most_asks) return End{Verdict::refused};
    next_ = &Login::ask;
    return Show{Show::Style::error, messages::not_accepted()};
}

Step Login::resume(Resumption resumption) {
    const Next next = std::exchange(next_, nullptr);
    if (next == nullptr) return end(Verdict::unavailable, "resumed without having paused");
    return (this->*next)(resumption);
}

Step Login::end(Verdict verdict, std::string reason) {
    log({.verdict = verdict, .reason = std::move(reason)});
    return End{verdict};
}

// What is written about a decoy is that nobody is enrolled, not what became of the answer.
void Login::log(const Ruling& ruling) {
    Decision decision{
        .user = known_name_, .service = request_.service, .rhost = request_.rhost, .method = method_};
    decision.verdict = ruling.verdict;
    decision.reason = ruling.reason;
    decision.means = ruling.means;
    decision.recovery_codes_left = ruling.recovery_codes_left;
    const bool decoy = !enrolled_ && asked_ > 0 && ruling.verdict == Verdict::refused;
    if (decoy) {
        decision.reason = subject_.known() ? "not enrolled" : "unknown user";
        decision.means = Means::authenticator;
        decision.recovery_codes_left.reset();
    }
    ports_.journal->decided(decision);
}

std::unique_ptr<Dialogue> make_login(Ports ports, Request request) {
    return std::make_unique<Login>(std::move(ports), std::move(request));
}

}  // namespace secondstep::dialogue
