#include "stacks/password_line.h"

#include "stacks/pam_trials.h"

namespace secondstep::tool {

namespace {

using Lines = std::vector<StackLine>;
using Outcomes = Trials::Outcomes;

// Somebody gets in whom the password module of line `by` knows, and no other.
bool lets_in_by(const Lines& lines, std::size_t by) {
    return Trials(lines, Trials::Password::right)
        .some(PamCode::success, [&](const Outcomes& outcomes, const Walk& walk) {
            for (const std::size_t i : walk.called) {
                const bool yes = outcomes[i] == PamCode::success;
                if (role_of(lines[i]) == Role::password && yes != (i == by)) return false;
            }
            return walk.succeeded() && walk.calls(by);
        });
}

// With two directories of people, a mend for the first must not keep the people of the second out.
bool keeps_people_in(const Lines& before, const Lines& after) {
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (role_of(before[i]) == Role::password && lets_in_by(before, i) && !lets_in_by(after, i)) {
            return false;
        }
    }
    return true;
}

bool helps(const Lines& lines, std::size_t at, std::string_view control) {
    Lines mended = lines;
    mended[at].control = *Control::parse(control);
    return !reached_after_wrong_password(mended) && keeps_people_in(lines, mended);
}

}  // namespace

bool reached_after_wrong_password(const std::vector<StackLine>& lines) {
    return Trials(lines, Trials::Password::wrong)
        .some(PamCode::success, [&lines](const Outcomes& outcomes, const Walk& walk) {
            bool refused = false;
            for (const std::size_t i : walk.called) {
                const Role role = role_of(lines[i]);
                if (role == Role::second_step) return refused;
                refused = refused || (role == Role::password && outcomes[i] == PamCode::auth_err);
            }
            return false;
        });
}

// The usual control, on the password's line, or on pam_deny's after it.
std::string mend_of_password(const std::vector<StackLine>& lines, std::size_t password) {
    constexpr std::string_view control = "[success=ok default=die]";
    if (helps(lines, password, control)) return with_control(lines[password], control);
    for (std::size_t i = password; i < lines.size(); ++i) {
        if (role_of(lines[i]) == Role::no && helps(lines, i, "requisite")) {
            return with_control(lines[i], "requisite") + " (" + lines[i].file + ":" +
                   std::to_string(lines[i].line) + ")";
        }
    }
    return "a stack that ends when the password was wrong; pam_secondstep(8) has one";
}

std::string with_control(const StackLine& line, std::string_view control) {
    std::string text(facility_word(line));
    text += " " + std::string(control) + " " + line.module + ".so";
    for (const std::string& argument : line.arguments)
        text += " " + argument;
    return text;
}

std::string_view facility_word(const StackLine& line) {
    return line.facility == Facility::account ? "account" : "auth";
}

}  // namespace secondstep::tool
