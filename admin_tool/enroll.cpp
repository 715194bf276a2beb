#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "arguments.h"
#include "base/text.h"
#include "bulk.h"
#include "caller.h"
#include "command.h"
#include "dialogue/enrollment.h"
#include "enroll_report.h"
#include "enroll_request.h"
#include "enrollment_files.h"
#include "new_address.h"
#include "new_device.h"
#include "own_enrollment.h"
#include "owner_notice.h"
#include "recovery_sheet.h"
#include "store_session.h"
#include "subject.h"

namespace secondstep::tool {

namespace {

// One enrollment, inside the child that may use the store.
class EnrollmentRun {
  public:
    EnrollmentRun(StoreSession& session, const EnrollRequest& request, const Subject& subject,
                  const EnrollmentFiles& files)
        : task_{session, request, subject, files, request.json ? err() : out()},
          session_(session),
          notice_(session, subject.account.text()) {
        if (request.address) {
            new_ = std::make_unique<NewAddress>(task_);
        } else {
            new_ = std::make_unique<NewDevice>(task_);
        }
    }

    Exit run();

  private:
    [[nodiscard]] const std::string& name() const { return task_.name(); }
    Exit already_enrolled(const Credential& present) const;
    Exit unreadable(const Error& error) const;
    Exit add_recovery_codes();
    [[nodiscard]] Credential credential_with(RecoverySet recovery) const;
    OrExit<void> save_codes(const std::vector<Secret>& codes) const;
    Exit commit(const dialogue::NewRecoverySet& recovery);
    Result<bool> write(const Credential& credential);
    Exit report(const std::vector<Secret>& codes);

    EnrollmentTask task_;
    StoreSession& session_;
    std::unique_ptr<NewSecondStep> new_;
    OwnerNotice notice_;
    bool stored_ = false;
    std::optional<Method> before_;  // the method that is replaced
};

Exit EnrollmentRun::run() {
    const bool replace = task_.request.replace;
    auto before = session_.store->read(task_.subject.record());
    const bool lost = !before && before.error().code == Errc::damaged;
    if (!before && !(lost && replace)) return unreadable(before.error());
    if (lost) before = Account{};  // nothing is known of it
    if (before->credential && !replace) return already_enrolled(*before->credential);
    if (before->credential) before_ = before->credential->method;
    if (const auto prepared = new_->prepare(*before); !prepared) return prepared.error();
    const Exit ended = add_recovery_codes();
    if (stored_) notice_.tell("enrolled");
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

Exit EnrollmentRun::already_enrolled(const Credential& present) const {
    if (!task_.request.if_missing) {
        return complain(Exit::refused, name() + " is enrolled already (method " +
                                           std::string(to_text(present.method)) +
                                           "): --replace makes a new key and new recovery codes");
    }
    if (task_.request.json) {
        out().line(unchanged_json(name(), present));
    } else {
        out().line(name() + " is enrolled already (method " + std::string(to_text(present.method)) +
                   "); nothing changed.");
    }
    return Exit::done;
}

Exit EnrollmentRun::unreadable(const Error& error) const {
    const bool lost = error.code == Errc::damaged;
    return complain(
        exit_of(error.code),
        name() + ": " + error.detail + (lost ? " --replace enrolls again in place of what is damaged." : ""));
}

Credential EnrollmentRun::credential_with(RecoverySet recovery) const {
    const Subject& subject = task_.subject;
    Credential credential{subject.account,      {}, session_.clock.now(),
                          task_.request.method, {}, std::move(recovery)};
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

// True: stored. False: somebody else enrolled the user while this screen was open.
Result<bool> EnrollmentRun::write(const Credential& credential) {
    auto transaction = begin_patiently(*session_.store, task_.subject.record(), Purpose::enrollment);
    if (!transaction) return std::unexpected(transaction.error());
    const Account& present = (*transaction)->account();
    if ((present.credential || present.lost_credential) && !task_.request.replace) return false;
    State next = dialogue::state_after_enrollment(present.state, credential);
    next.notice = dialogue::notice_of(Change::enrolled, credential.enrolled_at, administrator());
    notice_.add_address_of(present.credential);
    notice_.add_address_of(credential.clone());
    session_.mark.set();
    const auto done = require_done((*transaction)->write_credential(credential, next));
    if (!done) return std::unexpected(done.error());
    stored_ = true;
    return true;
}

Exit EnrollmentRun::commit(const dialogue::NewRecoverySet& recovery) {
    const SignalsHeld until_the_codes_are_shown;
    if (SignalsHeld::one_is_waiting()) return Exit::refused;
    const Credential credential = credential_with(recovery.set.clone());
    const auto written = write(credential);
    if (!written) return complain("not stored", written.error());
    if (!*written) {
        return complain(Exit::refused, "not stored: " + name() + " was enrolled by somebody else meanwhile");
    }
    log_enrollment(name(), task_.request.method, before_.has_value(), task_.request.confirm);
    return report(recovery.codes);
}

Exit EnrollmentRun::report(const std::vector<Secret>& codes) {
    Output& screen = task_.screen;
    show_success(screen, task_.request, before_);
    show_what_matters(screen, name(), task_.request);
    if (task_.files.save) {
        screen.line("The recovery codes are in " + printable(task_.files.all[*task_.files.save].path()) +
                    ": print it, then delete it.");
    } else if (!task_.request.json) {
        screen.line("Recovery codes, shown only now; keep them in two places (--save FILE writes them):");
        show_recovery_codes(screen, codes);
    }
    if (task_.request.json) {
        const auto json = new_->json(codes);
        if (!json) return json.error();
        out().line(*json);
    }
    if (!out().failed() && !screen.failed()) return Exit::done;
    return complain(Exit::done,
                    "stored, but the recovery codes could not be shown: secondstep recovery-codes " + name() +
                        " --renew makes new ones");
}

Exit enroll_one(const EnrollRequest& request, const Call& call) {
    const auto subject = subject_named(call.arguments.operands().front());
    if (!subject) return subject.error();
    if (!subject->entry && !request.portal_user) {
        complain_unknown(subject->account.text());
        return complain(Exit::no_such_user, "--portal-user enrolls somebody who is known to a portal only");
    }
    auto files = EnrollmentFiles::open(request);
    if (!files) return files.error();
    ::signal(SIGPIPE,
             SIG_IGN);  // codes of an account that is stored must get out another way, not end with the pipe
    const EnrollmentFiles& opened = *files;
    return run_with_store(call.config, files->all, [&](StoreSession& session) {
        return EnrollmentRun(session, request, *subject, opened).run();
    });
}

}  // namespace

Exit enroll(const Command& command, const Invocation& invocation) {
    const auto call = call_of(command, invocation, EnrollRequest::options(), {0, 1});
    if (!call) return call.error();
    if (is_for_himself(call->config)) return enroll_own(*call);
    const auto request = EnrollRequest::from(call->arguments);
    if (!request) return request.error();
    return request->bulk ? enroll_bulk(*request, call->arguments.invocation()) : enroll_one(*request, *call);
}

}  // namespace secondstep::tool
