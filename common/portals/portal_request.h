#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "account/account_name.h"
#include "base/error.h"
#include "base/secret.h"
#include "portals/linked_portal.h"
#include "portals/portal_code.h"

namespace secondstep::dialogue {

// What the question for a request says; the tool answers it, and nobody sees it.
inline constexpr std::string_view portal_form_prompt = "portals";

// What somebody wants done with linked portals; the verbs of `secondstep portal`.
struct PortalRequest {
    // Whose portals. `own`: those of who asks (root: the host's); a code or a list is also looked for among
    // the host's that are shared with them.
    enum class Whose { own, host, account };

    struct List {
        std::optional<PortalName> name;  // without: all
    };
    struct Add {
        LinkedPortal portal;
        bool replace = false;                 // in place of one of that name
        std::optional<uid_t> owner_uid = {};  // of `owner`; root's tool knows it, it does not travel
    };
    struct Code {
        PortalName name;
        Freshness freshness = Freshness::any;
    };
    struct Switch {
        PortalName name;
        bool on = false;
    };
    struct Rename {
        PortalName name;
        PortalName new_name;
    };
    struct Change {
        PortalName name;
        std::optional<std::string> note = {};
        std::optional<std::string> url = {};
        std::vector<PortalReader> share = {};    // these may read it from now on
        std::vector<PortalReader> unshare = {};  // these no longer
    };
    struct Remove {
        PortalName name;
    };
    struct RemoveAll {};  // root alone: it does not travel
    struct Reveal {
        PortalName name;
    };
    struct SendLink {
        PortalName name;
        std::string number;  // where to, as it was typed
        Secret link;
        std::chrono::minutes valid{0};  // how long the link is
    };
    using Wanted = std::variant<List, Add, Code, Switch, Rename, Change, Remove, RemoveAll, Reveal, SendLink>;

    Whose whose = Whose::own;
    std::optional<AccountName> owner = {};  // exactly with Whose::account
    Wanted wanted = List{};
};

// How long a link to the page for a picture may be valid.
inline constexpr std::chrono::minutes longest_link_validity{10};

// One answer of the wire protocol (wire::AnswerKind::form); etc/FORMATS.md. What encode() makes of the
// largest portal fits.
inline constexpr std::size_t max_portal_form = 6144;
[[nodiscard]] Secret encode(const PortalRequest& request);
// Errors: damaged.
[[nodiscard]] Result<PortalRequest> decode_portal_request(const Secret& form);

}  // namespace secondstep::dialogue
