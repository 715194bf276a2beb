#include "stacks/judgement/twins.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "stacks/judgement/module_answers.h"
#include "stacks/judgement/who_passes.h"

namespace secondstep::tool {

namespace {

// A door, and what a person does to go through it.
struct Door {
    std::string_view service;
    std::string_view use;
};
struct Room {
    std::vector<Door> doors;
};

const std::vector<Room>& rooms() {
    static const std::vector<Room> all{
        {{{"su", "su"}, {"su-l", "su -"}}},
        {{{"sudo", "sudo"}, {"sudo-i", "sudo -i"}}},
        {{{"login", "a login at the console"}, {"remote", "a login through telnetd or rlogind"}}},
        {{{"gdm", "GNOME's login"},
          {"gdm-password", "GNOME's login with a password"},
          {"gdm-fingerprint", "GNOME's login with a finger"},
          {"gdm-smartcard", "GNOME's login with a card"},
          {"gdm-smartcard-pkcs11-exclusive", "GNOME's login with a card"},
          {"gdm-smartcard-sssd-exclusive", "GNOME's login with a card"},
          {"gdm-smartcard-sssd-or-password", "GNOME's login with a card"}}},
        {{{"kde", "KDE's locked screen with a password"},
          {"kde-fingerprint", "KDE's locked screen with a finger"},
          {"kde-smartcard", "KDE's locked screen with a card"}}},
    };
    return all;
}

const Stack* find(const std::vector<Stack>& services, std::string_view name) {
    const auto found = std::ranges::find(services, name, &Stack::service);
    return found == services.end() ? nullptr : &*found;
}

bool asks_for_a_code(const Stack& stack) {
    return std::ranges::any_of(stack.of(Facility::auth), is_second_step);
}

bool lets_people_in(const Stack& stack) {
    return somebody_passes(stack.of(Facility::auth), sure_answer).value_or(true);
}

// Where the service is written; its file may have no line at all.
std::string file_of(const Stack& stack) {
    for (const std::vector<StackLine>* lines : {&stack.lines, &stack.instead})
        for (const StackLine& line : *lines)
            if (line.file.ends_with("/" + stack.service)) return line.file;
    return stack.lines.empty() ? stack.service : stack.lines.front().file;
}

Remark without_code(const Door& door, const Stack& stack, const Door& with) {
    return {.level = Remark::Level::warning,
            .file = file_of(stack),
            .line = 0,
            .text = std::string(with.use) + " asks for a code and " + std::string(door.use) +
                    " does not: " + stack.service + " has no pam_secondstep",
            .now = {},
            .mend = "secondstep pam add " + stack.service,
            .finding = Finding::twin_without_code};
}

}  // namespace

Remarks twins_without_code(const std::vector<Stack>& services) {
    Remarks out;
    for (const Room& room : rooms()) {
        const auto with = std::ranges::find_if(room.doors, [&services](const Door& door) {
            const Stack* stack = find(services, door.service);
            return stack != nullptr && asks_for_a_code(*stack);
        });
        if (with == room.doors.end()) continue;
        for (const Door& door : room.doors) {
            const Stack* stack = find(services, door.service);
            if (stack == nullptr || asks_for_a_code(*stack) || !lets_people_in(*stack)) continue;
            out.push_back(without_code(door, *stack, *with));
        }
    }
    return out;
}

}  // namespace secondstep::tool
