#pragma once

#include <array>
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
    enum class Outcome {
        imported,
        unchanged,
        moved_on,  // the key was there, and its counter was behind
        left_out,  // nobody asked for it: a token without an owner in a list of owners
        not_imported
    };
    struct Entry {
        Outcome outcome;
        std::string name;                  // of the account; empty: of nothing but `place`
        std::string place;                 // in the source
        std::string detail;                // "totp, 2 devices"; of what was not imported: why
        std::vector<std::string> remarks;  // sentences: what could not be carried over
        std::string serial{};              // of a device that nobody has yet
    };

    ImportReport(bool dry_run, bool json) : dry_run_(dry_run), json_(json) {}

    void add(const Entry& entry);
    // A sentence about the source `place`, and none about an account.
    void note(const std::string& place, const std::string& sentence);
    // The sum. Done when something happened and nothing was refused: every account of a source that has one
    // is there now, or would be. A source without a key is not success.
    [[nodiscard]] Exit finish() const;

  private:
    [[nodiscard]] std::string_view word_for(Outcome outcome) const;
    [[nodiscard]] std::size_t count(Outcome outcome) const;
    void print(const Entry& entry);
    void print_json(const Entry& entry);

    bool dry_run_;
    bool json_;
    std::array<std::size_t, 5> counts_{};  // by Outcome
};

}  // namespace secondstep::tool
