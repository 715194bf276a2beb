#include "policy/config_text.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace secondstep {
namespace {

constexpr std::size_t longest_rule_name = 64;
constexpr std::size_t most_problems = 20;

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// "[rule staff]" => "staff"
Result<std::string> rule_name(std::string_view header) {
    constexpr std::string_view opening = "[rule ";
    if (!header.starts_with(opening) || !header.ends_with(']')) {
        return fail(Errc::invalid, "this is not a section; write [rule NAME]");
    }
    header.remove_prefix(opening.size());
    header.remove_suffix(1);
    const std::string_view name = trimmed(header);
    if (name.empty() || name.size() > longest_rule_name || !std::ranges::all_of(name, is_name_character)) {
        return fail(Errc::invalid, "the name of a rule has 1 to 64 letters, digits, '-' or '_'");
    }
    return std::string(name);
}

// "[mail]" => "mail"
Result<std::string> section_word(std::string_view header) {
    if (!header.starts_with('[') || !header.ends_with(']')) {
        return fail(Errc::invalid, "this is not a section; write [NAME]");
    }
    return std::string(trimmed(header.substr(1, header.size() - 2)));
}

class Splitter {
  public:
    Splitter(const std::string& file, SectionForm form) : file_(file), form_(form) {
        out_.sections.push_back({file, 1, "", {}});
    }

    void take(std::string_view line) {
        ++line_;
        begin_ = line.data();
        if (line.ends_with('\r')) line.remove_suffix(1);
        line = trimmed(line);
        if (line.empty() || line.front() == '#') return;
        if (!is_printable(line)) return;
        if (line.front() == '[') return take_header(line);
        take_entry(line);
    }

    ConfigText finish() && {
        if (more_ > 0)
            out_.problems.push_back(position(file_, line_) + std::to_string(more_) +
                                    " more lines up to here are not of a configuration");
        return std::move(out_);
    }

  private:
    void problem(const std::string& what, std::string_view where) {
        if (out_.problems.size() == most_problems) {
            ++more_;
        } else {
            out_.problems.push_back(position(file_, line_) + what + in_column(column_of(where)));
        }
    }

    // Of something in the line that is being taken.
    [[nodiscard]] unsigned column_of(std::string_view part) const {
        return static_cast<unsigned>(part.data() - begin_) + 1;
    }

    bool is_printable(std::string_view line) {
        std::string without_tabs(line);
        std::ranges::replace(without_tabs, '\t', ' ');
        if (is_valid_utf8(line) && !has_control_characters(without_tabs)) return true;
        problem("control characters or invalid UTF-8", line);
        return false;
    }

    void take_header(std::string_view line) {
        Result<std::string> name = form_ == SectionForm::rule ? rule_name(line) : section_word(line);
        if (!name) problem(name.error().detail, line);
        // After a bad header too: its entries must not end up among the options of the section before.
        out_.sections.push_back({file_, line_, name ? *name : "?", {}});
    }

    void take_entry(std::string_view line) {
        const std::size_t equals = line.find('=');
        const std::string_view key = trimmed(line.substr(0, equals));
        if (equals == std::string_view::npos || key.empty()) {
            return problem("this is not of the form: key = value", line);
        }
        const std::string_view behind = line.substr(equals + 1);
        const std::string_view value = trimmed(behind);
        out_.sections.back().entries.push_back({file_, line_, std::string(key), std::string(value),
                                                column_of(key), column_of(value.empty() ? behind : value)});
    }

    std::string file_;
    SectionForm form_;
    unsigned line_ = 0;
    const char* begin_ = nullptr;  // of that line
    std::size_t more_ = 0;         // problems that are not listed
    ConfigText out_;
};

}  // namespace

std::string position(const std::string& file, unsigned line) {
    return file + ":" + std::to_string(line) + ": ";
}

std::string in_column(unsigned column) {
    return " (column " + std::to_string(column) + ")";
}

ConfigText split_config(std::string_view text, const std::string& file, SectionForm form) {
    Splitter splitter(file, form);
    for (const std::string_view line : split(text, '\n'))
        splitter.take(line);
    return std::move(splitter).finish();
}

}  // namespace secondstep
