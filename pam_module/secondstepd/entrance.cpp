#include "secondstepd/entrance.h"

#include <utility>

#include "dialogue/make_dialogue.h"
#include "dialogue/relayed/relayed_dialogue.h"
#include "secondstepd/peer_policy.h"
#include "secondstepd/translation.h"

namespace secondstep::service {
namespace {

// Codes of linked portals lie on the machine where their owner uses them: they are no part of a second step.
bool is_of_this_machine(const dialogue::Request& request) {
    return request.purpose == Purpose::manage && request.task == Task::portals;
}

}  // namespace

std::expected<dialogue::Request, Verdict> request_of(const wire::Hello& hello, const Visitor& visitor,
                                                     const Settings& settings) {
    if (visitor.guest) {
        const dialogue::Introduction& said = visitor.guest->guest->introduction;
        dialogue::Request request = request_of(hello, said.caller, said.peer);
        request.guest = visitor.guest->guest;
        return request;
    }
    const auto caller = decide_caller(visitor.uid, settings.trusted_callers, hello);
    if (!caller) return std::unexpected(caller.error());
    return request_of(hello, *caller, visitor.uid);
}

std::unique_ptr<dialogue::Dialogue> conversation_for(const dialogue::Request& request, dialogue::Ports ports,
                                                     const Settings& settings) {
    if (!settings.relay || is_of_this_machine(request))
        return dialogue::make_dialogue(std::move(ports), request);
    return std::make_unique<dialogue::RelayedDialogue>(std::move(ports), request, settings.relay);
}

AttemptId write_id_of(const Visitor& guest, const std::optional<relay::WriteId>& minted,
                      Randomness& randomness) {
    if (minted) {
        const wire::Hello& hello = guest.guest->hello;
        const dialogue::WriteUse use{hello.purpose, hello.task, hello.service};
        if (const auto id = dialogue::write_id_at(guest.guest->guest->host.name, use, *minted)) return *id;
    }
    return randomness.array<std::tuple_size_v<AttemptId>>();
}

}  // namespace secondstep::service
