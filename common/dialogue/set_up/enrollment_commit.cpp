#include "dialogue/set_up/enrollment_commit.h"

#include "account/known_sources.h"
#include "base/text.h"
#include "dialogue/set_up/saved_codes.h"
#include "enrollment/label.h"

namespace secondstep::dialogue {
namespace {

std::vector<AuthenticatorId> enrolled_in(const Account& account) {
    return account.credential ? ids_of(*account.credential) : std::vector<AuthenticatorId>{};
}

std::optional<delivery::Address> address_in(const NewMethod& method) {
    return method.destination ? std::optional(method.destination->address) : std::nullopt;
}

Credential credential_with(NewMethod method, const Visit& visit, RecoverySet recovery) {
    Credential credential{.account = *visit.subject.account,
                          .uid = visit.subject.uid,
                          .enrolled_at = visit.now(),
                          .method = method.method,
                          .authenticators = {},
                          .recovery = std::move(recovery),
                          .destination = std::move(method.destination)};
    if (method.authenticator) credential.authenticators.push_back(std::move(*method.authenticator));
    return credential;
}

}  // namespace

EnrollmentOutcome gave_up_enrolling(const Visit& visit, const std::string& why) {
    visit.ports.journal->warn("enrollment of " + visit.known_name + ": " + why);
    return EnrollmentOutcome::unavailable;
}

std::string issuer_of(const Visit& visit) {
    return visit.config().issuer.empty() ? visit.ports.host : visit.config().issuer;
}

std::string account_label(const Visit& visit, unsigned number) {
    return visit.known_name + (number > 1 ? "-" + std::to_string(number) : "");
}

std::string label_of(const Visit& visit, unsigned number) {
    return issuer_of(visit) + ":" + account_label(visit, number);
}

EnrollmentBaseline EnrollmentBaseline::of(const Account& account) {
    EnrollmentBaseline baseline;
    baseline.authenticators = enrolled_in(account);
    baseline.number = label_number(account, Former::all);
    baseline.before.something = account.credential.has_value();
    baseline.before.entry = account.credential && account.credential->authenticators.size() == 1;
    return baseline;
}

void EnrollmentBaseline::rest_on(const VerificationOutcome& verified) {
    authenticators = verified.authenticators;
    if (verified.factor == Factor::registration_code) registration = verified.registration;
    if (verified.factor == Factor::recovery_code && verified.restore.code != 0) restore = verified.restore;
}

std::optional<std::string> EnrollmentCommit::shown_for() const {
    const std::string what(to_text(proof_));
    switch (proof_) {
        case Proof::code: {
            std::string devices;
            for (const AuthenticatorId& id : baseline_.authenticators)
                devices += " " + hex(id);
            return devices.empty() ? std::nullopt : std::optional(what + devices);
        }
        case Proof::recovery_code:
            if (!baseline_.restore) return std::nullopt;
            return what + " " + hex(baseline_.restore->set) + " " + std::to_string(baseline_.restore->code);
        case Proof::registration_code:
            if (!baseline_.registration) return std::nullopt;
            return what + " " + hex(baseline_.registration->digest);
        case Proof::none:
        case Proof::temporary_code:
        case Proof::first_factor:
        case Proof::remembered:
        case Proof::exempt:
            break;
    }
    return std::nullopt;
}

EnrollmentOutcome EnrollmentCommit::gave_up(const std::string& why) const {
    return gave_up_enrolling(visit_, why);
}

bool EnrollmentBaseline::stands(const Account& present) const {
    if (present.lost_credential || enrolled_in(present) != authenticators) return false;
    if (registration && present.state.registration != *registration) return false;
    return !restore || present.state.restore == *restore;
}

// The old steps are in it, so that a code of an authenticator that comes back is not accepted again, and that
// this device and place are the owner's.
State EnrollmentCommit::state_with(const Credential& credential, const State& before) const {
    const UnixTime now = credential.enrolled_at;
    State next = state_after_enrollment(before, credential, notice_of(Change::enrolled, now, visit_.from()));
    next.recovery.not_saved = true;
    counter_of(next, visit_.source, now) = {};
    remember(next, visit_.source, now);
    next.last_success = now;
    next.last_accepted = write_;
    return next;
}

// The rename of the credential commits; the state follows.
Script<EnrollmentOutcome> EnrollmentCommit::write(NewMethod method, RecoverySet recovery) {
    const Credential credential = credential_with(std::move(method), visit_, std::move(recovery));
    bool overtaken = false;
    const Decide replace = [&](const Account& present) -> Result<Rewrite> {
        overtaken = !baseline_.stands(present);
        if (overtaken) return LeaveAsItIs{};
        return WriteCredential{credential.clone(), state_with(credential, present.state)};
    };
    const Result<Kept> written = co_await change_as_asked(visit_, replace);
    if (!written) co_return gave_up(written.error().detail);
    if (overtaken) co_return EnrollmentOutcome::overtaken;
    unconfirmed_ = *written == Kept::unconfirmed;
    if (unconfirmed_) warn_unconfirmed(visit_, "new second step");
    co_return EnrollmentOutcome::done;
}

Script<EnrollmentOutcome> EnrollmentCommit::was_overtaken() {
    visit_.ports.memory->pending_enrollments.forget(visit_.own_record());
    co_await visit_.talk.show_error(messages::set_up_elsewhere());
    co_return EnrollmentOutcome::overtaken;
}

Script<EnrollmentOutcome> EnrollmentCommit::commit(NewMethod method) {
    Stands stands = [baseline = baseline_](const Account& present) { return baseline.stands(present); };
    Result<std::optional<NewRecoverySet>> made = co_await make_recovery_codes(visit_, std::move(stands));
    if (!made) co_return gave_up(made.error().detail);
    if (!*made) co_return co_await was_overtaken();
    NewRecoverySet& recovery = **made;
    const Method kind = method.method;
    const std::optional<delivery::Address> address = address_in(method);
    const std::string label = method.authenticator ? label_of(visit_, baseline_.number) : "";
    const RecoverySetId set = recovery.set.id;
    const EnrollmentOutcome written = co_await write(std::move(method), std::move(recovery.set));
    if (written == EnrollmentOutcome::overtaken) co_return co_await was_overtaken();
    if (written != EnrollmentOutcome::done) co_return written;
    visit_.ports.memory->pending_enrollments.forget(visit_.own_record());
    // Not what was overtaken: the code of the dialogue that went first is still to be typed there.
    visit_.ports.memory->pending_addresses.forget(visit_.own_record());
    visit_.enrolled = true;
    visit_.write = write_;
    visit_.log_change(Change::enrolled, proof_, address);
    Secret text;
    if (unconfirmed_) text.append(messages::may_not_last(visit_.config().contact));
    text.append(messages::set_up(recovery.codes, kind, baseline_.before, label).text());
    const RecoverySetId to_unmark = unconfirmed_ ? RecoverySetId{} : set;
    static_cast<void>(co_await show_until_saved(visit_, to_unmark, std::move(text)));
    co_return EnrollmentOutcome::done;
}

}  // namespace secondstep::dialogue
