#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "console/exit_status.h"

namespace secondstep::tool {

// One call of a verb: what came after it, and the global options.
struct Invocation {
    std::string config_path;
    std::vector<std::string> arguments;
};

struct Command;

// What a verb is: a function of its own name, in a file of its own.
using Verb = Exit(const Command& command, const Invocation& invocation);

// Under which heading of secondstep(8) a verb stands, and what is offered behind it when somebody presses
// Tab.
enum class Group : std::uint8_t {
    people,        // a USER
    portals,       // a NAME that only its owner knows
    moving,        // files, and whom they are about
    installation,  // nothing
};

// Whom a verb serves without root's rights; root may run each.
enum class Who : std::uint8_t {
    root,
    owner,   // everybody, for what is their own: the help names these
    anybody  // whoever can read or type what it needs
};

// One row of the table of verbs, as people read about it; etc/completions and etc/man say the same.
struct Command {
    std::string_view verb;
    std::string_view operands;  // "USER", "[USER...]", ""
    std::string_view summary;   // one line of `secondstep help`
    Group group;
    Who who;
    Verb* run;
};

}  // namespace secondstep::tool
