#include "account/matching_codes.h"

namespace secondstep {

using otp::RecoveryCodeForm;

std::uint32_t matching_codes(const RecoverySet& set, RecoveryCodeForm form, const Digest& digest) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < set.digests.size(); ++i) {
        bits |= std::uint32_t{equal_in_constant_time(set.digests[i], digest)} << i;
    }
    return form == set.form ? bits : 0;
}

Result<std::uint32_t> matching_scratch_codes(const Credential& credential, const Secret& digits) {
    if (!credential.recovery) return 0U;
    const RecoverySet& set = *credential.recovery;
    const otp::NormalizedRecoveryCode typed{RecoveryCodeForm::scratch_code, digits.clone()};
    const Result<Digest> digest = otp::recovery_digest(typed, set.pepper.bytes(), set.salt);
    if (!digest) return std::unexpected(digest.error());
    return matching_codes(set, RecoveryCodeForm::scratch_code, *digest);
}

bool has_scratch_codes(const Credential& credential) {
    return credential.recovery && credential.recovery->form == RecoveryCodeForm::scratch_code;
}

}  // namespace secondstep
