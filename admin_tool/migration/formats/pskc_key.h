#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "migration/formats/imported_account.h"
#include "migration/formats/pskc_encryption.h"
#include "migration/pskc_reader/xml_document.h"
#include "otp/key_fields.h"

namespace secondstep::tool {

// Names of an element or attribute, or the steps of a path.
using PskcNames = std::initializer_list<std::string_view>;

// One key of a PSKC file with what stands around it, as RFC 6030 and the drafts before it have it:
//   RFC 6030    KeyPackage, DeviceInfo, Key Algorithm Id, AlgorithmParameters, Data/Secret/PlainValue
//   pskc-02     Device, DeviceInfo, Key KeyAlgorithm KeyId, Usage, Data/Secret/PlainValue
//   hoyer-01    Device, DeviceId, Key KeyAlgorithm KeyId, Usage, Data Name="SECRET"/Value or PlainValue
//   hoyer-00    Device, DeviceId, Secret SecretAlgorithm SecretId, the rest like hoyer-01
// (draft-ietf-keyprov-pskc-02, draft-hoyer-keyprov-portable-symmetric-key-container-00 and -01. ActivIdentity's
// files are of the third kind.)
class PskcKey {
  public:
    // `encryption` is null: the file is plain.
    PskcKey(XmlElement package, XmlElement key, const PskcEncryption* encryption)
        : package_(package), key_(key), encryption_(encryption) {}

    // Without names. Errors: invalid, a sentence.
    [[nodiscard]] Result<otp::DescribedKey> describe() const;

    // Printable; empty: it is not there.
    [[nodiscard]] std::string text_at(PskcNames path) const;
    [[nodiscard]] std::string id() const;
    [[nodiscard]] std::string in_device(std::string_view name) const;
    // Whether the device's clock was known to differ, or that cannot be told.
    [[nodiscard]] bool drifts() const;

  private:
    [[nodiscard]] std::optional<XmlElement> data(std::string_view name) const;
    [[nodiscard]] Result<std::optional<std::uint64_t>> number(std::string_view name) const;
    [[nodiscard]] Result<std::string> method() const;
    [[nodiscard]] Result<std::string> digits() const;
    [[nodiscard]] std::string suite() const;
    [[nodiscard]] Result<void> check() const;
    [[nodiscard]] Result<otp::DescribedKey> describe_with(const otp::WrittenKey& written) const;
    [[nodiscard]] std::string why_no_secret() const;

    XmlElement package_;
    XmlElement key_;
    const PskcEncryption* encryption_;
};

}  // namespace secondstep::tool
