#include "secondstepd/heartbeat.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace secondstep::service {

namespace {

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

Heartbeat::Heartbeat(EventLoop& loop, LifeWatch watch, std::function<void()> mend)
    : loop_(loop), watch_(std::move(watch)), mend_(std::move(mend)), clock_(periodic_clock(watch_.every)) {}

void Heartbeat::start(const std::shared_ptr<Heartbeat>& self) {
    const std::lock_guard lock(mutex_);
    place_ = EventLoop::Place(loop_, self);
    place_.await_each(clock_.get());
}

// A periodic timerfd goes on only when it is read (timerfd_create(2) does not say so).
void Heartbeat::on_ready() {
    std::uint64_t times = 0;
    const bool goes_on = ::read(clock_.get(), &times, sizeof(times)) > 0;
    const std::lock_guard lock(mutex_);
    if (!goes_on) return place_.await_each(clock_.get());  // which tells of it again
    mend_();
    if (loop_.everybody_comes_round()) place_.set_time(EventLoop::at_once);
}

bool Heartbeat::on_end() {
    const std::lock_guard lock(mutex_);
    place_.leave();
    return false;
}

}  // namespace secondstep::service
