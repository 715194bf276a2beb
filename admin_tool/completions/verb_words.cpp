#include "completions/verb_words.h"

#include <algorithm>
#include <boost/program_options/options_description.hpp>

#include "base/text.h"
#include "completions/completions.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

using Kind = Offer::Kind;

Offer words(std::vector<std::string> all) {
    return {Kind::words, std::move(all)};
}

// Of "FILE", "USER", "totp|hotp" as they stand in a help.
Offer offer_of(std::string_view name) {
    if (name.find('|') != name.npos) {
        std::vector<std::string> all;
        for (const std::string_view word : split(name, '|'))
            all.emplace_back(word);
        return words(std::move(all));
    }
    if (name == "FILE" || name == "DIR") return {Kind::files, {}};
    if (name == "USER" || name == "OLD" || name == "NEW") return {Kind::users, {}};
    if (name == "GROUP") return {Kind::groups, {}};
    if (name == "SERVICE") return {Kind::services, {}};
    if (name == "DURATION") return words({"30m", "2h", "8h", "24h", "7d"});
    if (name == "HOW") return words({"utf8", "ascii", "png:", "svg:", "none"});
    return {};
}

// Of operands like "[USER...]", "USER|--all", "[USER] NAME": the place with this number.
Offer offer_at(std::string_view operands, std::size_t place) {
    const auto all = split(operands, ' ');
    if (place >= all.size())
        return all.back().find("...") != std::string_view::npos ? offer_at(operands, all.size() - 1)
                                                                : Offer{};
    std::string_view word = all[place];
    while (word.starts_with('['))
        word.remove_prefix(1);
    return offer_of(word.substr(0, word.find_first_of("|].")));
}

std::string first_sentence(const std::string& description) {
    return description.substr(0, description.find_first_of(";\n"));
}

std::vector<OptionWord> option_words(const po::options_description& options) {
    std::vector<OptionWord> all;
    for (const auto& option : options.options()) {
        const std::string parameter = option->format_parameter();
        const std::string value = parameter.substr(0, parameter.find(" (="));
        all.push_back({.name = "--" + option->long_name(),
                       .takes_value = !value.empty(),
                       .value = offer_of(value),
                       .summary = first_sentence(option->description())});
    }
    return all;
}

VerbWords words_of(const Command& command) {
    VerbWords verb{.verb = std::string(command.verb),
                   .summary = std::string(command.summary),
                   .options = {},
                   .first_words = {},
                   .first = {},
                   .rest = {}};
    const bool or_none = command.operands.starts_with('[');
    for (const FirstWord& word : command.first_words)
        verb.first_words.push_back(
            {std::string(word.word), std::string(word.summary), offer_at(word.operands, 0)});
    if (command.first_words.empty()) {
        verb.first = offer_at(command.operands, 0);
        verb.rest = offer_at(command.operands, 1);
    } else if (or_none) {
        verb.first = offer_at(command.operands, 1);
    }
    Invocation asked;
    asked.take_options = [&verb](const po::options_description& options) {
        verb.options = option_words(options);
    };
    command.run(command, asked);
    return verb;
}

}  // namespace

std::vector<VerbWords> words_of(std::span<const Command> commands) {
    std::vector<VerbWords> all;
    for (const Command& command : commands)
        all.push_back(words_of(command));
    all.push_back({.verb = "help",
                   .summary = "what there is, or secondstep VERB --help",
                   .options = {},
                   .first_words = {},
                   .first = {Kind::verbs, {}},
                   .rest = {}});
    return all;
}

std::vector<OptionWord> global_options() {
    return {{.name = "--config",
             .takes_value = true,
             .value = {Kind::files, {}},
             .summary = "another configuration file"},
            {.name = "--help", .takes_value = false, .value = {}, .summary = "what there is"},
            {.name = "--version", .takes_value = false, .value = {}, .summary = "the version"}};
}

std::optional<std::string> completions_for(std::string_view shell, std::span<const Command> verbs) {
    if (shell == "bash") return bash_completions(words_of(verbs));
    if (shell == "zsh") return zsh_completions(words_of(verbs));
    if (shell == "fish") return fish_completions(words_of(verbs));
    return std::nullopt;
}

}  // namespace secondstep::tool
