#include "own_enrollment.h"

#include <algorithm>

#include "account_password.h"
#include "policy/people.h"
#include "service_child.h"
#include "service_dialogue.h"

namespace secondstep::tool {

namespace {

// As the service will decide it. Somebody of whom that cannot be told is asked for the password: it does no
// harm.
bool is_open_to(const std::string& user, const Rules& rules) {
    const auto found = NameServicePeople().find(user, rules.groups_mentioned());
    if (!found || !found->person) return true;
    const wire::Hello hello = hello_for_managing(user, wire::Task::enroll);
    const auto possible = rules.possible({user, hello.service, hello.rhost, hello.tty, &found->membership});
    return std::ranges::any_of(
        possible.policies, [](const Policy& policy) { return policy.enrollment == EnrollmentProof::open; });
}

// done, or not_enrolled; unavailable, after saying so, without a service.
Exit standing_of(const Call& call, const std::string& user, Output& screen) {
    auto dialogue = ServiceDialogue::open(call.config, call.arguments.invocation());
    if (!dialogue) return dialogue.error();
    bool enrolled = false;
    const auto verdict = dialogue->run(hello_for_managing(user, wire::Task::status), screen,
                                       [&enrolled](const std::string& text) {
                                           const Json status = Json::parse(text, nullptr, false);
                                           enrolled = status.is_object() && status.value("enrolled", false);
                                       });
    if (!verdict) return verdict.error();
    return enrolled ? Exit::done : Exit::not_enrolled;
}

}  // namespace

Exit enroll_own(const Call& call) {
    if (call.arguments.has("method") || call.arguments.has("address")) {
        return complain(Exit::not_allowed,
                        "leave --method and --address out: secondstep enroll asks you what you want, of what "
                        "the rules allow you, and where codes shall be sent");
    }
    const OwnTask task{.task = wire::Task::enroll};
    const auto user = own_name(call, task);
    if (!user) return user.error();
    if (!is_open_to(*user, call.config.rules)) return manage_own(call, task);
    Output& screen = call.arguments.is_on("json") ? err() : out();
    Exit ready = run_as_caller([&] { return standing_of(call, *user, screen); });
    if (ready == Exit::not_enrolled)
        ready = run_as_caller([&] { return check_account_password(*user, screen); }, Helpers::set_id);
    if (ready != Exit::done) return ready;
    return manage_own(call, task);
}

}  // namespace secondstep::tool
