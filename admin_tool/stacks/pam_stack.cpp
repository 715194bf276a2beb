#include "stacks/pam_stack.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace secondstep::tool {

namespace {

struct LogicalLine {
    unsigned number;
    std::string text;
};

// Comments taken away, and lines that end with '\' put together with the next.
std::vector<LogicalLine> logical_lines(std::string_view text) {
    std::vector<LogicalLine> lines;
    unsigned number = 0;
    bool goes_on = false;
    for (std::string_view line : split(text, '\n')) {
        ++number;
        line = trimmed(line.substr(0, line.find('#')));
        const bool more = line.ends_with('\\');
        if (more) line.remove_suffix(1);
        if (goes_on) {
            lines.back().text += " " + std::string(line);
        } else {
            lines.push_back({number, std::string(line)});
        }
        goes_on = more;
    }
    std::erase_if(lines, [](const LogicalLine& line) { return trimmed(line.text).empty(); });
    return lines;
}

// "auth [success=ok default=die] pam_x.so [a b]" => 4 words, brackets kept
std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
        std::size_t end = text.find_first_of(" \t");
        if (text.front() == '[') {
            end = text.find(']');
            while (end != std::string_view::npos && text[end - 1] == '\\')
                end = text.find(']', end + 1);
            if (end != std::string_view::npos) ++end;
        }
        end = std::min(end, text.size());
        words.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return words;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

std::optional<Facility> facility_of(std::string_view word) {
    if (word.starts_with('-')) word.remove_prefix(1);
    constexpr std::array<std::pair<std::string_view, Facility>, 4> names{{{"auth", Facility::auth},
                                                                          {"account", Facility::account},
                                                                          {"password", Facility::password},
                                                                          {"session", Facility::session}}};
    const auto* found =
        std::ranges::find(names, lowercase_ascii(word), [](const auto& pair) { return pair.first; });
    return found == names.end() ? std::nullopt : std::optional(found->second);
}

// "/lib/security/pam_unix.so" => "pam_unix"
std::string module_name(std::string_view path) {
    path = path.substr(path.rfind('/') + 1);
    if (path.ends_with(".so")) path.remove_suffix(3);
    return std::string(path);
}

class Assembly {
  public:
    Assembly(std::string directory, const FileReader& read) : directory_(std::move(directory)), read_(read) {}

    // False: there is no such file.
    bool take_file(const std::string& name, std::optional<Facility> only, unsigned level) {
        const std::string path = name.starts_with('/') ? name : directory_ + "/" + name;
        const std::optional<std::string> text = read_(path);
        if (!text) return false;
        open_.push_back(path);
        for (const LogicalLine& line : logical_lines(*text)) {
            if (open_.size() == 1) own_line_ = line.number;
            take_line({path, line.number, words_of(line.text), only, level});
        }
        open_.pop_back();
        return true;
    }
    Stack stack;

  private:
    struct Line {
        const std::string& file;
        unsigned number;
        std::vector<std::string> words;
        std::optional<Facility> only;  // what the including line asked for; nothing: everything
        unsigned level;
    };

    void take_line(const Line& line) {
        const std::vector<std::string>& words = line.words;
        if (lowercase_ascii(words[0]) == "@include") {
            return words.size() < 2 ? broken(line, Facility::auth, "@include names no file")
                                    : include(line, words[1], line.only, line.level);
        }
        const std::optional<Facility> facility = facility_of(words[0]);
        if (!facility) {
            return broken(line, line.only.value_or(Facility::auth),
                          "the line does not begin with auth, account, password or session");
        }
        if (line.only && line.only != facility) return;
        if (words.size() < 3) return broken(line, *facility, "the line names no module");
        take_entry(line, *facility);
    }

    void take_entry(const Line& line, Facility facility) {
        const std::string control = lowercase_ascii(line.words[1]);
        if (control == "include") return include(line, line.words[2], facility, line.level);
        if (control == "substack") {
            StackLine header = entry(line, facility);
            header.kind = StackLine::Kind::substack;
            stack.lines.push_back(std::move(header));
            return include(line, line.words[2], facility, line.level + 1);
        }
        StackLine out = entry(line, facility);
        const std::optional<Control> parsed = Control::parse(line.words[1]);
        if (!parsed) problem(line, "the second word is no control that libpam knows");
        if (!parsed) out.text.clear();
        if (parsed) out.control = *parsed;
        stack.lines.push_back(std::move(out));
    }

    [[nodiscard]] StackLine entry(const Line& line, Facility facility) const {
        StackLine out;
        out.facility = facility;
        out.level = line.level;
        out.file = line.file;
        out.line = line.number;
        out.last_line = line.number;
        out.own_line = own_line_;
        out.may_be_missing = line.words[0].starts_with('-');
        out.text = joined(line.words);
        if (line.words.size() > 2) {
            out.path = line.words[2];
            out.module = module_name(line.words[2]);
            out.arguments.assign(line.words.begin() + 3, line.words.end());
        }
        return out;
    }

    void include(const Line& line, const std::string& name, std::optional<Facility> only, unsigned level) {
        const std::string path = name.starts_with('/') ? name : directory_ + "/" + name;
        const Facility facility = only.value_or(Facility::auth);
        if (std::ranges::find(open_, path) != open_.end()) {
            return broken(line, facility, "what is included here includes itself");
        }
        if (std::ranges::find(stack.included, name) == stack.included.end()) stack.included.push_back(name);
        if (!take_file(name, only, level)) broken(line, facility, "there is no file of the name given here");
    }

    void broken(const Line& line, Facility facility, const std::string& what) {
        problem(line, what);
        StackLine out = entry(line, facility);
        out.kind = StackLine::Kind::broken;
        out.text.clear();
        stack.lines.push_back(std::move(out));
    }

    // Such a line may be of anything (@include /etc/shadow): it is not quoted.
    void problem(const Line& line, const std::string& what) {
        stack.problems.push_back({.level = Remark::Level::error,
                                  .file = line.file,
                                  .line = line.number,
                                  .text = what + ": libpam lets the stack fail here",
                                  .now = {},
                                  .mend = {},
                                  .finding = Finding::broken_line});
    }

    std::string directory_;
    const FileReader& read_;
    unsigned own_line_ = 0;
    std::vector<std::string> open_;  // the files being read, outermost first
};

}  // namespace

bool StackLine::has(std::string_view argument) const {
    return std::ranges::find(arguments, argument) != arguments.end();
}

std::vector<StackLine> Stack::of(Facility facility) const {
    std::vector<StackLine> out;
    std::ranges::copy_if(lines, std::back_inserter(out),
                         [facility](const StackLine& line) { return line.facility == facility; });
    return out;
}

Stack read_stack(const std::string& directory, const std::string& service, const FileReader& read) {
    Assembly assembly(directory, read);
    assembly.take_file(service, std::nullopt, 0);
    assembly.stack.service = service;
    return std::move(assembly.stack);
}

}  // namespace secondstep::tool
