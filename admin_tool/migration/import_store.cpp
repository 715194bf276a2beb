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

// The counters as far on as the source has them.
State advanced(State state, const Credential& credential, const Credential& source) {
    for (const Authenticator& device : credential.authenticators) {
        const Authenticator* const there = device_with(source, device.key);
        if (there == nullptr || !there->has_floor) continue;
        AuthenticatorUse& use = use_of(state, device.id, credential);
        if (use.used && use.last >= there->floor) continue;
        use.used = true;
        use.last = there->floor;
    }
    return state;
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
    const auto is_taken = [&](const Authenticator& device) {
        return lowercase_ascii(device.name) == lowercase_ascii(free);
    };
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

Result<void> ImportStore::catch_up(const Credential& wanted) {
    if (options_.dry_run || wanted.method != Method::hotp) return {};
    const auto kept = change(*session_.store, RecordName::of(wanted.account), Opening::existing,
                             [&](const Account& present) -> Result<Rewrite> {
                                 if (!present.credential || present.credential->method != Method::hotp)
                                     return LeaveAsItIs{};
                                 State next = advanced(present.state, *present.credential, wanted);
                                 if (next == present.state) return LeaveAsItIs{};
                                 return WriteState{std::move(next)};
                             });
    if (!kept) return std::unexpected(kept.error());
    return {};
}

}  // namespace secondstep::tool
