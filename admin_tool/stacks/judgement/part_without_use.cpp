#include "stacks/judgement/part_without_use.h"

#include <algorithm>
#include <string>

#include "stacks/judgement/module_answers.h"
#include "stacks/judgement/who_passes.h"

namespace secondstep::tool {

namespace {

std::optional<PamCode> without_a_function(const StackLine& line) {
    if (is_second_step(line)) return PamCode::module_unknown;
    return sure_answer(line);
}

// What a line costs that libpam has no function for.
std::string cost_of(const StackLine& line, bool closes) {
    const bool session = line.facility == Facility::session;
    const std::string here =
        "pam_secondstep has nothing to do in the " + std::string(session ? "session" : "password") + " part";
    if (!closes) return here + ": libpam complains of this line in the log each time";
    if (session)
        return here +
               ": every login is closed here, after the password and the code were accepted and used up";
    return here + ": nobody can change a password, and who has to at a login is refused";
}

void look_at(const Stack& stack, Facility facility, Remarks& out) {
    const std::vector<StackLine> lines = stack.of(facility);
    if (!std::ranges::any_of(lines, is_second_step)) return;
    const bool closes = !somebody_passes(lines, without_a_function).value_or(false);
    for (const StackLine& line : lines) {
        if (!is_second_step(line)) continue;
        out.push_back({.level = closes ? Remark::Level::error : Remark::Level::warning,
                       .file = line.file,
                       .line = line.line,
                       .text = cost_of(line, closes),
                       .now = line.text,
                       .mend = "take this line out",
                       .finding = Finding::part_without_use,
                       .edits = {{.kind = Edit::Kind::remove,
                                  .file = line.file,
                                  .first = line.line,
                                  .last = std::max(line.line, line.last_line),
                                  .lines = {}}}});
    }
}

}  // namespace

Remarks parts_without_use(const Stack& stack) {
    Remarks out;
    look_at(stack, Facility::session, out);
    look_at(stack, Facility::password, out);
    return out;
}

}  // namespace secondstep::tool
