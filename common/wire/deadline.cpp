#include "wire/deadline.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace secondstep::wire {

std::chrono::milliseconds Deadline::remaining() const noexcept {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
    return std::max(left, std::chrono::milliseconds::zero());
}

bool Deadline::await(int fd, short events) const noexcept {
    pollfd waiting{.fd = fd, .events = events, .revents = 0};
    for (;;) {
        const int ready = ::poll(&waiting, 1, static_cast<int>(remaining().count()));
        if (ready >= 0) return ready > 0;
        if (errno != EINTR) return false;
    }
}

}  // namespace secondstep::wire
