#include "stacks/stack_reader.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace secondstep::tool {

namespace {

constexpr std::size_t most_lines = 4096;

std::optional<Facility> facility_of(std::string_view word) {
    constexpr std::array<std::pair<std::string_view, Facility>, 4> names{{{"auth", Facility::auth},
                                                                          {"account", Facility::account},
                                                                          {"password", Facility::password},
                                                                          {"session", Facility::session}}};
    const auto* found =
        std::ranges::find_if(names, [word](const auto& pair) { return is_word(word, pair.first); });
    return found == names.end() ? std::nullopt : std::optional(found->second);
}

// "/lib/security/pam_unix.so" => "pam_unix"
std::string module_name(std::string_view path) {
    path = path.substr(path.rfind('/') + 1);
    if (path.ends_with(".so")) path.remove_suffix(3);
    return std::string(path);
}

// libpam logs the name of a module without directory and ending, and gives up where that is nothing, or "?".
bool can_be_logged(std::string_view path) {
    path = path.substr(path.rfind('/') + 1);
    path = path.substr(0, path.rfind('.'));
    return !path.empty() && path != "?";
}

}  // namespace

StackReader::Outcome StackReader::read_service(const std::string& service) {
    for (std::string& path : paths_of(service, false)) {
        const std::optional<std::string> text = read_(path);
        path_ = std::move(path);
        if (!text) continue;
        if (take_file({.path = path_, .only = std::nullopt}, *text)) return Outcome::whole;
        if (start_ == Start::works) start_ = Start::fails;
        return Outcome::given_up;
    }
    return Outcome::no_file;
}

std::vector<std::string> StackReader::paths_of(const std::string& name, bool is_included) const {
    if (name.starts_with('/')) return {name};
    std::vector<std::string> paths;
    for (const std::string& directory : rules_.directories)
        paths.push_back(directory + "/" + name);
    if (is_included && rules_.debian && paths.size() > 1) paths.resize(1);
    return paths;
}

bool StackReader::take_file(const Place& place, const std::string& text) {
    open_.push_back(&place);
    const LogicalLines lines = logical_lines(text, rules_);
    bool goes_on = true;
    for (const LogicalLine& line : lines.lines) {
        if (open_.size() == 1) own_line_ = line.first;
        goes_on = take_line(place, line);
        if (!goes_on) break;
    }
    if (goes_on) goes_on = ends_too_early(place, lines);
    open_.pop_back();
    return goes_on;
}

bool StackReader::ends_too_early(const Place& place, const LogicalLines& lines) {
    switch (lines.end) {
        case LogicalLines::End::whole:
            return true;
        case LogicalLines::End::incomplete:
            problem(
                place.path, lines.end_line,
                "the file ends in a line that says it goes on in the next: libpam gives up the file here");
            return false;
        case LogicalLines::End::endless:
            problem(
                place.path, lines.end_line,
                "this line and what continues it fill the 1024 bytes that this version of libpam has for them: "
                "it never comes to an end here");
            return stops(Start::hangs);
    }
    return false;
}

bool StackReader::stops(Start how) {
    start_ = how;
    return false;
}

void StackReader::warn_of_bytes(const Place& place, const LogicalLine& where) {
    if (where.is_rest) {
        problem(
            place.path, where.first,
            "the line is longer than the 1023 bytes that this version of libpam reads as one: it takes the rest "
            "for a line of its own");
    }
    if (where.has_nul) problem(place.path, where.first, "libpam does not see what stands behind a NUL byte");
    if (where.text.find('\r') != std::string::npos) {
        problem(
            place.path, where.first,
            "the line has a carriage return (lines that end as on Windows), which libpam takes for a part of a "
            "word");
    }
}

bool StackReader::take_line(const Place& place, const LogicalLine& where) {
    Line line{.place = place, .where = where, .words = pam_words(where.text)};
    std::string_view type = line.words.empty() ? std::string_view() : std::string_view(line.words[0].value);
    line.may_be_missing = type.starts_with('-');
    if (line.may_be_missing) type.remove_prefix(1);
    if (rules_.debian && is_word(type, "@include")) {
        warn_of_bytes(place, where);
        return take_at_include(line);
    }
    const std::optional<Facility> facility = facility_of(type);
    line.facility = facility.value_or(place.only.value_or(Facility::auth));
    if (place.only && line.facility != *place.only) return true;
    warn_of_bytes(place, where);
    return take_entry(line, facility.has_value());
}

bool StackReader::take_at_include(Line& line) {
    line.facility = line.place.only.value_or(Facility::auth);
    if (line.words.size() < 2) return names_no_file(line);
    return take_including(line, {line.words[1].value, line.place.only, false, true});
}

bool StackReader::take_entry(Line& line, bool is_legal) {
    constexpr std::string_view illegal = "the line does not begin with auth, account, password or session";
    if (line.words.size() < 2) {
        broken(line, Control::failing(), is_legal ? "the line has no control" : illegal);
        return true;
    }
    const std::string& word = line.words[1].value;
    const bool is_substack = is_word(word, "substack");
    if (is_substack || is_word(word, "include")) {
        if (!is_legal) problem(line, std::string(illegal) + ": libpam includes the file as if it did");
        if (line.words.size() < 3) return names_no_file(line);
        return take_including(line, {line.words[2].value, line.facility, is_substack});
    }
    const std::optional<Control> control = Control::of_value(word, rules_);
    if (!is_legal || line.words.size() < 3) {
        broken(line, control.value_or(Control::failing()), is_legal ? "the line names no module" : illegal);
        return line.words.size() < 3 || can_be_named(line);
    }
    StackLine out = entry(line);
    out.control = control.value_or(Control::failing());
    if (!control) {
        problem(line,
                "the second word is no control that libpam knows: it takes every answer of the module for a "
                "refusal");
        out.text.clear();
    }
    return add(line, std::move(out));
}

