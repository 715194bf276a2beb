#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "account/credential.h"
#include "account/factor.h"
#include "account/source.h"
#include "account/throttle.h"
#include "base/clock.h"
#include "base/error.h"

namespace secondstep {

using AttemptId = std::array<std::uint8_t, 16>;

// What logins have done with one authenticator. Survives disable and re-enrollment (keyed by the random id).
struct AuthenticatorUse {
    AuthenticatorId id{};
    bool used = false;         // `last` is meaningful
    bool closed = false;       // HOTP after damage: nothing is accepted until it is enrolled again
    bool resyncing = false;    // `resync` is meaningful
    std::uint64_t last = 0;    // step or counter last accepted
    std::uint64_t resync = 0;  // counter of a HOTP code beyond the look-ahead; its successor resynchronises
    UnixTime last_success{};
    friend bool operator==(const AuthenticatorUse&, const AuthenticatorUse&) = default;
};

// Of the host that a record of a fleet is about; zeros: this one, or none.
using HostTag = std::array<std::uint8_t, 8>;

// A source from which this account logged in during the last 30 days: it has a counter of its own, so that a
// stranger who guesses cannot lock the owner out.
struct KnownSource {
    Source source;
    UnixTime last_success{};
    Failures failures;
    std::uint8_t number = 0;  // what RecentFailures calls it; no two of an account have the same
    HostTag host{};
    friend bool operator==(const KnownSource&, const KnownSource&) = default;
};

// The failures that were judged during the last 24 hours, newest first. A success does not clear them:
// whoever stays below the waits, between two logins of the owner, still has an end.
struct RecentFailures {
    struct OfKnown {
        UnixTime when{};
        std::uint8_t number = 0;  // of the known source
        friend bool operator==(const OfKnown&, const OfKnown&) = default;
    };
    std::vector<UnixTime> strangers;  // at most max_recent_failures, as the two that follow
    std::vector<UnixTime> own_uid;
    std::vector<UnixTime> trusted_callers;
    std::vector<OfKnown> known;  // of all known sources together, at most max_recent_known_failures
    friend bool operator==(const RecentFailures&, const RecentFailures&) = default;
};
inline constexpr std::size_t max_recent_failures = 10;
inline constexpr std::size_t max_recent_known_failures = 60;

struct RecoveryUse {
    RecoverySetId id{};
    std::uint32_t used = 0;  // bit i: code i was used
    bool closed = false;     // after damage: no code of this set is accepted
    bool not_saved = false;  // shown, but never confirmed as saved
    UnixTime last_judged{};  // when a recovery code was
    friend bool operator==(const RecoveryUse&, const RecoveryUse&) = default;
};

using KeyId = std::array<std::uint8_t, 8>;  // of a key of the ring

// A code that an administrator gave out and that works once; see one_time_grant.h.
struct OneTimeGrant {
    bool given = false;
    KeyId key{};  // of the key of the ring the digest was made with
    Digest digest{};
    UnixTime until{};  // valid up to and including this moment
    friend bool operator==(const OneTimeGrant&, const OneTimeGrant&) = default;
};

// A recovery code was struck off to set up a new authenticator. Until then, from the same source, it resumes
// that (the connection broke), and does nothing else.
struct Restore {
    RecoverySetId set{};
    std::uint32_t code = 0;  // its bit, as in RecoveryUse::used; 0: nothing to resume
    Source source{};
    UnixTime until{};
    friend bool operator==(const Restore&, const Restore&) = default;
};

// What a sent code is good for, beside the account: the service and the exact source it was asked for from.
using SentCodeBinding = std::array<std::uint8_t, 16>;

// The last code that was sent by mail or SMS; see sent_code.h. A newer one takes its place, and so voids it.
struct SentCode {
    bool given = false;
    bool used = false;         // accepted once; presenting it again is not a failure
    bool undelivered = false;  // the courier could not deliver it: the next dialogue sends another one
    std::uint8_t wrong = 0;    // answers that were wrong since it was sent; void after max_wrong_answers
    KeyId key{};               // of the key of the ring the digest was made with
    Digest digest{};
    SentCodeBinding binding{};
    UnixTime until{};  // valid up to and including this moment
    friend bool operator==(const SentCode&, const SentCode&) = default;
};
inline constexpr std::uint8_t max_wrong_answers = 3;
inline constexpr std::chrono::seconds longest_sent_code_life = std::chrono::minutes{10};
inline constexpr std::size_t max_remembered_sends = 10;

enum class Change : std::uint8_t {
    none = 0,
    enrolled = 1,
    renewed_codes = 2,
    disabled = 3,
    to_enroll_again = 4,
    renamed = 5,
    // Never in the byte of the notice: later_change.h.
    device_added = 6,
    device_removed = 7
};

// A change of the second step of which its owner is told at each login, in case it was somebody else, until
// told_notice.h says that it is enough: programs do not show a text to everybody (sshd: to a shell only).
struct ChangeNotice {
    Change change = Change::none;
    UnixTime when{};
    std::string from;  // a host, "this machine", "the administrator root"; at most max_notice_from bytes
    bool told_at_known_source = false;  // a login came from a source that was known before the change
    friend bool operator==(const ChangeNotice&, const ChangeNotice&) = default;
};
inline constexpr std::size_t max_notice_from = 63;
inline constexpr std::chrono::seconds notice_repeated_for = std::chrono::hours{24};

// From this address, on this service, the account needs no second step for a while.
struct RememberedClient {
    std::string service;  // at most max_client_service bytes; longer ones are not remembered
    std::string address;  // as exact_address() writes it
    UnixTime since{};
    UnixTime until{};
    HostTag host{};
    friend bool operator==(const RememberedClient&, const RememberedClient&) = default;
};
inline constexpr std::size_t max_client_service = 32;

inline constexpr std::size_t max_known_sources = 32;
inline constexpr std::size_t state_reserve = 158;
inline constexpr std::size_t max_remembered_clients = 16;
inline constexpr std::size_t max_authenticator_uses = 8;  // four of now, four of before

// What logins change. Everything a login must remember is in here, and nothing else
// is ever written at a login.
struct State {
    std::uint64_t generation = 0;
    bool enrolled = false;  // with this set and no credential the account is `unavailable`, not "off"
    bool enrollment_forced = false;      // re-enroll
    std::vector<AuthenticatorUse> uses;  // at most max_authenticator_uses, newest enrollment last
    RecoveryUse recovery;
    Failures strangers;  // all sources that have no counter of their own
    Failures own_uid;
    Failures trusted_callers;
    std::vector<KnownSource> known;  // at most max_known_sources, most recent success first
    AttemptId last_accepted{};
    UnixTime last_success{};
    OneTimeGrant registration;
    OneTimeGrant temporary;
    Restore restore;
    ChangeNotice notice;
    std::vector<RememberedClient> clients;  // at most max_remembered_clients, newest first
    SentCode sent;
    std::vector<UnixTime> sends;  // when messages were sent: at most max_remembered_sends, newest first
    std::vector<UnixTime> portal_sends;  // likewise, those that a trusted caller asked for
    RecentFailures recent;
    std::optional<Factor> last_factor;  // what the last success was shown with
    // Room of later versions: whoever does not know what stands here writes it back as it was.
    std::array<std::uint8_t, state_reserve> reserve{};
    friend bool operator==(const State&, const State&) = default;
};

// What is still safe to believe after a slot was lost: `survivor` is the other slot's state, or a fresh one.
// Every TOTP authenticator of the credential accepts only steps after now + window,
// HOTP and the recovery set are closed, codes that were given out and remembered clients are gone:
// they may have been used up, or dropped.
[[nodiscard]] State after_damage(State survivor, const Credential* credential, unsigned window, UnixTime now);

// What is safe to believe of a state that was copied from another machine, or put back from a backup: what
// has been used up there meanwhile does not stand in it. As after_damage(), and what still works by itself
// can be kept: recovery codes, at the risk that some were used there.
enum class CopiedRecoveryCodes { are_void, are_kept };
[[nodiscard]] State after_copying(State copied, const Credential* credential, unsigned window, UnixTime now,
                                  CopiedRecoveryCodes recovery_codes);

// The state that goes with a first or a replaced credential: enrolled, not forced, failures kept; codes that
// were given out are used up, remembered clients and an open restore are gone. Their owner is told of it by
// `notice`, here and below.
[[nodiscard]] State state_after_enrollment(State before, const Credential& credential, ChangeNotice notice);
// The state that goes with a credential that has a new recovery set and is otherwise the same.
[[nodiscard]] State state_with_new_codes(State before, const Credential& credential, ChangeNotice notice);

// The state that goes with a credential that has a device more: nothing else changes, neither recovery codes
// nor what was used up.
[[nodiscard]] State state_with_device(State before, const Credential& credential, ChangeNotice notice);
// The state that goes with a credential that has a device less. It may be in other hands: what a code of it
// may have left behind, remembered clients and the proof of a login that is going on, is gone.
[[nodiscard]] State state_without_device(State before, ChangeNotice notice);

// What is left of somebody whose name may be another's next: the last steps, so that nothing revives, and
// nothing that tells the next owner about the one before.
[[nodiscard]] State state_without_owner(State before);

// The credential is written before the state. One that this state does not know was committed by a process
// that died between the two: what it made void is void, and nobody has seen its recovery codes. One of which
// this state knows a device was given another device, which makes nothing void.
[[nodiscard]] State caught_up(State state, const Credential& credential);

[[nodiscard]] const AuthenticatorUse* find_use(const State& state, const AuthenticatorId& id);
// The entry of `id`, made if there was none; the oldest entry that is not in `credential` gives way.
[[nodiscard]] AuthenticatorUse& use_of(State& state, const AuthenticatorId& id, const Credential& credential);

// From here on people are asked to make new ones.
inline constexpr std::size_t few_recovery_codes = 3;
// Recovery codes of the credential's set that would still be accepted.
[[nodiscard]] std::size_t recovery_codes_left(const Credential& credential, const State& state);

}  // namespace secondstep
