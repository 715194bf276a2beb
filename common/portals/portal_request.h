#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
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
    enum class Verb { list, add, code, enable, disable, rename, change, remove, reveal, send_link };
    // Whose portals. `own`: those of who asks (root: the host's); a code or a list is also looked for among
    // the host's that are shared with them.
    enum class Whose { own, host, account };

    Verb verb = Verb::list;
    Whose whose = Whose::own;
    std::optional<AccountName> owner;  // exactly with Whose::account
    std::optional<PortalName> name;    // without: list; root's remove of all

    std::optional<LinkedPortal> portal;    // add, and its name is `name`
    bool replace = false;                  // add: in place of one of that name
    Freshness freshness = Freshness::any;  // code
    std::optional<PortalName> new_name;    // rename
    std::optional<std::string> note;       // change
    std::optional<std::string> url;        // change
    std::vector<PortalReader> share;       // change: these may read it from now on
    std::vector<PortalReader> unshare;     // change: these no longer
    std::string number{};                  // send_link: where to, as it was typed
    Secret link{};                         // send_link
    std::chrono::minutes valid{0};         // send_link: how long the link is
    std::optional<uid_t> owner_uid;        // of `owner`; root's tool knows it, it does not travel
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
