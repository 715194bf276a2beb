#include "stacks/judgement/stack_findings.h"

#include <algorithm>

#include "stacks/judgement/first_factors.h"
#include "stacks/judgement/mend.h"
#include "stacks/judgement/module_answers.h"

namespace secondstep::tool {

namespace {

constexpr std::string_view no_mend =
    "none was found that keeps everybody who gets in; pam_secondstep(8) has stacks to begin from";

Remark remark_of(const Stack& stack, const Fault& fault, const Trial& trial) {
    const StackLine line = stack.of(fault.part)[fault.line];
    Remark remark{.level = fault.level,
                  .file = line.file,
                  .line = line.line,
                  .text = fault.text,
                  .now = line.text,
                  .mend = fault.advice,
                  .finding = fault.finding};
    if (auto mend = mend_of(stack, fault, trial)) {
        remark.mend = std::move(mend->words);
        remark.edits = std::move(mend->edits);
    } else if (fault.advice.empty()) {
        remark.mend = std::string(no_mend);
    }
    return remark;
}

// What is wrong in a line that several services include, and is mended in the file of this one.
void name_service(Remark& remark, const Stack& stack) {
    const bool is_mended_elsewhere = !remark.edits.empty() && remark.edits.front().file != remark.file;
    if (is_mended_elsewhere) remark.text += " (in " + stack.service + ")";
}

// A whole part is printed once.
void refer_to_the_first(Remark& remark, const Remarks& before) {
    if (remark.mend.find('\n') == std::string::npos) return;
    const auto same = std::ranges::find(before, remark.edits, &Remark::edits);
    if (same == before.end()) return;
    remark.mend = "the same as of " + same->file + ":" + std::to_string(same->line) + " above";
}

// libpam cannot read the line, which says all.
bool is_said(const Stack& stack, const Remark& remark) {
    return remark.finding == Finding::nobody_gets_in &&
           std::ranges::any_of(stack.problems, [&remark](const Remark& problem) {
               return problem.file == remark.file && problem.line == remark.line;
           });
}

}  // namespace

bool has_second_step(const Stack& stack) {
    return std::ranges::any_of(stack.lines, is_second_step);
}

bool claims_first_factor(const Stack& stack) {
    const auto lines = stack.of(Facility::auth);
    return std::ranges::any_of(
        lines, [](const StackLine& line) { return is_second_step(line) && line.has("first_factor=passed"); });
}

bool asks_for_a_password(const Stack& stack) {
    return FirstFactors(Ways(stack.of(Facility::auth))).any();
}

Remarks findings_in(const Stack& stack, const Config& config, BeforeStack before,
                    const Neighbours& neighbours) {
    Remarks out = stack.problems;
    const Trial trial(stack, config, before, neighbours);
    for (const Fault& fault : trial.faults()) {
        Remark remark = remark_of(stack, fault, trial);
        if (is_said(stack, remark)) continue;
        name_service(remark, stack);
        refer_to_the_first(remark, out);
        out.push_back(std::move(remark));
    }
    return out;
}

}  // namespace secondstep::tool
