#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/secret.h"
#include "migration/pskc_reader/xml_document.h"
#include "otp/hotp.h"

namespace secondstep::tool {

using pskc_reader::XmlElement;

enum class PskcProtection : std::uint8_t { none, pre_shared_key, password };

// What opens an encrypted PSKC file.
struct PskcUnlock {
    std::optional<Secret> key;  // 16, 24 or 32 bytes
    std::optional<Secret> password;
};

// The encryption of one PSKC file, RFC 6030 section 6: AES-CBC with a pre-shared key or one made of a
// password (PBKDF2), and a MAC over what was encrypted. Nothing is decrypted before its MAC was right, since
// CBC alone lets somebody change a key they cannot read.
// The drafts before it, as ActivIdentity writes them, name the cipher for the whole file, which has one
// initialization vector, and make the MAC with the same key, of the value itself: its padding is looked at
// first there, and the value goes nowhere before its MAC was right.
class PskcEncryption {
  public:
    // How `container` (the KeyContainer) is protected. Errors: unsupported (a certificate's
    // key, another derivation).
    [[nodiscard]] static Result<PskcProtection> protection_of(const XmlElement& container);

    // Errors: not_allowed (`unlock` has not what the file needs, or it does not fit), unsupported (an
    // algorithm), invalid (a part is missing or out of its bounds).
    [[nodiscard]] static Result<PskcEncryption> open(const XmlElement& container, const PskcUnlock& unlock);

    // `element` is Secret, Counter, ...: with an EncryptedValue and its ValueMAC, or a draft's Data with
    // Value and ValueDigest. Errors: as above, and damaged (a wrong MAC).
    [[nodiscard]] Result<Secret> decrypt(const XmlElement& element) const;

    [[nodiscard]] bool is_of_a_draft() const { return is_of_a_draft_; }

  private:
    PskcEncryption(Secret key, Secret mac_key, otp::Algorithm mac)
        : key_(std::move(key)), mac_key_(std::move(mac_key)), mac_(mac) {}

    [[nodiscard]] static Result<PskcEncryption> open_draft(const XmlElement& container,
                                                           const PskcUnlock& unlock);
    [[nodiscard]] Result<Secret> decrypt_draft(const XmlElement& element) const;
    [[nodiscard]] Result<bool> is_mac_of(ByteView bytes, const Secret& claimed) const;

    Secret key_;
    Secret mac_key_;
    otp::Algorithm mac_;
    bool is_of_a_draft_ = false;
    Secret vector_{};  // of a draft's file; empty: each value begins with its own
};

}  // namespace secondstep::tool
