#include <algorithm>
#include <set>

#include "completions/verb_words.h"

namespace secondstep::tool {

namespace {

using Kind = Offer::Kind;

// Which words were typed so far, the values of options left out.
constexpr std::string_view driver = R"(
function __secondstep_words
    set -l tokens (commandline -opc)
    set -l skip 0
    for token in $tokens[2..-1]
        if test $skip = 1
            set skip 0
        else if contains -- $token $__secondstep_with_value
            set skip 1
        else if not string match -q -- '-*' $token
            echo $token
        end
    end
end

# VERB: the call is about it. VERB N: and N words were typed behind it. VERB N WORD: of which the first is that.
function __secondstep_is
    set -l words (__secondstep_words)
    test "$words[1]" = "$argv[1]"; or return 1
    if set -q argv[2]
        test (math (count $words) - 1) -eq $argv[2]; or return 1
    end
    if set -q argv[3]
        test "$words[2]" = "$argv[3]"; or return 1
    end
end

function __secondstep_needs_verb
    test (count (__secondstep_words)) -eq 0
end

function __secondstep_services
    for file in /etc/pam.d/* /usr/lib/pam.d/*
        string replace -r '.*/' '' $file
    end
end

# Portals' users are in the store alone, which root may read.
function __secondstep_users
    set -l config
    set -l tokens (commandline -opc)
    set -l at (contains -i -- --config $tokens)
    and set config --config $tokens[(math $at + 1)]
    __fish_complete_users
    command secondstep $config completions users (commandline -ct) 2>/dev/null
end

complete -c secondstep -f
)";

std::string in_quotes(std::string_view text) {
    std::string result = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') result += '\\';
        result += c;
    }
    return result + "'";
}

// What `complete` is told to offer.
std::string arguments(const Offer& offer) {
    switch (offer.kind) {
        case Kind::files:
            return " -F";
        case Kind::users:
            return " -a '(__secondstep_users)'";
        case Kind::groups:
            return " -a '(__fish_complete_groups)'";
        case Kind::services:
            return " -a '(__secondstep_services)'";
        case Kind::verbs:
            return " -a \"$__secondstep_verbs\"";
        case Kind::nothing:
            return "";
        case Kind::words:
            break;
    }
    std::string text;
    for (const std::string& word : offer.words)
        text += (text.empty() ? "" : " ") + word;
    return " -a " + in_quotes(text);
}

std::string line(const std::string& condition, const std::string& rest) {
    return "complete -c secondstep -n " + in_quotes(condition) + rest + "\n";
}

std::string option_line(const std::string& condition, const OptionWord& option) {
    const bool files = option.value.kind == Kind::files;
    const std::string value = !option.takes_value ? "" : (files ? " -r" : " -x") + arguments(option.value);
    return line(condition, " -l " + option.name.substr(2) + value + " -d " + in_quotes(option.summary));
}

std::string operand_line(const std::string& condition, const Offer& offer) {
    return offer.kind == Kind::nothing ? "" : line(condition, arguments(offer));
}

std::string lines_of(const VerbWords& verb) {
    const std::string is = "__secondstep_is " + verb.verb;
    std::string text = line("__secondstep_needs_verb", " -a " + verb.verb + " -d " + in_quotes(verb.summary));
    for (const OptionWord& option : verb.options)
        text += option_line(is, option);
    for (const FirstWordOffer& word : verb.first_words) {
        text += line(is + " 0", " -a " + word.word + " -d " + in_quotes(word.summary));
        text += operand_line(is + " 1 " + word.word, word.next);
    }
    if (verb.rest.kind != Kind::nothing) return text + operand_line(is, verb.rest);
    return text + operand_line(is + " 0", verb.first);
}

std::string with_value(std::span<const VerbWords> verbs) {
    std::set<std::string> names{"--config"};
    for (const VerbWords& verb : verbs)
        for (const OptionWord& option : verb.options)
            if (option.takes_value) names.insert(option.name);
    std::string text;
    for (const std::string& name : names)
        text += " " + name;
    return text;
}

}  // namespace

std::string fish_completions(std::span<const VerbWords> verbs) {
    std::string names;
    for (const VerbWords& verb : verbs)
        names += " " + verb.verb;
    std::string text =
        "# fish completion for secondstep(8); made by the build of its table of verbs\n\nset -g __secondstep_verbs" +
        names + "\nset -g __secondstep_with_value" + with_value(verbs) + "\n" + std::string(driver);
    for (const OptionWord& option : global_options())
        text += option_line("__secondstep_needs_verb", option);
    for (const VerbWords& verb : verbs)
        text += lines_of(verb);
    return text;
}

}  // namespace secondstep::tool
