#include <boost/program_options/value_semantic.hpp>
#include <optional>

#include "access/one_user.h"
#include "account/source.h"
#include "accounts/client_table.h"
#include "console/arguments.h"
#include "console/json_text.h"
#include "console/output.h"
#include "people/audit.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

po::options_description clients_options() {
    auto known = json_option("list: {\"user\", \"clients\"}; drop: {\"user\", \"changed\", \"dropped\"}");
    known.add_options()("service", po::value<std::string>()->value_name("SERVICE"),
                        "drop: only what is remembered for this PAM service");
    return known;
}

// Which of somebody's clients are to be forgotten.
struct Choice {
    std::optional<std::string> address;  // as exact_address() writes it
    std::optional<std::string> service;
    [[nodiscard]] bool fits(const RememberedClient& client) const {
        return (!address || *address == client.address) && (!service || *service == client.service);
    }
};

OrExit<Choice> choice_from(const Arguments& arguments) {
    Choice choice{std::nullopt, arguments.text("service")};
    if (arguments.operands().size() < 3) return choice;
    choice.address = exact_address(arguments.operands()[2]);
    if (!choice.address)
        return stop(complain(Exit::usage, "not an address: \"" + arguments.operands()[2] + "\""));
    return choice;
}

std::vector<RememberedClient> present_clients(const State& state, UnixTime now) {
    std::vector<RememberedClient> clients = state.clients;
    std::erase_if(clients, [now](const RememberedClient& client) { return client.until < now; });
    return clients;
}

Exit list(const StoreSession& session, const OneUser& user) {
    const auto account = read_enrolled(session, user.subject);
    if (!account) return account.error();
    const auto clients = present_clients(account->state, session.clock.now());
    if (user.json()) {
        out().verbatim(dump({{"user", user.name()}, {"clients", to_json(clients)}}));
    } else {
        show_clients(user.name(), clients);
    }
    return Exit::done;
}

Exit drop(const StoreSession& session, const OneUser& user, const Choice& choice) {
    const UnixTime now = session.clock.now();
    std::size_t dropped = 0;
    const auto kept =
        change_enrolled(session, user.subject, "not dropped", [&](const Account& present) -> Result<Rewrite> {
            State next = present.state;
            next.clients = present_clients(next, now);
            dropped = std::erase_if(next.clients,
                                    [&](const RememberedClient& client) { return choice.fits(client); });
            if (dropped == 0) return LeaveAsItIs{};
            return WriteState{std::move(next)};
        });
    if (!kept) return kept.error();
    if (dropped > 0) audit("clients", user.name(), "dropped=" + std::to_string(dropped));
    if (user.json()) {
        out().verbatim(dump({{"user", user.name()}, {"changed", dropped > 0}, {"dropped", dropped}}));
    } else {
        out().line(user.name() + ": " + std::to_string(dropped) + " remembered client" +
                   (dropped == 1 ? "" : "s") + " dropped." +
                   (dropped == 0 ? "" : " The next login from there asks for a code."));
    }
    return Exit::done;
}

// `clients drop`, not `clients list`?
OrExit<bool> wants_to_drop(const Arguments& arguments) {
    const auto& operands = arguments.operands();
    const std::string& what = operands.front();
    if (what == "list" && (operands.size() > 2 || arguments.has("service")))
        return stop(complain(Exit::usage, "an address or a service is for clients drop"));
    return what == "drop";
}

Exit show_own(const std::string& user, const Json& data) {
    if (data.contains("clients")) show_clients(user, clients_in(data["clients"]));
    return Exit::done;
}

OwnTask own_list() {
    return {.task = Task::clients, .first_name = 1, .show = show_own, .for_programs = with_written_times};
}

// The service lists them, and asks which.
OwnTask own_drop() {
    return {
        .task = Task::drop_clients, .first_name = 1, .show = show_own, .for_programs = with_written_times};
}

}  // namespace

Exit clients(const Command& command, const Invocation& invocation) {
    auto call = call_of(command, invocation, clients_options(), {1, 3});
    if (!call) return call.error();
    const auto drops = wants_to_drop(call->arguments);
    if (!drops) return drops.error();
    if (is_for_own_account(call->config)) return manage_own(*call, *drops ? own_drop() : own_list());
    const auto choice = choice_from(call->arguments);
    if (!choice) return choice.error();
    const auto user = one_user(std::move(*call), 1);
    if (!user) return user.error();
    return run_for(*user, [&](StoreSession& session) {
        return *drops ? drop(session, *user, *choice) : list(session, *user);
    });
}

}  // namespace secondstep::tool
