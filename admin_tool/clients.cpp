#include <algorithm>
#include <boost/program_options/value_semantic.hpp>
#include <optional>

#include "account/source.h"
#include "arguments.h"
#include "audit.h"
#include "base/text.h"
#include "client_table.h"
#include "one_user.h"
#include "output.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

po::options_description options() {
    auto known = json_option("list: {\"user\", \"clients\"}; drop: {\"user\", \"changed\", \"dropped\"}");
    known.add_options()("service", po::value<std::string>()->value_name("NAME"),
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
        out().line(dump({{"user", user.name()}, {"clients", to_json(clients)}}));
    } else {
        show_clients(user.name(), clients);
    }
    return Exit::done;
}

Exit drop(const StoreSession& session, const OneUser& user, const Choice& choice) {
    auto transaction = begin_enrolled(session, user.subject);
    if (!transaction) return transaction.error();
    State next = (*transaction)->account().state;
    next.clients = present_clients(next, session.clock.now());
    const std::size_t dropped =
        std::erase_if(next.clients, [&](const RememberedClient& client) { return choice.fits(client); });
    if (dropped > 0) {
        const auto done = require_done((*transaction)->write_state(next));
        if (!done) return complain("not dropped", done.error());
        audit("clients", user.name(), "dropped=" + std::to_string(dropped));
    }
    if (user.json()) {
        out().line(dump({{"user", user.name()}, {"changed", dropped > 0}, {"dropped", dropped}}));
    } else {
        out().line(user.name() + ": " + std::to_string(dropped) + " remembered client" +
                   (dropped == 1 ? "" : "s") + " dropped." +
                   (dropped == 0 ? "" : " The next login from there asks for a code."));
    }
    return Exit::done;
}

}  // namespace

Exit clients(const Command& command, const Invocation& invocation) {
    const auto arguments = Arguments::parse(command, invocation, options(), {1, 3});
    if (!arguments) return arguments.error();
    const std::string& what = arguments->operands().front();
    const bool drops = what == "drop";
    if (!drops && what != "list")
        return complain(Exit::usage, "clients takes list or drop, not \"" + what + "\"");
    if (!drops && (arguments->operands().size() > 2 || arguments->has("service")))
        return complain(Exit::usage, "an address or a service is for clients drop");
    const auto choice = choice_from(*arguments);
    if (!choice) return choice.error();
    const auto user = one_user(*arguments, 1);
    if (!user) return user.error();
    return run_with_store(user->config, [&](StoreSession& session) {
        return drops ? drop(session, *user, *choice) : list(session, *user);
    });
}

}  // namespace secondstep::tool
