#include "migration/import_report.h"

#include "base/text.h"
#include "console/json_text.h"

namespace secondstep::tool {

std::string_view ImportReport::word_for(Outcome outcome) const {
    switch (outcome) {
        case Outcome::imported:
            return dry_run_ ? "would be imported" : "imported";
        case Outcome::unchanged:
            return "unchanged";
        case Outcome::not_imported:
            break;
    }
    return dry_run_ ? "would not be imported" : "not imported";
}

std::size_t ImportReport::count(Outcome outcome) const {
    return counts_[static_cast<std::size_t>(outcome)];
}

void ImportReport::add(const Entry& entry) {
    ++counts_[static_cast<std::size_t>(entry.outcome)];
    json_ ? print_json(entry) : print(entry);
}

void ImportReport::print(const Entry& entry) {
    const std::string what = entry.name.empty() ? entry.place : entry.name;
    out().line(printable(what) + ": " + std::string(word_for(entry.outcome)) + ": " +
               printable(entry.detail, 1024));
    for (const std::string& remark : entry.remarks)
        out().line("    " + printable(remark, 1024));
}

void ImportReport::print_json(const Entry& entry) {
    const char* const outcome = entry.outcome == Outcome::imported    ? "imported"
                                : entry.outcome == Outcome::unchanged ? "unchanged"
                                                                      : "not_imported";
    out().line(dump({{"user", entry.name.empty() ? Json(nullptr) : Json(entry.name)},
                     {"place", entry.place},
                     {"outcome", outcome},
                     {"changed", entry.outcome == Outcome::imported && !dry_run_},
                     {"detail", entry.detail},
                     {"remarks", entry.remarks}}));
}

Exit ImportReport::finish() const {
    const std::size_t left = count(Outcome::not_imported);
    const std::string sum = std::to_string(count(Outcome::imported)) + " " +
                            std::string(word_for(Outcome::imported)) + ", " +
                            std::to_string(count(Outcome::unchanged)) + " unchanged, " +
                            std::to_string(left) + " " + std::string(word_for(Outcome::not_imported)) + ".";
    (json_ ? err() : out()).line(sum + (dry_run_ ? " Nothing was changed." : ""));
    if (out().failed()) return complain(Exit::unavailable, "the report could not be written");
    return left == 0 ? Exit::done : Exit::refused;
}

}  // namespace secondstep::tool
