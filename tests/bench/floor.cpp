#include "floor.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>

#include "required.h"

namespace secondstep::bench {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

Nanoseconds durable_write(const std::string& file) {
    std::array<char, 32> content{};
    const auto begin = Clock::now();
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    require(fd >= 0, "open");
    require(::flock(fd, LOCK_EX) == 0, "flock");
    require(::read(fd, content.data(), content.size()) >= 0, "read");
    require(::pwrite(fd, content.data(), content.size(), 0) == 32, "pwrite");
    require(::fdatasync(fd) == 0, "fdatasync");
    ::close(fd);
    return Clock::now() - begin;
}

}  // namespace secondstep::bench
