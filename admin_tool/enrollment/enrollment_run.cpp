#include "enrollment/enrollment_run.h"

#include "access/earlier_record.h"
#include "account/devices.h"
#include "base/host_name.h"
#include "base/text.h"
#include "enrollment/address_enrollment.h"
#include "enrollment/enroll_report.h"
#include "enrollment/new_device.h"
#include "enrollment/recovery_sheet.h"
#include "people/invoker.h"

namespace secondstep::tool {

namespace {

// Then host.key is what has to come back, for everybody; nobody's second step is lost.
bool key_is_gone(const StoreSession& session, const NamedAccount& subject) {
    const auto key = session.store->foreign_key(subject.record());
    return key && *key;
}

StepBefore step_in(const Credential& credential) {
    const bool several = credential.authenticators.size() > 1;
    return {.method = credential.method, .devices = several ? names_of_devices(credential) : ""};
}

Exit already_enrolled(const std::string& name, const Account& account, const EnrollRequest& request) {
    const std::string method(to_text(account.credential->method));
    if (!request.if_missing) {
        if (request.json) out().verbatim(unchanged_json(name, account));
        return complain(Exit::refused, name + " is enrolled already (method " + method +
                                           "): --replace makes a new key and new recovery codes, --add a "
                                           "device beside " +
                                           names_of_devices(*account.credential));
    }
    if (request.json) {
        out().verbatim(unchanged_json(name, account));
    } else {
        out().line(name + " is enrolled already (method " + method + "); nothing changed.");
    }
    if (account.state.recovery.not_saved) {
        complain(Exit::done, name +
                                 " is enrolled, but nobody has confirmed seeing the codes: recovery-codes " +
                                 name + " --renew makes new ones, enroll --replace begins again");
    }
    return unless_unwritten();
}

}  // namespace

std::optional<Exit> ends_before_enrolling(const StoreSession& session, const EnrollRequest& request,
                                          const NamedAccount& subject) {
    const std::string& name = subject.account.text();
    const auto present = session.store->read(subject.record());
    if (!present) {
        const bool lost = present.error().code == Errc::damaged && !key_is_gone(session, subject);
        if (lost && request.replace) return std::nullopt;
        return complain(exit_of(present.error().code),
                        name + ": " + present.error().detail +
                            (lost ? " --replace enrolls again in place of what is damaged." : ""));
    }
    if (!present->credential || request.replace) return std::nullopt;
    return already_enrolled(name, *present, request);
}

std::unique_ptr<NewSecondStep> EnrollmentRun::second_step_for(const EnrollmentTask& task) {
    if (task.request.address) return std::make_unique<AddressEnrollment>(task);
    return std::make_unique<NewDevice>(task);
}

Exit EnrollmentRun::run() {
    if (const auto over = ends_before_enrolling(session_, task_.request, task_.subject)) {
        if (*over != Exit::done || task_.files.all.empty()) return *over;
        // Since that was looked at, before the files were made.
        return complain(Exit::refused, "somebody else enrolled them meanwhile; no file was made");
    }
    auto before = session_.store->read(task_.subject.record());
    if (!before) before = Account{};  // it is damaged: nothing is known of it
    if (before->credential) before_ = step_in(*before->credential);
    const WhoItIs who{task_.subject, task_.request.other_person, task_.screen};
    if (const auto settled = settle_earlier_record(session_, who); !settled) return settled.error();
    if (const auto prepared = new_->prepare(*before); !prepared) return prepared.error();
    const Exit ended = add_recovery_codes();
    if (stored_) notice_.tell(Change::enrolled);
    return ended;
}

Exit EnrollmentRun::add_recovery_codes() {
    const auto recovery = dialogue::make_recovery_set(session_.config.recovery_codes,
                                                      otp::RecoveryCodeForm::short_code, session_.randomness);
    if (!recovery) return complain(recovery.error());
    if (const auto saved = save_codes(recovery->codes); !saved) return saved.error();
    // The key was shown by now; somebody who cannot have seen it would be locked out.
    if (task_.screen.failed())
        return complain(Exit::refused, "not stored: what had to be shown could not be written");
    return commit(*recovery);
}

Credential EnrollmentRun::credential_with(RecoverySet recovery) const {
    const NamedAccount& subject = task_.subject;
    Credential credential{.account = subject.account,
                          .uid = std::nullopt,
                          .enrolled_at = session_.clock.now(),
                          .method = task_.request.method,
                          .authenticators = {},
                          .recovery = std::move(recovery)};
    if (subject.entry) credential.uid = subject.entry->uid;
    new_->put_into(credential);
    return credential;
}

OrExit<void> EnrollmentRun::save_codes(const std::vector<Secret>& codes) const {
    if (!task_.files.save) return {};
    const CallerFile& file = task_.files.all[*task_.files.save];
    const Secret form = recovery_form(host_name(), name(), session_.clock.now(), codes);
    auto written = write_durable_text(file.fd(), form.text(), file.path());
    if (!written) return stop(complain(Exit::unavailable, "not stored: " + written.error().detail));
    return {};
}

// Overtaken: somebody else enrolled the user while this screen was open.
Result<EnrollmentRun::Written> EnrollmentRun::write(const Credential& credential) {
    const ChangeNotice told = dialogue::notice_of(Change::enrolled, credential.enrolled_at, administrator());
    bool overtaken = false;
    const auto kept =
        change(*session_.store, task_.subject.record(), Opening::enrollment,
               [&](const Account& present) -> Result<Rewrite> {
                   overtaken = (present.credential || present.lost_credential) && !task_.request.replace;
                   if (overtaken) return LeaveAsItIs{};
                   State next = state_after_enrollment(present.state, credential, told);
                   next.recovery.not_saved = true;
                   notice_.add_address_of(present.credential);
                   notice_.add_address_of(credential.clone());
                   session_.mark.set();
                   return WriteCredential{credential.clone(), std::move(next)};
               });
    if (!kept || overtaken) session_.mark.clear();
    if (!kept) return std::unexpected(kept.error());
    if (overtaken) return Written::overtaken;
    stored_ = true;
    unconfirmed_ = *kept == Kept::unconfirmed;
    return Written::stored;
}

Exit EnrollmentRun::commit(const dialogue::NewRecoverySet& recovery) {
    const SignalsHeld until_the_codes_are_shown;
    if (SignalsHeld::one_is_waiting()) return Exit::refused;
    const Credential credential = credential_with(recovery.set.clone());
    const auto written = write(credential);
    if (!written) return complain("not stored", written.error());
    if (*written == Written::overtaken) {
        return complain(Exit::refused, "not stored: " + name() + " was enrolled by somebody else meanwhile");
    }
    log_enrollment(name(), task_.request.method, before_.has_value(), task_.request.confirm);
    return report(recovery);
}

// Whatever goes wrong from here on, the account is enrolled: no error hides the key and the codes.
Exit EnrollmentRun::report(const dialogue::NewRecoverySet& recovery) {
    const Exit shown = show(recovery.codes);
    if (unconfirmed_) warn_unconfirmed(name(), "the new second step counts");
    if (shown == Exit::done && !out().failed() && !task_.screen.failed()) {
        if (!unconfirmed_) note_codes_told(session_, task_.subject.record(), recovery.set.id);
        return Exit::done;
    }
    // A program has what it reads, even if what was said beside it is lost.
    const Exit ended = shown == Exit::done && !out().failed() ? Exit::done : Exit::unavailable;
    if (task_.for_a_script() && ended != Exit::done)
        return complain(ended,
                        "stored, but the key and the recovery codes could not be shown: secondstep enroll " +
                            name() + " --replace makes new ones");
    return complain(ended, "stored, but the recovery codes could not be shown: secondstep recovery-codes " +
                               name() + " --renew makes new ones");
}

Exit EnrollmentRun::show(const std::vector<Secret>& codes) {
    Output& screen = task_.screen;
    show_success(screen, task_.request, before_);
    show_what_matters(screen, name(), task_.request);
    if (task_.files.save) {
        screen.line("The recovery codes are in " + printable(task_.files.all[*task_.files.save].path()) +
                    ": print it, then delete it.");
    } else if (!task_.request.json) {
        show_recovery_codes(screen, codes);
    }
    if (task_.request.json) {
        const auto json = new_->json(codes);
        if (!json) return json.error();
        out().verbatim(*json);
    }
    return Exit::done;
}

}  // namespace secondstep::tool
