#include "fleet/possession.h"

#include "base/secret.h"
#include "otp/kdf.h"

namespace secondstep::fleet {
namespace {

// In front, so that no signature that the key makes for something else (TLS signs 64 spaces first) is one of these.
Secret what_is_signed(const Certificate& certificate, const Digest& occasion) {
    Secret content = Secret::copy_of("secondstep fleet possession 1");
    content.append(occasion);
    content.append(certificate.fingerprint);
    return content;
}

}  // namespace

Result<Digest> occasion_of_joining(const JoinToken& token, std::string_view host) {
    Secret content = Secret::copy_of("secondstep fleet join 1");
    content.append(token.permission);
    content.append(token.secret.bytes());
    content.append(host);
    return otp::sha256(content.bytes());
}

Result<Digest> occasion_of_renewal(const relay::Fingerprint& present) {
    Secret content = Secret::copy_of("secondstep fleet renewal 1");
    content.append(present);
    return otp::sha256(content.bytes());
}

Result<Bytes> proof_of_possession(const PrivateKey& key, const Certificate& certificate,
                                  const Digest& occasion) {
    return key.signature_over(what_is_signed(certificate, occasion).bytes());
}

bool proves_possession(ByteView proof, const Certificate& certificate, const Digest& occasion) {
    return is_signature(proof, what_is_signed(certificate, occasion).bytes(), certificate.public_key);
}

}  // namespace secondstep::fleet
