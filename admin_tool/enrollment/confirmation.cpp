#include "enrollment/confirmation.h"

#include <cctype>
#include <optional>
#include <variant>

#include "base/duration.h"
#include "console/prompt.h"
#include "enrollment/enrollment.h"

namespace secondstep::tool {

namespace {

constexpr int most_asks = 10;

// What was typed, without the spaces and dashes apps and people put in.
Secret symbols_of_code(const Secret& typed) {
    Secret digits;
    for (const char c : typed.text()) {
        if (c != ' ' && c != '-' && c != '\t') digits.push_back(c);
    }
    return digits;
}

bool has_shape_of_code(const Secret& digits) {
    if (digits.size() < 6 || digits.size() > 8) return false;
    for (const char c : digits.text()) {
        if (c < '0' || c > '9') return false;
    }
    return true;
}

// Says what to do; true: it was the code.
bool explain(const dialogue::Enrollment::Outcome& outcome, Output& screen) {
    if (std::holds_alternative<dialogue::Enrollment::Confirmed>(outcome)) return true;
    if (const auto* off = std::get_if<dialogue::Enrollment::ClockOff>(&outcome)) {
        const bool fast = off->offset > std::chrono::seconds::zero();
        screen.line("Not stored: that phone's clock is " + in_words(fast ? off->offset : -off->offset) +
                    (fast ? " fast" : " slow") + ". Set it to automatic time.");
        return false;
    }
    screen.line(
        "Not accepted. If the app shows another code now, enter that; is it the entry\n"
        "with the key above, and is the phone's clock set automatically?");
    return false;
}

std::unexpected<Exit> not_stored(std::string_view why) {
    return stop(complain(Exit::refused, "not stored: " + std::string(why)));
}

}  // namespace

OrExit<void> confirm_with_code(dialogue::Enrollment& enrollment, const std::string& account, unsigned window,
                               const Clock& clock, Output& screen) {
    unsigned wrong = 0;
    for (int asked = 0; asked < most_asks && wrong < dialogue::most_wrong_answers; ++asked) {
        const auto typed = ask(screen, "Code in " + account + "'s app: ", true);
        if (!typed) return not_stored("no code was entered. For a script there is --no-confirm");
        const Secret digits = symbols_of_code(*typed);
        if (!has_shape_of_code(digits)) {
            screen.line("That is not a code: it has 6 to 8 digits.");
            ++wrong;
            continue;
        }
        const auto outcome = enrollment.confirm(digits, window, clock.now());
        if (!outcome) return stop(complain(outcome.error()));
        if (explain(*outcome, screen)) return {};
        if (std::holds_alternative<dialogue::Enrollment::Wrong>(*outcome)) ++wrong;
    }
    return not_stored("no right code was entered; begin again when the phone's app and clock are in order");
}

}  // namespace secondstep::tool
