#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "account/credential.h"
#include "account/seal.h"
#include "account/state.h"
#include "account/verify.h"
#include "otp/hotp.h"
#include "otp/totp.h"
#include "support/seeded_randomness.h"

// Accounts as enrollment makes them, for tests of every layer above the codecs.
namespace secondstep::testing {

inline constexpr std::int64_t noon = 1'800'000'000;  // the beginning of a 30 s step
inline UnixTime at(std::int64_t after_noon) {
    return from_unix(noon + after_noon);
}

inline AccountName name_of(std::string_view text) {
    return AccountName::create(text).value();
}

inline Authenticator sample_authenticator(std::uint8_t number = 1) {
    SeededRandomness randomness(number);
    Authenticator a;
    a.id = randomness.array<8>();
    a.name = "phone";
    a.key = randomness.secret(20);
    return a;
}

inline RecoverySet sample_recovery_set(std::size_t codes = 10, std::uint8_t number = 1) {
    SeededRandomness randomness(100U + number);
    RecoverySet set;
    set.id = randomness.array<8>();
    set.pepper = randomness.secret(32);
    set.salt = randomness.array<32>();
    for (std::size_t i = 0; i < codes; ++i)
        set.digests.push_back(randomness.array<32>());
    return set;
}

inline Credential sample_credential(std::string_view account = "alice", Method method = Method::totp) {
    Credential credential{name_of(account), uid_t{1004}, at(-86'400), method, {}, sample_recovery_set()};
    credential.authenticators.push_back(sample_authenticator());
    return credential;
}

inline State enrolled_state() {
    State state;
    state.enrolled = true;
    return state;
}

inline Secret code_of(const Authenticator& a, std::uint64_t factor) {
    return otp::hotp(a.key, factor, a.digits, a.algorithm).value();
}

// The code that this authenticator shows `steps` steps away from `now`.
inline OtpAnswer totp_answer(const Credential& credential, UnixTime now, std::int64_t steps = 0) {
    const Authenticator& a = credential.authenticators.front();
    const auto step = static_cast<std::int64_t>(otp::time_step(now, a.period)) + steps;
    return {code_of(a, static_cast<std::uint64_t>(step))};
}

inline OtpAnswer hotp_answer(const Credential& credential, std::uint64_t counter) {
    return {code_of(credential.authenticators.front(), counter)};
}

inline RecoveryAnswer recovery_answer(const Credential& credential, std::size_t index) {
    return {credential.recovery->id, credential.recovery->form, credential.recovery->digests.at(index)};
}

// "10000000", "10000001" ... as google-authenticator writes scratch codes.
inline Secret scratch_code(std::size_t index) {
    return Secret::copy_of(std::to_string(10'000'000 + index));
}

inline RecoverySet sample_scratch_set(std::size_t codes = 5, std::uint8_t number = 1) {
    RecoverySet set = sample_recovery_set(0, number);
    set.form = otp::RecoveryCodeForm::scratch_code;
    for (std::size_t i = 0; i < codes; ++i) {
        const auto code = otp::normalize_scratch_code(scratch_code(i).text());
        set.digests.push_back(otp::recovery_digest(*code, set.pepper.bytes(), set.salt).value());
    }
    return set;
}

inline RecoveryAnswer wrong_recovery_answer(const Credential& credential) {
    return {credential.recovery->id, credential.recovery->form, Digest{}};
}

inline Source address(std::string_view rhost) {
    return source_of_rhost(rhost, SourceKind::address).value();
}

// Calls `visit` with `bytes`, one bit of which is different, for every bit.
template <typename Visit>
void for_every_flipped_bit(Bytes bytes, Visit visit) {
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        const auto mask = static_cast<std::uint8_t>(1U << (bit % 8));
        bytes[bit / 8] ^= mask;
        visit(bytes, bit);
        bytes[bit / 8] ^= mask;
    }
}

inline Bytes bytes_of(ByteView view) {
    return {view.begin(), view.end()};
}

}  // namespace secondstep::testing
