#pragma once

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "base/secret.h"
#include "console/arguments.h"
#include "console/exit_status.h"
#include "console/invocation.h"
#include "console/json_text.h"
#include "policy/config.h"
#include "wire/message.h"

namespace secondstep::tool {

// One call of a verb that root uses for everybody, and people for themselves.
struct Call {
    Arguments arguments;
    Config config;
};
[[nodiscard]] OrExit<Call> call_of(const Command& command, const Invocation& invocation,
                                   const boost::program_options::options_description& options,
                                   Arguments::Operands operands);

// A verb about people, of an administrator, on a machine that asks a fleet: the records are on its nodes. Stops with
// `refused` and names them.
[[nodiscard]] OrExit<void> only_where_it_is_judged(std::string_view verb, const Config& config);

// An administrator's view of a machine whose second steps are on the nodes of a fleet.
[[nodiscard]] bool asks_nodes(const Config& config);

// The caller is neither root nor the account the store belongs to: they manage their own second step,
// through the service, which asks for the present one and decides what they may.
[[nodiscard]] bool is_for_own_account(const Config& config);

struct OwnTask {
    Task task = Task::none;
    // Of the verb's options; --json is always one. The others are the administrator's.
    std::vector<std::string> options{};
    std::size_t first_name = 0;  // the operands from this one on can only be their own name,
    std::size_t end_of_names = std::numeric_limits<std::size_t>::max();  // up to this one
    // Without --json: shows what the service sends, before what it asks next; nothing: its words suffice.
    std::function<Exit(const std::string& user, const Json& data)> show = nullptr;
    // With --json: what a program gets of it; nothing: as the service sends it.
    std::function<Json(Json data)> for_programs = nullptr;
    // The first question is for the tool, and this answers it.
    std::function<Secret()> form = nullptr;
};
[[nodiscard]] wire::Hello hello_for_managing(const std::string& user, Task task);
// The login name of the caller. Stops with not_allowed when `call` has something that is the administrator's.
[[nodiscard]] OrExit<std::string> own_name(const Call& call, const OwnTask& task);
// The status of a verdict, after saying what it means.
[[nodiscard]] Exit explain(Verdict verdict, const std::string& contact);
// What a program gets with --json where nobody is enrolled, and so nothing was changed: the status alone would
// leave it with nothing to parse.
[[nodiscard]] Json unchanged_of_nobody(const std::string& user);
// Carries the dialogue; the status is that of its verdict, or what `show` says of an accepted one.
[[nodiscard]] Exit manage_own(const Call& call, const OwnTask& task);

}  // namespace secondstep::tool
