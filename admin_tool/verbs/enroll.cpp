#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "access/earlier_record.h"
#include "access/own_account.h"
#include "access/owner_notice.h"
#include "access/store_session.h"
#include "base/host_name.h"
#include "base/text.h"
#include "console/arguments.h"
#include "console/invocation.h"
#include "enrollment/address_enrollment.h"
#include "enrollment/bulk.h"
#include "enrollment/enroll_report.h"
#include "enrollment/enroll_request.h"
#include "enrollment/enrollment.h"
#include "enrollment/enrollment_files.h"
#include "enrollment/new_device.h"
#include "enrollment/recovery_sheet.h"
#include "people/invoker.h"
#include "people/named_account.h"

namespace secondstep::tool {

namespace {

// One enrollment, inside the child that may use the store.
class EnrollmentRun {
  public:
    EnrollmentRun(StoreSession& session, const EnrollRequest& request, const NamedAccount& subject,
                  const EnrollmentFiles& files)
        : task_{session, request, subject, files, request.json ? err() : out()},
          session_(session),
          notice_(session, subject.account.text()) {
        if (request.address) {
            new_ = std::make_unique<AddressEnrollment>(task_);
        } else {
            new_ = std::make_unique<NewDevice>(task_);
        }
    }

    Exit run();

  private:
    [[nodiscard]] const std::string& name() const { return task_.name(); }
    Exit already_enrolled(const Account& present) const;
    Exit unreadable(const Error& error) const;
    [[nodiscard]] bool key_is_gone() const;
    Exit add_recovery_codes();
    [[nodiscard]] Credential credential_with(RecoverySet recovery) const;
    OrExit<void> save_codes(const std::vector<Secret>& codes) const;
    Exit commit(const dialogue::NewRecoverySet& recovery);
    enum class Written { stored, overtaken };
    Result<Written> write(const Credential& credential);
    Exit report(const dialogue::NewRecoverySet& recovery);
    Exit show(const std::vector<Secret>& codes);

    EnrollmentTask task_;
    StoreSession& session_;
    std::unique_ptr<NewSecondStep> new_;
    OwnerNotice notice_;
    bool stored_ = false;
    bool unconfirmed_ = false;      // see WriteOutcome
    std::optional<Method> before_;  // the method that is replaced
};

Exit EnrollmentRun::run() {
    const bool replace = task_.request.replace;
    auto before = session_.store->read(task_.subject.record());
    const bool lost = !before && before.error().code == Errc::damaged && !key_is_gone();
    if (!before && !(lost && replace)) return unreadable(before.error());
    if (lost) before = Account{};  // nothing is known of it
    if (before->credential && !replace) return already_enrolled(*before);
    if (before->credential) before_ = before->credential->method;
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

Exit EnrollmentRun::already_enrolled(const Account& account) const {
    const Credential& present = *account.credential;
    if (!task_.request.if_missing) {
        return complain(Exit::refused, name() + " is enrolled already (method " +
                                           std::string(to_text(present.method)) +
                                           "): --replace makes a new key and new recovery codes");
    }
    if (task_.request.json) {
        out().line(unchanged_json(name(), account));
    } else {
        out().line(name() + " is enrolled already (method " + std::string(to_text(present.method)) +
                   "); nothing changed.");
    }
    if (account.state.recovery.not_saved) {
        complain(Exit::done, name() +
                                 " is enrolled, but nobody has confirmed seeing the codes: recovery-codes " +
                                 name() + " --renew makes new ones, enroll --replace begins again");
    }
    return Exit::done;
}

Exit EnrollmentRun::unreadable(const Error& error) const {
    const bool lost = error.code == Errc::damaged && !key_is_gone();
    return complain(
        exit_of(error.code),
        name() + ": " + error.detail + (lost ? " --replace enrolls again in place of what is damaged." : ""));
}

// Then host.key is what has to come back, for everybody; nobody's second step is lost.
bool EnrollmentRun::key_is_gone() const {
    const auto key = session_.store->foreign_key(task_.subject.record());
    return key && *key;
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
    return complain(Exit::done,
                    "stored, but the recovery codes could not be shown: secondstep recovery-codes " + name() +
                        " --renew makes new ones");
}

Exit EnrollmentRun::show(const std::vector<Secret>& codes) {
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
    return Exit::done;
}

Exit enroll_one(const EnrollRequest& request, const Call& call) {
    const auto subject = account_named(call.arguments.operands().front());
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
    if (is_for_own_account(call->config)) {
        if (call->arguments.has("method") || call->arguments.has("address"))
            return complain(Exit::not_allowed,
                            "leave --method and --address out: secondstep enroll asks you what you want, of "
                            "what the rules allow you, and where codes shall be sent");
        return manage_own(*call, {.task = Task::enroll});
    }
    const auto request = EnrollRequest::from(call->arguments);
    if (!request) return request.error();
    return request->bulk ? enroll_bulk(*request, call->arguments.invocation()) : enroll_one(*request, *call);
}

}  // namespace secondstep::tool
