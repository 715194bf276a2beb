#pragma once

#include <string>

#include "files/csv.h"
#include "migration/formats/gathered_accounts.h"

namespace secondstep::tool {

// The log of Yubico's personalization tool (3.1.25) in its traditional form, which has no names of columns:
//   LOGGING START,11.12.13 18:55
//   OATH-HOTP,11.12.13 18:55,1,cccccccccccc,,916821d3a138bf855e70069605559a206ba854cd,,,0,0,0,6,0,0,0,0,0,0
// what was programmed, when, into which slot, the identifier typed before each code, -, the key in hexadecimal,
// two access codes, three switches of the identifier, digits, first counter, and what is for static passwords.
[[nodiscard]] bool begins_yubikey_log(const CsvReader::Record& first);
// The one that it calls "Yubico format", which says neither digits nor whether the key makes codes at all.
[[nodiscard]] bool begins_short_yubikey_log(const CsvReader::Record& first);

void take_yubikey_record(GatheredAccounts& gathered, std::string place, const CsvReader::Record& record);

}  // namespace secondstep::tool
