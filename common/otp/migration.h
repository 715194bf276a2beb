#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "otp/key_description.h"

namespace secondstep::otp {

// The QR pictures that Google Authenticator shows under "Transfer accounts":
//   otpauth-migration://offline?data=<percent-encoded base64 of a protobuf message MigrationPayload>
// The form is not published; the fields are those that the apps which read it agree on:
//   MigrationPayload { repeated OtpParameters 1; version 2; batch_size 3; batch_index 4; batch_id 5 }
//   OtpParameters { bytes secret 1; string name 2; string issuer 3; algorithm 4; digits 5; type 6; counter 7
//   }

struct NotCarried {
    std::string name;  // printable
    std::string why;   // a sentence
};

// One picture.
struct MigrationPart {
    std::vector<DescribedKey> accounts;
    std::vector<NotCarried> not_carried;
    std::uint32_t batch_size = 1;   // pictures in the whole export
    std::uint32_t batch_index = 0;  // which of them, from 0
    std::uint64_t batch_id = 0;     // the same in all of them, another one in the next export
};

[[nodiscard]] bool is_migration_uri(std::string_view text);

// The name is a label ("GitHub:alice", see key_names.h). An account without a name is called like its issuer,
// or "account 2". Names are made fit for a label.
// What Secondstep cannot compute (MD5, an unknown algorithm, number of digits or type, a negative counter, a
// key of 0 or more than longest_key bytes) is in `not_carried`.
// Errors: invalid, with what is wrong; a payload that was cut gives an error, or everything all the same.
[[nodiscard]] Result<MigrationPart> parse_migration(std::string_view text);

struct Migration {
    std::vector<DescribedKey> accounts;  // in the order of the app
    std::vector<NotCarried> not_carried;
};
// All pictures of one export, in any order; one that is there twice counts once. Errors: invalid (none, a
// picture missing: "picture 2 of 3 is missing", pictures of two exports).
[[nodiscard]] Result<Migration> join(std::vector<MigrationPart> parts);

}  // namespace secondstep::otp