// What stands in the list already stays there when the file is given up.
bool StackReader::add(const Line& line, StackLine entry) {
    if (lines_.size() >= most_lines) {
        problem(line, "more than 4096 lines come together here");
        return stops(Start::fails);
    }
    entry.is_of_first_call_only = !can_be_logged(entry.path);
    lines_.push_back(std::move(entry));
    return can_be_named(line);
}

bool StackReader::can_be_named(const Line& line) {
    if (can_be_logged(line.words[2].value)) return true;
    // The line stays in the list with a pointer that nobody has set: only the service's own file is not read on.
    if (!rules_.since_1_6 && open_.size() > 1) {
        problem(
            line,
            "no module and no substack can have the name given here, in a file that is included: what libpam "
            "does then is not defined, and it may crash");
        return stops(Start::crashes);
    }
    problem(line, "no module and no substack can have the name given here: libpam gives up the file");
    return false;
}

StackLine StackReader::entry(const Line& line) const {
    StackLine out;
    out.facility = line.facility;
    out.level = line.place.level;
    out.file = line.place.path;
    out.line = line.where.first;
    out.last_line = line.where.last;
    out.own_line = own_line_;
    out.may_be_missing = line.may_be_missing;
    out.text = written(line.words);
    if (line.words.size() > 2) {
        out.path = line.words[2].value;
        out.module = module_name(out.path);
        out.is_missing = out.path.ends_with('\r');
        for (std::size_t i = 3; i < line.words.size(); ++i)
            out.arguments.push_back(line.words[i].value);
    }
    return out;
}

// Such a line may be of anything (@include /etc/shadow): it is not quoted.
void StackReader::broken(const Line& line, const Control& control, std::string_view why) {
    problem(line, std::string(why) + ": libpam takes it for a module that always refuses");
    StackLine out = entry(line);
    out.kind = StackLine::Kind::broken;
    out.control = control;
    out.text.clear();
    lines_.push_back(std::move(out));
}

bool StackReader::names_no_file(const Line& line) {
    if (!rules_.debian) {
        const bool is_substack = is_word(line.words[1].value, "substack");
        StackLine header = entry(line);
        header.kind = StackLine::Kind::substack;
        if (is_substack) lines_.push_back(std::move(header));
        broken(line, Control::failing(), "the line includes a file and does not say which");
        return true;
    }
    problem(
        line.place.path, line.where.first,
        "the line includes a file and does not say which: Debian's libpam crashes here, and the program with it");
    return stops(Start::crashes);
}

// Without a substack between, only the number of open files ends it before 1.6.0.
bool StackReader::goes_in_circles(const Place& place) const {
    return !rules_.since_1_6 && std::ranges::any_of(open_, [&place](const Place* around) {
        return around->path == place.path && around->level == place.level;
    });
}

StackReader::Opened StackReader::open(const Line& line, const Inclusion& inclusion) const {
    Opened out{.place = {.path = {},
                         .only = inclusion.only,
                         .level = line.place.level + (inclusion.is_substack ? 1U : 0U),
                         .includes = line.place.includes + 1},
               .text = std::nullopt,
               .why_not = "there is no file of the name given here"};
    const unsigned depth = rules_.since_1_6 ? out.place.includes : out.place.level;
    if (depth >= LibpamRules::max_level) {
        out.why_not = "what is included here includes itself, or more than 15 files are within each other";
        return out;
    }
    for (std::string& path : paths_of(inclusion.name, true)) {
        out.place.path = std::move(path);
        if (goes_in_circles(out.place)) {
            out.why_not = "what is included here includes itself";
            return out;
        }
        out.text = read_(out.place.path);
        if (out.text) break;
    }
    return out;
}

bool StackReader::take_including(const Line& line, const Inclusion& inclusion) {
    if (inclusion.is_substack) {
        StackLine header = entry(line);
        header.kind = StackLine::Kind::substack;
        if (!add(line, std::move(header))) return false;
    }
    if (std::ranges::find(included_, inclusion.name) == included_.end()) included_.push_back(inclusion.name);
    const Opened opened = open(line, inclusion);
    if (!opened.text) return take_failed_include(line, inclusion, opened.why_not);
    if (take_file(opened.place, *opened.text)) return true;
    if (start_ != Start::works) return false;
    return take_failed_include(line, inclusion, "libpam gives up the file that is included here");
}

// What was read of it stays; the line itself becomes one that fails. "@include" in the service's own file is of no
// part that it could fail in.
bool StackReader::take_failed_include(const Line& line, const Inclusion& inclusion, std::string_view why) {
    if (inclusion.only && inclusion.is_at_include) {  // libpam has set no control for it then
        broken(line, Control::failing(), std::string(why) + ": what libpam does then is not defined");
        return true;
    }
    if (inclusion.only) {
        broken(line, Control::failing(), why);
        return true;
    }
    problem(line, std::string(why) + ": libpam gives up the whole service");
    return false;
}

void StackReader::problem(const Line& line, const std::string& text) {
    problem(line.place.path, line.where.first, text);
}

void StackReader::problem(const std::string& file, unsigned line, const std::string& text) {
    Remark remark{.level = Remark::Level::error,
                  .file = file,
                  .line = line,
                  .text = text,
                  .now = {},
                  .mend = {},
                  .finding = Finding::broken_line};
    if (std::ranges::find(problems_, remark) == problems_.end()) problems_.push_back(std::move(remark));
}

}  // namespace secondstep::tool
