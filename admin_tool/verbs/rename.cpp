#include <boost/program_options/value_semantic.hpp>
#include <string>

#include "access/own_account.h"
#include "enrollment/renaming.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

po::options_description rename_options() {
    po::options_description known("Options");
    auto add = known.add_options();
    add("same-person", po::bool_switch(), "do not ask for the present code: you vouch for them");
    add("uid", po::value<std::string>()->value_name("UID"),
        "the uid of NEW, where --same-person finds another one than was enrolled");
    add("json", po::bool_switch(), "{\"user\", \"before\", \"changed\"}");
    return known;
}

}  // namespace

Exit rename(const Command& command, const Invocation& invocation) {
    const auto arguments = Arguments::parse(command, invocation, rename_options(), {2, 2});
    if (!arguments) return arguments.error();
    auto request = RenameRequest::from(*arguments);
    if (!request) return request.error();
    const auto config = configuration(arguments->invocation());
    if (!config) return config.error();
    if (const auto here = only_where_it_is_judged(command.verb, *config); !here) return here.error();
    return run_with_store(*config, [&](StoreSession& session) { return Renaming(session, *request).run(); });
}

}  // namespace secondstep::tool
