#include <boost/program_options/value_semantic.hpp>

#include "access/store_session.h"
#include "console/arguments.h"
#include "console/invocation.h"
#include "console/json_text.h"
#include "console/output.h"
#include "console/prompt.h"
#include "installation/checkup.h"
#include "people/audit.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

using Where = MachineStanding::Where;

struct AdoptRequest {
    bool copied = false;
    CopiedRecoveryCodes recovery_codes = CopiedRecoveryCodes::are_void;
    bool yes = false;
    bool json = false;
};

po::options_description adopt_options() {
    po::options_description known("Options");
    auto add = known.add_options();
    add("moved", po::bool_switch(), "the store is used here alone, and nothing was used since");
    add("copied", po::bool_switch(),
        "it is in use elsewhere too, or comes from a backup: what may have been used is void");
    add("keep-recovery-codes", po::bool_switch(),
        "with --copied: recovery codes stay valid, also those that were used meanwhile");
    add("yes", po::bool_switch(), "do not ask");
    add("json", po::bool_switch(), "the result as JSON");
    return known;
}

OrExit<AdoptRequest> request_from(const Arguments& arguments) {
    const bool moved = arguments.is_on("moved");
    const bool copied = arguments.is_on("copied");
    const bool keep = arguments.is_on("keep-recovery-codes");
    if (moved == copied) {
        return stop(
            complain(Exit::usage,
                     "--moved: the store is used here alone now; --copied: it is in use elsewhere too, or "
                     "was put back from a backup"));
    }
    if (keep && !copied) return stop(complain(Exit::usage, "--keep-recovery-codes goes with --copied"));
    return AdoptRequest{
        .copied = copied,
        .recovery_codes = keep ? CopiedRecoveryCodes::are_kept : CopiedRecoveryCodes::are_void,
        .yes = arguments.is_on("yes"),
        .json = arguments.is_on("json")};
}

// One adoption, inside the child that may use the store. What a kill leaves half done the same command does:
// the machine is recorded last.
class Adoption {
  public:
    Adoption(const StoreSession& session, const AdoptRequest& request)
        : session_(session), request_(request) {}
    Exit run();

  private:
    [[nodiscard]] OrExit<void> agreed(const MachineStanding& status) const;
    [[nodiscard]] Result<void> make_void();
    [[nodiscard]] Result<void> make_void(const AccountName& account);
    [[nodiscard]] Result<void> make_void_codes_of_the_host();
    Exit settle(const MachineStanding& status);
    Exit report(bool changed) const;

    const StoreSession& session_;
    const AdoptRequest& request_;
    std::size_t accounts_ = 0;
    std::size_t counter_based_ = 0;  // they have to enroll again
    std::size_t unreadable_ = 0;     // they let nobody in as they are
};

OrExit<void> Adoption::agreed(const MachineStanding& status) const {
    if (request_.yes) return {};
    if (status.where == Where::elsewhere) err().line("Note: " + made_elsewhere(status.record) + ".");
    const std::string question =
        !request_.copied ? "The other machine does not use this store any more?"
        : request_.recovery_codes == CopiedRecoveryCodes::are_kept
            ? "Make void, for everybody, codes up to now and codes that were given out?"
            : "Make void, for everybody, codes up to now, recovery codes and codes that were given out?";
    if (confirmed(err(), question)) return {};
    return stop(complain(Exit::refused, "nothing was changed: nobody confirmed it (--yes does)"));
}

Result<void> Adoption::make_void(const AccountName& account) {
    const UnixTime now = session_.clock.now();
    bool is_counted = false;
    const auto kept =
        change(*session_.store, RecordName::of(account), Opening::existing,
               [&](const Account& present) -> Result<Rewrite> {
                   const Credential* const credential = present.credential ? &*present.credential : nullptr;
                   is_counted = credential != nullptr && credential->method == Method::hotp;
                   return WriteState{after_copying(present.state, credential, session_.config.window, now,
                                                   request_.recovery_codes)};
               });
    if (!kept && kept.error().code == Errc::damaged) {
        ++unreadable_;
        return {};
    }
    if (!kept) return std::unexpected(kept.error());
    ++accounts_;
    if (is_counted) ++counter_based_;
    return {};
}

