#pragma once

#include <string>
#include <string_view>

namespace secondstep::dialogue {

// Why a host can ask nobody: what break-glass codes are there for.
enum class Outage {
    nodes,  // the relay has heard of no node for three seconds
    relay,  // no node can be heard of: nobody listens at the relay's socket, or the relay says nothing itself
};

// For the journal, behind "while".
[[nodiscard]] std::string_view in_words(Outage outage);
// Above the first prompt of somebody who may get in all the same.
[[nodiscard]] std::string explained(Outage outage, std::string_view host);

}  // namespace secondstep::dialogue
