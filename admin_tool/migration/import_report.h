#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "console/exit_status.h"
#include "console/output.h"

namespace secondstep::tool {

// What became of each account of an import, and of what belongs to none; said as it comes.
class ImportReport {
  public:
    enum class Outcome { imported, unchanged, not_imported };
    struct Entry {
        Outcome outcome;
        std::string name;                  // of the account; empty: of nothing but `place`
        std::string place;                 // in the source
        std::string detail;                // "totp, 2 devices"; of what was not imported: why
        std::vector<std::string> remarks;  // sentences: what could not be carried over
    };

    ImportReport(bool dry_run, bool json) : dry_run_(dry_run), json_(json) {}

    void add(const Entry& entry);
    // The sum. Refused when something was not brought over.
    [[nodiscard]] Exit finish() const;

  private:
    [[nodiscard]] std::string_view word_for(Outcome outcome) const;
    [[nodiscard]] std::size_t count(Outcome outcome) const;
    void print(const Entry& entry);
    void print_json(const Entry& entry);

    bool dry_run_;
    bool json_;
    std::size_t counts_[3] = {0, 0, 0};  // by Outcome
};

}  // namespace secondstep::tool
