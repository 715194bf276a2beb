#include "dialogue/manage/devices.h"

#include <algorithm>
#include <utility>

#include "account/devices.h"
#include "base/json_line.h"
#include "dialogue/manage/asked_form.h"
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

// The same as an administrator gets of these verbs.
std::string result_json(const Visit& visit, const Credential& credential, bool changed) {
    std::string names;
    for (const Authenticator& device : credential.authenticators)
        names += (names.empty() ? "" : ",") + json_string(device.name);
    JsonLine line;
    line.add("user", visit.known_name);
    line.add("changed", changed);
    line.raw("devices", "[" + names + "]");
    return std::move(line).finish();
}

Step for_the_tool(std::string_view json) {
    return Show{Show::Style::data, Secret::copy_of(json)};
}

// Of the device that is there. Asked of what the person came to, and again under the lock of what stands there then:
// between the two they look for a code, and an administrator may remove another device. Errors: a sentence for who asks.
Result<void> check_change(const Plan& plan, const Credential& credential) {
    switch (plan.verb) {
        case Verb::add:
            return check_addition(credential, plan.name);
        case Verb::rename:
            return check_new_name(credential, plan.device, plan.new_name);
        case Verb::remove:
            return check_removal(credential);
        case Verb::list:
            break;
    }
    return {};
}

bool allows(const Policy& policy, Method method) {
    return std::ranges::find(policy.methods, to_text(method)) != policy.methods.end();
}

