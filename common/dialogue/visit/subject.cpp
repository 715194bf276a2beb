#include "dialogue/visit/subject.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"
#include "dialogue/conversation/guest.h"
#include "dialogue/memory/guest_budget.h"

namespace secondstep::dialogue {
namespace {

std::optional<NotAllowed> objection(const Request& request, const std::optional<Person>& person) {
    const std::string name = person ? person->name : std::string();
    switch (request.caller) {
        case Caller::root:
            return std::nullopt;
        case Caller::own_uid:
            if (person && person->uid == request.uid) return std::nullopt;
            return NotAllowed{name, "uid " + std::to_string(request.uid) + " asked for another account"};
        case Caller::trusted:
            if (!person || person->uid != 0) return std::nullopt;
            return NotAllowed{name, "a trusted caller asked for uid 0"};
    }
    return NotAllowed{name, "unknown kind of caller"};
}

bool is_portal(const Request& request, const Config& config) {
    return std::ranges::find(config.portal_services, request.service) != config.portal_services.end();
}

std::string uid_text(const std::optional<uid_t>& uid) {
    return uid ? "uid " + std::to_string(*uid) : std::string("a name outside passwd");
}

}  // namespace

Result<std::variant<Subject, NotAllowed>> identify(const Request& request, const Config& config,
                                                   const LookedUp& looked_up) {
    if (std::optional<NotAllowed> no = objection(request, looked_up.person)) return std::move(*no);
    if (looked_up.person) {
        const Result<AccountName> name = AccountName::create(looked_up.person->name);
        if (!name) return std::unexpected(name.error());
        return Subject{*name, looked_up.person->uid};
    }
    if (!is_portal(request, config)) return Subject{};
    const Result<AccountName> name = AccountName::create(request.user);
    return name ? Subject{*name, std::nullopt} : Subject{};
}

Possible possible_policies(const Request& request, const Config& config, const LookedUp& looked_up) {
    Circumstances circumstances;
    circumstances.user = looked_up.person ? looked_up.person->name : request.user;
    circumstances.service = request.service;
    if (request.caller != Caller::own_uid) circumstances.rhost = request.rhost;
    if (request.caller == Caller::root) circumstances.tty = request.tty;
    circumstances.membership = &looked_up.membership;
    return config.rules.possible(circumstances);
}

std::optional<std::string> open_question(const Possible& possible, Purpose purpose) {
    switch (purpose) {
        case Purpose::authenticate:
            if (outcome_of(possible, Certainty::no) == PolicyOutcome::unavailable) return possible.doubt;
            break;
        case Purpose::account:
            if (is_enrollment_due(possible) == Certainty::cannot_tell) return possible.doubt;
            break;
        case Purpose::manage:
            break;
    }
    return std::nullopt;
}

bool may_disable_own_step(const Rules& rules, const LookedUp& looked_up) {
    if (!looked_up.person) return false;
    Circumstances circumstances;
    circumstances.user = looked_up.person->name;
    circumstances.membership = &looked_up.membership;
    for (const Rule& rule : rules.rules) {
        Rules anywhere{.defaults = rules.defaults, .rules = {rule}};
        anywhere.rules.front().services.clear();
        anywhere.rules.front().networks.clear();
        const Certainty applies = anywhere.consider(circumstances).front().applies;
        if (applies == Certainty::no) continue;
        if (!rule.given.completed_by(rules.defaults).may_disable_own_step()) return false;
        // No rule after this one is ever about them.
        if (applies == Certainty::yes && rule.services.empty() && rule.networks.empty()) return true;
    }
    return rules.defaults.may_disable_own_step();
}

Result<void> check_owner(const Credential& credential, const Subject& subject) {
    const std::optional<uid_t>& uid = subject.uid;
    if (credential.uid == uid || subject.uid_says_nothing) return {};
    const std::string& name = credential.account.text();
    return fail(Errc::damaged, "enrolled for " + uid_text(credential.uid) + ", but the name now belongs to " +
                                   uid_text(uid) + ": secondstep rename " + name + " " + name +
                                   " when it is the same person, secondstep disable " + name + " when not");
}

namespace {

Result<Source> source_there(const Request& request) {
    switch (request.caller) {
        case Caller::root:
            return source_of_rhost(request.rhost, SourceKind::address);
        case Caller::trusted:
            return source_of_rhost(request.rhost, SourceKind::trusted_caller);
        case Caller::own_uid:
            break;
    }
    return own_uid_source();
}

}  // namespace

Result<Source> source_of(const Request& request) {
    Result<Source> there = source_there(request);
    if (!there || !request.guest) return there;
    return seen_from(*there, request.guest->host.tag);
}

Source limited_source(const Request& request, Source source) {
    if (source.kind != SourceKind::own_uid) return source;
    for (std::size_t i = 0; i < sizeof request.uid; ++i) {
        source.key[i] = static_cast<std::uint8_t>(request.uid >> (8 * i));
    }
    return source;
}

bool is_at_the_machine(const Request& request) {
    const Result<Source> there = source_there(request);
    return there && there->kind == SourceKind::local;
}

std::string share_of(const Request& request, const std::string& account) {
    const Result<Source> there = source_there(request);
    if (!there) return "unknown";
    const bool is_portal_of_nowhere = there->kind == SourceKind::trusted_caller && request.rhost.empty();
    const bool is_here = there->kind == SourceKind::local || is_loopback(*there) || is_portal_of_nowhere;
    if (is_here) return std::string(GuestBudget::local_place) + account;
    return std::to_string(static_cast<unsigned>(there->kind)) + "/" +
           hex(limited_source(request, *there).key);
}

}  // namespace secondstep::dialogue
