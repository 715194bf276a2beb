#include "store/break_glass.h"

#include <boost/program_options/value_semantic.hpp>
#include <csignal>

#include "access/one_user.h"
#include "access/service_child.h"
#include "access/store_session.h"
#include "account/state.h"
#include "base/host_name.h"
#include "base/text.h"
#include "console/arguments.h"
#include "console/json_text.h"
#include "console/output.h"
#include "console/prompt.h"
#include "enrollment/enrollment.h"
#include "enrollment/recovery_sheet.h"
#include "fleet/fleet_session.h"
#include "people/audit.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

po::options_description break_glass_options() {
    auto known = json_option("the result as JSON; with --new it holds the new codes");
    add_yes_option(known);
    auto add = known.add_options();
    add("new", po::bool_switch(), "make new codes; those made before become void");
    add("save", po::value<std::string>()->value_name("FILE"),
        "with --new: write the codes as a form to print (0600) instead of showing them");
    return known;
}

Json left_in_json(const std::string& host, bool changed, std::size_t left) {
    return {{"host", host}, {"changed", changed}, {"left", left}, {"total", break_glass_codes}};
}

OrExit<std::size_t> codes_left(const StoreSession& session) {
    const auto record = session.store->read(RecordName::break_glass());
    if (record) return break_glass_codes_left(*record);
    return stop(complain("the break-glass codes", record.error()));
}

Exit show_left(const StoreSession& session, bool json) {
    const auto left = codes_left(session);
    if (!left) return left.error();
    const std::string host = host_name();
    if (json) {
        out().verbatim(dump(left_in_json(host, false, *left)));
    } else {
        out().line(host + " has " + std::to_string(*left) + " of " + std::to_string(break_glass_codes) +
                   " break-glass codes left." +
                   (*left <= few_recovery_codes ? " secondstep break-glass --new makes new ones." : ""));
    }
    return unless_unwritten();
}

// New codes, inside the child that may use the store.
class Renewal {
  public:
    Renewal(const StoreSession& session, const Arguments& arguments, const std::vector<CallerFile>& files)
        : session_(session), arguments_(arguments), files_(files) {}
    Exit run();

  private:
    [[nodiscard]] bool json() const { return arguments_.is_on("json"); }
    [[nodiscard]] OrExit<void> agreed() const;
    [[nodiscard]] OrExit<void> save(const std::vector<Secret>& codes) const;
    Exit commit(const dialogue::NewRecoverySet& made);
    [[nodiscard]] bool show(const std::vector<Secret>& codes) const;

    const StoreSession& session_;
    const Arguments& arguments_;
    const std::vector<CallerFile>& files_;
    const std::string host_ = host_name();
};

Exit Renewal::run() {
    if (const auto yes = agreed(); !yes) return yes.error();
    const auto made =
        dialogue::make_recovery_set(break_glass_codes, otp::RecoveryCodeForm::long_code, session_.randomness);
    if (!made) return complain(made.error());
    if (const auto saved = save(made->codes); !saved) return saved.error();
    return commit(*made);
}

// Codes that cannot be read any more are no reason to ask.
OrExit<void> Renewal::agreed() const {
    const auto record = session_.store->read(RecordName::break_glass());
    const std::size_t left = record ? break_glass_codes_left(*record) : 0;
    if (left == 0 || arguments_.is_on("yes")) return {};
    const std::string question = "Make new break-glass codes for " + host_ + "? The " + std::to_string(left) +
                                 " that are left become void.";
    if (confirmed(json() ? err() : out(), question)) return {};
    return stop(complain(Exit::refused, "not confirmed, nothing changed (--yes does not ask)"));
}

OrExit<void> Renewal::save(const std::vector<Secret>& codes) const {
    if (files_.empty()) return {};
    const Secret form = break_glass_form(host_, session_.clock.now(), codes);
    const auto written = write_durable_text(files_.front().fd(), form.text(), files_.front().path());
    if (!written) return stop(complain(Exit::unavailable, "nothing changed: " + written.error().detail));
    return {};
}

Exit Renewal::commit(const dialogue::NewRecoverySet& made) {
    const SignalsHeld until_the_codes_are_shown;
    if (SignalsHeld::one_is_waiting()) return Exit::refused;
    const Credential credential =
        break_glass_credential(made.set.clone(), session_.randomness, session_.clock.now());
    const auto kept = change(
        session_, RecordName::break_glass(), Opening::enrollment,
        {.whose = "the break-glass codes", .undone = "nothing changed"},
        [&](const Account& present) -> Result<Rewrite> {
            session_.mark.set();
            return WriteCredential{credential.clone(), state_after_enrollment(present.state, credential, {})};
        });
    if (!kept) session_.mark.clear();
    if (!kept) return kept.error();
    audit("break-glass", "", "made=" + std::to_string(made.codes.size()));
    const bool told = show(made.codes);
    if (*kept == Kept::unconfirmed) warn_unconfirmed(host_, "the new break-glass codes count");
    if (!told)
        return complain(out().failed() ? Exit::unavailable : Exit::done,
                        "stored, but the codes could not be shown: use --new again");
    return Exit::done;
}

// False: somewhere on the way out they were lost.
bool Renewal::show(const std::vector<Secret>& codes) const {
    Output& screen = json() ? err() : out();
    if (!files_.empty()) {
        screen.line("The break-glass codes are in " + printable(files_.front().path()) +
                    ": print it, then delete it.");
    } else if (!json()) {
        show_recovery_codes(screen, codes, "Break-glass codes of " + host_);
        screen.line("They let in whom break_glass_users names, here alone, while no node answers.");
    }
    if (json())
        out().verbatim(dump_with_secrets(left_in_json(host_, true, codes.size()), {}, "codes", codes));
    return !out().failed() && !screen.failed();
}

}  // namespace

Exit break_glass(const Command& command, const Invocation& invocation) {
    const auto arguments = Arguments::parse(command, invocation, break_glass_options(), {0, 0});
    if (!arguments) return arguments.error();
    const auto path = arguments->text("save");
    if (path && !arguments->is_on("new"))
        return complain(Exit::usage,
                        "--save needs --new: codes are not stored so that they could be shown again");
    const auto config = configuration(arguments->invocation());
    if (!config) return config.error();
    if (const auto may = may_run_as_service_account(*config); !may) return may.error();
    if (const auto here = only_on_a_host(*config); !here) return here.error();
    if (!arguments->is_on("new")) {
        return run_with_store(*config, [&](const StoreSession& session) {
            return show_left(session, arguments->is_on("json"));
        });
    }
    std::vector<CallerFile> files;
    if (path) {
        auto file = CallerFile::create(*path, CallerFile::Appears::when_done);
        if (!file) return complain(file.error());
        files.push_back(std::move(*file));
    }
    if (const auto begun = begin_first_use(*config); !begun) return begun.error();
    ::signal(SIGPIPE, SIG_IGN);  // codes that are stored must be told, not end with a closed pipe
    return run_with_store(*config, files, [&](const StoreSession& session) {
        return Renewal(session, *arguments, files).run();
    });
}

}  // namespace secondstep::tool
