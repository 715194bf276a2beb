#include "confined/input.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace secondstep::confined {

Result<Bytes> read_input(int fd, std::size_t most) {
    constexpr std::size_t part = 262144;
    Bytes input;
    for (;;) {
        const std::size_t before = input.size();
        input.resize(std::min(before + part, most + 1));
        const ssize_t size = ::read(fd, input.data() + before, input.size() - before);
        if (size < 0 && errno != EINTR) return fail_errno("Reading the input", errno);
        input.resize(before + static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
        if (size == 0) return input;
        if (input.size() > most) return fail(Errc::too_large, "The input is too large.");
    }
}

}  // namespace secondstep::confined
