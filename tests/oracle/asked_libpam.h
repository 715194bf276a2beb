#pragma once

#include <optional>
#include <string>
#include <vector>

#include "oracle/pretended_files.h"
#include "stacks/pam_stack.h"

namespace secondstep::testing {

// What one call gave: libpam's number, and what the modules that were reached have said, in their order.
struct Answered {
    int result = 0;
    std::vector<std::string> said;
    friend bool operator==(const Answered&, const Answered&) = default;
};

// What a program sees that asks for a service; the same whether it was seen or foretold.
struct Asked {
    tool::Start start = tool::Start::works;
    std::optional<Answered> authentication = {};  // where it starts
    std::optional<Answered> credentials = {};     // after an authentication that came to an end
    std::optional<Answered> account = {};
    friend bool operator==(const Asked&, const Asked&) = default;
};
[[nodiscard]] std::string to_text(const Asked& asked);

// What a program asks for: a service, of the machine's directories or of one of its own (pam_start_confdir).
struct Question {
    std::string service;
    std::string directory = {};  // empty: the machine's
};

// Asks the libpam that this program runs with. `expected`: where it would crash or hang, a child is sent.
[[nodiscard]] Asked ask_libpam(const Files& files, const Question& question, tool::Start expected);

// Why this libpam cannot be asked: it is too old for pam_start_confdir(3), or pam_debug is not installed. Empty: it can.
[[nodiscard]] std::string why_not_to_be_asked();

// The rules of that libpam, by its own file.
[[nodiscard]] tool::LibpamRules rules_of_this_libpam();

}  // namespace secondstep::testing
