#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "app_exports/app_export.h"
#include "otp/key_fields.h"
#include "otp/migration.h"

namespace secondstep::tool {

// Names that stand beside a key, for what the key itself leaves unnamed. Any bytes.
struct EntryNames {
    std::string_view issuer;
    std::string_view account;
};

// Gathers the entries of an export, in the order of the file: each becomes a key that is offered, or a sentence
// that says why not. What is the same as one before it (codes and names) is offered once.
class ExportEntries {
  public:
    explicit ExportEntries(std::string_view app) { found_.app = app; }

    // An entry that has a word for everything, as in most apps. `remark`: what has to be said about it.
    void add(otp::KeyFields fields, std::string_view remark = {});
    // An entry that is one text, as in password managers and lists: an otpauth:// or steam:// address, otherwise
    // a key in base32. Pictures of a phone's export (otpauth-migration://) come last, and all must be there.
    void add_text(std::string_view text, const EntryNames& names);
    // There is an entry, and it gives no key. `why`: a part of a sentence.
    void refuse(const EntryNames& names, std::string_view why);

    // Errors: invalid (no key in it), too_large (more than 5000 entries).
    [[nodiscard]] Result<AppExport> take() &&;

  private:
    void offer(Result<otp::DescribedKey> described, const EntryNames& names);
    void offer_new(otp::DescribedKey key);
    void join_pictures();
    AppExport found_;
    std::size_t entries_ = 0;
    std::vector<otp::MigrationPart> pictures_;
};

}  // namespace secondstep::tool
