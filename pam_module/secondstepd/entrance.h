#pragma once

#include <expected>
#include <memory>
#include <optional>

#include "base/randomness.h"
#include "base/verdict.h"
#include "dialogue/conversation/dialogue.h"
#include "dialogue/conversation/ports.h"
#include "dialogue/conversation/request.h"
#include "relay/envelope.h"
#include "secondstepd/sessions.h"
#include "secondstepd/settings.h"
#include "wire/message.h"

namespace secondstep::service {

// What a hello asks for, of whom peer_policy.h lets ask; of a guest, of whom its host says that it does. The unexpected
// value is the verdict to end with.
[[nodiscard]] std::expected<dialogue::Request, Verdict> request_of(const wire::Hello& hello,
                                                                   const Visitor& visitor,
                                                                   const Settings& settings);

// The conversation that is held: with a node of the fleet where this machine is a host of one, otherwise here.
[[nodiscard]] std::unique_ptr<dialogue::Dialogue> conversation_for(const dialogue::Request& request,
                                                                   dialogue::Ports ports,
                                                                   const Settings& settings);

// Of the latest answer of a guest, which `minted` is what their host has made for it. Without the cryptography, or an
// answer, another one: nobody finds the write again then, which makes nobody's code count twice.
[[nodiscard]] AttemptId write_id_of(const Visitor& guest, const std::optional<relay::WriteId>& minted,
                                    Randomness& randomness);

}  // namespace secondstep::service
