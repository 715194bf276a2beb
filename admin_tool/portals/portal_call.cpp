#include "portals/portal_call.h"

#include <algorithm>
#include <array>
#include <boost/program_options/value_semantic.hpp>
#include <span>
#include <string_view>

#include "access/store_session.h"
#include "console/output.h"
#include "console/prompt.h"
#include "people/named_account.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

using dialogue::PortalRequest;

// Which options go with a verb, beside --json and --owner.
struct VerbForm {
    std::string_view verb;
    std::size_t names;  // how many words come after it
    std::vector<std::string_view> options;
    std::string_view example;  // what one types behind "secondstep"
};

std::span<const VerbForm> verb_forms() {
    static const std::array<VerbForm, 10> all{
        {{"add",
          1,
          {"qr", "export", "password-file", "choose", "link", "phone", "valid", "note", "url", "share",
           "replace", "yes"},
          "portal add bank --qr bank.png"},
         {"code", 1, {"wait", "stdin"}, "portal code bank --wait"},
         {"list", 0, {}, "portal list --json"},
         {"show", 1, {}, "portal show bank"},
         {"enable", 1, {"yes"}, "portal enable bank"},
         {"disable", 1, {"yes"}, "portal disable bank"},
         {"rename", 2, {}, "portal rename bank savings"},
         {"change", 1, {"note", "url", "share", "unshare"}, "portal change bank --share alice"},
         {"remove", 1, {"yes"}, "portal remove bank"},
         {"export", 1, {"yes", "qr"}, "portal export bank --qr utf8"}}};
    return all;
}

const VerbForm* find_form(std::string_view verb) {
    const auto forms = verb_forms();
    const auto found = std::ranges::find(forms, verb, &VerbForm::verb);
    return found == forms.end() ? nullptr : &*found;
}

std::string all_verbs() {
    std::string words;
    for (const VerbForm& form : verb_forms())
        words.append(words.empty() ? "" : ", ").append(form.verb);
    return words;
}

// Of `code --stdin` no portal is asked for; `remove --owner USER` alone is about all of them.
std::size_t names_wanted(const VerbForm& form, const Arguments& arguments, std::size_t given) {
    const bool of_stdin = form.verb == "code" && arguments.is_on("stdin");
    const bool all = form.verb == "remove" && arguments.has("owner") && given == 0;
    return of_stdin || all ? 0 : form.names;
}

OrExit<void> check_options(const VerbForm& form, const Arguments& arguments) {
    for (const std::string& option : arguments.given()) {
        if (option == "json" || option == "owner" ||
            std::ranges::find(form.options, option) != form.options.end())
            continue;
        return stop(
            complain(Exit::usage, "--" + option + " does not go with portal " + std::string(form.verb)));
    }
    return {};
}

// What would be passed over in silence.
OrExit<void> check_together(const Arguments& arguments) {
    const bool link = arguments.is_on("link");
    const bool phone = arguments.has("phone");
    if (link && phone)
        return stop(complain(Exit::usage, "--link shows the link, --phone sends it: one of them"));
    if (arguments.has_been_given("valid") && !link && !phone)
        return stop(complain(Exit::usage, "--valid goes with --link and --phone"));
    if (arguments.has("password-file") && !arguments.has("export"))
        return stop(complain(Exit::usage, "--password-file goes with --export"));
    if (arguments.is_on("stdin") && arguments.has("owner"))
        return stop(complain(Exit::usage, "--owner does not go with --stdin: nobody's portal is asked for"));
    return {};
}

OrExit<PortalName> name_of(const std::string& text) {
    auto name = PortalName::create(text);
    if (!name) return stop(complain(Exit::usage, name.error().detail));
    return std::move(*name);
}

OrExit<void> take_names(PortalCall& call, const VerbForm& form, std::span<const std::string> names) {
    const std::size_t wanted = names_wanted(form, call.call.arguments, names.size());
    if (names.size() != wanted) {
        const std::string_view what = wanted == 0   ? ": no name goes with it"
                                      : wanted == 1 ? ": which portal? One NAME"
                                                    : ": which portal? NAME NEW-NAME";
        return stop(complain(Exit::usage, "portal " + call.verb + std::string(what) +
                                              "; see secondstep portal " + call.verb + " --help"));
    }
    for (const std::string& text : names) {
        auto name = name_of(text);
        if (!name) return stop(name.error());
        (call.name ? call.new_name : call.name) = std::move(*name);
    }
    return {};
}

