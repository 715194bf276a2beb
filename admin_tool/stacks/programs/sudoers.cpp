#include "stacks/programs/sudoers.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace secondstep::tool {

namespace {

constexpr unsigned deepest_include = 128;  // sudo's own limit
constexpr std::array flags{SudoAsks::root, SudoAsks::default_account, SudoAsks::target};

struct Line {
    std::string text;
    unsigned number = 0;  // of its first part
};

// A backslash at the end joins; a comment ends with its line.
std::vector<Line> lines_of(std::string_view text) {
    std::vector<Line> lines;
    unsigned number = 0;
    bool continues = false;
    for (std::string_view part : split(text, '\n')) {
        ++number;
        if (!continues) lines.push_back({{}, number});
        continues = part.ends_with('\\');
        if (continues) part.remove_suffix(1);
        lines.back().text += part;
    }
    return lines;
}

std::optional<std::string> rest_behind(std::string_view line, std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words) {
        if (!line.starts_with(word)) continue;
        const std::string_view rest = line.substr(word.size());
        if (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) return std::string(trimmed(rest));
    }
    return std::nullopt;
}

std::string without_quotes(std::string path) {
    if (path.size() >= 2 && path.front() == '"' && path.back() == '"') return path.substr(1, path.size() - 2);
    return path;
}

// "a, b = \"x, y\" # why" => "a", "b = \"x, y\""
std::vector<std::string> parameters_of(std::string_view text) {
    std::vector<std::string> all(1);
    bool quoted = false;
    for (const char c : text) {
        if (c == '"') quoted = !quoted;
        if (!quoted && c == '#') break;
        if (!quoted && c == ',') {
            all.emplace_back();
        } else {
            all.back() += c;
        }
    }
    return all;
}

struct Defaults {
    bool for_all;
    std::string_view parameters;
};
// "Defaults targetpw", "Defaults:alice targetpw", "Defaults @ host targetpw"
std::optional<Defaults> defaults_in(std::string_view line) {
    constexpr std::string_view word = "Defaults";
    if (!line.starts_with(word)) return std::nullopt;
    line.remove_prefix(word.size());
    if (line.empty() || std::string_view(" \t:@>!").find(line.front()) == std::string_view::npos)
        return std::nullopt;
    const bool blank = line.front() == ' ' || line.front() == '\t';
    line = trimmed(line);
    const std::string_view first = line.substr(0, 1);
    const bool is_list = first == ":" || first == "@" || first == ">" || (first == "!" && !blank);
    if (!is_list) return Defaults{true, line};
    line = trimmed(line.substr(1));
    // A list of names may have blanks behind its commas.
    std::size_t end = 0;
    for (char before = ','; end < line.size(); ++end) {
        const char c = line[end];
        const bool is_blank = c == ' ' || c == '\t';
        const std::size_t next = is_blank ? line.find_first_not_of(" \t", end) : std::string_view::npos;
        const bool goes_on = before == ',' || (next != std::string_view::npos && line[next] == ',');
        if (is_blank && !goes_on) break;
        if (!is_blank) before = c;
    }
    return Defaults{false, trimmed(line.substr(end))};
}

std::string_view sentence_of(SudoAsks whom) {
    switch (whom) {
        case SudoAsks::caller:
            break;
        case SudoAsks::root:
            return "Prompt for root's password";
        case SudoAsks::default_account:
            return "Prompt for the runas_default user's password";
        case SudoAsks::target:
            return "Prompt for the target user's password";
    }
    return "";
}

}  // namespace

std::string_view flag_of(SudoAsks whom) {
    switch (whom) {
        case SudoAsks::caller:
            break;
        case SudoAsks::root:
            return "rootpw";
        case SudoAsks::default_account:
            return "runaspw";
        case SudoAsks::target:
            return "targetpw";
    }
    return "";
}

class Sudoers::Reader {
  public:
    Reader(Sudoers& sudoers, const FileReader& files, const DirectoryReader& directories)
        : sudoers_(sudoers), files_(files), directories_(directories) {}

    void take_file(const std::string& path, unsigned depth) {
        const auto text = depth > deepest_include ? std::nullopt : files_(path);
        if (!text) return sudoers_.unread_.push_back(path);
        for (const Line& line : lines_of(*text))
            take_line(line, path, depth);
    }

  private:
    void take_line(const Line& line, const std::string& path, unsigned depth) {
        const std::string_view text = trimmed(line.text);
        if (const auto file = rest_behind(text, {"@include", "#include"}))
            return take_file(beside(path, without_quotes(*file)), depth + 1);
        if (const auto folder = rest_behind(text, {"@includedir", "#includedir"}))
            return take_folder(beside(path, without_quotes(*folder)), depth + 1);
        if (const auto defaults = defaults_in(text))
            for (const std::string& parameter : parameters_of(defaults->parameters))
                take_parameter(trimmed(parameter), defaults->for_all, path, line.number);
    }

    static std::string beside(const std::string& path, const std::string& name) {
        return name.starts_with('/') ? name : path.substr(0, path.rfind('/') + 1) + name;
    }

    // sudo leaves out what has a dot or ends with '~'.
    void take_folder(const std::string& folder, unsigned depth) {
        auto names = directories_(folder);
        if (!names) return sudoers_.unread_.push_back(folder);
        std::erase_if(*names, [](const std::string& name) {
            return name.find('.') != std::string::npos || name.ends_with('~');
        });
        std::ranges::sort(*names);
        for (const std::string& name : *names)
            take_file(std::string(folder).append("/").append(name), depth);
    }

    void take_parameter(std::string_view parameter, bool for_all, const std::string& path, unsigned line) {
        bool on = true;
        while (parameter.starts_with('!')) {
            on = !on;
            parameter = trimmed(parameter.substr(1));
        }
        const auto* flag = std::ranges::find(flags, parameter, flag_of);
        if (flag != flags.end()) sudoers_.settings_.push_back({*flag, on, for_all, path, line});
    }

    Sudoers& sudoers_;
    const FileReader& files_;
    const DirectoryReader& directories_;
};

Sudoers Sudoers::read(const std::string& path, const FileReader& files, const DirectoryReader& directories) {
    Sudoers sudoers;
    Reader(sudoers, files, directories).take_file(path, 0);
    return sudoers;
}

// Of each flag the last line counts; of several flags that are on, sudo looks at rootpw first.
Sudoers::Answer Sudoers::for_everybody() const {
    for (const SudoAsks flag : flags) {
        const auto is_it = [flag](const Setting& each) { return each.for_all && each.flag == flag; };
        const auto last = std::find_if(settings_.rbegin(), settings_.rend(), is_it);
        if (last != settings_.rend() && last->on) return {flag, last->file, last->line};
    }
    return {};
}

std::optional<Sudoers::Answer> Sudoers::for_some() const {
    const auto found =
        std::ranges::find_if(settings_, [](const Setting& each) { return !each.for_all && each.on; });
    if (found == settings_.end()) return std::nullopt;
    return Answer{found->flag, found->file, found->line};
}

std::optional<SudoAsks> asked_by_settings_of_sudo(std::string_view output) {
    // Printed for root alone.
    if (output.find("Sudoers path: ") == std::string_view::npos) return std::nullopt;
    for (const SudoAsks flag : flags)
        for (const std::string_view line : split(output, '\n'))
            if (line.starts_with(sentence_of(flag))) return flag;
    return SudoAsks::caller;
}

}  // namespace secondstep::tool
