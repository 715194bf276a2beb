#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "console/invocation.h"

namespace secondstep::tool {

// What may be typed in one place of a call.
struct Offer {
    enum class Kind { nothing, words, files, users, groups, services, verbs };
    Kind kind = Kind::nothing;
    std::vector<std::string> words;  // Kind::words
};

struct OptionWord {
    std::string name;  // "--method"
    bool takes_value = false;
    Offer value;
    std::string summary;  // the first sentence of its description
};

struct FirstWordOffer {
    std::string word;
    std::string summary;
    Offer next;  // behind it
};

// All that is offered in a call of one verb.
struct VerbWords {
    std::string verb;
    std::string summary;
    std::vector<OptionWord> options;
    std::vector<FirstWordOffer> first_words;
    Offer first;  // beside these
    Offer rest;   // as second word and later, where there are no first words
};

// The verbs of the table, and help. The options are asked of the verbs themselves.
[[nodiscard]] std::vector<VerbWords> words_of(std::span<const Command> verbs);
// The options before the verb.
[[nodiscard]] std::vector<OptionWord> global_options();

// How a shell's file is written; each in a file of its own.
[[nodiscard]] std::string bash_completions(std::span<const VerbWords> verbs);
[[nodiscard]] std::string zsh_completions(std::span<const VerbWords> verbs);
[[nodiscard]] std::string fish_completions(std::span<const VerbWords> verbs);

}  // namespace secondstep::tool
