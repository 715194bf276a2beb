#include "secondstepd/heartbeat.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

#include "base/file.h"

namespace secondstep::service {

namespace {

// Not a timer of the event loop: those are what is watched.
UniqueFd periodic_clock(std::chrono::milliseconds every) {
    UniqueFd fd(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
    if (!fd.valid()) throw std::system_error(errno, std::generic_category(), "timerfd_create");
    const timespec period{.tv_sec = every.count() / 1000, .tv_nsec = every.count() % 1000 * 1'000'000};
    const itimerspec setting{.it_interval = period, .it_value = period};
    if (::timerfd_settime(fd.get(), 0, &setting, nullptr) != 0)
        throw std::system_error(errno, std::generic_category(), "timerfd_settime");
    return fd;
}

}  // namespace

Heartbeat::Heartbeat(boost::asio::io_context& io, std::chrono::milliseconds every, std::function<void()> beat)
    : clock_(io), timer_(io), beat_(std::move(beat)) {
    UniqueFd clock = periodic_clock(every);
    clock_.assign(clock.get());
    static_cast<void>(clock.release());  // clock_ owns it now
}

void Heartbeat::await() {
    clock_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                      [this](const boost::system::error_code& error) {
                          awaited_ = false;
                          if (!error) came_round();
                      });
    awaited_ = true;
}

void Heartbeat::came_round() {
    std::uint64_t times = 0;
    // Told once; what could not be read is told again.
    [[maybe_unused]] const ssize_t size = ::read(clock_.native_handle(), &times, sizeof(times));
    await();
    // Earlier than any other timer of this loop: so the kernel is told the time again, and whatever is late
    // comes with it.
    timer_.expires_at(std::chrono::steady_clock::time_point{});
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) beat_();
    });
}

void Heartbeat::end() {
    boost::system::error_code ignored;
    clock_.close(ignored);
    timer_.cancel();
}

}  // namespace secondstep::service
