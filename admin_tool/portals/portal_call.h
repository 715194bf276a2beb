#pragma once

#include <boost/program_options/options_description.hpp>
#include <optional>
#include <string>

#include "access/own_account.h"
#include "console/exit_status.h"
#include "portals/portal_request.h"

namespace secondstep::tool {

// One call of `secondstep portal`, its words and options checked.
struct PortalCall {
    Call call;
    std::string verb;                    // "add", "list" ...
    std::optional<PortalName> name;      // nothing: list; remove: all of --owner
    std::optional<PortalName> new_name;  // rename

    [[nodiscard]] static boost::program_options::options_description options();
    // `alias`: the verb of a command that stands for one of portal's (`secondstep code`); empty: none. Stops
    // with usage when an option or a word does not go with the verb.
    [[nodiscard]] static OrExit<PortalCall> parse(const Command& command, const Invocation& invocation,
                                                  std::string_view alias);

    [[nodiscard]] bool json() const { return call.arguments.is_on("json"); }
    [[nodiscard]] bool has(const std::string& option) const { return call.arguments.has_been_given(option); }
    // Of the owner's portals; stops with usage or no_such_user.
    [[nodiscard]] OrExit<dialogue::PortalRequest> request(dialogue::PortalRequest::Wanted wanted) const;
    // The accounts that --share or --unshare name.
    [[nodiscard]] OrExit<std::vector<PortalReader>> readers(const std::string& option) const;
    // --note or --url; stops with usage when it cannot be kept.
    [[nodiscard]] OrExit<std::optional<std::string>> text(const std::string& option) const;
    // With --yes, or when somebody at a terminal says so.
    [[nodiscard]] OrExit<void> agreed(const std::string& question) const;
};

[[nodiscard]] Exit add_portal(const PortalCall& call);
[[nodiscard]] Exit show_portal_code(const PortalCall& call);
[[nodiscard]] Exit show_code_of_stdin(const PortalCall& call);
[[nodiscard]] Exit list_portals(const PortalCall& call);  // also `show`, of one
[[nodiscard]] Exit export_portal(const PortalCall& call);

}  // namespace secondstep::tool
