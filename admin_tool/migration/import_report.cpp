#include "migration/import_report.h"

#include "base/text.h"
#include "console/json_text.h"

namespace secondstep::tool {

namespace {

std::string_view word_for_programs(ImportReport::Outcome outcome) {
    switch (outcome) {
        case ImportReport::Outcome::imported:
            return "imported";
        case ImportReport::Outcome::unchanged:
            return "unchanged";
        case ImportReport::Outcome::moved_on:
            return "moved_on";
        case ImportReport::Outcome::left_out:
            return "left_out";
        case ImportReport::Outcome::not_imported:
            break;
    }
    return "not_imported";
}

}  // namespace

std::string_view ImportReport::word_for(Outcome outcome) const {
    switch (outcome) {
        case Outcome::imported:
            return dry_run_ ? "would be imported" : "imported";
        case Outcome::unchanged:
            return "unchanged";
        case Outcome::moved_on:
            return dry_run_ ? "would be moved on" : "moved on";
        case Outcome::left_out:
            return "left out";
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

void ImportReport::note(const std::string& place, const std::string& sentence) {
    if (!json_) {
        out().line(printable(place) + ": " + printable(sentence, 1024));
        return;
    }
    out().verbatim(dump({{"user", nullptr},
                         {"place", place},
                         {"outcome", "note"},
                         {"changed", false},
                         {"detail", sentence},
                         {"remarks", Json::array()}}));
}

void ImportReport::print(const Entry& entry) {
    const std::string what = entry.name.empty() ? entry.place : entry.name;
    out().line(printable(what) + ": " + std::string(word_for(entry.outcome)) + ": " +
               printable(entry.detail, 1024));
    for (const std::string& remark : entry.remarks)
        out().line("    " + printable(remark, 1024));
}

void ImportReport::print_json(const Entry& entry) {
    const bool is_change = entry.outcome == Outcome::imported || entry.outcome == Outcome::moved_on;
    out().verbatim(dump({{"user", entry.name.empty() ? Json(nullptr) : Json(entry.name)},
                         {"place", entry.place},
                         {"serial", entry.serial.empty() ? Json(nullptr) : Json(entry.serial)},
                         {"outcome", word_for_programs(entry.outcome)},
                         {"changed", is_change && !dry_run_},
                         {"detail", entry.detail},
                         {"remarks", entry.remarks}}));
}

Exit ImportReport::finish() const {
    const std::size_t refused = count(Outcome::not_imported);
    const std::size_t happened =
        count(Outcome::imported) + count(Outcome::unchanged) + count(Outcome::moved_on);
    std::string sum = std::to_string(count(Outcome::imported)) + " " +
                      std::string(word_for(Outcome::imported)) + ", " +
                      std::to_string(count(Outcome::unchanged)) + " unchanged, ";
    if (const std::size_t moved_on = count(Outcome::moved_on); moved_on > 0)
        sum += std::to_string(moved_on) + " " + std::string(word_for(Outcome::moved_on)) + ", ";
    if (const std::size_t left_out = count(Outcome::left_out); left_out > 0)
        sum += std::to_string(left_out) + " left out, ";
    sum += std::to_string(refused) + " " + std::string(word_for(Outcome::not_imported)) + ".";
    (json_ ? err() : out()).line(sum + (dry_run_ ? " Nothing was changed." : ""));
    if (out().failed()) return complain(Exit::unavailable, "the report could not be written");
    return refused == 0 && happened > 0 ? Exit::done : Exit::refused;
}

}  // namespace secondstep::tool
