#pragma once

#include "fleet/fleet_session.h"
#include "installation/diagnosis.h"
#include "relay/envelope.h"
#include "store/account_store.h"

namespace secondstep::tool {

// Each looks and reports; none changes anything, or asks another machine itself.

// Certificate, key, authority, and for how long, in a child that has the ids of the relay's account.
[[nodiscard]] Diagnoses check_fleet_files(const Config& config);
// As the service's account: the socket where the relay waits, or the service for it; and on a host the
// nodes (nodes_checkup.h).
void check_fleet_socket(const Config& config, Diagnoses& findings);
// As the service's account, on a node: the fleet, its registry, who has to renew, and what its relay, which was asked before, has
// seen of the hosts (hosts_checkup.h).
void check_fleet_records(const Config& config, const fleet::FleetRecords& records,
                         const Result<relay::HostsSeen>& seen, UnixTime now, Diagnoses& findings);
// As the service's account, on a host: whether somebody gets in while no node answers.
void check_break_glass(const Config& config, const AccountStore& store, Diagnoses& findings);

// Accounts that have left the fleet for a host, and of which nobody has said that they are there.
void check_moves(const fleet::FileMoves& moves, Diagnoses& findings);

}  // namespace secondstep::tool
