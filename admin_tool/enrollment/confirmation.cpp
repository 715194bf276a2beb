#include "enrollment/confirmation.h"

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock_offset.h"
#include "console/prompt.h"
#include "enrollment/enrollment.h"
#include "otp/typed_answer.h"

namespace secondstep::tool {

namespace {

constexpr int most_asks = 10;

std::string one_of(const std::vector<std::string_view>& options) {
    std::string text;
    for (std::size_t i = 0; i < options.size(); ++i) {
        if (i != 0) text += i + 1 == options.size() ? " and " : ", ";
        text += options[i];
    }
    return text;
}

std::string words_for(const dialogue::IgnoredOptions& ignored) {
    std::vector<std::string_view> options;
    if (ignored.digits) options.emplace_back("--digits");
    if (ignored.algorithm) options.emplace_back("--algorithm");
    if (ignored.period) options.emplace_back("--period");
    if (ignored.counter) options.emplace_back("--counter");
    return "Not stored: this app ignores " + one_of(options) +
           ", so none of its codes would be accepted.\nUse another app, or begin again without " +
           (options.size() == 1 ? "that option." : "those options.");
}

std::string words_for(const dialogue::Enrollment::ClockOff& off) {
    return "Not stored: that phone's clock is " + clock_offset_in_words(off.offset) +
           ". Set it to automatic time.";
}

std::string words_for_wrong(std::size_t typed, std::size_t wanted) {
    if (typed != wanted)
        return "Not accepted. Codes of this key have " + std::to_string(wanted) +
               " digits: is it the entry with "
               "the key above?";
    return "Not accepted. If the app shows another code now, enter that; is it the entry\n"
           "with the key above, and is the phone's clock set automatically?";
}

std::unexpected<Exit> not_stored(std::string_view why) {
    return stop(complain(Exit::refused, "not stored: " + std::string(why)));
}

struct Judge {
    unsigned window;
    const Clock& clock;
    Output& screen;
};

// True: it was the code. Otherwise says what to do, and counts what only trying again can mend.
OrExit<bool> judge(dialogue::Enrollment& enrollment, const dialogue::TypedOtp& typed, const Judge& by,
                   unsigned& wrong) {
    const auto outcome = enrollment.confirm(typed.digits, by.window, by.clock.now());
    if (!outcome) return stop(complain(outcome.error()));
    if (std::holds_alternative<dialogue::Enrollment::Confirmed>(*outcome)) return true;
    if (const auto* off = std::get_if<dialogue::Enrollment::ClockOff>(&*outcome)) {
        by.screen.line(words_for(*off));
        return false;
    }
    ++wrong;
    const auto* ignored = std::get_if<dialogue::IgnoredOptions>(&*outcome);
    by.screen.line(ignored != nullptr
                       ? words_for(*ignored)
                       : words_for_wrong(typed.digits.size(), enrollment.options().digits.value()));
    return false;
}

std::string words_for_no_code(const dialogue::TypedAnswer& answer, const dialogue::Enrollment& enrollment) {
    const std::string digits = std::to_string(enrollment.options().digits.value());
    if (std::holds_alternative<dialogue::SeveralCodes>(answer))
        return "That is more than one code: enter the one that the app shows now.";
    return "That is not a code: enter the " + digits + " digits that the app shows now.";
}

}  // namespace

OrExit<void> confirm_with_code(dialogue::Enrollment& enrollment, const std::string& account, unsigned window,
                               const Clock& clock, Output& screen) {
    unsigned wrong = 0;
    for (int asked = 0; asked < most_asks && wrong < dialogue::most_wrong_answers; ++asked) {
        const auto typed = ask(screen, "Code in " + account + "'s app: ", true);
        if (!typed) return not_stored("no code was entered. For a script there is --no-confirm");
        const dialogue::TypedAnswer answer = dialogue::classify(typed->text());
        const auto* const otp = std::get_if<dialogue::TypedOtp>(&answer);
        if (otp == nullptr) {
            screen.line(words_for_no_code(answer, enrollment));
            ++wrong;
            continue;
        }
        const auto right = judge(enrollment, *otp, {window, clock, screen}, wrong);
        if (!right) return stop(right.error());
        if (*right) return {};
    }
    return not_stored("no right code was entered; begin again when the phone's app and clock are in order");
}

}  // namespace secondstep::tool