// Portals of somebody who is gone can still be looked at and removed, and nothing else.
bool is_for_the_gone(const PortalRequest::Wanted& wanted) {
    const auto* const codes = std::get_if<PortalRequest::Switch>(&wanted);
    return std::holds_alternative<PortalRequest::List>(wanted) ||
           std::holds_alternative<PortalRequest::Remove>(wanted) ||
           std::holds_alternative<PortalRequest::RemoveAll>(wanted) || (codes != nullptr && !codes->on);
}

// "host" means the host's portals, also where an account has that name.
OrExit<void> set_owner(PortalRequest& request, const std::string& owner, bool for_own_account) {
    if (owner == "host") {
        request.whose = PortalRequest::Whose::host;
        return {};
    }
    auto subject = account_named(owner);
    if (!subject) return stop(subject.error());
    if (!subject->entry && (for_own_account || !is_for_the_gone(request.wanted)))
        return stop(complain_unknown(owner));
    if (auto* const add = std::get_if<PortalRequest::Add>(&request.wanted); add != nullptr && subject->entry)
        add->owner_uid = subject->entry->uid;
    request.whose = PortalRequest::Whose::account;
    request.owner = subject->account;
    return {};
}

// The options of one verb, or of all: then it is said which verb each is for.
class PortalOptions {
  public:
    explicit PortalOptions(const VerbForm* form) : form_(form) {}
    po::options_description all() &&;

  private:
    [[nodiscard]] bool takes(std::string_view option) const {
        return form_ == nullptr || std::ranges::find(form_->options, option) != form_->options.end();
    }
    void add(const char* name, const po::value_semantic* value, const char* verbs, const std::string& text) {
        if (!takes(name)) return delete value;
        const std::string of_verbs = form_ == nullptr && *verbs != '\0' ? std::string(verbs) + ": " : "";
        known_.add_options()(name, value, (of_verbs + text).c_str());
    }
    void add_key();
    void add_rest();
    const VerbForm* form_;
    po::options_description known_;
};

const po::value_semantic* one(const char* value) {
    return po::value<std::string>()->value_name(value);
}

const po::value_semantic* several(const char* value) {
    return po::value<std::vector<std::string>>()->value_name(value);
}

void PortalOptions::add_key() {
    const std::string picture = "the portal's QR code, a PNG or JPEG picture; may stand several times";
    const std::string drawing = "how to show it (utf8, ascii, png:FILE, svg:FILE)";
    const bool draws = form_ != nullptr && form_->verb == "export";
    add("qr", several(draws ? "HOW" : "FILE"), "",
        form_ == nullptr ? "add: " + picture + "; export: " + drawing : (draws ? drawing : picture));
    add("export", one("FILE"), "add",
        "what an authenticator app or password manager exported, which has the key");
    add("password-file", one("FILE"), "add", "the password of that export, instead of asking");
    add("choose", one("N"), "add", "the Nth key, when there are several");
    add("phone", one("NUMBER"), "add", "send a link by SMS, where the phone uploads the picture");
    add("link", po::bool_switch(), "add", "show that link instead of sending it");
    add("valid", po::value<std::string>()->value_name("DURATION")->default_value("10m"), "add",
        "how long the link is valid, at most 10m");
}

void PortalOptions::add_rest() {
    add("note", one("TEXT"), "add, change", "what you want to remember of it");
    add("url", one("ADDRESS"), "add, change", "where one logs in");
    add("share", several("USER"), "add, change",
        "an account that may read the codes too; may stand several times");
    add("unshare", several("USER"), "change", "one that may no longer");
    add("replace", po::bool_switch(), "add", "in place of one of that name");
    add("wait", po::bool_switch(), "code",
        "wait for the next one, when this one is nearly over or was handed out before");
    add("stdin", po::bool_switch(), "code",
        "of the key or otpauth:// URI on standard input; nothing is stored");
    add("yes", po::bool_switch(), "", "do not ask");
}

po::options_description PortalOptions::all() && {
    add_key();
    add_rest();
    auto also = known_.add_options();
    also("owner", one("USER"), "whose portals: an account, or host");
    also("json", po::bool_switch(), "one JSON object a line");
    return std::move(known_);
}

// "portal add", as `secondstep portal add --help` tells about it.
struct SubVerb {
    std::string verb;
    Command command;
};

