#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exit_status.h"

namespace secondstep::tool {

// One call of a verb: what came after it, and the global options.
struct Invocation {
    std::string config_path;
    std::vector<std::string> arguments;
};

struct Command {
    std::string_view verb;
    std::string_view operands;  // "USER", "[USER...]", ""
    std::string_view summary;   // one line of `secondstep help`
    Exit (*run)(const Command& command, const Invocation& invocation);
};

// Every verb, in the order of `secondstep help`.
[[nodiscard]] std::span<const Command> commands();
[[nodiscard]] const Command* find_command(std::string_view verb);

[[nodiscard]] Exit setup(const Command& command, const Invocation& invocation);
[[nodiscard]] Exit enroll(const Command& command, const Invocation& invocation);
[[nodiscard]] Exit status(const Command& command, const Invocation& invocation);
[[nodiscard]] Exit recovery_codes(const Command& command, const Invocation& invocation);
[[nodiscard]] Exit disable(const Command& command, const Invocation& invocation);
[[nodiscard]] Exit rename(const Command& command, const Invocation& invocation);
[[nodiscard]] Exit unlock(const Command& command, const Invocation& invocation);
[[nodiscard]] Exit re_enroll(const Command& command, const Invocation& invocation);
[[nodiscard]] Exit invite(const Command& command, const Invocation& invocation);
[[nodiscard]] Exit temporary_code(const Command& command, const Invocation& invocation);
[[nodiscard]] Exit revoke(const Command& command, const Invocation& invocation);
[[nodiscard]] Exit clients(const Command& command, const Invocation& invocation);
[[nodiscard]] Exit send_test(const Command& command, const Invocation& invocation);
[[nodiscard]] Exit try_login(const Command& command, const Invocation& invocation);
[[nodiscard]] Exit explain(const Command& command, const Invocation& invocation);
[[nodiscard]] Exit check_config(const Command& command, const Invocation& invocation);
[[nodiscard]] Exit portal(const Command& command, const Invocation& invocation);
[[nodiscard]] Exit portal_code(const Command& command, const Invocation& invocation);
[[nodiscard]] Exit import_accounts(const Command& command, const Invocation& invocation);
[[nodiscard]] Exit export_accounts(const Command& command, const Invocation& invocation);
[[nodiscard]] Exit adopt(const Command& command, const Invocation& invocation);
[[nodiscard]] Exit doctor(const Command& command, const Invocation& invocation);

}  // namespace secondstep::tool
