#include "migration/token_confirmation.h"

#include <algorithm>
#include <variant>

#include "base/duration.h"
#include "console/prompt.h"
#include "enrollment/enrollment.h"

namespace secondstep::tool {

namespace {

using dialogue::Enrollment;

constexpr int most_asks = 10;

Enrollment enrollment_of(const Authenticator& device, Method method) {
    dialogue::EnrollmentOptions options;
    options.method = method;
    options.counter = device.has_floor && method == Method::hotp ? device.floor + 1 : 0;
    return Enrollment::of(options, device.clone());
}

// Says what to do; true: it was the code.
bool explain(const Enrollment::Outcome& outcome, Method method, Output& screen) {
    if (std::holds_alternative<Enrollment::Confirmed>(outcome)) return true;
    if (const auto* off = std::get_if<Enrollment::ClockOff>(&outcome)) {
        const bool fast = off->offset > std::chrono::seconds::zero();
        screen.line("The key is right, and the device's clock is " +
                    in_words(fast ? off->offset : -off->offset) + (fast ? " fast" : " slow") +
                    ": with that its codes are refused at every login.");
        return false;
    }
    screen.line(
        method == Method::hotp
            ? "Not accepted: is it the device with that number? One whose button was pressed more than ten\n"
              "times since it was made is too far ahead."
            : "Not accepted: is it the device with that number? If it shows another code now, enter that.");
    return false;
}

}  // namespace

Result<void> confirm_device(Authenticator& device, Method method, const std::string& account, unsigned window,
                            const Clock& clock, Output& screen) {
    Enrollment enrollment = enrollment_of(device, method);
    unsigned wrong = 0;
    for (int asked = 0; asked < most_asks && wrong < dialogue::most_wrong_answers; ++asked) {
        const auto typed = ask(screen, "Code that " + account + "'s new device shows: ", true);
        if (!typed) return fail(Errc::invalid, "no code was entered; nothing is stored.");
        const auto outcome = enrollment.confirm(*typed, window, clock.now());
        if (!outcome) return std::unexpected(outcome.error());
        if (explain(*outcome, method, screen)) {
            const std::uint64_t before = device.has_floor ? device.floor : 0;
            device.floor = std::max(before, enrollment.authenticator().floor);
            device.has_floor = true;
            return {};
        }
        if (std::holds_alternative<Enrollment::Wrong>(*outcome)) ++wrong;
    }
    return fail(Errc::invalid, "no right code was entered; nothing is stored.");
}

}  // namespace secondstep::tool
