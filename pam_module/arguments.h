#pragma once

#include <expected>
#include <span>
#include <string>
#include <vector>

namespace secondstep::module {

// The words after the module's path in a PAM stack.
struct Arguments {
    enum class EarlierPassword {
        ignore,  // always ask
        try_it,  // try_first_pass: what an earlier module asked for is tried first; then the person is asked
        insist   // use_first_pass: it is the only answer; the person is never asked
    };

    std::string config;                // conf=PATH, for `secondstepd --once`; empty: its default
    std::string socket;                // socket=PATH
    bool first_factor_passed = false;  // first_factor=passed
    bool combined = false;             // prompt=combined
    bool enroll_in_account = false;    // enroll=account
    EarlierPassword earlier_password = EarlierPassword::ignore;
    bool debug = false;
};

// All of the complaints, each a sentence for the log: whoever mends a stack wants to see
// every mistake at once.
using Complaints = std::vector<std::string>;

// Strict: an unknown word, a word given twice, a path that is not absolute, or use_first_pass beside
// try_first_pass is a complaint, since an option that is silently ignored looks like one that works.
[[nodiscard]] std::expected<Arguments, Complaints> parse_arguments(std::span<const char* const> words);

}  // namespace secondstep::module
