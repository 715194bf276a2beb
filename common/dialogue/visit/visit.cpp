#include "dialogue/visit/visit.h"

#include <mutex>

#include "account/known_sources.h"
#include "base/pasted_text.h"
#include "base/text.h"
#include "dialogue/conversation/guest.h"
#include "dialogue/conversation/store_work.h"
#include "dialogue/sending/sent_notices.h"
#include "dialogue/texts/messages.h"
#include "dialogue/visit/earlier_name.h"
#include "dialogue/visit/guest_arrival.h"
#include "dialogue/visit/standing_host.h"

namespace secondstep::dialogue {
namespace {

// Of a name that can be nobody's.
LookedUp nobody(const std::vector<std::string>& groups) {
    return {std::nullopt, {.groups = {}, .known_groups = groups}};
}

// A question to the name service that may be answered after nobody waits for it any more.
// Shared with the worker.
class LookUp {
  public:
    void run(const People& people, const std::string& name, const std::vector<std::string>& groups) {
        Result<LookedUp> all = people.find(name, groups, [this](const Person& person) {
            const std::lock_guard lock(mutex_);
            early_ = person;
        });
        const std::lock_guard lock(mutex_);
        result_ = std::move(all);
    }
    [[nodiscard]] Result<LookedUp> result() const {
        const std::lock_guard lock(mutex_);
        return result_;
    }
    // A directory that says nothing keeps its groups to itself; who the person is may be known all the same.
    // Of an account of this machine also when all who could ask wait for a directory.
    [[nodiscard]] std::optional<Person> early(const People& people, const std::string& name) const {
        const std::lock_guard lock(mutex_);
        return early_ ? early_ : people.find_here(name);
    }

