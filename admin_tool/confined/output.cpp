#include "confined/output.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace secondstep::confined {

bool write_output(ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t size = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (size < 0 && errno != EINTR) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    }
    return true;
}

}  // namespace secondstep::confined
