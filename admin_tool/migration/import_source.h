#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/own_account.h"
#include "base/secret.h"
#include "console/exit_status.h"
#include "migration/formats/google_authenticator.h"
#include "migration/formats/imported_account.h"
#include "migration/formats/pskc_encryption.h"
#include "migration/home_files.h"

namespace secondstep::tool {

// Where an import comes from; the first word after `secondstep import`.
enum class ImportKind { google_authenticator, oath, pskc, csv, otpauth };
[[nodiscard]] std::optional<ImportKind> import_kind_of(std::string_view word);

// What there is to parse, read with the caller's rights before the child takes others, and what opens it.
// Nothing is written to any of it.
struct ImportSource {
    ImportKind kind = ImportKind::csv;
    std::vector<HomeFile> files;  // one, but for all homes
    PskcUnlock unlock;            // pskc: what opens it

    // Reads the file, the pictures or the homes that the call names, and asks for what opens it. Stops after
    // saying what is wrong.
    [[nodiscard]] static OrExit<ImportSource> gather(const Call& call);

    // One file's accounts. Errors: what the parser refuses as a whole.
    [[nodiscard]] Result<Reading> parse(const HomeFile& file, const ImportLimits& limits) const;
};

}  // namespace secondstep::tool
