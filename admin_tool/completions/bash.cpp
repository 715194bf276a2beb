#include "completions/verb_words.h"

namespace secondstep::tool {

namespace {

using Kind = Offer::Kind;

// Behind the tables, which say for each place what is offered there: "@users", or words. What `case` sees is
// VERB:OPTION, or VERB:WORD and the number of the words before.
constexpr std::string_view driver = R"(
_secondstep_services() {
    local directory
    for directory in /etc/pam.d /usr/lib/pam.d; do
        [[ -d $directory ]] && (cd "$directory" && compgen -f -- "$1")
    done
}

# Portals' users are in the store alone, which root may read. Their names are somebody else's words: quoted.
_secondstep_users() {
    local name
    compgen -u -- "$1"
    while IFS= read -r name; do
        printf '%q\n' "$name"
    done < <(command secondstep "${config[@]}" completions users "$1" 2>/dev/null)
}

_secondstep_offer() {
    local cur=$1 offer
    shift
    for offer; do
        case $offer in
        @files)
            mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$cur")
            compopt -o filenames 2>/dev/null
            ;;
        @users) mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(_secondstep_users "$cur" | sort -u) ;;
        @groups) mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -g -- "$cur") ;;
        @services) mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(_secondstep_services "$cur" | sort -u) ;;
        @verbs) mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -W "$_secondstep_verbs" -- "$cur") ;;
        @nothing) ;;
        *) mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -W "$offer" -- "$cur") ;;
        esac
    done
}

_secondstep() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words=() config=() i value
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        [[ ${COMP_WORDS[i]} != --config ]] || config=(--config "${COMP_WORDS[i + 1]}")
        case ${COMP_WORDS[i]} in
        -*) [[ -z $(_secondstep_value "${words[0]}" "${COMP_WORDS[i]}") ]] || ((i++)) ;;
        *) words+=("${COMP_WORDS[i]}") ;;
        esac
    done
    value=$(_secondstep_value "${words[0]}" "$prev")
    if [[ -n $value ]]; then
        _secondstep_offer "$cur" $value
    elif [[ $cur == -* ]]; then
        _secondstep_offer "$cur" $(_secondstep_options "${words[0]}")
    elif ((${#words[@]} == 0)); then
        _secondstep_offer "$cur" @verbs $(_secondstep_options "")
    else
        _secondstep_offer "$cur" $(_secondstep_operand "${words[0]}" $((${#words[@]} - 1)) "${words[1]}")
    fi
}

complete -F _secondstep secondstep
)";

std::string text_of(const Offer& offer) {
    switch (offer.kind) {
        case Kind::files:
            return "@files";
        case Kind::users:
            return "@users";
        case Kind::groups:
            return "@groups";
        case Kind::services:
            return "@services";
        case Kind::verbs:
            return "@verbs";
        case Kind::words:
            break;
        case Kind::nothing:
            return "@nothing";
    }
    std::string text;
    for (const std::string& word : offer.words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

std::string row(const std::string& pattern, const std::string& text) {
    return "    " + pattern + ") echo \"" + text + "\" ;;\n";
}

std::string names_of(const std::vector<OptionWord>& options) {
    std::string text;
    for (const OptionWord& option : options)
        text += (text.empty() ? "" : " ") + option.name;
    return text;
}

std::string values(const std::string& verb, const std::vector<OptionWord>& options) {
    std::string text;
    for (const OptionWord& option : options)
        if (option.takes_value) text += row(verb + ":" + option.name, text_of(option.value));
    return text;
}

// As first word, and as those after it.
std::string operands(const VerbWords& verb) {
    std::string first;
    std::string text;
    for (const FirstWordOffer& word : verb.first_words) {
        first += word.word + " ";
        text += row(verb.verb + ":1:" + word.word, text_of(word.next));
    }
    first += verb.first.kind == Kind::nothing && !first.empty() ? "" : text_of(verb.first);
    text += row(verb.verb + ":0:*", first);
    if (verb.rest.kind != Kind::nothing) text += row(verb.verb + ":*", text_of(verb.rest));
    return text;
}

}  // namespace

std::string bash_completions(std::span<const VerbWords> verbs) {
    std::string names;
    std::string options = row("\"\"", names_of(global_options()));
    std::string of_values = values("", global_options());
    std::string of_operands;
    for (const VerbWords& verb : verbs) {
        names += (names.empty() ? "" : " ") + verb.verb;
        options += row(verb.verb, names_of(verb.options));
        of_values += values(verb.verb, verb.options);
        of_operands += operands(verb);
    }
    return "# bash completion for secondstep(8); made by the build of its table of verbs\n\n_secondstep_verbs=\"" +
           names + "\"\n\n_secondstep_options() {\n    case $1 in\n" + options +
           "    esac\n}\n\n_secondstep_value() {\n    case $1:$2 in\n" + of_values +
           "    esac\n}\n\n_secondstep_operand() {\n    case $1:$2:$3 in\n" + of_operands + "    esac\n}\n" +
           std::string(driver);
}

}  // namespace secondstep::tool
