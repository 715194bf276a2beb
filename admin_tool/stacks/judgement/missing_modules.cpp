#include "stacks/judgement/missing_modules.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stacks/judgement/stack_findings.h"
#include "stacks/judgement/who_passes.h"

namespace secondstep::tool {

namespace {

// How many letters have to be changed, left out or put in.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t corner = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, corner + (a[i - 1] == b[j - 1] ? 0 : 1)});
            corner = above;
        }
    }
    return row[b.size()];
}

bool is_meant_for_ours(const StackLine& line) {
    constexpr std::size_t slips = 3;
    return line.module.size() < 40 && line.module.starts_with("pam_") &&
           distance(line.module, second_step_module) <= slips;
}

bool is_ours(const StackLine& line) {
    return line.module == second_step_module;
}

std::string consequence(Facility facility) {
    switch (facility) {
        case Facility::auth:
        case Facility::account:
            break;
        case Facility::password:
            return "nobody can change a password";
        case Facility::session:
            return "every login is closed here, after it was accepted";
    }
    return "nobody gets in";
}

// With this one module missing and all others there.
bool closes(const std::vector<StackLine>& lines, std::size_t index) {
    std::vector<StackLine> alone = lines;
    for (std::size_t i = 0; i < alone.size(); ++i)
        alone[i].is_missing = i == index;
    return somebody_passes(alone, sure_answer) == false;
}

Remark remark_of(const StackLine& line, Remark::Level level, const std::string& cost) {
    const bool mistyped = is_meant_for_ours(line) && !is_ours(line);
    return {.level = level,
            .file = line.file,
            .line = line.line,
            .text = "this machine has no module " + line.path + ": " + cost,
            .now = line.text,
            .mend = mistyped        ? "pam_secondstep.so in place of " + line.path
                    : is_ours(line) ? "pam_secondstep.so, without a path, or install the module again"
                                    : "take this line out, or install what has the module",
            .finding = Finding::module_missing};
}

std::optional<Remark> judged(const std::vector<StackLine>& lines, std::size_t index) {
    const StackLine& line = lines[index];
    if (closes(lines, index)) return remark_of(line, Remark::Level::error, consequence(line.facility));
    if (is_meant_for_ours(line))
        return remark_of(line, Remark::Level::error, "nobody is asked for a code by this line");
    // "-" says that it may be so.
    if (line.may_be_missing) return std::nullopt;
    return remark_of(line, Remark::Level::warning,
                     "this line does nothing but complain in the log at each login");
}

bool is_looked_at(const StackLine& line, bool whole) {
    const bool said_by_reader = line.path.ends_with('\r');
    return line.kind == StackLine::Kind::module && line.is_missing && !said_by_reader &&
           (whole || is_meant_for_ours(line));
}

}  // namespace

Remarks missing_modules(const Stack& stack) {
    Remarks out;
    if (stack.start != Start::works) return out;
    const bool whole = has_second_step(stack);
    for (const Facility facility :
         {Facility::auth, Facility::account, Facility::password, Facility::session}) {
        const std::vector<StackLine> lines = stack.of(facility);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (!is_looked_at(lines[i], whole)) continue;
            if (auto remark = judged(lines, i)) out.push_back(std::move(*remark));
        }
    }
    return out;
}

}  // namespace secondstep::tool
