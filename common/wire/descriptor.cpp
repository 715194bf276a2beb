#include "wire/descriptor.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace secondstep::wire {

Result<UniqueFd> above_standard(UniqueFd fd) {
    if (fd.get() > STDERR_FILENO) return fd;
    UniqueFd above(::fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!above.valid()) return fail_errno("no descriptor left", errno);
    return above;
}

}  // namespace secondstep::wire
