#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "account/seal.h"
#include "base/clock.h"
#include "base/randomness.h"
#include "delivery/courier.h"
#include "dialogue/conversation/journal.h"
#include "dialogue/conversation/notices.h"
#include "dialogue/memory/memory.h"
#include "policy/config.h"
#include "policy/people.h"
#include "portals/portal_store.h"
#include "store/account_store.h"

namespace secondstep::dialogue {

// What a dialogue works with. All of it outlives the dialogue; `config` and `store` are shared because a
// reload replaces them for the dialogues that begin after it.
struct Ports {
    std::shared_ptr<const Config> config;
    std::shared_ptr<const AccountStore> store;
    std::shared_ptr<const Keyring> keyring;
    const Clock* clock;
    const People* people;
    Journal* journal;
    Memory* memory;
    Randomness* randomness;
    std::string host;                    // this machine's name, as people know it
    bool own_uids = false;               // of this node of a fleet without common uids: a name is the person
    std::shared_ptr<Notices> notices{};  // nothing: nobody is told
    delivery::Courier* courier = nullptr;  // nothing: no code can be sent
    std::shared_ptr<const PortalStore> portals{};
    // Time for what is kept in memory, which a change of the wall clock must not fool.
    std::function<std::chrono::steady_clock::time_point()> steady_now = std::chrono::steady_clock::now;
    // The id of the write of the answer that is judged next, where it is minted on another host: an answer that
    // comes again has the same, and no other answer has it. Nothing: minted here, from `randomness`.
    std::function<AttemptId()> write_ids{};
    // Whether who gave the latest answer still waits to hear what becomes of it. Asked on any thread, before anything is
    // begun that had to wait: no code is used up of which nobody will hear.
    std::function<bool()> is_awaited = [] { return true; };

    [[nodiscard]] AttemptId mint_write_id() const {
        return write_ids ? write_ids() : randomness->array<std::tuple_size_v<AttemptId>>();
    }
};

}  // namespace secondstep::dialogue
