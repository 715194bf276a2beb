#pragma once

#include "account/proof_token.h"
#include "account/state.h"
#include "dialogue/conversation/request.h"
#include "fleet/host.h"

namespace secondstep::dialogue {

// How it stands with somebody's second step. Somebody unknown is not enrolled.
enum class EnrollmentState { not_enrolled, enrolled, codes_not_saved, forced };
[[nodiscard]] EnrollmentState enrollment_state_of(bool enrolled, const State& state);

// How a conversation was entered, what was proved in this very login, and how it stands with the account.
struct Occasion {
    Purpose purpose = Purpose::authenticate;
    Caller caller = Caller::root;
    bool first_factor_passed = false;
    bool combined = false;
    bool enroll_in_account = false;
    bool nobody_there = false;
    Proof proof = Proof::none;
    EnrollmentState enrollment = EnrollmentState::enrolled;
    fleet::HostClass place =
        fleet::HostClass::changes;  // what may be changed on the host that is logged in to
    bool must_enroll = false;       // the rule says `enroll`
    bool due = false;               // and it cannot be put off
    bool open = false;              // the rule asks for no registration code
};

enum class SettingUp {
    not_here,
    now,                     // what was proved permits it
    with_registration_code,  // that is asked for first
    with_present_step,       // that is asked for first
    after_first_factor,      // the person is told how to prove more
    put_off,                 // nobody is there who could
    elsewhere,               // this host of the fleet may not: the person is told where
};

struct Permission {
    SettingUp setting_up = SettingUp::not_here;
    bool is_required = false;  // whoever does not set it up is kept out

    bool first_factor = false;     // the account phase is told that it has passed
    bool skip = false;             // a remembered client is let in without being asked
    bool send_codes = false;       // where the account has an address
    bool address = false;          // masked, and only with codes that are sent there
    bool restore = false;          // a recovery or a registration code opens the way to a new second step
    bool tell = false;             // that the second step was changed
    bool remember = false;         // this client
    bool new_codes = false;        // are offered
    bool changes = false;          // to the second step, by who manages it
    bool devices_named = false;    // to who manages them
    bool devices_changed = false;  // added, renamed, removed

    friend bool operator==(const Permission&, const Permission&) = default;
};

// THE TABLE (CONTRIBUTING, "What a phase may believe"). Pure; every conversation asks it before it shows,
// offers, changes or remembers something. Who has proved nothing gets nothing.
[[nodiscard]] Permission permitted(const Occasion& occasion);

}  // namespace secondstep::dialogue
