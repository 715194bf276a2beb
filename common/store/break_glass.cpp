#include "store/break_glass.h"

#include <utility>

#include "account/account_name.h"
#include "account/state.h"
#include "store/decoys.h"

namespace secondstep {

Credential break_glass_credential(RecoverySet set, Randomness& randomness, UnixTime now) {
    // A good name, so there is always a value.
    auto name = AccountName::create(RecordName::break_glass().stem()).value();
    Credential credential{std::move(name), std::nullopt, now, Method::totp, {}, std::move(set)};
    credential.authenticators.push_back(decoy_authenticator(randomness, now));
    return credential;
}

std::size_t break_glass_codes_left(const Account& record) {
    const bool there = record.credential && record.credential->recovery;
    return there ? recovery_codes_left(*record.credential, record.state) : 0;
}

}  // namespace secondstep
