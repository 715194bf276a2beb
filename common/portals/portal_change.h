#pragma once

#include <string_view>

namespace secondstep::dialogue {

// What was done with linked portals, and is written down.
enum class PortalChange {
    added,
    enabled,
    disabled,
    renamed,
    changed,
    removed,
    all_removed,  // of one owner
    code,         // was handed out
    key_revealed,
    link_sent,  // to the page for a picture
};
// "portal-added", "portal-code" ...: as the journal and the tool's log have it.
[[nodiscard]] std::string_view to_text(PortalChange change);

}  // namespace secondstep::dialogue
