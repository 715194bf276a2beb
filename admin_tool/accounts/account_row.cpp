#include "accounts/account_row.h"
#include "base/local_time.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "account/matching_codes.h"
#include "account/recent_failures.h"
#include "account/state.h"
#include "account/throttle.h"

namespace secondstep::tool {

namespace {

// Every counter with the words for where its failures come from.
struct Counter {
    const Failures* failures;
    std::string_view whose;
};
std::vector<Counter> counters_of(const State& state) {
    std::vector<Counter> counters{
        {&state.strangers, ""}, {&state.own_uid, "own programs"}, {&state.trusted_callers, "portal"}};
    for (const KnownSource& known : state.known)
        counters.push_back({&known.failures, "a known address"});
    return counters;
}

std::string note_with(std::string note, std::string_view whose) {
    if (!whose.empty()) note += " (" + std::string(whose) + ")";
    return note;
}

// Too many guesses within 24 hours: codes from there wait as well. The wait that ends last is shown.
void apply_failures_of_a_day(AccountRow& row, const State& state, UnixTime now) {
    const auto hold = [&row](std::optional<UnixTime> until, std::string_view whose) {
        if (!until || (row.status != AccountStatus::on && row.status != AccountStatus::throttled)) return;
        if (row.until && *until <= *row.until) return;
        row.status = AccountStatus::throttled;
        row.until = until;
        row.note = note_with("until " + local_minute(*until), whose);
    };
    hold(too_many_until(state, Share::strangers, now), "");
    hold(too_many_until(state, Share::own_uid, now), "own programs");
    hold(too_many_until(state, Share::portal, now), "portal");
    for (const KnownSource& known : state.known)
        hold(too_many_until(state, known.source, now), "a known address");
}

// Closed counts more than waiting, and the first counter (everybody's) more than the others.
void apply_throttle(AccountRow& row, const State& state, UnixTime now) {
    for (const Counter& counter : counters_of(state)) {
        row.failures = std::max(row.failures, counter.failures->count);
        switch (gate(*counter.failures, now)) {
            case Gate::open:
                break;
            case Gate::waiting:
                if (row.status != AccountStatus::on) break;
                row.status = AccountStatus::throttled;
                row.until = end_of_wait(*counter.failures, now);
                row.note = note_with("until " + local_minute(*row.until).substr(11), counter.whose);
                break;
            case Gate::closed:
                if (row.status == AccountStatus::closed) break;
                row.status = AccountStatus::closed;
                row.until.reset();
                row.note = note_with("run unlock", counter.whose);
                break;
        }
    }
    apply_failures_of_a_day(row, state, now);
}

void add_note(AccountRow& row, std::string_view words) {
    if (!row.note.empty()) row.note += ", ";
    row.note += words;
}

void apply_credential(AccountRow& row, const Account& account) {
    const Credential& credential = *account.credential;
    row.enrolled = true;
    row.status = AccountStatus::on;
    row.method = credential.method;
    if (credential.destination) row.address = credential.destination->address.masked();
    row.enrolled_at = credential.enrolled_at;
    for (const Authenticator& device : credential.authenticators)
        row.devices.push_back(device.name);
    row.codes_left = recovery_codes_left(credential, account.state);
    row.codes_total = credential.recovery ? credential.recovery->digests.size() : 0;
    row.codes_confirmed = !account.state.recovery.not_saved;
    row.a_code_opens = !has_scratch_codes(credential);
}

// Who may use a registration code: somebody who has no second step, or who has to enroll again.
void apply_invitation(AccountRow& row, const State& state, UnixTime now) {
    if (!state.registration.given || now > state.registration.until) return;
    if (row.enrolled && !state.enrollment_forced) return;
    row.invited_until = state.registration.until;
}

void add_notes(AccountRow& row) {
    if (row.invited_until) add_note(row, "invited until " + local_minute(*row.invited_until));
    if (row.devices.size() > 1) add_note(row, std::to_string(row.devices.size()) + " devices");
    if (row.temporary_until) add_note(row, "temporary code until " + local_minute(*row.temporary_until));
    if (row.codes_left && *row.codes_left <= few_recovery_codes)
        add_note(row, *row.codes_left == 0 ? "no codes" : "few codes");
    if (!row.codes_confirmed) add_note(row, "codes never confirmed");
}

// A credential binds to the name and the uid that the account had when it was made; a login with another one
// is `unavailable`. `entry` is found by the name, in whatever spelling.
void apply_account(AccountRow& row, const Credential& credential, const std::optional<PasswdEntry>& entry) {
    const std::string& name = credential.account.text();
    if (entry && entry->name != name && entry->uid == credential.uid) {
        row.status = AccountStatus::mismatch;
        row.note = "is " + entry->name + " now: run rename";
    } else if (entry && entry->name == name && credential.uid && entry->uid != *credential.uid) {
        row.status = AccountStatus::mismatch;
        row.note = "uid was " + std::to_string(*credential.uid) + ", is " + std::to_string(entry->uid) +
                   ": run rename or disable";
    } else if (!entry && credential.uid) {
        const auto owner =
            *credential.uid == 0 ? std::nullopt : look_up(*credential.uid).value_or(std::nullopt);
        add_note(row, owner ? "is " + owner->name + " now: run rename" : "no such account");
    }
}

AccountRow damaged_row(AccountRow row) {
    row.status = AccountStatus::damaged;
    row.note = "run doctor";
    return row;
}

}  // namespace

std::string_view to_text(AccountStatus status) {
    switch (status) {
        case AccountStatus::on:
            return "on";
        case AccountStatus::throttled:
            return "throttled";
        case AccountStatus::closed:
            return "closed";
        case AccountStatus::off:
            return "off";
        case AccountStatus::exempt:
            return "exempt";
        case AccountStatus::re_enroll:
            return "re-enroll";
        case AccountStatus::mismatch:
            return "mismatch";
        case AccountStatus::damaged:
            break;
    }
    return "damaged";
}

bool is_unavailable(AccountStatus status) {
    return status == AccountStatus::damaged || status == AccountStatus::mismatch;
}

AccountRow row_of(const std::string& user, const Result<Account>& account,
                  const std::optional<PasswdEntry>& entry, UnixTime now) {
    AccountRow row;
    row.user = user;
    if (!account) return damaged_row(std::move(row));
    const State& state = account->state;
    row.last_used = state.last_success;
    // Marked enrolled, or unreadable, without a credential: a login gets `unavailable`, never "off".
    if (!account->credential && (state.enrolled || account->state_damaged))
        return damaged_row(std::move(row));
    if (!account->credential) {
        apply_invitation(row, state, now);
        add_notes(row);
        return row;
    }
    apply_credential(row, *account);
    apply_throttle(row, state, now);
    if (state.temporary.given && now <= state.temporary.until) row.temporary_until = state.temporary.until;
    if (state.enrollment_forced) row.status = AccountStatus::re_enroll;
    apply_invitation(row, state, now);
    if (account->state_damaged) add_note(row, "state repaired: run doctor");
    add_notes(row);
    apply_account(row, *account->credential, entry);
    return row;
}

void apply_demand(AccountRow& row, const PolicyDemands::Demand& demand, UnixTime now) {
    if (is_unavailable(row.status)) return;
    if (demand.action == Action::exempt) {
        row.status = AccountStatus::exempt;
        row.rule = demand.rule;
        row.note = "rule " + demand.rule;
    } else if (demand.action == Action::enroll && !row.enrolled) {
        row.due = demand.until;
        add_note(row, demand.until && now <= *demand.until
                          ? "due " + local_minute(*demand.until).substr(0, 10)
                          : "due now");
    }
}

Json to_json(const AccountRow& row) {
    Json json{{"user", row.user}, {"state", to_text(row.status)}, {"enrolled", row.enrolled}};
    json["method"] = row.method ? Json(to_text(*row.method)) : Json();
    json["address"] = row.address.empty() ? Json() : Json(row.address);
    json["enrolled_at"] = row.enrolled_at == never ? Json() : Json(utc_second(row.enrolled_at));
    json["last_used"] = row.last_used == never ? Json() : Json(utc_second(row.last_used));
    json["recovery_codes_left"] = row.codes_left ? Json(*row.codes_left) : Json();
    json["recovery_codes_total"] = row.codes_total;
    json["codes_confirmed"] = row.enrolled ? Json(row.codes_confirmed) : Json();
    json["failures"] = row.failures;
    json["until"] = row.until ? Json(utc_second(*row.until)) : Json();
    json["invited_until"] = row.invited_until ? Json(utc_second(*row.invited_until)) : Json();
    json["temporary_until"] = row.temporary_until ? Json(utc_second(*row.temporary_until)) : Json();
    json["devices"] = row.devices;
    json["due"] = row.due ? Json(utc_second(*row.due)) : Json();
    json["rule"] = row.rule.empty() ? Json() : Json(row.rule);
    json["note"] = row.note;
    return json;
}

}  // namespace secondstep::tool
