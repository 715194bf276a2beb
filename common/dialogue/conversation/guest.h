#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "account/state.h"
#include "base/bytes.h"
#include "base/error.h"
#include "dialogue/conversation/introduction.h"
#include "fleet/host.h"

namespace secondstep::dialogue {

// Somebody who logs in on a host of the fleet and is judged here, on a node.
struct Guest {
    fleet::Host host;  // by its certificate, whatever it says; as it was when the conversation began
    Introduction introduction;
    // That host as the registry has it now; nothing: it is none any more. May block, and outlives the conversation.
    // Not there: it is what it was.
    std::function<Result<std::optional<fleet::Host>>()> present{};
};

// The id of the write of an answer, of one that a host has minted: its own alone, whatever another host claims. So none
// can pass a code off as judged already that was judged for another one. Errors: crypto.
[[nodiscard]] Result<AttemptId> write_id_at(std::string_view host, ByteView minted);

}  // namespace secondstep::dialogue
