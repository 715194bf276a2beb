#include "store/decoys.h"

#include "account/account_name.h"
#include "account/state.h"

namespace secondstep {
namespace {

constexpr std::size_t key_size = 20;
constexpr std::size_t pepper_size = 32;
constexpr std::size_t recovery_codes = 10;

RecoverySet decoy_recovery(Randomness& randomness) {
    RecoverySet set;
    set.id = randomness.array<8>();
    set.pepper = randomness.secret(pepper_size);
    set.salt = randomness.array<32>();
    for (std::size_t i = 0; i < recovery_codes; ++i)
        set.digests.push_back(randomness.array<32>());
    return set;
}

}  // namespace

Authenticator decoy_authenticator(Randomness& randomness, UnixTime now) {
    Authenticator a;
    a.id = randomness.array<8>();
    a.name = "phone";
    a.floor = otp::time_step(now, a.period);
    a.has_floor = true;
    a.key = randomness.secret(key_size);
    return a;
}

Credential decoy_credential(std::uint8_t number, Randomness& randomness, UnixTime now) {
    // Two hexadecimal digits are a good name, so there is always a value.
    auto account = AccountName::create(RecordName::decoy(number).stem()).value();
    Credential credential{std::move(account),        uid_t{1000} + number, now, Method::totp, {},
                          decoy_recovery(randomness)};
    credential.authenticators.push_back(decoy_authenticator(randomness, now));
    return credential;
}

State decoy_state(const Credential& credential) {
    State state;
    state.enrolled = true;
    state.recovery.id = credential.recovery->id;
    return state;
}

}  // namespace secondstep