Result<Plan> plan_to_add(const DeviceRequest& request, const Account& account, const Policy& policy) {
    const Credential& credential = *account.credential;
    Plan plan{.verb = Verb::add, .name = request.device, .new_name = {}, .method = credential.method};
    if (plan.name.empty()) plan.name = free_device_name(credential);
    if (const auto fits = check_change(plan, credential); !fits) return std::unexpected(fits.error());
    if (!allows(policy, credential.method))
        return fail(Errc::not_allowed, messages::method_not_allowed(credential.method, policy.methods));
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
    Plan plan{.verb = request.verb,
              .device = *id,
              .name = device.name,
              .new_name = request.new_name,
              .added = added_at(device, credential),
              .method = credential.method};
    if (const auto fits = check_change(plan, credential); !fits) return std::unexpected(fits.error());
    return plan;
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

WriteCredential rewritten(const Plan& plan, const Account& present, const Authenticator* added,
                          const ChangeNotice& notice) {
    const Credential& credential = *present.credential;
    if (plan.verb == Verb::add) {
        Credential more = credential.clone();
        more.authenticators.push_back(added->clone());
        State next = state_with_device(present.state, more, notice);
        return {std::move(more), std::move(next)};
    }
    if (plan.verb == Verb::remove)
        return {without_device(credential, plan.device), state_without_device(present.state, notice)};
    return {with_renamed_device(credential, plan.device, plan.new_name), present.state};
}

// What was shown is what is there, and so is the device that was meant: by its id, for another may have got its name
// before the code was given.
bool stands(const Plan& plan, const Account& present, const AuthenticatorIds& shown) {
    if (!present.credential || present.state.enrollment_forced) return false;
    const Credential& credential = *present.credential;
    if (ids_of(credential) != shown || credential.method != plan.method) return false;
    return plan.verb == Verb::add || find_device(credential, plan.device) != nullptr;
}

Script<Ended> refuse(Visit& visit, std::string why) {
    co_await visit.talk.show_error(messages::devices_unchanged(why));
    co_return visit.end(Verdict::refused, why);
}

// What became of it under the lock.
struct Outcome {
    bool overtaken = false;
    std::optional<std::string> refused{};
    std::string json{};  // of the devices that are there since
};

Outcome judged(const Plan& plan, const Account& present, const AuthenticatorIds& shown) {
    Outcome outcome;
    outcome.overtaken = !stands(plan, present, shown);
    if (outcome.overtaken) return outcome;
    if (const auto fits = check_change(plan, *present.credential); !fits)
        outcome.refused = fits.error().detail;
    return outcome;
}

Script<Ended> end_unchanged(Visit& visit, Outcome outcome) {
    if (!outcome.json.empty()) co_await visit.talk.pause(for_the_tool(outcome.json));
    if (outcome.refused) co_return co_await refuse(visit, *outcome.refused);
    co_await visit.talk.show_error(messages::devices_changed_elsewhere());
    co_return visit.end(Verdict::refused, "set up elsewhere meanwhile");
}

Script<Ended> change(Visit& visit, Plan plan, PresentStep shown, std::optional<Authenticator> added) {
    const Change kind = plan.verb == Verb::add ? Change::device_added : Change::device_removed;
    const ChangeNotice notice = notice_of(kind, visit.now(), visit.from());
    Outcome outcome;
    const Decide decide = [&](const Account& present) -> Result<Rewrite> {
        outcome = judged(plan, present, shown.authenticators);
        const bool changes = !outcome.overtaken && !outcome.refused;
        if (!changes && present.credential) outcome.json = result_json(visit, *present.credential, false);
        if (!changes) return LeaveAsItIs{};
        WriteCredential wanted = rewritten(plan, present, added ? &*added : nullptr, notice);
        outcome.json = result_json(visit, wanted.credential, true);
        return Rewrite{std::move(wanted)};
    };
    const Result<Kept> written = co_await change_as_asked(visit, decide);
    if (!written) co_return visit.end(Verdict::unavailable, written.error().detail);
    if (outcome.overtaken || outcome.refused) co_return co_await end_unchanged(visit, std::move(outcome));
    log(visit, plan, shown.proof);
    if (*written == Kept::unconfirmed) {
        warn_unconfirmed(visit, "changed devices");
        co_await visit.talk.show_error(messages::may_not_last(visit.config().contact));
    }
    co_await visit.talk.show(done(visit, plan));
    co_await visit.talk.pause(for_the_tool(outcome.json));
    co_return visit.end_quietly(Verdict::accepted);
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

Script<Ended> perform_for_who_proved(Visit& visit, Plan plan, PresentStep shown) {
    std::optional<Authenticator> added;
    if (plan.verb == Verb::add) {
        NewEntry entry{.method = plan.method,
                       .device_name = plan.name,
                       .label_account = account_label(visit, plan.number),
                       .shown_for = shown_for(plan, shown)};
        auto device = co_await confirmed_device(visit, std::move(entry));
        if (!device) co_return device.error();
        added = std::move(*device);
    }
    Ended ended = co_await change(visit, plan, std::move(shown), std::move(added));
    if (plan.verb == Verb::add) visit.ports.memory->pending_enrollments.forget(visit.own_record());
    co_return ended;
}

Script<Ended> perform(Visit& visit, Plan plan) {
    co_await visit.talk.show(announced(plan));
    auto shown = co_await prove(visit);
    if (!shown) co_return shown.error();
    if (!visit.permission(shown->proof).devices_changed)
        co_return visit.end(Verdict::not_allowed, "nothing was proved");
    const bool used_up = shown->proof == Proof::recovery_code;
    Ended ended = co_await perform_for_who_proved(visit, std::move(plan), std::move(*shown));
    if (used_up && ended.verdict() != Verdict::accepted)
        co_await visit.talk.show_error(messages::recovery_code_is_used_up());
    co_return ended;
}

}  // namespace

Script<Ended> manage_devices(Visit& visit) {
    const std::optional<DeviceRequest> request =
        co_await asked_form<device_form_prompt, decode_device_request>(visit.talk);
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
    // A program learns what there is however this ends.
    const std::string unchanged = result_json(visit, *account->credential, false);
    *account = {};  // its keys are not needed while somebody types
    co_await visit.talk.pause(for_the_tool(unchanged));
    if (!plan) co_return co_await refuse(visit, plan.error().detail);
    if (plan->verb == Verb::rename && plan->name == plan->new_name)
        co_return visit.end_quietly(Verdict::accepted);
    co_return co_await perform(visit, *plan);
}

}  // namespace secondstep::dialogue
