#include "dialogue/manage/manage.h"

#include "account/devices.h"
#include "base/json_line.h"
#include "base/pasted_text.h"
#include "base/text.h"
#include "dialogue/manage/devices.h"
#include "dialogue/manage/portals.h"
#include "dialogue/set_up/proof.h"
#include "dialogue/set_up/registration.h"
#include "dialogue/set_up/saved_codes.h"
#include "dialogue/set_up/set_up.h"
#include "dialogue/texts/messages.h"
#include "dialogue/visit/service_standing.h"

namespace secondstep::dialogue {
namespace {

Step for_the_tool(std::string_view json) {
    return Show{Show::Style::data, Secret::copy_of(json)};
}

std::string list_of_clients(const State& state) {
    std::string list;
    for (const RememberedClient& client : state.clients) {
        JsonLine line;
        line.add("service", client.service);
        line.add("address", client.address);
        line.add("since", client.since);
        line.add("until", client.until);
        list += (list.empty() ? "" : ",") + std::move(line).finish();
    }
    return "[" + list + "]";
}

std::string list_of_devices(const Account& account) {
    std::string list;
    if (account.credential) {
        for (const Authenticator& device : account.credential->authenticators)
            list += (list.empty() ? "" : ",") + json_string(device.name);
    }
    return "[" + list + "]";
}

// Of a second step.
bool changes_something(Task task) {
    switch (task) {
        case Task::enroll:
        case Task::recovery_codes:
        case Task::disable:
        case Task::devices:
            return true;
        case Task::none:
        case Task::status:
        case Task::clients:
        case Task::drop_clients:
        case Task::portals:
            break;
    }
    return false;
}

}  // namespace

std::string status_json(const std::string& user, const Account& account) {
    const State& state = account.state;
    JsonLine line;
    line.add("user", user);
    line.add("enrolled", account.credential.has_value());
    if (account.credential) {
        line.add("method", to_text(account.credential->method));
    } else {
        line.add_null("method");
    }
    if (account.credential && account.credential->destination) {
        line.add("address", account.credential->destination->address.masked());
    } else {
        line.add_null("address");
    }
    line.add("last_used", state.last_success);
    const bool codes = account.credential && account.credential->recovery;
    line.add("recovery_codes_left", codes ? recovery_codes_left(*account.credential, state) : 0);
    line.add("recovery_codes_total", codes ? account.credential->recovery->digests.size() : 0);
    line.add("re_enroll", state.enrollment_forced);
    line.add("invited_until", state.registration.given ? state.registration.until : never);
    line.raw("devices", list_of_devices(account));
    line.raw("clients", list_of_clients(state));
    return std::move(line).finish();
}

std::string clients_json(const State& state) {
    JsonLine line;
    line.raw("clients", list_of_clients(state));
    return std::move(line).finish();
}

Script<Ended> Manage::run() {
    const std::optional<Ended> over = co_await arrive(visit_);
    if (over) co_return *over;
    if (!visit_.subject.known() || !visit_.subject.uid)
        co_return visit_.end(Verdict::not_allowed, "unknown user");
    // They lie on the machine where their owner uses them: whoever has broken into a host claims any uid there.
    if (visit_.request.task == Task::portals && visit_.request.guest)
        co_return visit_.end(Verdict::not_allowed, "portals of this machine, from another host");
    // Codes of portals for a script do not depend on the second step of their owner.
    if (visit_.request.task == Task::portals) co_return co_await manage_portals(visit_);
    if (changes_something(visit_.request.task) && !visit_.may_change_there()) {
        co_await visit_.talk.show_error(visit_.only_elsewhere());
        co_return visit_.end(Verdict::not_allowed, "nothing may be changed on that host");
    }
    if (visit_.request.task == Task::devices) co_return co_await manage_devices(visit_);
    if (!is_known(visit_.request.task)) {
        co_await visit_.talk.show_error(messages::unknown_task());
        co_return visit_.end(Verdict::unavailable, "a task that this version does not know");
    }
    std::expected<Account, Ended> account = co_await read_account(visit_);
    if (!account) co_return account.error();
    co_return co_await perform(std::move(*account));
}

Script<Ended> Manage::perform(Account account) {
    const Task task = visit_.request.task;
    if (task == Task::status) co_return co_await status(std::move(account));
    if (task == Task::enroll) co_return co_await enroll(std::move(account));
    State state = std::move(account.state);
    account = {};  // its keys are not needed while somebody types
    if (!visit_.enrolled) {
        co_await visit_.talk.show_error(messages::not_enrolled());
        co_return visit_.end_quietly(Verdict::not_needed);
    }
    switch (task) {
        case Task::recovery_codes:
            co_return co_await renew_codes();
        case Task::disable:
            co_return co_await disable();
        case Task::clients:
            co_return co_await clients(std::move(state));
        case Task::drop_clients:
            co_return co_await drop_clients(std::move(state));
        case Task::none:
        case Task::status:
        case Task::enroll:
        case Task::portals:
        case Task::devices:
            break;
    }
    co_return visit_.end(Verdict::not_allowed, "no task");
}

Script<Ended> Manage::done() {
    co_await visit_.talk.pause(for_the_tool("{\"changed\":true}"));
    co_return visit_.end_quietly(Verdict::accepted);
}

Script<Ended> Manage::status(Account account) {
    // Root may know how the service stands; others are told of themselves, and hosts of their own service by that.
    if (visit_.subject.uid == uid_t{0} && !visit_.request.guest)
        co_await visit_.talk.pause(service_standing(visit_.config()));
    co_await visit_.talk.pause(for_the_tool(status_json(visit_.known_name, account)));
    co_return visit_.end_quietly(Verdict::accepted);
}

Script<Ended> Manage::clients(State state) {
    co_await visit_.talk.pause(for_the_tool(clients_json(state)));
    co_return visit_.end_quietly(Verdict::accepted);
}

Script<Ended> Manage::drop_clients(State state) {
    co_await visit_.talk.pause(for_the_tool(clients_json(state)));
    Reply reply = co_await visit_.talk.ask_aloud(messages::drop_prompt);
    const std::optional<Secret> typed = text_of(std::move(reply));
    if (!typed || typed->empty()) co_return visit_.end_quietly(Verdict::cancelled);
    const bool all = says(*typed, "all");
    const std::string address = exact_address(without_outer_blanks(typed->text())).value_or("");
    std::size_t dropped = 0;
    const Decide drop = [&](const Account& present) -> Result<Rewrite> {
        State next = present.state;
        dropped = std::erase_if(
            next.clients, [&](const RememberedClient& client) { return all || client.address == address; });
        return WriteState{std::move(next), IfUnknown::recognised};
    };
    const Result<Kept> written = co_await change_as_asked(visit_, drop);
    if (!written) co_return visit_.end(Verdict::unavailable, written.error().detail);
    if (dropped == 0) {
        co_await visit_.talk.show_error(messages::no_such_client());
        co_return visit_.end_quietly(Verdict::refused);
    }
    visit_.log_event(AccountEvent::clients_dropped, NothingAsked{});
    co_return co_await done();
}

Script<Ended> Manage::enroll(Account account) {
    EnrollmentBaseline baseline = EnrollmentBaseline::of(account);
    const std::string devices = account.credential ? names_of_devices(*account.credential) : "";
    account = {};  // its keys are not needed while somebody types
    // Who is asked to set up anew knows, and could not add one.
    if (!devices.empty() && visit_.enrollment != EnrollmentState::forced)
        co_await visit_.talk.show(messages::replaces_devices(devices));
    Proof proof = Proof::none;
    const SettingUp first = visit_.permission(proof).setting_up;
    if (first == SettingUp::with_present_step) {
        auto shown = co_await prove(visit_);
        if (!shown) co_return shown.error();
        baseline.authenticators = std::move(shown->authenticators);
        proof = shown->proof;
    } else if (first == SettingUp::with_registration_code) {
        const auto permission = co_await ask_registration_code(visit_);
        if (!permission) co_return permission.error();
        baseline.registration = *permission;
        proof = Proof::registration_code;
    }
    if (visit_.permission(proof).setting_up != SettingUp::now)
        co_return visit_.end(Verdict::not_allowed, "nothing was proved");
    const messages::EnrollmentMethods methods = methods_of(visit_.policy);
    const std::optional<EnrollmentMethod> method =
        co_await ask_method(visit_.talk, methods, messages::method_prompt(methods));
    if (!method) co_return visit_.end(Verdict::cancelled, "no answer");
    const EnrollmentOutcome outcome =
        co_await set_up_second_step(visit_, std::move(baseline), *method, proof);
    if (outcome != EnrollmentOutcome::done) co_return end_of(outcome, visit_);
    co_return co_await done();
}

Script<std::expected<AuthenticatorIds, Ended>> Manage::prove_for_a_change() {
    auto shown = co_await prove(visit_);
    if (!shown) co_return std::unexpected(shown.error());
    if (!visit_.permission(shown->proof).changes)
        co_return std::unexpected(visit_.end(Verdict::not_allowed, "nothing was proved"));
    co_return std::move(shown->authenticators);
}

Script<Ended> Manage::renew_codes() {
    auto shown = co_await prove_for_a_change();
    if (!shown) co_return shown.error();
    const Renewal renewal = co_await renew_recovery_codes(visit_, std::move(*shown), Proof::code);
    if (renewal == Renewal::unavailable) co_return visit_.end_quietly(Verdict::unavailable);
    if (renewal == Renewal::overtaken) co_return visit_.end(Verdict::refused, "set up elsewhere meanwhile");
    co_return co_await done();
}

Script<Ended> Manage::disable() {
    if (!visit_.may_disable_own_step) {
        co_await visit_.talk.show_error(messages::may_not_disable(visit_.config().contact));
        co_return visit_.end(Verdict::not_allowed, "a rule demands a second step of them");
    }
    auto shown = co_await prove_for_a_change();
    if (!shown) co_return shown.error();
    co_return co_await remove(std::move(*shown));
}

Script<Ended> Manage::remove(AuthenticatorIds shown) {
    bool overtaken = false;
    const ChangeNotice notice = notice_of(Change::disabled, visit_.now(), visit_.from());
    const Decide remove = [&](const Account& present) -> Result<Rewrite> {
        overtaken = !present.credential || ids_of(*present.credential) != shown;
        if (overtaken) return LeaveAsItIs{};
        return RemoveCredential{state_after_removal(present.state, notice)};
    };
    const Result<Kept> written = co_await change_as_asked(visit_, remove);
    if (!written) co_return visit_.end(Verdict::unavailable, written.error().detail);
    if (overtaken) {
        co_await visit_.talk.show_error(messages::set_up_elsewhere());
        co_return visit_.end(Verdict::refused, "set up elsewhere meanwhile");
    }
    visit_.log_change(Change::disabled, Proof::code);
    if (*written == Kept::unconfirmed) {
        warn_unconfirmed(visit_, "deleted second step");
        co_await visit_.talk.show_error(messages::may_not_last(visit_.config().contact));
    }
    co_await visit_.talk.show(messages::deleted());
    co_return co_await done();
}

}  // namespace secondstep::dialogue
