#include "account/state.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace secondstep {
namespace {

void close_after_damage(AuthenticatorUse& use, const Authenticator& authenticator, Method method,
                        unsigned window, UnixTime now) {
    if (method == Method::hotp) {
        use.closed = true;
        return;
    }
    // A step up to now + window may have been accepted already, by the state that was lost.
    const otp::TimeStep latest = otp::time_step(now, authenticator.period) + window;
    use.last = use.used ? std::max(use.last, latest) : latest;
    use.used = true;
}

bool belongs_to(const Credential& credential, const AuthenticatorId& id) {
    const std::vector<AuthenticatorId> ids = ids_of(credential);
    return std::ranges::find(ids, id) != ids.end();
}

void take_codes_of(const Credential& credential, State& state) {
    const RecoverySetId set = credential.recovery ? credential.recovery->id : RecoverySetId{};
    if (state.recovery.id != set) state.recovery = {.id = set};
    state.restore = {};
}

void know_devices_of(const Credential& credential, State& state) {
    for (const AuthenticatorId& id : ids_of(credential))
        static_cast<void>(use_of(state, id, credential));
}

void take_second_step(const Credential& credential, State& state) {
    state.enrolled = true;
    state.enrollment_forced = false;
    state.registration = {};
    state.temporary = {};
    state.sent = {};
    state.clients.clear();
    state.last_accepted = {};  // it was of the second step before: what it proved ends with that
    know_devices_of(credential, state);
    take_codes_of(credential, state);
}

}  // namespace

State after_damage(State survivor, const Credential* credential, unsigned window, UnixTime now) {
    survivor.registration = {};
    survivor.temporary = {};
    survivor.restore = {};
    survivor.sent = {};
    survivor.clients.clear();
    if (credential == nullptr) return survivor;
    if (survivor.generation == 0) survivor.enrolled = true;  // nothing survived; the credential says so
    for (const Authenticator& a : credential->authenticators) {
        close_after_damage(use_of(survivor, a.id, *credential), a, credential->method, window, now);
    }
    if (credential->recovery) {
        if (survivor.recovery.id != credential->recovery->id)
            survivor.recovery = {.id = credential->recovery->id};
        survivor.recovery.closed = true;
    }
    return survivor;
}

State after_copying(State copied, const Credential* credential, unsigned window, UnixTime now,
                    CopiedRecoveryCodes recovery_codes) {
    const RecoveryUse before = copied.recovery;
    State next = after_damage(std::move(copied), credential, window, now);
    const bool the_same_set = before.id == next.recovery.id;
    if (recovery_codes == CopiedRecoveryCodes::are_kept) next.recovery.closed = the_same_set && before.closed;
    return next;
}

State state_with_new_codes(State before, const Credential& credential, ChangeNotice notice) {
    take_codes_of(credential, before);
    before.notice = std::move(notice);
    return before;
}

State state_after_enrollment(State before, const Credential& credential, ChangeNotice notice) {
    take_second_step(credential, before);
    before.notice = std::move(notice);
    return before;
}

State state_with_device(State before, const Credential& credential, ChangeNotice notice) {
    know_devices_of(credential, before);
    before.notice = std::move(notice);
    return before;
}

State state_without_device(State before, ChangeNotice notice) {
    before.clients.clear();
    before.last_accepted = {};
    before.notice = std::move(notice);
    return before;
}

State state_without_owner(State before) {
    State nobodys;
    nobodys.generation = before.generation;
    nobodys.uses = std::move(before.uses);
    return nobodys;
}

State caught_up(State state, const Credential& credential) {
    // A second step that takes the place of another shares no device with it.
    const bool known = std::ranges::any_of(
        ids_of(credential), [&](const AuthenticatorId& id) { return find_use(state, id) != nullptr; });
    const bool codes_known = !credential.recovery || state.recovery.id == credential.recovery->id;
    if (!known) {
        take_second_step(credential, state);
    } else {
        know_devices_of(credential, state);
        if (!codes_known) take_codes_of(credential, state);
    }
    state.recovery.not_saved = state.recovery.not_saved || !codes_known;
    return state;
}

const AuthenticatorUse* find_use(const State& state, const AuthenticatorId& id) {
    const auto found = std::ranges::find(state.uses, id, &AuthenticatorUse::id);
    return found == state.uses.end() ? nullptr : &*found;
}

AuthenticatorUse& use_of(State& state, const AuthenticatorId& id, const Credential& credential) {
    const auto found = std::ranges::find(state.uses, id, &AuthenticatorUse::id);
    if (found != state.uses.end()) return *found;
    if (state.uses.size() >= max_authenticator_uses) {
        // There is always one: a credential has fewer authenticators than there is room for.
        const auto stale = std::ranges::find_if(
            state.uses, [&](const AuthenticatorUse& use) { return !belongs_to(credential, use.id); });
        state.uses.erase(stale == state.uses.end() ? state.uses.begin() : stale);
    }
    return state.uses.emplace_back(AuthenticatorUse{.id = id});
}

std::size_t recovery_codes_left(const Credential& credential, const State& state) {
    if (!credential.recovery) return 0;
    const std::size_t size = credential.recovery->digests.size();
    if (state.recovery.id != credential.recovery->id) return size;
    if (state.recovery.closed) return 0;
    const std::uint32_t of_this_set = (std::uint32_t{1} << size) - 1U;  // size <= 16
    return size - static_cast<std::size_t>(std::popcount(state.recovery.used & of_this_set));
}

}  // namespace secondstep
