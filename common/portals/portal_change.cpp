#include "portals/portal_change.h"

namespace secondstep::dialogue {

std::string_view to_text(PortalChange change) {
    switch (change) {
        case PortalChange::added:
            return "portal-added";
        case PortalChange::enabled:
            return "portal-enabled";
        case PortalChange::disabled:
            return "portal-disabled";
        case PortalChange::renamed:
            return "portal-renamed";
        case PortalChange::changed:
            return "portal-changed";
        case PortalChange::removed:
            return "portal-removed";
        case PortalChange::all_removed:
            return "portals-removed";
        case PortalChange::code:
            return "portal-code";
        case PortalChange::key_revealed:
            return "portal-key-revealed";
        case PortalChange::link_sent:
            return "portal-link-sent";
    }
    return "?";
}

}  // namespace secondstep::dialogue
