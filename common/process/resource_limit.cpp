#include "process/resource_limit.h"

#include <algorithm>
#include <cerrno>

namespace secondstep::process {

Result<void> limit(__rlimit_resource what, rlim_t most) {
    rlimit now{};
    if (::getrlimit(what, &now) != 0) return fail_errno("getrlimit", errno);
    const rlim_t bound = std::min(most, now.rlim_max);
    const rlimit wanted{.rlim_cur = bound, .rlim_max = bound};
    if (::setrlimit(what, &wanted) != 0) return fail_errno("setrlimit", errno);
    return {};
}

}  // namespace secondstep::process
