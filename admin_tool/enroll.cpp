#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include "arguments.h"
#include "base/text.h"
#include "bulk.h"
#include "caller.h"
#include "command.h"
#include "confirmation.h"
#include "dialogue/label.h"
#include "enroll_report.h"
#include "enroll_request.h"
#include "own_account.h"
#include "recovery_sheet.h"
#include "store_session.h"
#include "subject.h"

namespace secondstep::tool {

namespace {

// The caller's files of one enrollment; which of them there are depends on the options.
struct Files {
    std::vector<CallerFile> all;
    std::optional<std::size_t> save;
    std::optional<std::size_t> picture;
};

OrExit<std::size_t> add_file(Files& files, const std::string& path, CallerFile::Appears appears) {
    auto file = CallerFile::create(path, appears);
    if (!file) return stop(complain(file.error()));
    files.all.push_back(std::move(*file));
    return files.all.size() - 1;
}

OrExit<Files> open_files(const EnrollRequest& request) {
    Files files;
    if (request.save) {
        const auto index = add_file(files, *request.save, CallerFile::Appears::when_done);
        if (!index) return stop(index.error());
        files.save = *index;
    }
    if (request.qr.is_file()) {
        const auto index = add_file(files, request.qr.path, CallerFile::Appears::at_once);
        if (!index) return stop(index.error());
        files.picture = *index;
    }
    return files;
}

// One enrollment, inside the child that may use the store.
class EnrollmentRun {
  public:
    EnrollmentRun(StoreSession& session, const EnrollRequest& request, const Subject& subject,
                  const Files& files)
        : session_(session),
          request_(request),
          subject_(subject),
          files_(files),
          screen_(request.json ? err() : out()) {}

    Exit run();

  private:
    [[nodiscard]] const std::string& name() const { return subject_.account.text(); }
    [[nodiscard]] std::string issuer() const;
    // Nobody reads along, and what goes to stderr ends in logs: the key stands in the JSON only.
    [[nodiscard]] bool for_a_script() const { return request_.json && !request_.confirm; }
    Exit already_enrolled(const Credential& present) const;
    Exit unreadable(const Error& error) const;
    OrExit<dialogue::Enrollment> shown_draft(const Account& before);
    OrExit<void> show_picture(const Secret& uri);
    [[nodiscard]] Credential credential_of(const dialogue::Enrollment& enrollment,
                                           RecoverySet recovery) const;
    OrExit<void> save_codes(const std::vector<Secret>& codes) const;
    Exit commit(const dialogue::Enrollment& enrollment, const dialogue::NewRecoverySet& recovery);
    Result<bool> write(const Credential& credential);
    Exit report(const dialogue::Enrollment& enrollment, const std::vector<Secret>& codes);

