#include "stacks/pam_stack.h"

#include <algorithm>

#include "stacks/stack_reader.h"

namespace secondstep::tool {

namespace {

void take_of(Facility facility, const std::vector<StackLine>& from, std::vector<StackLine>& to) {
    std::ranges::copy_if(from, std::back_inserter(to),
                         [facility](const StackLine& line) { return line.facility == facility; });
}

bool has_any(Facility facility, const std::vector<StackLine>& lines) {
    return std::ranges::find(lines, facility, &StackLine::facility) != lines.end();
}

Remark nobody_gets_in(const std::string& file, const std::string& why) {
    return {.level = Remark::Level::error,
            .file = file,
            .line = 0,
            .text = why,
            .now = {},
            .mend = {},
            .finding = Finding::nobody_gets_in};
}

std::string consequence(Start start) {
    switch (start) {
        case Start::works:
        case Start::fails:
            break;
        case Start::crashes:
            return "libpam crashes when a program asks for this service: nobody gets in through it";
        case Start::hangs:
            return "libpam never ends reading this service: nobody gets in through it";
    }
    return "libpam refuses to begin with this service: nobody gets in through it";
}

const std::string* text_in(const std::vector<SourceFile>& files, const std::string& path) {
    const auto found = std::ranges::find(files, path, &SourceFile::path);
    return found == files.end() ? nullptr : &found->text;
}

// The path of the file for whose sake it does not start.
using Where = std::string;

// "other" is read with every service, and what is wrong with its file counts for each.
StackReader::Outcome take_fallback(const LibpamRules& rules, const FileReader& read, Stack& stack,
                                   Where& where) {
    Remarks problems;
    StackReader other(rules, read, problems);
    const StackReader::Outcome outcome = other.read_service(std::string(default_service));
    stack.start = other.start();
    if (stack.start != Start::works) where = other.path();
    for (StackLine& line : other.take_lines()) {
        line.own_line = 0;
        if (!has_any(line.facility, stack.lines)) stack.instead.push_back(std::move(line));
    }
    const bool matters = stack.start != Start::works || !stack.instead.empty();
    if (matters) stack.problems.insert(stack.problems.end(), problems.begin(), problems.end());
    return outcome;
}

// Stands for a stack that does not start.
StackLine refusal(Facility facility, const Stack& stack) {
    StackLine line;
    line.kind = StackLine::Kind::broken;
    line.facility = facility;
    line.file = stack.problems.empty() ? "" : stack.problems.back().file;
    return line;
}

}  // namespace

Stack read_again(const Stack& stack, const std::vector<SourceFile>& changed) {
    Stack again =
        read_stack(stack.rules, stack.service, [&](const std::string& path) -> std::optional<std::string> {
            if (const std::string* text = text_in(changed, path)) return *text;
            if (const std::string* text = text_in(stack.files, path)) return *text;
            return std::nullopt;
        });
    for (StackLine& line : again.lines) {
        line.is_missing =
            line.is_missing || std::ranges::any_of(stack.lines, [&line](const StackLine& known) {
                return known.is_missing && known.path == line.path;
            });
    }
    return again;
}

bool StackLine::has(std::string_view argument) const {
    return std::ranges::find(arguments, argument) != arguments.end();
}

std::vector<StackLine> Stack::of(Facility facility) const {
    if (start != Start::works) return {refusal(facility, *this)};
    std::vector<StackLine> out;
    take_of(facility, lines, out);
    if (out.empty()) take_of(facility, instead, out);
    return out;
}

Stack read_stack(const LibpamRules& rules, const std::string& service, const FileReader& reader) {
    Stack stack;
    stack.service = service;
    stack.rules = rules;
    const FileReader read = [&](const std::string& path) {
        auto text = reader(path);
        const bool known = text_in(stack.files, path) != nullptr;
        if (text && !known) stack.files.push_back({path, *text});
        return text;
    };
    StackReader own(rules, read, stack.problems);
    const StackReader::Outcome outcome = own.read_service(service);
    stack.lines = own.take_lines();
    stack.included = own.take_included();
    stack.start = own.start();
    Where where = own.path();
    bool has_file = outcome != StackReader::Outcome::no_file;
    if (stack.start == Start::works && service != default_service) {
        has_file = take_fallback(rules, read, stack, where) != StackReader::Outcome::no_file || has_file;
    }
    if (!has_file) stack.start = Start::fails;
    if (stack.start != Start::works)
        stack.problems.push_back(nobody_gets_in(where, consequence(stack.start)));
    return stack;
}

Stack read_stack(const std::string& directory, const std::string& service, const FileReader& read) {
    LibpamRules rules;
    rules.directories = {directory};
    return read_stack(rules, service, read);
}

}  // namespace secondstep::tool
