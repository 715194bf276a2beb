#pragma once

#include <map>
#include <string>
#include <vector>

#include "policy/config.h"
#include "stacks/judgement/before_stack.h"
#include "stacks/pam_stack.h"
#include "stacks/remark.h"

namespace secondstep::tool {

// One thing that check-config has to say of a service, as a line of `expected` has it.
struct ExpectedFinding {
    std::string level;                // "error", "warning"; "error|warning": either
    std::vector<std::string> places;  // "sshd:4": it stands at one of them
    std::string finding;
    bool is_needed = true;  // "may": it is true, and nobody needs to be told
};

// A service of one directory of tests/data/stacks, whose README has the form of these files.
struct CorpusService {
    std::string corpus;  // "debian-unix-line"
    std::string service;
    BeforeStack before = BeforeStack::nothing;
    std::vector<ExpectedFinding> expected;
    Stack stack;
    Config config;
};

// The files of one machine: what a directory holds goes before what the sets that it names hold.
[[nodiscard]] std::vector<CorpusService> read_corpus_entry(const std::string& directory);
[[nodiscard]] std::vector<std::vector<CorpusService>> read_corpus();

// "error sshd:4 no-code" of each finding that is not expected, and "missed: ..." of each expected one that is not there.
[[nodiscard]] std::vector<std::string> differences(const CorpusService& service, const Remarks& found);

}  // namespace secondstep::tool