    StoreSession& session_;
    const EnrollRequest& request_;
    const Subject& subject_;
    const Files& files_;
    Output& screen_;
    std::string label_;
    bool replaced_ = false;
};

std::string EnrollmentRun::issuer() const {
    if (request_.issuer) return *request_.issuer;
    return session_.config.issuer.empty() ? host_name() : session_.config.issuer;
}

Exit EnrollmentRun::run() {
    const auto before = session_.store->read(subject_.record());
    const bool lost = !before && before.error().code == Errc::damaged;
    if (!before && !(lost && request_.replace)) return unreadable(before.error());
    if (before && before->credential && !request_.replace) return already_enrolled(*before->credential);
    const Account nothing_known;
    auto enrollment = shown_draft(lost ? nothing_known : *before);
    if (!enrollment) return enrollment.error();
    if (request_.confirm) {
        const auto confirmed =
            confirm_with_code(*enrollment, name(), session_.config.window, session_.clock, screen_);
        if (!confirmed) return confirmed.error();
    }
    const auto recovery = dialogue::make_recovery_set(session_.config.recovery_codes,
                                                      otp::RecoveryCodeForm::short_code, session_.randomness);
    if (!recovery) return complain(recovery.error());
    if (const auto saved = save_codes(recovery->codes); !saved) return saved.error();
    // The key was shown by now; somebody who cannot have seen it would be locked out.
    if (screen_.failed())
        return complain(Exit::refused, "not stored: what had to be shown could not be written");
    return commit(*enrollment, *recovery);
}

Exit EnrollmentRun::already_enrolled(const Credential& present) const {
    if (!request_.if_missing) {
        return complain(Exit::refused, name() + " is enrolled already (method " +
                                           std::string(to_text(present.method)) +
                                           "): --replace makes a new key and new recovery codes");
    }
    if (request_.json) {
        out().line(unchanged_json(name(), present.method));
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

OrExit<dialogue::Enrollment> EnrollmentRun::shown_draft(const Account& before) {
    const unsigned number = dialogue::label_number(before, dialogue::Former::all);
    const std::string suffix = number > 1 ? "-" + std::to_string(number) : "";
    label_ = request_.label.value_or(name() + suffix);
    replaced_ = before.credential.has_value();
    dialogue::EnrollmentOptions options = request_.draft_options();
    options.device_name = request_.name.value_or("phone" + suffix);
    options.issuer = issuer();
    options.label_account = label_;
    auto enrollment = dialogue::Enrollment::draft(options, session_.randomness);
    const auto uri = enrollment.uri();
    if (!uri) return stop(complain(uri.error()));
    if (!for_a_script()) {
        show_header(screen_, subject_, request_);
        Secret key = Secret::copy_of("Key: ");
        key.append(enrollment.key_text().text());
        screen_.line(key);
    }
    if (const auto shown = show_picture(*uri); !shown) return stop(shown.error());
    return enrollment;
}

OrExit<void> EnrollmentRun::show_picture(const Secret& uri) {
    if (request_.qr.kind == QrChoice::Kind::none) return {};
    if (for_a_script() && !files_.picture) return {};
    const auto qr = dialogue::QrCode::of(uri);
    if (!qr) return stop(complain("QR", qr.error()));
    if (!files_.picture) {
        draw_qr(*qr, request_.qr, screen_);
        return {};
    }
    const CallerFile& file = files_.all[*files_.picture];
    if (const auto written = write_qr(*qr, request_.qr, file); !written)
        return stop(complain(written.error()));
    screen_.line("QR picture: " + printable(file.path()) +
                 " (it holds the key: delete it when it was scanned)");
    return {};
}

Credential EnrollmentRun::credential_of(const dialogue::Enrollment& enrollment, RecoverySet recovery) const {
    Credential credential{subject_.account, {}, session_.clock.now(),
                          request_.method,  {}, std::move(recovery)};
    if (subject_.entry) credential.uid = subject_.entry->uid;
    credential.authenticators.push_back(enrollment.authenticator().clone());
    return credential;
}

OrExit<void> EnrollmentRun::save_codes(const std::vector<Secret>& codes) const {
    if (!files_.save) return {};
    const CallerFile& file = files_.all[*files_.save];
    const Secret form = recovery_form(host_name(), name(), session_.clock.now(), codes);
    auto written = write_durable_text(file.fd(), form.text(), file.path());
    if (!written) return stop(complain(Exit::unavailable, "not stored: " + written.error().detail));
    return {};
}

// True: stored. False: somebody else enrolled the user while this screen was open.
Result<bool> EnrollmentRun::write(const Credential& credential) {
    auto transaction = begin_patiently(*session_.store, subject_.record(), Purpose::enrollment);
    if (!transaction) return std::unexpected(transaction.error());
    const Account& present = (*transaction)->account();
    if ((present.credential || present.lost_credential) && !request_.replace) return false;
    State next = dialogue::state_after_enrollment(present.state, credential);
    next.notice = dialogue::notice_of(Change::enrolled, credential.enrolled_at, administrator());
    session_.mark.set();
    const auto done = require_done((*transaction)->write_credential(credential, next));
    if (!done) return std::unexpected(done.error());
    return true;
}

Exit EnrollmentRun::commit(const dialogue::Enrollment& enrollment, const dialogue::NewRecoverySet& recovery) {
    const SignalsHeld until_the_codes_are_shown;
    if (SignalsHeld::one_is_waiting()) return Exit::refused;
    const Credential credential = credential_of(enrollment, recovery.set.clone());
    const auto written = write(credential);
    if (!written) return complain("not stored", written.error());
    if (!*written) {
        return complain(Exit::refused, "not stored: " + name() + " was enrolled by somebody else meanwhile");
    }
    log_enrollment(name(), request_.method, replaced_, request_.confirm);
    return report(enrollment, recovery.codes);
}

Exit EnrollmentRun::report(const dialogue::Enrollment& enrollment, const std::vector<Secret>& codes) {
    show_success(screen_, request_, replaced_);
    if (files_.save) {
        screen_.line("The recovery codes are in " + printable(files_.all[*files_.save].path()) +
                     ": print it, then delete it.");
    } else if (!request_.json) {
        screen_.line("Recovery codes, shown only now; keep them in two places (--save FILE writes them):");
        show_recovery_codes(screen_, codes);
    }
    if (request_.json) {
        const auto uri = enrollment.uri();
        if (!uri) return complain(uri.error());
        out().line(enrollment_json(name(), request_, label_, *uri, enrollment.authenticator(), codes));
    }
    if (!out().failed() && !screen_.failed()) return Exit::done;
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
    auto files = open_files(request);
    if (!files) return files.error();
    ::signal(SIGPIPE,
             SIG_IGN);  // codes of an account that is stored must get out another way, not end with the pipe
    const Files& opened = *files;
    return run_with_store(call.config, files->all, [&](StoreSession& session) {
        return EnrollmentRun(session, request, *subject, opened).run();
    });
}

}  // namespace

Exit enroll(const Command& command, const Invocation& invocation) {
    const auto call = call_of(command, invocation, EnrollRequest::options(), {0, 1});
    if (!call) return call.error();
    if (is_for_himself(call->config)) return manage_own(*call, {.task = wire::Task::enroll});
    const auto request = EnrollRequest::from(call->arguments);
    if (!request) return request.error();
    return request->bulk ? enroll_bulk(*request, call->arguments.invocation()) : enroll_one(*request, *call);
}

}  // namespace secondstep::tool
