#include "access/one_user.h"

#include <boost/program_options/value_semantic.hpp>

#include "access/earlier_record.h"
#include "console/json_text.h"
#include "console/output.h"
#include "console/prompt.h"

namespace po = boost::program_options;

namespace secondstep::tool {

po::options_description json_option(const char* what) {
    po::options_description options("Options");
    options.add_options()("json", po::bool_switch(), what);
    return options;
}

void add_yes_option(po::options_description& options) {
    options.add_options()("yes", po::bool_switch(), "do not ask whether this is meant; for scripts");
}

OrExit<OneUser> one_user(const Command& command, const Invocation& invocation,
                         const po::options_description& options) {
    auto call = call_of(command, invocation, options, {1, 1});
    if (!call) return stop(call.error());
    return one_user(std::move(*call), 0);
}

OrExit<OneUser> one_user(Call call, std::size_t operand) {
    const auto& operands = call.arguments.operands();
    if (operand >= operands.size())
        return stop(complain(Exit::usage, "which user? As root, name whose second step is meant"));
    auto subject = account_named(operands[operand]);
    if (!subject) return stop(subject.error());
    return OneUser{std::move(call.arguments), std::move(*subject), std::move(call.config)};
}

namespace {

std::unexpected<Exit> unreadable(const NamedAccount& subject, const Error& error) {
    return stop(complain(exit_of(error.code), subject.account.text() + ": " + error.detail));
}

OrExit<Kept> told(const std::expected<Kept, NotChanged>& changed, const NamedAccount& subject,
                  std::string_view undone) {
    if (changed) return *changed;
    const NotChanged& why = changed.error();
    if (!why.was_opened) return unreadable(subject, why.error);
    return stop(complain(undone, why.error));
}

}  // namespace

OrExit<Kept> change_enrolled(const StoreSession& session, const NamedAccount& subject,
                             std::string_view undone, const Decide& decide) {
    bool enrolled = true;
    const auto changed = try_to_change(*session.store, subject.record(), Opening::existing,
                                       [&](const Account& present) -> Result<Rewrite> {
                                           enrolled = present.credential.has_value();
                                           if (!enrolled) return LeaveAsItIs{};
                                           return decide(present);
                                       });
    if (!changed && !changed.error().was_opened && changed.error().error.code == Errc::not_found)
        enrolled = false;
    if (!enrolled) return stop(complain_not_enrolled(session, subject));
    return told(changed, subject, undone);
}

OrExit<Kept> change_known(const StoreSession& session, const NamedAccount& subject, std::string_view undone,
                          const Decide& decide) {
    const auto present = session.store->read(subject.record());
    if (!present) return unreadable(subject, present.error());
    if (!subject.entry && !present->has_state && !present->credential)
        return stop(complain_unknown(subject.account.text()));
    std::optional<Error> lost;
    const auto changed = try_to_change(*session.store, subject.record(), Opening::enrollment,
                                       [&](const Account& locked) -> Result<Rewrite> {
                                           lost = locked.lost_credential;
                                           if (lost) return LeaveAsItIs{};
                                           return decide(locked);
                                       });
    if (lost) return unreadable(subject, *lost);
    return told(changed, subject, undone);
}

OrExit<Account> read_enrolled(const StoreSession& session, const NamedAccount& subject) {
    auto account = session.store->read(subject.record());
    if (!account) return unreadable(subject, account.error());
    if (!account->credential) return stop(complain_not_enrolled(session, subject));
    return std::move(*account);
}

Exit run_for(const OneUser& user, std::vector<CallerFile>& files, const StoreWork& work) {
    return run_with_store(user.config, files, [&](StoreSession& session) {
        const Exit ended = work(session);
        if (ended == Exit::not_enrolled && user.json())
            out().verbatim(dump(unchanged_of_nobody(user.name())));
        return ended;
    });
}

Exit run_for(const OneUser& user, const StoreWork& work) {
    std::vector<CallerFile> none;
    return run_for(user, none, work);
}

OrExit<void> agreed(const OneUser& user, const std::string& question) {
    if (user.arguments.is_on("yes")) return {};
    if (confirmed(user.json() ? err() : out(), question)) return {};
    return stop(complain(Exit::refused, "not confirmed, nothing changed (--yes does not ask)"));
}

}  // namespace secondstep::tool
