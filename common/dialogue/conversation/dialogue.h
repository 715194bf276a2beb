#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "account/state.h"
#include "base/clock.h"
#include "base/purpose.h"
#include "base/randomness.h"
#include "base/token.h"
#include "delivery/courier.h"
#include "dialogue/conversation/journal.h"
#include "dialogue/conversation/notices.h"
#include "dialogue/conversation/step.h"
#include "dialogue/memory/decoy_loans.h"
#include "dialogue/memory/host_budget.h"
#include "dialogue/memory/pending_addresses.h"
#include "dialogue/memory/pending_enrollments.h"
#include "dialogue/memory/recovery_turns.h"
#include "dialogue/memory/repeated_codes.h"
#include "policy/config.h"
#include "policy/people.h"
#include "portals/portal_store.h"
#include "portals/portal_turns.h"
#include "store/file_store.h"

namespace secondstep::dialogue {

// Who is on the other end, as SO_PEERCRED and peer_policy decided.
enum class Caller {
    root,     // may ask for anybody; what it says is believed
    own_uid,  // a program with the account's own uid
    portal,   // a trusted caller for this service
};

struct Request {
    Purpose purpose = Purpose::authenticate;
    Task task = Task::none;  // something exactly when the purpose is to manage
    Caller caller = Caller::root;
    uid_t uid = 0;  // of the peer
    std::string user;
    std::string service;
    std::string rhost;
    std::string tty;
    bool first_factor_passed = false;
    bool combined = false;
    bool enroll_in_account = false;  // the stack asks in the account phase too, where enrollment is offered
    bool nobody_there = false;       // account: the program says that nobody is to be disturbed
    // What is said after the answer is put off (authenticate), or asked for now (account).
    bool told_later = false;
    AttemptId attempt{};  // chosen by the caller: for logs only
    Token proof{};        // account: what the authentication ended with, as the caller hands it back
};

// What a dialogue works with. All of it outlives the dialogue; `config` and `store` are shared because a
// reload replaces them for the dialogues that begin after it.
struct Ports {
    std::shared_ptr<const Config> config;
    std::shared_ptr<const AccountStore> store;
    std::shared_ptr<const Keyring> keyring;
    const Clock* clock;
    const People* people;
    Journal* journal;
    RecoveryTurns* recovery_turns;
    DecoyLoans* decoy_loans;
    RepeatedCodes* repeated_codes;
    PendingEnrollments* pending_enrollments;
    Randomness* randomness;
    std::string host;                      // this machine's name, as people know it
    std::shared_ptr<Notices> notices{};    // nothing: nobody is told
    delivery::Courier* courier = nullptr;  // nothing: no code can be sent
    HostBudget* host_budget = nullptr;     // with a courier
    PendingAddresses* pending_addresses = nullptr;
    std::shared_ptr<const PortalStore> portals{};
    PortalTurns* portal_turns = nullptr;  // nothing: nobody has to wait for others
    // Time for what is kept in memory, which a change of the wall clock must not fool.
    std::function<std::chrono::steady_clock::time_point()> steady_now = std::chrono::steady_clock::now;
};

// One conversation with one person, as a state machine: no I/O but through its ports, no threads, never
// blocks. Not thread-safe; the runner calls one method at a time.
class Dialogue {
  public:
    Dialogue() = default;
    Dialogue(const Dialogue&) = delete;
    Dialogue& operator=(const Dialogue&) = delete;
    virtual ~Dialogue() = default;

    [[nodiscard]] virtual Step begin() = 0;
    [[nodiscard]] virtual Step answer(Reply reply) = 0;
    [[nodiscard]] virtual Step resume(Resumption resumption) = 0;
};

}  // namespace secondstep::dialogue
