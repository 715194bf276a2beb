#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "account/state.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/purpose.h"
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

// What an answer is judged for, as the hello says.
struct WriteUse {
    Purpose purpose = Purpose::authenticate;
    Task task = Task::none;
    std::string service;
};

// The id of the write of an answer, of one that a host has minted: its own alone, whatever another host claims, and for
// this use alone. So none can pass a code off as judged already that was judged for another host, and what let somebody in
// at one service opens no other, and changes nothing. Errors: crypto.
[[nodiscard]] Result<AttemptId> write_id_at(std::string_view host, const WriteUse& use, ByteView minted);

}  // namespace secondstep::dialogue
