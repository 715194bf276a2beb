#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stacks/libpam_rules.h"
#include "stacks/logical_line.h"
#include "stacks/pam_stack.h"
#include "stacks/pam_word.h"

namespace secondstep::tool {

// Reads the file of one service and what it includes into the list that libpam makes of it.
class StackReader {
  public:
    StackReader(const LibpamRules& rules, const FileReader& read, Remarks& problems)
        : rules_(rules), read_(read), problems_(problems) {}

    enum class Outcome : std::uint8_t { whole, given_up, no_file };
    Outcome read_service(const std::string& service);

    [[nodiscard]] Start start() const { return start_; }
    [[nodiscard]] const std::string& path() const { return path_; }  // of the service's file
    [[nodiscard]] std::vector<StackLine> take_lines() { return std::exchange(lines_, {}); }
    [[nodiscard]] std::vector<std::string> take_included() { return std::exchange(included_, {}); }

  private:
    // A file that is being read, and how it came to that.
    struct Place {
        std::string path;
        std::optional<Facility> only;  // what the including line asked for; nothing: everything
        unsigned level = 0;            // substacks around it
        unsigned includes = 0;         // files around it
    };
    struct Line {
        const Place& place;
        const LogicalLine& where;
        std::vector<PamWord> words;
        Facility facility = Facility::auth;
        bool may_be_missing = false;
    };
    struct Inclusion {
        std::string name;
        std::optional<Facility> only;
        bool is_substack = false;
        bool is_at_include = false;
    };

    // Each returns false when libpam gives up the file that is being read.
    bool take_file(const Place& place, const std::string& text);
    bool take_line(const Place& place, const LogicalLine& where);
    bool take_at_include(Line& line);
    bool take_entry(Line& line, bool is_legal);
    bool take_including(const Line& line, const Inclusion& inclusion);
    bool take_failed_include(const Line& line, const Inclusion& inclusion, std::string_view why);
    bool names_no_file(const Line& line);
    bool add(const Line& line, StackLine entry);
    bool can_be_named(const Line& line);
    bool ends_too_early(const Place& place, const LogicalLines& lines);

    // What is read for a name, if it may be and can be; otherwise why not.
    struct Opened {
        Place place;
        std::optional<std::string> text;
        std::string_view why_not;
    };
    [[nodiscard]] Opened open(const Line& line, const Inclusion& inclusion) const;
    [[nodiscard]] std::vector<std::string> paths_of(const std::string& name, bool is_included) const;
    [[nodiscard]] bool goes_in_circles(const Place& place) const;
    [[nodiscard]] StackLine entry(const Line& line) const;

    void broken(const Line& line, const Control& control, std::string_view why);
    bool stops(Start how);
    void problem(const Line& line, const std::string& text);
    void problem(const std::string& file, unsigned line, const std::string& text);
    void warn_of_bytes(const Place& place, const LogicalLine& where);

    const LibpamRules& rules_;
    const FileReader& read_;
    Remarks& problems_;
    Start start_ = Start::works;
    std::string path_;
    unsigned own_line_ = 0;
    std::vector<const Place*> open_;  // outermost first
    std::vector<StackLine> lines_;
    std::vector<std::string> included_;
};

}  // namespace secondstep::tool
