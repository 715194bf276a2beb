#include <boost/program_options/value_semantic.hpp>
#include <csignal>

#include "access/one_user.h"
#include "access/owner_notice.h"
#include "account/state.h"
#include "base/host_name.h"
#include "base/text.h"
#include "console/json_text.h"
#include "console/output.h"
#include "enrollment/enrollment.h"
#include "enrollment/recovery_sheet.h"
#include "people/audit.h"
#include "people/invoker.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

po::options_description recovery_codes_options() {
    auto known = json_option("the result as JSON; with --renew it holds the new codes");
    add_yes_option(known);
    auto add = known.add_options();
    add("renew", po::bool_switch(), "make a new set; the codes of the old one become void");
    add("save", po::value<std::string>()->value_name("FILE"),
        "with --renew: write the codes as a form to print (0600) instead of showing them");
    return known;
}

std::string sentence(const std::string& user, std::size_t left, std::size_t total) {
    return user + " has " + std::to_string(left) + " of " + std::to_string(total) + " recovery codes left." +
           (left <= few_recovery_codes ? " --renew makes a new set." : "");
}

Exit show_own_left(const std::string& user, const Json& status) {
    if (!status.value("enrolled", false))
        return complain(Exit::not_enrolled, user + " has no second step: secondstep enroll gives one");
    out().line(sentence(user, status.value("recovery_codes_left", std::size_t{0}),
                        status.value("recovery_codes_total", std::size_t{0})));
    return Exit::done;
}

// The number stands in what the service says of the whole second step.
Exit own_codes(const Call& call) {
    if (!call.arguments.is_on("renew"))
        return manage_own(call, {.task = Task::status, .show = show_own_left});
    return manage_own(call, {.task = Task::recovery_codes, .options = {"renew"}});
}

Exit show_left(const StoreSession& session, const OneUser& user) {
    const auto account = read_enrolled(session, user.subject);
    if (!account) return account.error();
    const auto& set = account->credential->recovery;
    const std::size_t total = set ? set->digests.size() : 0;
    const std::size_t left = recovery_codes_left(*account->credential, account->state);
    if (user.json()) {
        out().verbatim(dump({{"user", user.name()}, {"changed", false}, {"left", left}, {"total", total}}));
    } else {
        out().line(sentence(user.name(), left, total));
    }
    return unless_unwritten();
}

// One renewal, inside the child that may use the store.
class Renewal {
  public:
    Renewal(const StoreSession& session, const OneUser& user, const std::vector<CallerFile>& files)
        : session_(session), user_(user), files_(files), notice_(session, user.name()) {}
    Exit run();

  private:
    OrExit<void> save(const std::vector<Secret>& codes) const;
    Exit commit(const dialogue::NewRecoverySet& made);
    [[nodiscard]] bool show(const std::vector<Secret>& codes) const;
    const StoreSession& session_;
    const OneUser& user_;
    const std::vector<CallerFile>& files_;
    OwnerNotice notice_;
    bool stored_ = false;
};

Exit Renewal::run() {
    if (const auto account = read_enrolled(session_, user_.subject); !account) return account.error();
    const std::string question =
        "Make new recovery codes for " + user_.name() + "? The present ones become void.";
    if (const auto yes = agreed(user_, question); !yes) return yes.error();
    const auto made = dialogue::make_recovery_set(session_.config.recovery_codes,
                                                  otp::RecoveryCodeForm::short_code, session_.randomness);
    if (!made) return complain(made.error());
    if (const auto saved = save(made->codes); !saved) return saved.error();
    const Exit ended = commit(*made);
    if (stored_) notice_.tell(Change::renewed_codes);
    return ended;
}

OrExit<void> Renewal::save(const std::vector<Secret>& codes) const {
    if (files_.empty()) return {};
    const Secret form = recovery_form(host_name(), user_.name(), session_.clock.now(), codes);
    const auto written = write_durable_text(files_.front().fd(), form.text(), files_.front().path());
    if (!written) return stop(complain(Exit::unavailable, "nothing changed: " + written.error().detail));
    return {};
}

Exit Renewal::commit(const dialogue::NewRecoverySet& made) {
    const SignalsHeld until_the_codes_are_shown;
    if (SignalsHeld::one_is_waiting()) return Exit::refused;
    const ChangeNotice notice =
        dialogue::notice_of(Change::renewed_codes, session_.clock.now(), administrator());
    const auto kept = change_enrolled(
        session_, user_.subject, "nothing changed", [&](const Account& present) -> Result<Rewrite> {
            Credential credential = present.credential->clone();
            credential.recovery = made.set.clone();
            State next = state_with_new_codes(present.state, credential, notice);
            next.recovery.not_saved = true;
            notice_.add_address_of(present.credential);
            session_.mark.set();
            return WriteCredential{std::move(credential), std::move(next)};
        });
    if (!kept) session_.mark.clear();
    if (!kept) return kept.error();
    stored_ = true;
    audit("recovery-codes", user_.name(), "renewed=" + std::to_string(made.codes.size()));
    const bool told = show(made.codes);
    if (*kept == Kept::unconfirmed) warn_unconfirmed(user_.name(), "the new recovery codes count");
    if (!told)
        return complain(out().failed() ? Exit::unavailable : Exit::done,
                        "stored, but the codes could not be shown: use --renew again");
    if (*kept == Kept::surely) note_codes_told(session_, user_.subject.record(), made.set.id);
    return Exit::done;
}

// False: somewhere on the way out they were lost.
bool Renewal::show(const std::vector<Secret>& codes) const {
    Output& screen = user_.json() ? err() : out();
    if (!files_.empty()) {
        screen.line("The recovery codes are in " + printable(files_.front().path()) +
                    ": print it, then delete it.");
    } else if (!user_.json()) {
        show_recovery_codes(screen, codes);
    }
    const std::size_t count = codes.size();
    const Json json{{"user", user_.name()}, {"changed", true}, {"left", count}, {"total", count}};
    if (user_.json()) out().verbatim(dump_with_secrets(json, {}, "recovery_codes", codes));
    return !out().failed() && !screen.failed();
}

}  // namespace

Exit recovery_codes(const Command& command, const Invocation& invocation) {
    auto call = call_of(command, invocation, recovery_codes_options(), {0, 1});
    if (!call) return call.error();
    if (is_for_own_account(call->config)) return own_codes(*call);
    const auto user = one_user(std::move(*call), 0);
    if (!user) return user.error();
    const auto path = user->arguments.text("save");
    if (!user->arguments.is_on("renew")) {
        if (path)
            return complain(Exit::usage,
                            "--save needs --renew: codes are not stored so that they could be shown again");
        return run_for(*user, [&](StoreSession& session) { return show_left(session, *user); });
    }
    std::vector<CallerFile> files;
    if (path) {
        auto file = CallerFile::create(*path, CallerFile::Appears::when_done);
        if (!file) return complain(file.error());
        files.push_back(std::move(*file));
    }
    ::signal(SIGPIPE, SIG_IGN);  // codes that are stored must be told, not end with a closed pipe
    return run_for(*user, files, [&](StoreSession& session) { return Renewal(session, *user, files).run(); });
}

}  // namespace secondstep::tool
