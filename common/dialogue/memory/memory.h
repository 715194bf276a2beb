#pragma once

#include "base/randomness.h"
#include "dialogue/memory/decoy_loans.h"
#include "dialogue/memory/guest_budget.h"
#include "dialogue/memory/host_budget.h"
#include "dialogue/memory/pending_addresses.h"
#include "dialogue/memory/pending_enrollments.h"
#include "dialogue/memory/recovery_turns.h"
#include "dialogue/memory/repeated_codes.h"
#include "portals/portal_turns.h"

namespace secondstep::dialogue {

// What a process remembers from one dialogue for the others, and forgets when it ends. Each of them is
// thread-safe by itself.
struct Memory {
    explicit Memory(Randomness& randomness) : decoy_loans(randomness), repeated_codes(randomness) {}

    RecoveryTurns recovery_turns;
    DecoyLoans decoy_loans;
    RepeatedCodes repeated_codes;
    PendingEnrollments pending_enrollments;
    PendingAddresses pending_addresses;
    HostBudget host_budget;
    GuestBudget guest_budget;
    PortalTurns portal_turns;
};

}  // namespace secondstep::dialogue
