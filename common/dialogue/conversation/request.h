#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "account/state.h"
#include "base/purpose.h"
#include "base/token.h"

namespace secondstep::dialogue {

// Who is on the other end, as SO_PEERCRED and peer_policy decided.
enum class Caller {
    root,     // may ask for anybody; what it says is believed
    own_uid,  // a program with the account's own uid
    trusted,  // a trusted caller for this service
};

struct Guest;

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
    // Of a login on another host of the fleet; the caller, the uid and the user are then what that host says.
    std::shared_ptr<const Guest> guest{};
};

}  // namespace secondstep::dialogue