// Break-glass codes are one host's: those that were copied are on the other one's sheet.
Result<void> Adoption::make_void_codes_of_the_host() {
    const auto kept = change(
        *session_.store, RecordName::break_glass(), Opening::existing,
        [&](const Account& present) -> Result<Rewrite> {
            if (!present.credential) return LeaveAsItIs{};
            return WriteState{after_copying(present.state, &*present.credential, session_.config.window,
                                            session_.clock.now(), CopiedRecoveryCodes::are_void)};
        });
    const bool lets_nobody_in =
        !kept && (kept.error().code == Errc::not_found || kept.error().code == Errc::damaged);
    if (kept || lets_nobody_in) return {};
    return fail(kept.error().code, "the break-glass codes: " + kept.error().detail);
}

Result<void> Adoption::make_void() {
    Result<void> outcome;
    const auto visited = session_.store->for_each([&](const AccountName& account) {
        outcome = make_void(account);
        if (!outcome) outcome.error().detail = account.text() + ": " + outcome.error().detail;
        return outcome.has_value();
    });
    if (!visited) return visited;
    return outcome ? make_void_codes_of_the_host() : outcome;
}

Exit Adoption::settle(const MachineStanding& status) {
    if (request_.copied) {
        auto done = make_void();
        // Whatever a fleet has accepted of it meanwhile is void, so it may be judged by here again.
        if (done && session_.store->is_moved()) done = session_.store->end_move();
        if (!done) return complain("not settled yet, the same command goes on", done.error());
    }
    if (status.where != Where::not_to_say) {
        if (const auto done = session_.store->record_machine(); !done)
            return complain("not settled yet, the same command goes on", done.error());
    }
    audit("adopt", "",
          std::string("how=") + (request_.copied ? "copied" : "moved") +
              " accounts=" + std::to_string(accounts_) + " unreadable=" + std::to_string(unreadable_));
    return report(true);
}

Exit Adoption::report(bool changed) const {
    if (request_.json) {
        out().verbatim(dump({{"changed", changed},
                             {"accounts", accounts_},
                             {"counter_based", counter_based_},
                             {"unreadable", unreadable_}}));
        return unless_unwritten();
    }
    if (!changed) out().line("The store was made on this machine; nothing changed.");
    if (changed) out().line("The store belongs to this machine now.");
    if (!request_.copied || !changed) return unless_unwritten();
    out().line(std::to_string(accounts_) + (accounts_ == 1 ? " account: " : " accounts: ") +
               "codes up to now are void" +
               (request_.recovery_codes == CopiedRecoveryCodes::are_void
                    ? ", recovery codes too (recovery-codes USER --renew makes new ones)."
                    : "; recovery codes are as they were."));
    if (counter_based_ > 0)
        out().line(std::to_string(counter_based_) + " with a counter (hotp): they have to enroll again.");
    if (unreadable_ > 0)
        out().line(std::to_string(unreadable_) + " cannot be read and let nobody in: secondstep doctor.");
    out().line("If another machine goes on with the same keys, each code works once on each of them.");
    return unless_unwritten();
}

Exit Adoption::run() {
    auto status = session_.store->machine();
    if (!status && status.error().code != Errc::damaged) return complain("machine", status.error());
    if (!status) status = MachineStanding{};  // a record that nobody can read is replaced
    if (!request_.copied && status->where == Where::here) return report(false);
    if (!request_.copied && status->where == Where::not_to_say) {
        return complain(
            Exit::refused,
            session_.config.machine_id + " holds no id of this machine: systemd-machine-id-setup makes one");
    }
    if (const auto yes = agreed(*status); !yes) return yes.error();
    return settle(*status);
}

}  // namespace

Exit adopt(const Command& command, const Invocation& invocation) {
    const auto arguments = Arguments::parse(command, invocation, adopt_options(), {0, 0});
    if (!arguments) return arguments.error();
    const auto request = request_from(*arguments);
    if (!request) return request.error();
    const auto config = configuration(arguments->invocation());
    if (!config) return config.error();
    std::vector<CallerFile> none;
    return run_with_moved_store(
        *config, none, [&](const StoreSession& session) { return Adoption(session, *request).run(); });
}

}  // namespace secondstep::tool
