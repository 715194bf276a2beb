#include "access/own_account.h"

#include <unistd.h>

#include <algorithm>

#include "access/service_child.h"
#include "access/service_dialogue.h"
#include "access/store_session.h"
#include "base/service_mending.h"
#include "people/nodes_in_words.h"
#include "people/people_index.h"

namespace secondstep::tool {

namespace {

constexpr char service_name[] = "secondstep";

OrExit<void> check_options(const Call& call, const OwnTask& task) {
    for (const std::string& option : call.arguments.given()) {
        if (option == "json" || std::ranges::find(task.options, option) != task.options.end()) continue;
        return stop(complain(Exit::not_allowed, "--" + option + " is for the administrator: run as root"));
    }
    return {};
}

OrExit<void> check_operands(const Call& call, const OwnTask& task, const std::string& name) {
    const auto& operands = call.arguments.operands();
    for (std::size_t i = task.first_name; i < std::min(operands.size(), task.end_of_names); ++i) {
        if (operands[i] == name) continue;
        return stop(complain(Exit::not_allowed, "you are " + name +
                                                    " and may manage your own second step only, not \"" +
                                                    operands[i] + "\": run as root"));
    }
    return {};
}

// What the service sends for programs: shown at once to a person, and the last of it to a program.
class Received {
  public:
    Received(const Call& call, const OwnTask& task, const std::string& user)
        : json_(call.arguments.is_on("json")), task_(task), user_(user) {}
    void take(std::string_view text);
    // For a program that nobody is enrolled is an answer too.
    void take_nobody() {
        if (!last_.is_object()) last_ = unchanged_of_nobody(user_);
    }
    // Of a change that was refused a program learns that there was none, if it does not know it yet.
    void take_refusal() {
        if (!last_.is_object()) last_ = {{"user", user_}, {"changed", false}};
    }
    // It cannot be told what became of it: nothing that was said before may pass for the outcome.
    void forget() { last_ = {}; }
    Exit finish() const;

  private:
    bool json_;
    const OwnTask& task_;
    const std::string& user_;
    Json last_;
    Exit worst_ = Exit::done;
};

void Received::take(std::string_view text) {
    last_ = Json::parse(text, nullptr, false);
    if (!last_.is_object()) {
        worst_ = complain(Exit::unavailable, "the service sent something that is not JSON");
    } else if (!json_ && task_.show) {
        if (const Exit shown = task_.show(user_, last_); shown != Exit::done) worst_ = shown;
    }
}

Exit Received::finish() const {
    if (json_ && last_.is_object())
        out().verbatim(dump(task_.for_programs ? task_.for_programs(last_) : last_));
    return worst_ == Exit::done ? unless_unwritten() : worst_;
}

// A service of before knows the tasks up to that of portals, and hangs up on others without a word.
Exit broken_off(const ServiceDialogue& dialogue, const OwnTask& task, Exit status) {
    if (task.task <= Task::portals || dialogue.has_heard()) return status;
    return complain(status,
                    "a service that is older than this program does so. After an update it has to be started "
                    "again: " +
                        std::string(how_to_restart_the_service));
}

Exit converse(const Call& call, const OwnTask& task, const std::string& user) {
    auto dialogue = ServiceDialogue::open(call.config, call.arguments.invocation());
    if (!dialogue) return dialogue.error();
    Received received(call, task, user);
    Output& screen = call.arguments.is_on("json") ? err() : out();
    const wire::Hello hello = hello_for_managing(user, task.task);
    const auto take = [&received](const Secret& text) { received.take(text.text()); };
    const auto verdict = task.form ? dialogue->run_with_form(hello, task.form(), screen, take)
                                   : dialogue->run(hello, screen, take);
    if (!verdict) return broken_off(*dialogue, task, verdict.error());
    if (*verdict == Verdict::not_needed) received.take_nobody();
    if (*verdict == Verdict::refused || *verdict == Verdict::cancelled) received.take_refusal();
    if (*verdict == Verdict::unavailable) received.forget();
    const Exit shown = received.finish();
    // The service has said so itself, and what to do.
    if (*verdict == Verdict::not_needed && dialogue->has_shown()) return Exit::not_enrolled;
    const Exit status = explain(*verdict, call.config.contact);
    return status == Exit::done ? shown : status;
}

}  // namespace

Exit explain(Verdict verdict, const std::string& contact) {
    const std::string whom = "ask the administrator" + (contact.empty() ? "" : " (" + contact + ")");
    switch (verdict) {
        case Verdict::accepted:
            return Exit::done;
        case Verdict::refused:
            return complain(Exit::refused, "refused; nothing was changed");
        case Verdict::cancelled:
            return complain(Exit::refused, "cancelled; nothing was changed");
        case Verdict::not_needed:
            return complain(Exit::not_enrolled, "you have no second step: secondstep enroll gives you one");
        case Verdict::not_allowed:
            return complain(Exit::not_allowed, "you may not do this yourself: " + whom);
        case Verdict::misconfigured:
            return complain(Exit::unavailable, "the configuration is wrong: " + whom);
        case Verdict::unavailable:
            break;
    }
    return complain(Exit::unavailable, "the service cannot do this now: " + whom);
}

Json unchanged_of_nobody(const std::string& user) {
    return {{"user", user}, {"enrolled", false}, {"changed", false}};
}

OrExit<Call> call_of(const Command& command, const Invocation& invocation,
                     const boost::program_options::options_description& options,
                     Arguments::Operands operands) {
    auto arguments = Arguments::parse(command, invocation, options, operands);
    if (!arguments) return stop(arguments.error());
    auto config = configuration(arguments->invocation());
    if (!config) return stop(config.error());
    // explain says of a host's own rules what they say, and of what it has to ask that it has.
    const bool is_about_people =
        (command.group == Group::people && command.verb != "explain") || command.verb == "import";
    if (is_about_people) {
        if (const auto here = only_where_it_is_judged(command.verb, *config); !here)
            return stop(here.error());
    }
    return Call{std::move(*arguments), std::move(*config)};
}

OrExit<void> only_where_it_is_judged(std::string_view verb, const Config& config) {
    if (!asks_nodes(config)) return {};
    return stop(complain(Exit::refused,
                         "this host asks the nodes of a fleet, and second steps are there: run secondstep " +
                             std::string(verb) + " on " + nodes_in_words(config.fleet)));
}

bool asks_nodes(const Config& config) {
    return config.fleet.part == FleetPart::host && !is_for_own_account(config);
}

bool is_for_own_account(const Config& config) {
    if (::geteuid() == 0) return false;
    const auto owner = look_up(config.service_account);
    return !owner || !*owner || (*owner)->uid != ::geteuid();
}

wire::Hello hello_for_managing(const std::string& user, Task task) {
    wire::Hello hello = hello_from_here(user, service_name);
    hello.purpose = secondstep::Purpose::manage;
    hello.task = task;
    return hello;
}

OrExit<std::string> own_name(const Call& call, const OwnTask& task) {
    const auto entry = look_up(::geteuid());
    if (!entry) return stop(complain(entry.error()));
    if (!*entry) return stop(complain(Exit::no_such_user, "your uid belongs to no account of this machine"));
    if (const auto checked = check_options(call, task); !checked) return stop(checked.error());
    if (const auto checked = check_operands(call, task, (*entry)->name); !checked)
        return stop(checked.error());
    return (*entry)->name;
}

Exit manage_own(const Call& call, const OwnTask& task) {
    const auto user = own_name(call, task);
    if (!user) return user.error();
    return run_as_caller([&] { return converse(call, task, *user); });
}

}  // namespace secondstep::tool
