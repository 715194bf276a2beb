#include "portals/portal_refusal.h"

namespace secondstep::dialogue {

bool is_for_who_asks(Errc code) {
    switch (code) {
        case Errc::not_found:
        case Errc::exists:
        case Errc::invalid:
        case Errc::too_large:
        case Errc::not_allowed:
            return true;
        case Errc::untrusted:
        case Errc::damaged:
        case Errc::unsupported:
        case Errc::busy:
        case Errc::no_space:
        case Errc::read_only:
        case Errc::io:
        case Errc::unreachable:
        case Errc::timed_out:
        case Errc::closed:
        case Errc::crypto:
            break;
    }
    return false;
}

}  // namespace secondstep::dialogue
