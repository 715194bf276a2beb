#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/secret.h"

namespace secondstep::tool {

// A program that reads what a stranger made, and may do nothing else.
struct ConfinedCall {
    std::string program;
    std::string name;                // "The QR reader"
    std::vector<std::string> words;  // its command line, behind its name
    int input;                       // read from where it stands
    std::size_t longest_answer;
};

struct ConfinedAnswer {
    int status;  // as waitpid(2) has it
    Secret bytes;
};

// Starts it with the input and nothing of ours: no environment, no other descriptor, no signal blocked; started by
// root it runs as nobody. Takes all it writes until it ends. It is gone when this returns, also when we are killed.
// Errors: not_found (no such program); timed_out (killed after `patience`); io (it cannot be started, or answers
// without end).
[[nodiscard]] Result<ConfinedAnswer> answer_of(const ConfinedCall& call, std::chrono::milliseconds patience);

}  // namespace secondstep::tool
