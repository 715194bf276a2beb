#include "dialogue/set_up/set_up.h"

#include "dialogue/set_up/address_enrollment.h"
#include "dialogue/set_up/new_authenticator.h"

namespace secondstep::dialogue {

Script<EnrollmentOutcome> set_up_second_step(Visit& visit, EnrollmentBaseline baseline,
                                             EnrollmentMethod method, Proof proof) {
    EnrollmentCommit enrollment(visit, std::move(baseline), proof);
    if (method == EnrollmentMethod::mail || method == EnrollmentMethod::sms) {
        const auto channel =
            method == EnrollmentMethod::mail ? delivery::Channel::mail : delivery::Channel::sms;
        AddressEnrollment destination(visit, enrollment, channel);
        co_return co_await destination.set_up();
    }
    NewAuthenticator authenticator(visit, replacing_entry(visit, enrollment));
    const EnrollmentOutcome confirmed = co_await authenticator.confirm(method == EnrollmentMethod::picture);
    if (confirmed != EnrollmentOutcome::done) co_return confirmed;
    NewMethod chosen{authenticator.method(), authenticator.device().clone(), std::nullopt};
    co_return co_await enrollment.commit(std::move(chosen));
}

Ended end_of(EnrollmentOutcome outcome, const Visit& visit) {
    switch (outcome) {
        case EnrollmentOutcome::done:
            return visit.end(Verdict::accepted, "set up");
        case EnrollmentOutcome::hung_up:
            return visit.end(Verdict::cancelled, "no answer while setting up");
        case EnrollmentOutcome::refused:
            return visit.end(Verdict::refused, "no right code of the new second step");
        case EnrollmentOutcome::overtaken:
            return visit.end(Verdict::refused, "set up in another login meanwhile");
        case EnrollmentOutcome::unavailable:
            break;
    }
    return visit.end(Verdict::unavailable, "the new second step was not stored");
}

}  // namespace secondstep::dialogue
