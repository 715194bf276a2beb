#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "console/exit_status.h"

namespace boost::program_options {
class options_description;
}

namespace secondstep::tool {

struct Command;

// One call of a verb: what came after it, and the global options.
struct Invocation {
    using TakeOptions = std::function<void(const boost::program_options::options_description&)>;
    std::string config_path;
    std::vector<std::string> arguments;
    // Given: the verb hands its options to it, and does nothing else.
    TakeOptions take_options = {};
};

// What a verb is: a function of its own name, in a file of its own.
using Verb = Exit(const Command& command, const Invocation& invocation);

// Under which heading of secondstep(8) a verb stands.
enum class Group : std::uint8_t { people, portals, moving, installation };

// Whom a verb serves without root's rights; root may run each.
enum class Who : std::uint8_t {
    root,
    owner,   // everybody, for what is their own: the help names these
    anybody  // whoever can read or type what it needs
};

// A word that stands behind a verb and says what to do, or what to read.
struct FirstWord {
    std::string_view word;
    std::string_view operands;  // what comes after it
    std::string_view summary;
};

// One row of the table of verbs, as people read about it. The help of a verb and the completions of shells are made
// of it; etc/man says the same. What is offered when somebody presses Tab follows from the operands: USER, OLD and
// NEW are accounts, FILE a file, SERVICE a PAM service.
struct Command {
    std::string_view verb;
    std::string_view operands;  // "USER", "[USER...]", ""
    std::string_view summary;   // one line of `secondstep help`
    Group group;
    Who who;
    Verb* run;
    std::string_view example;                // what one types behind "secondstep"
    std::span<const FirstWord> first_words;  // one of these comes first; in brackets in the operands: or none
};

}  // namespace secondstep::tool