  private:
    mutable std::mutex mutex_;
    std::optional<Person> early_;
    Result<LookedUp> result_ = fail(Errc::timed_out, "the name service was not asked");
};

// An administrator should know while it is so, not once for each login.
void note_doubt(const Visit& visit, const std::string& doubt) {
    const std::string service = printable(visit.request.service, 60);
    const std::string from = visit.address().empty() && !visit.request.rhost.empty()
                                 ? " (rhost=" + printable(visit.request.rhost, 100) + ")"
                                 : "";
    visit.ports.journal->warn_sparingly(
        service + ": " + doubt, "service " + service + ": " + doubt + from +
                                    "; who is enrolled is asked, others may find the login unavailable");
}

// "Not enrolled" must be certain: a lost file must not switch the second step off.
bool is_enrolled(const Account& account) {
    return account.credential || account.state.enrolled || account.state_damaged;
}

std::string what_is_lost(const Account& account) {
    if (account.state.enrolled) return "enrolled, but the credential is lost (run doctor)";
    return "no credential, and the state is damaged (disable or enroll mends it)";
}

// Fills in what is known of the person; a verdict when that decides already.
std::optional<Ended> recognize(Visit& visit, const LookedUp& looked_up) {
    const Result<std::variant<Subject, NotAllowed>> who = identify(visit.request, visit.config(), looked_up);
    if (!who) return visit.end(Verdict::unavailable, who.error().detail);
    if (const auto* no = std::get_if<NotAllowed>(&*who)) {
        visit.known_name = no->name;
        return visit.end(Verdict::not_allowed, no->reason);
    }
    visit.subject = std::get<Subject>(*who);
    if (visit.subject.account) visit.known_name = visit.subject.account->text();
    if (visit.ports.own_uids) {
        visit.subject.uid.reset();
        visit.subject.uid_says_nothing = true;
        if (auto no = managing_by_uid(visit)) return no;
    }
    const Possible possible = possible_policies(visit.request, visit.config(), looked_up);
    visit.policy = strictest(possible);
    visit.in_doubt = !possible.doubt.empty();
    visit.open_question = open_question(possible, visit.request.purpose);
    if (!possible.doubt.empty()) note_doubt(visit, possible.doubt);
    visit.may_disable_own_step = may_disable_own_step(visit.config().rules, looked_up);
    return std::nullopt;
}

std::optional<Ended> check_enrolled(Visit& visit, const Account& account) {
    if (!account.credential) return visit.end(Verdict::unavailable, what_is_lost(account));
    visit.enrolled = true;
    visit.record = visit.own_record();
    visit.method = account.credential->method;
    if (account.credential->destination) visit.destination = account.credential->destination->address;
    if (const Result<void> owner = check_owner(*account.credential, visit.subject); !owner) {
        return visit.end(Verdict::unavailable, owner.error().detail);
    }
    return std::nullopt;
}

}  // namespace

Visit::Visit(Talk& with_them, Ports with, Request from)
    : talk(with_them),
      ports(std::move(with)),
      request(std::move(from)),
      client(exact_address(request.rhost)),
      decoy(RecordName::decoy(0)),
      record(decoy),
      place(request.guest ? request.guest->host.changes : fleet::HostClass::changes),
      widest_place(place) {}

Permission Visit::permission(Proof proof, EnrollmentState as_it_stands) const {
    const bool enrolls = policy.action == Action::enroll;
    return permitted({.purpose = request.purpose,
                      .caller = request.caller,
                      .first_factor_passed = request.first_factor_passed,
                      .combined = request.combined,
                      .enroll_in_account = request.enroll_in_account,
                      .nobody_there = request.nobody_there,
                      .proof = proof,
                      .enrollment = as_it_stands,
                      .place = place,
                      .must_enroll = enrolls,
                      .due = enrolls && !policy.may_decline(now()),
                      .open = policy.enrollment == EnrollmentProof::open});
}

bool Visit::may_be_sent_codes() const {
    return enrolled && destination && permission(Proof::none).send_codes;
}

bool Visit::may_cause_a_message() const {
    return !request.guest ||
           ports.memory->guest_budget.admit_message(host_tag(), known_name, ports.steady_now());
}

void Visit::messages_were_wanted() const {
    if (request.guest) ports.memory->guest_budget.messages_were_wanted(host_tag(), known_name);
}

Proof Visit::handed_back(const State& state) const {
    if (request.purpose != Purpose::account || !subject.known()) return Proof::none;
    const std::optional<ShownBefore> shown =
        read_proof_token(*ports.keyring, own_record(), asked(), request.proof, now());
    if (!shown) return Proof::none;
    const bool stands =
        shown->proof == Proof::first_factor ? !enrolled : enrolled && state.last_accepted == shown->write;
    return stands ? shown->proof : Proof::none;
}

// Only programs of root are asked for something in the account phase. A token that could not be made is one
// that proves nothing.
Token Visit::token_of(Proof proof) const {
    if (request.purpose != Purpose::authenticate || request.caller != Caller::root) return {};
    if (!subject.known()) return {};
    return make_proof_token(*ports.keyring, own_record(), asked(), {proof, write}, now()).value_or(Token{});
}

bool Visit::may_see_the_address() const {
    return may_be_sent_codes() && permission(Proof::none).address;
}

std::string Visit::address() const {
    if (request.caller == Caller::own_uid) return {};
    return client.value_or("");
}

std::string Visit::from() const {
    const bool local = request.caller == Caller::own_uid || request.rhost.empty();
    if (!request.guest) return local ? "this machine" : request.rhost;
    return local ? host_name_there() : request.rhost + " at " + host_name_there();
}

bool Visit::may_change_there() const {
    return place == fleet::HostClass::changes;
}

std::string Visit::only_elsewhere() const {
    return messages::only_on(ports.host, host_name_there());
}

HostTag Visit::host_tag() const {
    return request.guest ? request.guest->host.tag : HostTag{};
}

std::string Visit::host_name_there() const {
    return request.guest ? request.guest->host.name : std::string();
}

// Exactly: somebody else in the same network cannot use the code. A caller's word is taken as far as the
// throttle takes it.
SentFor Visit::asked() const {
    const std::string there = request.guest ? " at " + host_name_there() : "";
    if (request.caller == Caller::own_uid)
        return {request.service, "uid " + std::to_string(request.uid) + there};
    const std::string kind = request.caller == Caller::trusted ? "portal " : "host ";
    return {request.service, kind + (client ? *client : lowercase_ascii(request.rhost)) + there};
}

Verification::Circumstances Visit::circumstances() const {
    return {
        .record = record,
        .decoy = decoy,
        .decoy_number = decoy_number,
        .never_accepted = !enrolled,
        .name = enrolled ? known_name : std::string(),
        .subject = subject,
        .source = source,
        .limited = limited_source(request, source),
        .asked_for = subject.known() ? known_name : request.user,
        .known_source = known_source,
        .service = request.service,
        .address = address(),
        .host = host_tag(),
        .asked = asked(),
        .wrong = wrong_answers,
    };
}

// What is written about a decoy is that nobody is enrolled, not what became of the answer.
void Visit::log(const VerificationOutcome& verified) const {
    Decision decision{
        .user = known_name, .service = request.service, .rhost = request.rhost, .method = method};
    decision.host = host_name_there();
    decision.verdict = verified.verdict;
    decision.reason = verified.reason;
    decision.factor = verified.factor;
    decision.recovery_codes_left = verified.recovery_codes_left;
    decision.device = verified.device;
    if (by_decoy && verified.verdict == Verdict::refused) {
        decision.reason = subject.known() ? "not enrolled" : "unknown user";
        decision.factor = Factor::authenticator;
        decision.recovery_codes_left.reset();
    }
    ports.journal->decided(decision);
}

ChangeEntry Visit::entry_of(decltype(ChangeEntry::what) what, const Grounds& grounds) const {
    return {.what = what,
            .user = known_name,
            .service = request.service,
            .rhost = request.rhost,
            .proof = grounds,
            .host = host_name_there()};
}

void Visit::log_change(Change change, const Grounds& grounds,
                       const std::optional<delivery::Address>& now_on_file) const {
    ports.journal->changed(entry_of(change, grounds));
    tell_owner(messages::notice_of_change(change), now_on_file);
}

void Visit::log_device(std::variant<Change, AccountEvent> what, Proof proof,
                       const std::string& device) const {
    ChangeEntry entry =
        entry_of(std::visit([](auto one) -> decltype(ChangeEntry::what) { return one; }, what), proof);
    entry.device = device;
    ports.journal->changed(entry);
    if (const auto* change = std::get_if<Change>(&what)) tell_owner(messages::notice_of_change(*change));
}

void Visit::log_event(AccountEvent event, const Grounds& grounds) const {
    ports.journal->changed(entry_of(event, grounds));
}

void Visit::tell_owner(const std::string& sentence,
                       const std::optional<delivery::Address>& now_on_file) const {
    if (ports.notices == nullptr || !subject.known()) return;
    Notice notice{.user = known_name,
                  .service = request.service,
                  .sentence = messages::told_by_notice(sentence, now(), from()),
                  .to = {}};
    if (on_file) notice.to.push_back(*on_file);
    if (now_on_file && now_on_file != on_file) notice.to.push_back(*now_on_file);
    ports.notices->tell(notice);
}

std::string Visit::by_rule(const std::string& words) const {
    if (in_doubt) return words + " by every rule that may apply";
    return words + (policy.rule.empty() ? " by default" : " by rule " + policy.rule);
}

Ended Visit::end(Verdict verdict, std::string reason) const {
    log({.verdict = verdict, .reason = std::move(reason)});
    return Ended(verdict);
}

Script<std::optional<Ended>> arrive(Visit& visit) {
    const Result<Source> source = source_of(visit.request);
    if (!source) co_return visit.end(Verdict::unavailable, source.error().detail);
    visit.source = *source;
    if (visit.request.guest) co_return recognize_guest(visit);
    const std::vector<std::string> groups = visit.config().rules.groups_mentioned();
    // A name that can be nobody's is not given to the name service: "root\0x" would find root.
    if (!AccountName::create(visit.request.user)) co_return recognize(visit, nobody(groups));
    const auto lookup = std::make_shared<LookUp>();
    Work work{Work::Kind::lookup,
              [lookup, people = visit.ports.people, name = visit.request.user, groups] {
                  lookup->run(*people, name, groups);
              },
              visit.request.user, groups};
    const Resumption resumption = co_await visit.talk.pause(std::move(work));
    if (resumption != Resumption::done) {
        const char* const why = resumption == Resumption::overloaded ? "too many look-ups at once"
                                                                     : "the name service took too long";
        const std::optional<Person> person = lookup->early(*visit.ports.people, visit.request.user);
        if (!person) co_return visit.end(Verdict::unavailable, why);
        const LookedUp without_groups{person, {{}, {}, why}};
        co_return recognize(visit, without_groups);
    }
    const Result<LookedUp> looked_up = lookup->result();
    if (!looked_up) co_return visit.end(Verdict::unavailable, looked_up.error().detail);
    co_return recognize(visit, *looked_up);
}

namespace {

// Only for its system calls: what is wrong with a decoy must not stop somebody who needs no code. Whoever has
// a record waits while it is being written; so does who has none. False: the cryptography failed.
Script<bool> read_decoy(Visit& visit, std::string name) {
    const auto loan = visit.ports.memory->decoy_loans.lend(name, visit.decoy_number);
    if (!loan) co_return false;
    StorePatience patience;
    static_cast<void>(co_await read_record(visit.talk, StoreAccess::of(visit.ports),
                                           RecordName::decoy((*loan)->number()), patience));
    co_return true;
}

}  // namespace

Script<std::expected<Account, Ended>> read_account(Visit& visit) {
    const std::string& name = visit.subject.known() ? visit.known_name : visit.request.user;
    const Result<std::uint8_t> number = visit.ports.keyring->decoy_number(name);
    if (!number) co_return std::unexpected(visit.end(Verdict::unavailable, number.error().detail));
    visit.decoy_number = *number;
    visit.decoy = RecordName::decoy(*number);
    visit.record = visit.decoy;
    Account none;
    if (const Result<AccountName> account = AccountName::create(name)) {
        // A record that is being written this moment looks damaged to a reader without a lock. A name nobody
        // has may still have a record; it is not looked at, nor waited for.
        StorePatience patience;
        if (!visit.subject.known()) patience = StorePatience{Rounds::Milliseconds::zero()};
        Result<Account> record = co_await read_record(visit.talk, StoreAccess::of(visit.ports),
                                                      RecordName::of(*account), patience);
        if (visit.subject.known() && !record)
            co_return std::unexpected(visit.end(Verdict::unavailable, record.error().detail));
        if (visit.subject.known() && is_enrolled(*record)) {
            if (const auto over = check_enrolled(visit, *record)) co_return std::unexpected(*over);
            visit.enrollment = enrollment_state_of(true, record->state);
            visit.known_source = is_known(record->state, visit.source, visit.now());
            visit.on_file = address_on_file(visit.config(), visit.known_name, &*record->credential);
            co_return std::move(*record);
        }
        if (visit.subject.known()) {
            visit.on_file = address_on_file(visit.config(), visit.known_name, nullptr);
            none = std::move(*record);
        }
    }
    const Result<void> earlier = co_await check_earlier_names(visit);
    if (!earlier) co_return std::unexpected(visit.end(Verdict::unavailable, earlier.error().detail));
    const bool read = co_await read_decoy(visit, name);
    if (!read) co_return std::unexpected(visit.end(Verdict::unavailable, "no decoy could be chosen"));
    if (visit.open_question) co_return std::unexpected(visit.end(Verdict::unavailable, *visit.open_question));
    co_return std::move(none);
}

namespace {

// Since this conversation came here.
bool is_narrowed(const Visit& visit) {
    return visit.place < visit.widest_place;
}

}  // namespace

Script<Result<Kept>> change_own_record(Visit& visit, Decide decide) {
    const Result<void> looked = co_await look_at_host(visit);
    if (!looked) co_return std::unexpected(looked.error());
    if (is_narrowed(visit))
        co_return fail(Errc::not_allowed,
                       "less may be changed on host " + visit.host_name_there() + " now: begin again");
    StorePatience patience;
    co_return co_await change_record(visit.talk, StoreAccess::of(visit.ports), visit.own_record(),
                                     Opening::enrollment, std::move(decide), patience);
}

Script<Result<Kept>> change_as_asked(Visit& visit, Decide decide) {
    Result<Kept> written = co_await change_own_record(visit, std::move(decide));
    if (!written && is_narrowed(visit))
        co_await visit.talk.show_error(messages::no_longer_on(visit.ports.host, visit.host_name_there()));
    co_return written;
}

std::optional<Secret> text_of(Reply reply) {
    if (auto* typed = std::get_if<Secret>(&reply)) return std::move(*typed);
    if (std::holds_alternative<OverlongAnswer>(reply)) return Secret::copy_of(std::string_view("?too long?"));
    return std::nullopt;
}

bool says(const Secret& typed, std::string_view word) {
    return is_word(typed.text(), word);
}

}  // namespace secondstep::dialogue
