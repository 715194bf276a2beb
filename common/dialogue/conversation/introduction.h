#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "dialogue/conversation/request.h"
#include "policy/rules.h"

namespace secondstep::dialogue {

// What a host of the fleet alone can tell of somebody who logs in there: who asks (SO_PEERCRED), whom its name service
// knows, which of its rules applies. Goes to a node together with the module's hello; the node believes it as far as
// it makes nothing looser there (guest.h).
struct Introduction {
    Caller caller = Caller::root;
    uid_t peer = 0;
    std::optional<std::string> account{};  // canonical; nothing: nobody there has this name
    std::optional<uid_t> uid{};            // of the account
    Policy policy{};
    bool in_doubt = false;
    std::optional<std::string> open_question{};  // see Visit
    bool may_disable_own_step = false;
    // Answers that were refused in this login already: by a node that was lost since.
    std::uint8_t tries_used = 0;
};

// etc/FORMATS.md has the bytes. What is longer than its bound (a rule's name, a sentence) is cut.
[[nodiscard]] Bytes encode(const Introduction& introduction);
// Strict. Errors: unsupported (another version), damaged.
[[nodiscard]] Result<Introduction> decode_introduction(ByteView bytes);

}  // namespace secondstep::dialogue
