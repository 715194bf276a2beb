#include "app_exports/password_list.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>

#include "app_exports/export_entries.h"
#include "base/text.h"
#include "files/csv.h"

namespace secondstep::tool {

namespace {

struct Layout {
    std::string_view app;
    std::string_view mark;  // a column that none of the others has
    std::string_view key;
    std::string_view issuer;
    std::string_view account;
    std::string_view since;  // the first release that has the column of keys, where others lack it
};
constexpr std::array<Layout, 3> layouts{{{.app = "KeePassXC",
                                          .mark = "Group",
                                          .key = "TOTP",
                                          .issuer = "Title",
                                          .account = "Username",
                                          .since = "2.6.4"},
                                         {.app = "Bitwarden",
                                          .mark = "login_totp",
                                          .key = "login_totp",
                                          .issuer = "name",
                                          .account = "login_username",
                                          .since = {}},
                                         {.app = "Proton Pass",
                                          .mark = "vault",
                                          .key = "totp",
                                          .issuer = "name",
                                          .account = "username",
                                          .since = {}}}};

class Row {
  public:
    Row(const CsvReader::Record& header, const CsvReader::Record& record)
        : header_(header), record_(record) {}
    [[nodiscard]] std::string_view operator[](std::string_view column) const {
        const auto at =
            static_cast<std::size_t>(std::ranges::find(header_.fields, column) - header_.fields.begin());
        return at < record_.fields.size() ? std::string_view(record_.fields[at]) : std::string_view{};
    }

  private:
    const CsvReader::Record& header_;
    const CsvReader::Record& record_;
};

// The fields have passwords too.
void wipe(CsvReader::Record& record) {
    for (std::string& field : record.fields)
        explicit_bzero(field.data(), field.size());
}

bool has(const CsvReader::Record& header, std::string_view column) {
    return std::ranges::find(header.fields, column) != header.fields.end();
}

const Layout* layout_of(const CsvReader::Record& header) {
    const auto found = std::ranges::find_if(layouts, [&](const Layout& layout) {
        return has(header, layout.mark) && has(header, layout.issuer) &&
               (has(header, layout.key) || !layout.since.empty());
    });
    return found == layouts.end() ? nullptr : &*found;
}

void add(ExportEntries& entries, const CsvReader::Record& record, const Row& row, const Layout& layout) {
    const EntryNames names{row[layout.issuer], row[layout.account]};
    const std::string_view text = trimmed(row[layout.key]);
    if (!text.empty()) return entries.add_text(text, names);
    // A long note in front of it, perhaps.
    if (!record.problem.empty())
        entries.refuse(names, "line " + std::to_string(record.line) + " cannot be read: " + record.problem);
}

}  // namespace

std::optional<Result<AppExport>> read_password_list(std::string_view text) {
    CsvReader reader(text);
    auto header = reader.next();
    const Layout* const layout = header ? layout_of(*header) : nullptr;
    if (layout == nullptr) {
        if (header) wipe(*header);
        return std::nullopt;
    }
    if (!has(*header, layout->key))
        return fail(Errc::unsupported, "it is a list of " + std::string(layout->app) +
                                           " without the keys, which " + std::string(layout->since) +
                                           " and later export too");
    ExportEntries entries(layout->app);
    while (auto record = reader.next()) {
        add(entries, *record, Row(*header, *record), *layout);
        wipe(*record);
    }
    return std::move(entries).take();
}

}  // namespace secondstep::tool
