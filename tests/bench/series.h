#pragma once

#include "lab.h"
#include "table.h"

namespace secondstep::bench {

// Each measures one thing, side by side with what it is compared with, and prints its rows.

// People of /etc/passwd, all modules alternately: time and processor per login, accepted per second.
void people_series(const Lab& lab, const Table& table);
// The same with what google-authenticator and pam_oath are by default.
void peers_series(const Lab& lab, const Table& table);
// Each login in a process of its own, as sshd does it.
void fresh_process_series(const Lab& lab, const Table& table);
// A wrong code, somebody not enrolled, a name that is no account, beside a valid code.
void refusals_series(const Lab& lab, const Table& table);
// No service runs.
void once_series(const Lab& lab, const Table& table);
// Portal users, whom passwd does not know: a large store beside a small one.
void portals_series(const Lab& lab, const Table& table);
// One code, eight processes at once.
void races_series(const Lab& lab, const Table& table);
// What the module costs its host before any login. In a process that has loaded none yet.
void loading_series(const Lab& lab, const Table& table);
// A service with dialogues that wait for an answer.
void memory_series(const Lab& lab, const Table& table);

// Through a host of a fleet and both relays, beside the same logins on its node: what the way adds.
void fleet_series(const Lab& lab, const Table& table);

// For the plots, as lines of numbers behind a heading.
// LAB/throughput.tsv: accepted per second over the number of processes.
void throughput_series(const Lab& lab, const Table& table);
// LAB/latency.tsv, to which it adds the line of one number of portal users: those of the service "growth".
void growth_series(const Lab& lab, const Table& table);

}  // namespace secondstep::bench
