#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace secondstep::testing {

// A manual page of etc/man, as far as tests compare it with the program: its lists, as a reader sees them.
class ManualPage {
  public:
    // One entry of a list; a list inside of it belongs to it.
    struct Item {
        std::string section;            // "DESCRIPTION"
        std::string subsection;         // "Verbs", or ""
        std::string heading;            // "enroll [USER]"
        std::string text;               // what stands below, as one line
        std::set<std::string> options;  // "--json", of heading and text
    };

    // "secondstep.8". Throws when there is no such file.
    explicit ManualPage(std::string_view name);

    [[nodiscard]] const std::vector<Item>& items() const { return items_; }
    [[nodiscard]] std::vector<Item> items_of(std::string_view section) const;
    [[nodiscard]] const std::set<std::string>& options() const { return options_; }
    // What stands below a heading, lists included, as one line.
    [[nodiscard]] std::string text_below(const std::string& heading) const;

  private:
    void take(std::string_view line);
    void take_heading(std::string_view macro, std::string text);
    void add(const std::string& text, std::set<std::string> options);

    std::vector<Item> items_;
    std::set<std::string> options_;
    std::map<std::string, std::string> below_;  // by heading
    std::string section_;
    std::string subsection_;
    int depth_ = 0;            // of lists
    bool in_heading_ = false;  // .It Xo ... .Xc
};

}  // namespace secondstep::testing
