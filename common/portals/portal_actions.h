#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "account/account_name.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "portals/portal_change.h"
#include "portals/portal_request.h"
#include "portals/portal_store.h"
#include "portals/portal_turns.h"

namespace secondstep::dialogue {

// Who asks, as SO_PEERCRED or the tool's own uid say.
struct PortalActor {
    std::optional<AccountName> account;  // nothing: root, who may do everything
    std::optional<uid_t> uid;            // of the account
    // What the service remembers of who asked before; nothing (root's tool): nobody has to wait for others.
    PortalTurns* turns = nullptr;
    PortalTurns::Time steady_now{};
};

// What was done, for the journal; never a code or a key.
struct PortalEvent {
    PortalChange what;
    std::string portal;
    std::string owner;  // "host", or an account
};

struct PortalAnswer {
    // One line of JSON each (etc/FORMATS.md); a line holds a code, or of `reveal` a key.
    std::vector<Secret> lines;
    std::optional<PortalEvent> event;  // nothing: nothing was changed or handed out
};

// Does it, durably before it returns. The owner (and root) may do everything with the portals, an account
// that one is shared with may list it and read its codes; to everybody else it looks as if it were not
// there. A reader who asked for too many codes, or whose turn it is not, is told to wait. Errors, as
// sentences for who asks: not_found, exists, not_allowed, invalid, too_large (the owner has 32); busy:
// somebody else has them for a moment, ask again; as PortalStore.
[[nodiscard]] Result<PortalAnswer> perform(const PortalStore& store, const PortalRequest& request,
                                           const PortalActor& actor, UnixTime now);

}  // namespace secondstep::dialogue
