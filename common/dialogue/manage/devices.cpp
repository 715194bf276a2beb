#include "dialogue/manage/devices.h"

#include <algorithm>
#include <utility>

#include "account/devices.h"
#include "base/json_line.h"
#include "dialogue/set_up/enrollment_method.h"
#include "dialogue/set_up/new_authenticator.h"
#include "dialogue/set_up/proof.h"
#include "dialogue/set_up/saved_codes.h"
#include "dialogue/texts/messages.h"
#include "enrollment/device_request.h"
#include "enrollment/enrollment.h"
#include "enrollment/label.h"

namespace secondstep::dialogue {
namespace {

using Verb = DeviceRequest::Verb;

std::string devices_json(const std::string& user, const Account& account) {
    std::string list;
    const Credential& credential = *account.credential;
    for (const Authenticator& device : credential.authenticators) {
        JsonLine line;
        line.add("name", device.name);
        line.add("kind", to_text(credential.method));
        line.add("digits", std::size_t{device.digits.value()});
        line.add("algorithm", otp::to_text(device.algorithm));
        const bool by_time = credential.method == Method::totp;
        if (by_time) line.add("period", static_cast<std::size_t>(device.period.value().count()));
        line.add("added", added_at(device, credential));
        line.add("last_used", last_used(device, account.state));
        list += (list.empty() ? "" : ",") + std::move(line).finish();
    }
    JsonLine line;
    line.add("user", user);
    line.raw("devices", "[" + list + "]");
    return std::move(line).finish();
}

// What is to become of which device, as it stood when the person came.
struct Plan {
    Verb verb = Verb::list;
    AuthenticatorId device{};  // of rename and remove
    std::string name;          // of the device; with `add` the one it gets
    std::string new_name;
    UnixTime added{};
    Method method = Method::totp;
    unsigned number = 1;  // of the entry of one that is added
};

std::string result_json(const Plan& plan, bool changed) {
    JsonLine line;
    line.add("changed", changed);
    line.add("name", plan.verb == Verb::rename ? plan.new_name : plan.name);
    return std::move(line).finish();
}

Step for_the_tool(std::string_view json) {
    return Show{Show::Style::data, Secret::copy_of(json)};
}

bool allows(const Policy& policy, Method method) {
    return std::ranges::find(policy.methods, to_text(method)) != policy.methods.end();
}

Result<Plan> plan_to_add(const DeviceRequest& request, const Account& account, const Policy& policy) {
    const Credential& credential = *account.credential;
    Plan plan{.verb = Verb::add, .name = request.device, .new_name = {}, .method = credential.method};
    if (plan.name.empty()) plan.name = free_device_name(credential);
    if (const auto fits = check_addition(credential, plan.name); !fits) return std::unexpected(fits.error());
    if (!allows(policy, credential.method)) return fail(Errc::not_allowed, messages::app_not_allowed());
    plan.number = label_number(account, Former::all);
    return plan;
}

// Refused here already, so that nobody gives a code for nothing. Errors: a sentence for who asks.
Result<Plan> plan_for(const DeviceRequest& request, const Account& account, const Policy& policy) {
    const Credential& credential = *account.credential;
    if (account.state.enrollment_forced) return fail(Errc::not_allowed, messages::enroll_again_instead());
    if (request.verb == Verb::add) return plan_to_add(request, account, policy);
    const auto id = device_called(credential, request.device);
    if (!id) return std::unexpected(id.error());
    const Authenticator& device = *find_device(credential, *id);
    const auto fits = request.verb == Verb::remove ? check_removal(credential)
                                                   : check_new_name(credential, *id, request.new_name);
    if (!fits) return std::unexpected(fits.error());
    return Plan{.verb = request.verb,
                .device = *id,
                .name = device.name,
                .new_name = request.new_name,
                .added = added_at(device, credential),
                .method = credential.method};
}

std::string announced(const Plan& plan) {
    switch (plan.verb) {
        case Verb::add:
            return messages::adds_device(plan.name);
        case Verb::rename:
            return messages::renames_device(plan.name, plan.new_name);
        case Verb::remove:
            return messages::removes_device(plan.name, plan.added);
        case Verb::list:
            break;
    }
    return {};
}

std::string done(const Visit& visit, const Plan& plan) {
    switch (plan.verb) {
        case Verb::add:
            return messages::device_added(plan.name, label_of(visit, plan.number));
        case Verb::rename:
            return messages::device_renamed(plan.name, plan.new_name);
        case Verb::remove:
            return messages::device_removed(plan.name);
        case Verb::list:
            break;
    }
    return {};
}

void log(const Visit& visit, const Plan& plan, Proof proof) {
    switch (plan.verb) {
        case Verb::add:
            return visit.log_device(Change::device_added, proof, plan.name);
        case Verb::rename:
            return visit.log_device(AccountEvent::device_renamed, proof, plan.new_name);
        case Verb::remove:
            return visit.log_device(Change::device_removed, proof, plan.name);
        case Verb::list:
            break;
    }
}

// Under the lock, on what stands there then.
Result<Rewrite> rewritten(const Plan& plan, const Account& present, const Authenticator* added,
                          const ChangeNotice& notice) {
    const Credential& credential = *present.credential;
    if (plan.verb == Verb::add) {
        if (const auto fits = check_addition(credential, plan.name); !fits)
            return std::unexpected(fits.error());
        Credential more = credential.clone();
        more.authenticators.push_back(added->clone());
        State next = state_with_device(present.state, more, notice);
        return WriteCredential{std::move(more), std::move(next)};
    }
    if (plan.verb == Verb::remove)
        return WriteCredential{without_device(credential, plan.device),
                               state_without_device(present.state, notice)};
    if (const auto fits = check_new_name(credential, plan.device, plan.new_name); !fits)
        return std::unexpected(fits.error());
    return WriteCredential{with_renamed_device(credential, plan.device, plan.new_name), present.state};
}

bool stands(const Account& present, const AuthenticatorIds& shown) {
    return present.credential && ids_of(*present.credential) == shown && !present.state.enrollment_forced;
}

Script<Ended> refuse(Visit& visit, std::string why) {
    co_await visit.talk.show_error(messages::devices_unchanged(why));
    co_return visit.end(Verdict::refused, why);
}

// Nothing: it is not to be changed here, and the person was told.
Script<std::optional<Ended>> change(Visit& visit, Plan plan, PresentStep shown,
                                    std::optional<Authenticator> added) {
    const Change kind = plan.verb == Verb::add ? Change::device_added : Change::device_removed;
    const ChangeNotice notice = notice_of(kind, visit.now(), visit.from());
    std::optional<std::string> refused;
    bool overtaken = false;
    const Decide decide = [&](const Account& present) -> Result<Rewrite> {
        overtaken = !stands(present, shown.authenticators);
        if (overtaken) return LeaveAsItIs{};
        Result<Rewrite> wanted = rewritten(plan, present, added ? &*added : nullptr, notice);
        if (wanted) return wanted;
        refused = wanted.error().detail;
        return LeaveAsItIs{};
    };
    const Result<Kept> written = co_await change_own_record(visit, decide);
    if (!written) co_return visit.end(Verdict::unavailable, written.error().detail);
    if (overtaken) {
        co_await visit.talk.show_error(messages::devices_changed_elsewhere());
        co_return visit.end(Verdict::refused, "set up elsewhere meanwhile");
    }
    if (refused) co_return co_await refuse(visit, *refused);
    log(visit, plan, shown.proof);
    if (*written == Kept::unconfirmed) {
        warn_unconfirmed(visit, "changed devices");
        co_await visit.talk.show_error(messages::may_not_last(visit.config().contact));
    }
    co_return std::nullopt;
}

// The key is shown to who proves the same once more, and to nobody who was not asked for it.
std::optional<std::string> shown_for(const Plan& plan, const PresentStep& shown) {
    if (shown.proof != Proof::code) return std::nullopt;
    std::string what = "device " + plan.name;
    for (const AuthenticatorId& id : shown.authenticators)
        what += " " + hex(id);
    return what;
}

Ended end_without_device(EnrollmentOutcome outcome, const Visit& visit) {
    switch (outcome) {
        case EnrollmentOutcome::hung_up:
            return visit.end(Verdict::cancelled, "no answer while adding a device");
        case EnrollmentOutcome::refused:
            return visit.end(Verdict::refused, "no right code of the new device");
        case EnrollmentOutcome::done:
        case EnrollmentOutcome::overtaken:
        case EnrollmentOutcome::unavailable:
            break;
    }
    return visit.end(Verdict::unavailable, "the new device was not stored");
}

Script<std::expected<Authenticator, Ended>> confirmed_device(Visit& visit, NewEntry entry) {
    const messages::EnrollmentMethods only_apps{};
    const std::optional<EnrollmentMethod> method =
        co_await ask_method(visit.talk, only_apps, messages::method_prompt(only_apps));
    if (!method) co_return std::unexpected(visit.end(Verdict::cancelled, "no answer"));
    NewAuthenticator authenticator(visit, std::move(entry));
    const EnrollmentOutcome outcome = co_await authenticator.confirm(*method == EnrollmentMethod::picture);
    if (outcome != EnrollmentOutcome::done) co_return std::unexpected(end_without_device(outcome, visit));
    Authenticator device = authenticator.device().clone();
    device.added_at = visit.now();
    co_return std::move(device);
}

Script<Ended> perform(Visit& visit, Plan plan) {
    co_await visit.talk.show(announced(plan));
    auto shown = co_await prove(visit);
    if (!shown) co_return shown.error();
    if (!visit.permission(shown->proof).devices_changed)
        co_return visit.end(Verdict::not_allowed, "nothing was proved");
    std::optional<Authenticator> added;
    if (plan.verb == Verb::add) {
        NewEntry entry{.method = plan.method,
                       .device_name = plan.name,
                       .label_account = account_label(visit, plan.number),
                       .shown_for = shown_for(plan, *shown)};
        auto device = co_await confirmed_device(visit, std::move(entry));
        if (!device) co_return device.error();
        added = std::move(*device);
    }
    const std::optional<Ended> ended = co_await change(visit, plan, std::move(*shown), std::move(added));
    if (plan.verb == Verb::add) visit.ports.memory->pending_enrollments.forget(visit.own_record());
    if (ended) co_return *ended;
    co_await visit.talk.show(done(visit, plan));
    co_await visit.talk.pause(for_the_tool(result_json(plan, true)));
    co_return visit.end_quietly(Verdict::accepted);
}

Script<std::optional<DeviceRequest>> ask_for_request(Talk& talk) {
    Reply reply = co_await talk.ask(device_form_prompt);
    const auto* form = std::get_if<Form>(&reply);
    if (form == nullptr) co_return std::nullopt;
    auto request = decode_device_request(form->text);
    if (!request) co_return std::nullopt;
    co_return std::move(*request);
}

}  // namespace

Script<Ended> manage_devices(Visit& visit) {
    const std::optional<DeviceRequest> request = co_await ask_for_request(visit.talk);
    if (!request) co_return visit.end(Verdict::not_allowed, "not a request about devices");
    std::expected<Account, Ended> account = co_await read_account(visit);
    if (!account) co_return account.error();
    if (!visit.enrolled) {
        co_await visit.talk.show_error(messages::not_enrolled());
        co_return visit.end_quietly(Verdict::not_needed);
    }
    if (!visit.permission(Proof::none).devices_named) co_return visit.end(Verdict::not_allowed, "not here");
    if (request->verb == Verb::list) {
        co_await visit.talk.pause(for_the_tool(devices_json(visit.known_name, *account)));
        co_return visit.end_quietly(Verdict::accepted);
    }
    const Result<Plan> plan = plan_for(*request, *account, visit.policy);
    *account = {};  // its keys are not needed while somebody types
    if (!plan) co_return co_await refuse(visit, plan.error().detail);
    if (plan->verb == Verb::rename && plan->name == plan->new_name) {
        co_await visit.talk.pause(for_the_tool(result_json(*plan, false)));
        co_return visit.end_quietly(Verdict::accepted);
    }
    co_return co_await perform(visit, *plan);
}

}  // namespace secondstep::dialogue
