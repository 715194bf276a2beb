#pragma once

#include "secondstepd/keyed_queue.h"

namespace secondstep::service::local_askers {

// On a host of a fleet: of the threads that wait for nodes, those for people at the machine itself.
inline constexpr unsigned threads = 8;
// Of one account. Whoever has one begins as many sudo as they like while a node is slow: two such people still leave half of
// the threads to root at the console.
inline constexpr KeyedQueue::Size of_an_account{.at_once = 2, .waiting = 64};

static_assert(2 * of_an_account.at_once < threads);

}  // namespace secondstep::service::local_askers
