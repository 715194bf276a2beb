#include <algorithm>

#include "completions/verb_words.h"

namespace secondstep::tool {

namespace {

using Kind = Offer::Kind;

constexpr std::string_view beginning = R"zsh(#compdef secondstep
# zsh completion for secondstep(8); made by the build of its table of verbs

_secondstep_services() {
    local -a services
    services=(/etc/pam.d/*(N:t) /usr/lib/pam.d/*(N:t))
    compadd -a services
}

# Portals' users are in the store alone, which root may read.
_secondstep_users() {
    local -a recorded
    recorded=(${(f)"$(command secondstep $config completions users "${(Q)PREFIX}" 2>/dev/null)"})
    _alternative 'users:user:_users' 'recorded:second step:compadd -a recorded'
}

)zsh";

// In single quotes, inside of an argument of _arguments and _describe.
std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\'') {
            result += "'\\''";
            continue;
        }
        if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
        result += c;
    }
    return result;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : " ") + escaped(word);
    return text;
}

// What _arguments does there.
std::string action(const Offer& offer) {
    switch (offer.kind) {
        case Kind::words:
            return "word:(" + joined(offer.words) + ")";
        case Kind::files:
            return "file:_files";
        case Kind::users:
            return "user:_secondstep_users";
        case Kind::groups:
            return "group:_groups";
        case Kind::services:
            return "service:_secondstep_services";
        case Kind::verbs:
            return "verb:_secondstep_verbs";
        case Kind::nothing:
            break;
    }
    return "word: ";
}

std::string argument(const OptionWord& option) {
    const bool ends = option.name == "--help" || option.name == "--version";
    return " \\\n            '" + std::string(ends ? "(- *)" : "*") + option.name + "[" +
           escaped(option.summary) + "]" + (option.takes_value ? ":" + action(option.value) : "") + "'";
}

// "((add\:\"...\" keep\:\"...\"))": words with what they do.
std::string described(const std::vector<FirstWordOffer>& words) {
    std::string text;
    for (const FirstWordOffer& word : words)
        text += (text.empty() ? "" : " ") + word.word + "\\:\"" + escaped(word.summary) + "\"";
    return "word:((" + text + "))";
}

bool has_both(const VerbWords& verb) {
    return !verb.first_words.empty() && verb.first.kind != Kind::nothing;
}

std::string first_operand(const VerbWords& verb) {
    if (has_both(verb)) return "word:_secondstep_" + verb.verb;
    return verb.first_words.empty() ? action(verb.first) : described(verb.first_words);
}

// A word of the verb, or what else may stand there.
std::string alternative(const VerbWords& verb) {
    if (!has_both(verb)) return "";
    return "_secondstep_" + verb.verb + "() {\n    _alternative 'words:" + described(verb.first_words) +
           "' \\\n        'others:" + action(verb.first) + "'\n}\n\n";
}

// Behind the first word: of each word its own, or of all the same.
std::string second_operand(const VerbWords& verb) {
    const auto has_one = [](const FirstWordOffer& word) { return word.next.kind != Kind::nothing; };
    const auto found = std::ranges::find_if(verb.first_words, has_one);
    if (found != verb.first_words.end()) return "'2:" + action(found->next) + "'";
    return "'*:" + action(verb.rest) + "'";
}

std::string case_of(const VerbWords& verb) {
    std::string text = "        " + verb.verb + ")\n            _arguments -S";
    for (const OptionWord& option : verb.options)
        text += argument(option);
    return text + " \\\n            '1:" + first_operand(verb) + "' \\\n            " + second_operand(verb) +
           "\n            ;;\n";
}

constexpr std::string_view begin_of_main = R"(_secondstep() {
    local curcontext=$curcontext state line
    local -A opt_args
    local -a config
    _arguments -C)";

constexpr std::string_view main_body = R"zsh( \
            '1:verb:_secondstep_verbs' \
            '*::operand:->operands'
    [[ -z ${opt_args[--config]} ]] || config=(--config "${(Q)opt_args[--config]}")
    case $state in
    operands)
        case $words[1] in
)zsh";

constexpr std::string_view ending = R"(        esac
        ;;
    esac
}

_secondstep "$@"
)";

}  // namespace

std::string zsh_completions(std::span<const VerbWords> verbs) {
    std::string text(beginning);
    text += "_secondstep_verbs() {\n    local -a verbs\n    verbs=(\n";
    for (const VerbWords& verb : verbs)
        text += "        '" + verb.verb + ":" + escaped(verb.summary) + "'\n";
    text += "    )\n    _describe -t verbs verb verbs\n}\n\n";
    for (const VerbWords& verb : verbs)
        text += alternative(verb);
    text += begin_of_main;
    for (const OptionWord& option : global_options())
        text += argument(option);
    text += main_body;
    for (const VerbWords& verb : verbs)
        text += case_of(verb);
    return text + std::string(ending);
}

}  // namespace secondstep::tool