SubVerb sub_verb(const Command& portal, const VerbForm& form) {
    const auto* const word =
        std::to_address(std::ranges::find(portal.first_words, form.verb, &FirstWord::word));
    SubVerb sub{std::string(portal.verb) + " " + std::string(form.verb), portal};
    sub.command.operands = word->operands;
    sub.command.summary = word->summary;
    sub.command.example = form.example;
    sub.command.first_words = {};
    return sub;
}

bool asks_for_help(const std::vector<std::string>& arguments) {
    return std::ranges::any_of(arguments,
                               [](const std::string& word) { return word == "--help" || word == "-h"; });
}

OrExit<Arguments> parsed(const Command& command, const Invocation& whole, const VerbForm* alias) {
    const VerbForm* const form = whole.arguments.empty() ? nullptr : find_form(whole.arguments.front());
    if (alias != nullptr) return Arguments::parse(command, whole, PortalOptions(alias).all(), {0, 4});
    if (form == nullptr || !asks_for_help(whole.arguments))
        return Arguments::parse(command, whole, PortalCall::options(), {0, 4});
    SubVerb sub = sub_verb(command, *form);
    sub.command.verb = sub.verb;
    return Arguments::parse(sub.command, whole, PortalOptions(form).all(), {0, 4});
}

// The key on standard input needs no store, no service, and so no configuration that can be read.
OrExit<Call> call_for(const Command& command, const Invocation& whole, const VerbForm* alias) {
    auto arguments = parsed(command, whole, alias);
    if (!arguments) return stop(arguments.error());
    if (arguments->is_on("stdin")) return Call{std::move(*arguments), Config{}};
    auto config = configuration(arguments->invocation());
    if (!config) return stop(config.error());
    return Call{std::move(*arguments), std::move(*config)};
}

}  // namespace

po::options_description PortalCall::options() {
    return PortalOptions(nullptr).all();
}

OrExit<PortalCall> PortalCall::parse(const Command& command, const Invocation& invocation,
                                     std::string_view alias) {
    Invocation whole = invocation;
    if (!alias.empty()) whole.arguments.insert(whole.arguments.begin(), std::string(alias));
    auto call = call_for(command, whole, alias.empty() ? nullptr : find_form(alias));
    if (!call) return stop(call.error());
    const auto words = call->arguments.operands();
    const VerbForm* const form = words.empty() ? nullptr : find_form(words.front());
    if (form == nullptr) return stop(complain(Exit::usage, "portal takes one of " + all_verbs()));
    PortalCall result{std::move(*call), std::string(form->verb), std::nullopt, std::nullopt};
    if (const auto good = check_options(*form, result.call.arguments); !good) return stop(good.error());
    if (const auto good = check_together(result.call.arguments); !good) return stop(good.error());
    if (const auto taken = take_names(result, *form, std::span(words).subspan(1)); !taken)
        return stop(taken.error());
    return result;
}

OrExit<PortalRequest> PortalCall::request(PortalRequest::Wanted wanted) const {
    PortalRequest result{.wanted = std::move(wanted)};
    if (const auto owner = call.arguments.text("owner")) {
        const auto set = set_owner(result, *owner, is_for_own_account(call.config));
        if (!set) return stop(set.error());
    }
    return result;
}

OrExit<std::vector<PortalReader>> PortalCall::readers(const std::string& option) const {
    std::vector<PortalReader> result;
    for (const std::string& text : call.arguments.texts(option)) {
        auto subject = account_named(text);
        if (!subject) return stop(subject.error());
        // Somebody who does not exist would get the codes with the name one day.
        if (!subject->entry && option == "share") return stop(complain_unknown(text));
        result.push_back(
            {subject->account, subject->entry ? std::optional(subject->entry->uid) : std::nullopt});
    }
    if (result.size() > max_portal_readers)
        return stop(complain(Exit::usage, "a portal is shared with at most 16 accounts"));
    return result;
}

OrExit<std::optional<std::string>> PortalCall::text(const std::string& option) const {
    auto given = call.arguments.text(option);
    const auto good = check_portal_text(given.value_or(""));
    if (!good) return stop(complain(Exit::usage, "--" + option + ": " + good.error().detail));
    return given;
}

OrExit<void> PortalCall::agreed(const std::string& question) const {
    if (call.arguments.is_on("yes")) return {};
    if (confirmed(json() ? err() : out(), question)) return {};
    return stop(complain(Exit::refused, "not confirmed, nothing changed (--yes does not ask)"));
}

}  // namespace secondstep::tool
