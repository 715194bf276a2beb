#pragma once

#include <chrono>

// How long an answer may take, from the outside inward: each of these ends before whoever waits for it gives up. So nobody is
// told of an answer that somebody else still works on, and no code is judged a second time because the first was slow.
namespace secondstep::dialogue::answer_times {

using Milliseconds = std::chrono::milliseconds;

// A module gives the service up (wire::ServiceLink::Options).
inline constexpr Milliseconds of_a_module{10'000};
// A host of the fleet has given up all nodes.
inline constexpr Milliseconds of_a_host{8'300};
// Where it may ask another node again it gives the first one up: for what is judged without waiting for a turn.
inline constexpr Milliseconds of_the_first_node{4'000};
// What is not waiting: a digest is computed, the record is read and written once more, frames go to the node and back.
inline constexpr Milliseconds of_computing{1'200};
// Where a code is judged: for the turn of a recovery code, and for its record, together.
inline constexpr Milliseconds of_waiting{6'500};

// From when an answer comes to a node until it is decided: waiting is counted there, and on a busy machine takes longer than it counts.
inline constexpr Milliseconds of_a_node = of_waiting + of_computing;

// Of what a host has left so much is for the answer and the verdict to go from one machine to the other: it tells the node that
// it waits for the rest. A node of a version that is not told has of_a_node.
inline constexpr Milliseconds on_the_way{100};

// Nothing is begun or decided for an answer that is waited for no longer than this: behind the decision there are still a durable
// write, on a disk that others use too, and the way back. Whose code was used up hears so.
inline constexpr Milliseconds until_it_is_heard{500};

static_assert(of_a_host < of_a_module);
static_assert(of_a_node + until_it_is_heard + on_the_way <= of_a_host);

}  // namespace secondstep::dialogue::answer_times
