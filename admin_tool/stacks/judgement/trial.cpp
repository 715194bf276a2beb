#include "stacks/judgement/trial.h"

#include <algorithm>

#include "stacks/judgement/edits.h"
#include "stacks/judgement/logins.h"
#include "stacks/judgement/stack_faults.h"

namespace secondstep::tool {

namespace {

std::size_t times(const Faults& faults, const Fault& fault, bool errors_alone) {
    return static_cast<std::size_t>(std::ranges::count_if(faults, [&](const Fault& other) {
        return other.finding == fault.finding && other.part == fault.part &&
               (!errors_alone || other.level == Remark::Level::error);
    }));
}

bool has_a_new_one(const Faults& before, const Faults& after) {
    return std::ranges::any_of(after, [&](const Fault& fault) {
        return times(after, fault, false) > times(before, fault, false) ||
               times(after, fault, true) > times(before, fault, true);
    });
}

bool has_one_in(const Faults& faults, Facility part) {
    return std::ranges::find(faults, part, &Fault::part) != faults.end();
}

bool is_the_same(const Stack& one, const Stack& other, Facility part) {
    return std::ranges::equal(one.of(part), other.of(part), {}, &StackLine::text, &StackLine::text);
}

// Faults that say of somebody that they should get in, and do not.
bool is_about_somebody_refused(Finding finding) {
    return finding == Finding::nobody_gets_in || finding == Finding::not_reached ||
           finding == Finding::unknown_argument || finding == Finding::combined_prompt ||
           finding == Finding::cannot_enroll;
}

bool may_be_let_in(const TriedLogin& login, const Fault* fault, Facility part) {
    const bool refused = login.second_step != PamCode::success && login.second_step != PamCode::ignore;
    if (fault == nullptr || fault->part != part || refused) return false;
    if (part == Facility::account)
        return !login.is_expired &&
               (is_about_somebody_refused(fault->finding) || fault->finding == Finding::needs_none_refused);
    if (fault->finding == Finding::needs_none_refused)
        return login.second_step == PamCode::ignore && login.was_in_with_the_code;
    return is_about_somebody_refused(fault->finding) && login.is_right;
}

// Who had proved nothing gets in by the fault, but where a condition lets them.
bool is_to_be_kept(const TriedLogin& login, BeforeStack before) {
    const bool accepted = login.second_step == PamCode::success || login.second_step == PamCode::ignore;
    if (!accepted) return login.is_spared_the_code;
    return login.has_proof || login.is_an_exception || before == BeforeStack::key;
}

bool keeps_auth(const Stack& before, const Stack& after, const Fault* fault, BeforeStack program) {
    bool kept = true;
    try_logins(before, after, Facility::auth, [&](const TriedLogin& login) {
        const bool was_in = login.before == PamCode::success;
        const bool is_in = login.after == PamCode::success;
        if (was_in && !is_in && is_to_be_kept(login, program)) kept = false;
        if (is_in && !was_in && !may_be_let_in(login, fault, Facility::auth)) kept = false;
        // Who guesses passwords is counted as before.
        if (login.was_counted && !login.is_counted && !login.has_proof) kept = false;
    });
    return kept;
}

// A password that is due has to be asked for as before.
bool keeps_account(const Stack& before, const Stack& after, const Fault* fault) {
    const auto in = [](PamCode code) { return lets_in(code, Facility::account); };
    bool kept = true;
    try_logins(before, after, Facility::account, [&](const TriedLogin& login) {
        const bool accepted = login.second_step != PamCode::perm_denied;
        if (accepted && !login.is_expired && in(login.before) && login.after != login.before) kept = false;
        if (in(login.after) && !in(login.before) && !may_be_let_in(login, fault, Facility::account))
            kept = false;
    });
    return kept;
}

bool keeps_people(const Stack& before, const Stack& after, const Fault* fault, BeforeStack program) {
    return is_the_same(before, after, Facility::password) && is_the_same(before, after, Facility::session) &&
           (is_the_same(before, after, Facility::auth) || keeps_auth(before, after, fault, program)) &&
           (is_the_same(before, after, Facility::account) || keeps_account(before, after, fault));
}

}  // namespace

Trial::Trial(const Stack& stack, const Config& config, BeforeStack before, const Neighbours& neighbours)
    : stack_(stack),
      config_(config),
      before_(before),
      neighbours_(neighbours),
      faults_(stack_faults(stack, config, before)) {}

bool Trial::accepts(const Fault& fault, const std::vector<Edit>& edits, Scope scope) const {
    const Stack after = read_again(stack_, edited_files(stack_, edits));
    if (after.start != Start::works || after.problems.size() > stack_.problems.size()) return false;
    const Faults faults = stack_faults(after, config_, before_);
    if (scope == Scope::its_part && has_one_in(faults, fault.part)) return false;
    return times(faults, fault, false) < times(faults_, fault, false) && !has_a_new_one(faults_, faults) &&
           keeps_people(stack_, after, &fault, before_) && leaves_neighbours(edits);
}

bool Trial::is_alone(const Fault& fault) const {
    return std::ranges::count(faults_, fault.part, &Fault::part) == 1;
}

std::vector<std::string> Trial::services_with(const std::string& file) const {
    std::vector<std::string> services;
    for (const auto& [neighbour, before] : neighbours_) {
        const bool has_it =
            std::ranges::find(neighbour.files, file, &SourceFile::path) != neighbour.files.end();
        if (has_it) services.push_back(neighbour.service);
    }
    std::ranges::sort(services);
    return services;
}

// Who has shown sshd a key needs no password of theirs, and where that cannot be told some may have.
bool Trial::leaves_neighbours(const std::vector<Edit>& edits) const {
    return std::ranges::all_of(neighbours_, [&](const Neighbour& neighbour) {
        const Stack& stack = neighbour.stack;
        const auto changed = edited_files(stack, edits);
        if (stack.service == stack_.service || changed.empty()) return true;
        const Stack after = read_again(stack, changed);
        const BeforeStack people =
            neighbour.before == BeforeStack::nothing ? BeforeStack::nothing : BeforeStack::key;
        return after.start == stack.start &&
               !has_a_new_one(stack_faults(stack, config_, neighbour.before),
                              stack_faults(after, config_, neighbour.before)) &&
               keeps_people(stack, after, nullptr, people);
    });
}

}  // namespace secondstep::tool
