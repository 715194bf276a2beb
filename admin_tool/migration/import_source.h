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
#include "migration/formats/token_columns.h"
#include "migration/home_files.h"
#include "migration/pskc_reader/xml_document.h"

namespace secondstep::tool {

// Where an import comes from; the first word after `secondstep import`.
enum class ImportKind { google_authenticator, oath, pskc, csv, otpauth, app_export };
[[nodiscard]] std::optional<ImportKind> import_kind_of(std::string_view word);

// What there is to parse, read with the caller's rights before the child takes others, and what opens it.
// Nothing is written to any of it.
struct ImportSource {
    ImportKind kind = ImportKind::csv;
    std::vector<HomeFile> files;                               // one, but for all homes
    PskcUnlock unlock;                                         // pskc: what opens it
    std::optional<Result<pskc_reader::XmlDocument>> document;  // pskc: the file, taken apart
    std::optional<otp::DescribedKey> chosen;  // app_export: the key that is meant; nothing is left to parse

    // Reads the file, the pictures or the homes that the call names, and asks for what opens it. Stops after
    // saying what is wrong.
    [[nodiscard]] static OrExit<ImportSource> gather(const Call& call);

    // One file's accounts, in whatever encoding it is; a file without a key is one Unusable that says what
    // was found instead. Errors: what the parser refuses as a whole.
    [[nodiscard]] Result<Reading> parse(const HomeFile& file, const ImportLimits& limits,
                                        const ColumnChoice& columns) const;

  private:
    [[nodiscard]] Result<Reading> parse_text(std::string_view text, const HomeFile& file,
                                             const ImportLimits& limits, const ColumnChoice& columns) const;
};
[[nodiscard]] std::string_view to_text(ImportKind kind);

}  // namespace secondstep::tool
