#pragma once

#include <string>
#include <string_view>

#include "migration/formats/imported_account.h"
#include "migration/formats/pskc_encryption.h"

namespace secondstep::tool {

// Token files of RFC 6030 and of the drafts before it (pskc_key.h has their forms), algorithms hotp and totp;
// plain, or encrypted as pskc_encryption.h says.
// The user is the UserId of the key, otherwise of the device: a name, or the UID (or CN) of an LDAP name;
// without one the account has no user. What asks for more than Secondstep does (a PIN in the code,
// check digits, another encoding) is an Unusable.
// `document` is what became of reading the XML. Errors: its own, and of PskcEncryption::open; invalid (no
// KeyContainer).
[[nodiscard]] Result<Reading> read_pskc(const Result<pskc_reader::XmlDocument>& document,
                                        std::string_view file, const PskcUnlock& unlock);

// What has to be asked for. Errors: those of the document; unsupported.
[[nodiscard]] Result<PskcProtection> protection_of_pskc(const Result<pskc_reader::XmlDocument>& document);

// The content of a key file: 32, 48 or 64 hexadecimal digits, or the 16, 24 or 32 bytes
// themselves. Errors: invalid.
[[nodiscard]] Result<Secret> pre_shared_key_of(std::string_view content);

// "UID=jsmith,DC=example,DC=net" => "jsmith"; "CN=J. Smith+O=x" => "J. Smith"; "jsmith" => itself. RFC 4514.
[[nodiscard]] std::string user_of_distinguished_name(std::string_view name);

}  // namespace secondstep::tool
