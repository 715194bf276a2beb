#include "dialogue/relayed/outage.h"

#include "dialogue/texts/messages.h"
#include "dialogue/texts/outage_messages.h"

namespace secondstep::dialogue {

std::string_view in_words(Outage outage) {
    return outage == Outage::nodes ? "no node of the fleet answers"
                                   : "secondstep-relay on this host does not answer";
}

std::string explained(Outage outage, std::string_view host) {
    return outage == Outage::nodes ? messages::break_glass(host) : messages::break_glass_without_relay(host);
}

}  // namespace secondstep::dialogue
