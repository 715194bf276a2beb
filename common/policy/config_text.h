#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace secondstep {

// One "key = value" line.
struct ConfigEntry {
    std::string file;
    unsigned line = 0;
    std::string key;
    std::string value;  // without the spaces around it; may be empty
    unsigned key_column = 1;
    unsigned value_column = 1;
};

// What stands before the first header of a file (name is empty), or what follows one.
struct ConfigSection {
    std::string file;
    unsigned line = 0;  // of the header
    std::string name;
    std::vector<ConfigEntry> entries;
};

// The lines of a configuration, taken apart and nothing more:
//   "tries = 3"            => entry tries, "3"
//   "contact = desk # 4"   => entry contact, "desk # 4": a '#' inside a line belongs to the value
//   "  # a remark", ""     => nothing
//   "[rule staff]"         => a section: staff (SectionForm::rule)
//   "[mail]"               => a section: mail (SectionForm::word)
// `problems` are sentences that begin with FILE:LINE. Neither they nor what is built on them repeat a word of
// the text: whoever may name the file (--config by sudo) need not be allowed to read it. Twenty are listed,
// and how many more there are.
struct ConfigText {
    std::vector<ConfigSection> sections;
    std::vector<std::string> problems;
};

enum class SectionForm { rule, word };
[[nodiscard]] ConfigText split_config(std::string_view text, const std::string& file,
                                      SectionForm form = SectionForm::rule);

// "FILE:LINE: "
[[nodiscard]] std::string position(const std::string& file, unsigned line);
// " (column 9)": where in its line, instead of what stands there.
[[nodiscard]] std::string in_column(unsigned column);

}  // namespace secondstep
