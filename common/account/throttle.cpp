#include "account/throttle.h"

#include <algorithm>

namespace secondstep {
namespace {

// 30 s after the first failure that is not free, doubled with each further one.
std::chrono::seconds wait_after(std::uint32_t count) {
    if (count <= free_failures) return std::chrono::seconds{0};
    const std::uint32_t doublings = std::min(count - free_failures - 1, 16U);
    return std::min(first_wait * (1U << doublings), longest_wait);
}

}  // namespace

Gate gate(const Failures& failures, UnixTime now) {
    if (failures.count >= closing_failures) return Gate::closed;
    return now < end_of_wait(failures, now) ? Gate::waiting : Gate::open;
}

UnixTime end_of_wait(const Failures& failures, UnixTime now) {
    return std::min(failures.wait_until, now + longest_wait);
}

Failures after_failure(const Failures& failures, UnixTime now) {
    Failures next;
    next.count = std::min(failures.count, closing_failures - 1) + 1;
    next.last = now;
    // A wait that still runs (a wrong recovery code was judged meanwhile) is never shortened.
    next.wait_until = std::max(end_of_wait(failures, now), now + wait_after(next.count));
    if (next.count <= free_failures) next.wait_until = never;
    return next;
}

}  // namespace secondstep
