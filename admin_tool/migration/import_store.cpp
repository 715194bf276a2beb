#include "migration/import_store.h"

#include <algorithm>

#include "access/owner_notice.h"
#include "account/devices.h"
#include "base/text.h"
#include "enrollment/enrollment.h"
#include "people/audit.h"
#include "people/invoker.h"

namespace secondstep::tool {

namespace {

const Authenticator* device_with(const Credential& credential, const Secret& key) {
    const auto found = std::ranges::find_if(credential.authenticators, [&](const Authenticator& device) {
        return equal_in_constant_time(device.key, key);
    });
    return found == credential.authenticators.end() ? nullptr : &*found;
}

// The same codes at the same time.
bool is_same(const Authenticator& a, const Authenticator& b, Method method) {
    return a.algorithm == b.algorithm && a.digits == b.digits &&
           (method == Method::hotp || a.period == b.period);
}

bool has(const Credential& credential, const Authenticator& wanted, Method method) {
    const Authenticator* const there = device_with(credential, wanted.key);
    return there != nullptr && credential.method == method && is_same(*there, wanted, method);
}

// Imported before, by this very source.
bool has_all(const Credential& credential, const Credential& wanted) {
    return std::ranges::all_of(wanted.authenticators, [&](const Authenticator& device) {
        return has(credential, device, wanted.method);
    });
}

// What a device may be behind: as far as two codes in a row find it again at a login.
constexpr std::uint64_t most_ahead = 100;

// The counters as far on as the source has them.
struct Advance {
    State state;
    std::vector<std::uint64_t> next{};  // of each that moved
    std::uint64_t furthest = 0;         // so many codes were passed over
};

// The counter whose code is the next that is accepted.
std::uint64_t next_here(const AuthenticatorUse& use, const Authenticator& device) {
    const std::uint64_t enrolled = device.has_floor ? device.floor + 1 : 0;
    return std::max(enrolled, use.used ? use.last + 1 : 0);
}

Advance advanced(const Account& present, const Credential& source) {
    Advance advance{present.state};
    if (!present.credential || present.credential->method != Method::hotp) return advance;
    for (const Authenticator& device : present.credential->authenticators) {
        const Authenticator* const there = device_with(source, device.key);
        if (there == nullptr || !there->has_floor) continue;
        AuthenticatorUse& use = use_of(advance.state, device.id, *present.credential);
        const std::uint64_t here = next_here(use, device);
        if (there->floor < here) continue;
        use.used = true;
        use.last = there->floor;
        advance.next.push_back(there->floor + 1);
        advance.furthest = std::max(advance.furthest, there->floor - here + 1);
    }
    return advance;
}

std::unexpected<Error> too_far_ahead(std::uint64_t codes) {
    return fail(
        Errc::invalid,
        "the same key is there already, and the source's counter is " + std::to_string(codes) +
            " ahead of the one here: if it is wrong, every code that the device shows would be refused. "
            "--replace moves the counter on all the same.");
}

// "totp: phone, tablet"
std::string described(const Credential& credential) {
    std::string text(to_text(credential.method));
    if (!credential.authenticators.empty()) text += ": " + names_of_devices(credential);
    return text;
}

std::unexpected<Error> enrolled_otherwise(const Credential& present, const Credential& wanted) {
    const std::string who = "somebody is enrolled under this name already, with another key (" +
                            described(present) + "), and that stays as it is. ";
    if (present.method == wanted.method)
        return fail(Errc::exists, who + "--add sets this one beside it, --replace puts it in its place.");
    return fail(Errc::exists, who + "This one is " + std::string(to_text(wanted.method)) +
                                  ", and an account has one method: --replace puts it in its place.");
}

// Whether all that is not there yet may stand beside what is.
Result<void> check_addition_of(const Credential& present, const State& state, const Credential& wanted) {
    if (present.method != wanted.method) return enrolled_otherwise(present, wanted);
    if (present.uid != wanted.uid)
        return fail(Errc::exists,
                    "the second step under this name was set up for another uid: secondstep rename or "
                    "disable settles whose it is.");
    if (state.enrollment_forced)
        return fail(Errc::exists,
                    "the person is asked to enroll again at the next login, which replaces every device.");
    std::size_t devices = present.authenticators.size();
    for (const Authenticator& device : wanted.authenticators) {
        if (has(present, device, wanted.method)) continue;
        if (device_with(present, device.key) != nullptr)
            return fail(
                Errc::exists,
                "the same key is there with another algorithm, other digits or another period: --replace "
                "puts what the source says in its place.");
        ++devices;
    }
    if (devices <= max_authenticators) return {};
    return fail(Errc::too_large, "an account has at most " + std::to_string(max_authenticators) +
                                     " devices, and there are " +
                                     std::to_string(present.authenticators.size()) + " (" +
                                     names_of_devices(present) + "): secondstep devices remove makes room.");
}

Credential with_devices(const Credential& present, const Credential& wanted, UnixTime now) {
    Credential more = present.clone();
    for (const Authenticator& device : wanted.authenticators) {
        if (has(present, device, wanted.method)) continue;
        Authenticator added = device.clone();
        added.name = free_name(more, device.name);
        added.added_at = now;
        more.authenticators.push_back(std::move(added));
    }
    return more;
}

Change change_of(ImportStore::Step step) {
    return step == ImportStore::Step::add ? Change::device_added : Change::enrolled;
}

}  // namespace

std::string free_name(const Credential& credential, const std::string& name) {
    constexpr std::size_t room_for_number = 3;
    const std::string base = printable(name, max_device_name - room_for_number);
    std::string free = printable(name, max_device_name);
    const auto is_taken = [&](const Authenticator& device) { return is_same_device_name(device.name, free); };
    for (unsigned number = 2; std::ranges::any_of(credential.authenticators, is_taken); ++number)
        free = base + "-" + std::to_string(number);
    return free;
}

Result<ImportStore::Step> ImportStore::step_for(const Account& present, const Credential& wanted) const {
    if (present.lost_credential) return std::unexpected(*present.lost_credential);
    if (!present.credential) return Step::enroll;
    const Credential& there = *present.credential;
    const bool all = has_all(there, wanted);
    const bool as_many = there.authenticators.size() == wanted.authenticators.size();
    if (all && (!options_.replace || as_many)) return Step::none;
    if (options_.replace) return Step::replace;
    if (!options_.add) return enrolled_otherwise(there, wanted);
    if (const auto fits = check_addition_of(there, present.state, wanted); !fits)
        return std::unexpected(fits.error());
    return Step::add;
}

Rewrite ImportStore::rewrite(Step step, const Account& present, const Credential& wanted) const {
    const ChangeNotice told = dialogue::notice_of(change_of(step), wanted.enrolled_at, administrator());
    switch (step) {
        case Step::none:
            break;
        case Step::add: {
            Credential more = with_devices(*present.credential, wanted, wanted.enrolled_at);
            State next = state_with_device(present.state, more, told);
            return WriteCredential{std::move(more), std::move(next)};
        }
        case Step::enroll:
        case Step::replace:
            return WriteCredential{wanted.clone(), state_after_enrollment(present.state, wanted, told)};
    }
    return LeaveAsItIs{};
}

Result<void> ImportStore::carry_out(Step step, const Credential& wanted) {
    OwnerNotice notice(session_, wanted.account.text());
    const Opening how = step == Step::add ? Opening::existing : Opening::enrollment;
    const auto kept = change(
        *session_.store, RecordName::of(wanted.account), how, [&](const Account& present) -> Result<Rewrite> {
            const auto now = step_for(present, wanted);
            if (!now) return std::unexpected(now.error());
            if (*now != step) return fail(Errc::busy, "somebody else changed this meanwhile: import again.");
            notice.add_address_of(present.credential);
            session_.mark.set();
            return rewrite(step, present, wanted);
        });
    if (!kept) return std::unexpected(kept.error());
    note(step, wanted, *kept);
    if (step != Step::enroll) notice.tell(change_of(step));
    return {};
}

void ImportStore::note(Step step, const Credential& wanted, Kept kept) const {
    const std::string& user = wanted.account.text();
    if (kept == Kept::unconfirmed) warn_unconfirmed(user, "the imported second step counts");
    std::string details = "method=" + std::string(to_text(wanted.method));
    if (step == Step::add) details += " added=yes";
    if (step == Step::replace) details += " replaced=yes";
    if (options_.confirm) details += " confirmed=yes";
    audit("import", user, details);
}

void ImportStore::note_counters(const Credential& wanted, const std::vector<std::uint64_t>& next,
                                Kept kept) const {
    const std::string& user = wanted.account.text();
    if (kept == Kept::unconfirmed) warn_unconfirmed(user, "the counter that was moved on counts");
    std::string details = "method=hotp";
    for (const std::uint64_t counter : next)
        details += " counter_moved_to=" + std::to_string(counter);
    audit("import", user, details);
}

Result<std::vector<std::uint64_t>> ImportStore::catch_up(const Account& present, const Credential& wanted) {
    const auto refused = [&](const Advance& advance) {
        return advance.furthest > most_ahead && !options_.replace;
    };
    Advance advance = advanced(present, wanted);
    if (refused(advance)) return too_far_ahead(advance.furthest);
    if (options_.dry_run || advance.next.empty()) return std::move(advance.next);
    const auto kept = change(*session_.store, RecordName::of(wanted.account), Opening::existing,
                             [&](const Account& now) -> Result<Rewrite> {
                                 advance = advanced(now, wanted);
                                 if (refused(advance)) return too_far_ahead(advance.furthest);
                                 if (advance.next.empty()) return LeaveAsItIs{};
                                 return WriteState{advance.state};
                             });
    if (!kept) return std::unexpected(kept.error());
    if (!advance.next.empty()) note_counters(wanted, advance.next, *kept);
    return std::move(advance.next);
}

}  // namespace secondstep::tool
