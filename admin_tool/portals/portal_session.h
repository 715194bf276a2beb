#pragma once

#include <functional>
#include <string>
#include <vector>

#include "access/own_account.h"
#include "base/secret.h"
#include "console/exit_status.h"
#include "console/json_text.h"
#include "console/output.h"
#include "portals/portal_request.h"

namespace secondstep::tool {

// One line of what came of a request: what everybody may read, and a code or a key's URI beside it.
struct PortalLine {
    Json json;
    Secret secret;            // empty: the line has none
    std::string secret_name;  // "code", "uri"

    // Errors: damaged (not what the service sends).
    [[nodiscard]] static Result<PortalLine> parse(std::string_view text);
    // For a program: one object again.
    [[nodiscard]] Secret whole() const;
};

// Where requests about linked portals go: the store (root), or the service (people for themselves).
class PortalSession {
  public:
    PortalSession() = default;
    PortalSession(const PortalSession&) = delete;
    PortalSession& operator=(const PortalSession&) = delete;
    virtual ~PortalSession() = default;

    // Stops after saying why not. What the other side has to ask is asked on `screen`.
    [[nodiscard]] virtual OrExit<std::vector<PortalLine>> perform(const dialogue::PortalRequest& request,
                                                                  Output& screen) = 0;
    // For a SendLink: the link to the page for a picture, by SMS. Stops after saying why it was not sent.
    [[nodiscard]] virtual OrExit<void> send_link(const dialogue::PortalRequest& request, Output& screen) = 0;
};

// Runs `work` in a child that keeps keys from a debugger and a core file: with the ids of the service account
// for root, with the caller's own for everybody else.
[[nodiscard]] Exit with_portals(const Call& call, const std::function<Exit(PortalSession&)>& work);

}  // namespace secondstep::tool
