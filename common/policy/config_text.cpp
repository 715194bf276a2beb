#include "policy/config_text.h"

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "base/text.h"

namespace secondstep {
namespace {

constexpr std::size_t longest_rule_name = 64;

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// "[rule staff]" => "staff"
Result<std::string> rule_name(std::string_view header) {
    constexpr std::string_view opening = "[rule ";
    if (!header.starts_with(opening) || !header.ends_with(']')) {
        return fail(Errc::invalid, "'" + printable(header, 60) + "' is not a section; write [rule NAME]");
    }
    header.remove_prefix(opening.size());
    header.remove_suffix(1);
    const std::string_view name = trimmed(header);
    if (name.empty() || name.size() > longest_rule_name || !std::ranges::all_of(name, is_name_character)) {
        return fail(Errc::invalid, "the name of a rule has 1 to 64 letters, digits, '-' or '_', not '" +
                                       printable(name, 60) + "'");
    }
    return std::string(name);
}

// "[mail]" => "mail"
Result<std::string> section_word(std::string_view header) {
    if (!header.starts_with('[') || !header.ends_with(']')) {
        return fail(Errc::invalid, "'" + printable(header, 60) + "' is not a section; write [NAME]");
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
        if (line.ends_with('\r')) line.remove_suffix(1);
        line = trimmed(line);
        if (line.empty() || line.front() == '#') return;
        if (!is_printable(line)) return;
        if (line.front() == '[') return take_header(line);
        take_entry(line);
    }

    ConfigText finish() && { return std::move(out_); }

  private:
    void problem(const std::string& what) { out_.problems.push_back(position(file_, line_) + what); }

    bool is_printable(std::string_view line) {
        std::string without_tabs(line);
        std::ranges::replace(without_tabs, '\t', ' ');
        if (is_valid_utf8(line) && !has_control_characters(without_tabs)) return true;
        problem("control characters or invalid UTF-8");
        return false;
    }

    void take_header(std::string_view line) {
        Result<std::string> name = form_ == SectionForm::rule ? rule_name(line) : section_word(line);
        if (!name) problem(name.error().detail);
        // After a bad header too: its entries must not end up among the options of the section before.
        out_.sections.push_back({file_, line_, name ? *name : "?", {}});
    }

    void take_entry(std::string_view line) {
        const std::size_t equals = line.find('=');
        const std::string_view key = trimmed(line.substr(0, equals));
        if (equals == std::string_view::npos || key.empty()) {
            return problem("'" + printable(line, 60) + "' is not of the form: key = value");
        }
        const std::string_view value = trimmed(line.substr(equals + 1));
        out_.sections.back().entries.push_back({file_, line_, std::string(key), std::string(value)});
    }

    std::string file_;
    SectionForm form_;
    unsigned line_ = 0;
    ConfigText out_;
};

}  // namespace

std::string position(const std::string& file, unsigned line) {
    return file + ":" + std::to_string(line) + ": ";
}

ConfigText split_config(std::string_view text, const std::string& file, SectionForm form) {
    Splitter splitter(file, form);
    for (const std::string_view line : split(text, '\n'))
        splitter.take(line);
    return std::move(splitter).finish();
}

}  // namespace secondstep
