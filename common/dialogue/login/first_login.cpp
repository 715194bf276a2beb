#include "dialogue/login/first_login.h"

#include "dialogue/set_up/proof.h"
#include "dialogue/set_up/registration.h"
#include "dialogue/set_up/saved_codes.h"
#include "dialogue/set_up/set_up.h"
#include "dialogue/texts/messages.h"
#include "dialogue/visit/told_later.h"

namespace secondstep::dialogue {

// Nothing is logged where nothing is due: every login passes here.
Script<Ended> FirstLogin::run() {
    const std::optional<Ended> over = co_await arrive(visit_);
    if (over) co_return *over;
    if (visit_.policy.action == Action::exempt) co_return visit_.end_quietly(Verdict::not_needed);
    std::expected<Account, Ended> account = co_await read_account(visit_);
    if (!account) co_return account.error();
    if (visit_.request.told_later) {
        std::string text = what_was_put_off(visit_, *account);
        *account = {};  // its keys are not needed while that is shown
        if (!text.empty()) co_await visit_.talk.show(std::move(text));
        co_return visit_.end_quietly(Verdict::not_needed);
    }
    const bool known = visit_.subject.known();
    EnrollmentBaseline baseline = known ? EnrollmentBaseline::of(*account) : EnrollmentBaseline{};
    proved_ = visit_.handed_back(account->state);
    *account = {};  // its keys are not needed while somebody types
    if (visit_.enrolled) co_return co_await enrolled(std::move(baseline));
    if (visit_.permission(proved_).setting_up == SettingUp::not_here)
        co_return visit_.end_quietly(Verdict::not_needed);
    if (!known) co_return visit_.end(Verdict::refused, "unknown user");
    co_return co_await not_enrolled(std::move(baseline));
}

// Offers are skipped without a word where nothing was proved.
Script<Ended> FirstLogin::enrolled(EnrollmentBaseline baseline) {
    Permission may = visit_.permission(proved_);
    if (may.setting_up == SettingUp::with_present_step) {
        const std::optional<VerificationOutcome> verified = co_await prove_once(visit_);
        if (verified) {
            proved_ = proof_of(*verified);
            baseline.rest_on(*verified);
            may = visit_.permission(proved_, enrollment_state_of(*verified));
        }
    }
    if (may.setting_up == SettingUp::elsewhere) co_await visit_.talk.show(visit_.only_elsewhere());
    if (may.setting_up == SettingUp::now) co_return co_await set_up_again(std::move(baseline));
    if (may.setting_up != SettingUp::not_here)
        co_return visit_.end(Verdict::not_needed, "has to enroll again: put off, nothing was proved");
    if (may.new_codes) co_await offer_new_codes(visit_, baseline.authenticators);
    co_return visit_.end_quietly(Verdict::not_needed);
}

Script<Ended> FirstLogin::set_up_again(EnrollmentBaseline baseline) {
    const messages::EnrollmentMethods methods = methods_of(visit_.policy);
    co_await visit_.talk.show(messages::enroll_again(visit_.ports.host, visit_.config().apps, methods));
    const std::optional<EnrollmentMethod> method =
        co_await ask_method(visit_.talk, methods, std::string(messages::choice_prompt));
    if (!method) co_return visit_.end(Verdict::refused, "has to enroll again");
    co_return co_await set_up(std::move(baseline), *method);
}

Script<std::optional<EnrollmentMethod>> FirstLogin::choose() {
    const messages::Deadline deadline{visit_.now(), visit_.policy.enroll_until.value_or(UnixTime{})};
    const bool may_decline = !visit_.permission(proved_).is_required;
    const messages::EnrollmentMethods methods = methods_of(visit_.policy);
    co_await visit_.talk.show(messages::first_login(visit_.ports.host, visit_.config().apps, methods,
                                                    may_decline ? &deadline : nullptr));
    for (unsigned asked = 0; asked < 3; ++asked) {
        Reply reply = co_await visit_.talk.ask_aloud(messages::choice_prompt);
        const std::optional<Secret> typed = text_of(std::move(reply));
        if (!typed || (typed->empty() && may_decline)) co_return std::nullopt;
        if (const auto method = method_of(*typed, methods)) co_return method;
    }
    co_return std::nullopt;
}

Script<Ended> FirstLogin::declined(std::string why_not_now) {
    const Permission may = visit_.permission(proved_);
    if (!may.is_required) co_return visit_.end(Verdict::not_needed, "not enrolled: " + why_not_now);
    if (may.setting_up != SettingUp::put_off)
        co_await visit_.talk.show_error(messages::enrollment_overdue(visit_.config().contact));
    co_return visit_.end(Verdict::refused, "not enrolled, and it is due");
}

Script<Ended> FirstLogin::not_enrolled(EnrollmentBaseline baseline) {
    const SettingUp how = visit_.permission(proved_).setting_up;
    if (how == SettingUp::put_off) co_return co_await declined("not now, nobody is there");
    if (how == SettingUp::elsewhere) {
        co_await visit_.talk.show(visit_.only_elsewhere());
        co_return co_await declined("not on that host");
    }
    if (how == SettingUp::after_first_factor) {
        co_await visit_.talk.show(messages::first_factor_first(visit_.ports.host));
        co_return co_await declined("not now, no first factor was shown");
    }
    const std::optional<EnrollmentMethod> method = co_await choose();
    if (!method) co_return co_await declined("not now");
    if (how == SettingUp::with_registration_code) {
        const auto permission = co_await ask_registration_code(visit_);
        if (!permission && permission.error().verdict() == Verdict::cancelled)
            co_return co_await declined("not now");
        if (!permission) co_return permission.error();
        baseline.registration = *permission;
        proved_ = Proof::registration_code;
    }
    co_return co_await set_up(std::move(baseline), *method);
}

Script<Ended> FirstLogin::set_up(EnrollmentBaseline baseline, EnrollmentMethod method) {
    const EnrollmentOutcome outcome =
        co_await set_up_second_step(visit_, std::move(baseline), method, proved_);
    if (outcome == EnrollmentOutcome::hung_up && !visit_.enrolled) co_return co_await declined("not now");
    co_return end_of(outcome, visit_);
}

}  // namespace secondstep::dialogue
