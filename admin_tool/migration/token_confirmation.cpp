#include "migration/token_confirmation.h"

#include <algorithm>
#include <cstdint>
#include <utility>
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

// Says what to do.
void explain(const Enrollment::Outcome& outcome, Method method, Output& screen) {
    if (const auto* off = std::get_if<Enrollment::ClockOff>(&outcome)) {
        const bool fast = off->offset > std::chrono::seconds::zero();
        screen.line("The key is right, and the device's clock is " +
                    in_words(fast ? off->offset : -off->offset) + (fast ? " fast" : " slow") +
                    ": with that its codes are refused at every login.");
        return;
    }
    screen.line(
        method == Method::hotp
            ? "Not accepted: is it the device with that number? One whose button was pressed more than ten "
              "times since it was made is too far ahead."
            : "Not accepted: is it the device with that number? If it shows another code now, enter that.");
}

// What each reading of the key makes of one code.
struct Judged {
    std::vector<std::size_t> right;  // those that show it
    Enrollment::Outcome why_not = Enrollment::Wrong{};
};

Result<Judged> judge(std::vector<Enrollment>& readings, const Secret& typed, unsigned window, UnixTime now) {
    Judged judged;
    for (std::size_t i = 0; i < readings.size(); ++i) {
        const auto outcome = readings[i].confirm(typed, window, now);
        if (!outcome) return std::unexpected(outcome.error());
        if (std::holds_alternative<Enrollment::Confirmed>(*outcome)) {
            judged.right.push_back(i);
        } else if (!std::holds_alternative<Enrollment::Wrong>(*outcome)) {
            judged.why_not = *outcome;
        }
    }
    return judged;
}

Authenticator with_floor(Authenticator device, const Enrollment& confirmed) {
    const std::uint64_t before = device.has_floor ? device.floor : 0;
    device.floor = std::max(before, confirmed.authenticator().floor);
    device.has_floor = true;
    return device;
}

}  // namespace

Result<Authenticator> confirm_device(std::vector<Authenticator> readings, Method method,
                                     const std::string& account, unsigned window, const Clock& clock,
                                     Output& screen) {
    std::vector<Enrollment> enrollments;
    for (const Authenticator& reading : readings)
        enrollments.push_back(enrollment_of(reading, method));
    unsigned wrong = 0;
    for (int asked = 0; asked < most_asks && wrong < dialogue::most_wrong_answers; ++asked) {
        const auto typed = ask(screen, "Code that " + account + "'s new device shows: ", true);
        if (!typed) return fail(Errc::invalid, "no code was entered; nothing is stored.");
        const auto judged = judge(enrollments, *typed, window, clock.now());
        if (!judged) return std::unexpected(judged.error());
        if (judged->right.size() == 1) {
            const std::size_t right = judged->right.front();
            return with_floor(std::move(readings[right]), enrollments[right]);
        }
        if (judged->right.size() > 1) {
            screen.line("The key can be read in two ways, and both have this code: enter the next one.");
            continue;
        }
        explain(judged->why_not, method, screen);
        if (std::holds_alternative<Enrollment::Wrong>(judged->why_not)) ++wrong;
    }
    return fail(Errc::invalid, "no right code was entered; nothing is stored.");
}

}  // namespace secondstep::tool
