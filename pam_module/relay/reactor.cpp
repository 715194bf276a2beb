#include "relay/reactor.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>

#include "relay/journal.h"
#include "relay/reactor_parts.h"

namespace secondstep::relay {

namespace asio = boost::asio;
using asio::posix::stream_descriptor;
using boost::system::error_code;

Reactor::Reactor() : parts_(std::make_unique<Parts>()) {}
Reactor::~Reactor() = default;

void Reactor::run() {
    const auto work = asio::make_work_guard(parts_->io);
    while (!parts_->io.stopped()) {
        try {
            parts_->io.run();
        } catch (const std::exception& e) {
            journal::warn(std::string("A turn of the loop failed: ") + e.what());
        }
    }
}

void Reactor::stop() {
    parts_->io.stop();
}

void Reactor::post(std::function<void()> call) {
    asio::post(parts_->io, std::move(call));
}

struct Watched::State {
    State(Reactor& reactor, std::function<void()> call)
        : descriptor(reactor.parts().io), broken(std::move(call)) {}
    stream_descriptor descriptor;
    std::function<void()> broken;

    void close() {
        error_code ignored;
        static_cast<void>(descriptor.close(ignored));
    }
    void break_down() {
        close();
        // Whoever is called may destroy the owner, and this with it.
        if (const auto call = std::exchange(broken, {})) call();
    }
};

Watched::Watched(Reactor& reactor, UniqueFd fd, std::function<void()> broken)
    : state_(std::make_shared<State>(reactor, std::move(broken))) {
    state_->descriptor.assign(fd.get());
    static_cast<void>(fd.release());
}

Watched::~Watched() {
    state_->broken = {};
    state_->close();
}

int Watched::get() const {
    return state_->descriptor.is_open() ? state_->descriptor.native_handle() : -1;
}

void Watched::wait(bool to_read, std::function<void()> call) {
    state_->descriptor.async_wait(
        to_read ? stream_descriptor::wait_read : stream_descriptor::wait_write,
        [held = std::weak_ptr(state_), call = std::move(call)](const error_code& error) {
            // Kept while the call is under way: it may destroy the Watched.
            const auto state = held.lock();
            if (!state || error == asio::error::operation_aborted || !state->descriptor.is_open()) return;
            if (error) return state->break_down();
            try {
                call();
            } catch (const std::exception& e) {
                journal::warn(std::string("A connection is closed: ") + e.what());
                state->break_down();
            }
        });
}

void Watched::when_readable(std::function<void()> call) {
    wait(true, std::move(call));
}
void Watched::when_writable(std::function<void()> call) {
    wait(false, std::move(call));
}
UniqueFd Watched::release() {
    return UniqueFd(state_->descriptor.release());
}
void Watched::close() {
    state_->close();
}

struct Timer::State {
    explicit State(Reactor& reactor) : timer(reactor.parts().io) {}
    asio::steady_timer timer;
    std::uint64_t round = 0;  // a time that has passed is not cancelled: its call is under way already
};

Timer::Timer(Reactor& reactor) : state_(std::make_shared<State>(reactor)) {}

Timer::~Timer() {
    cancel();
}

void Timer::after(std::chrono::milliseconds time, std::function<void()> call) {
    const std::uint64_t round = ++state_->round;
    state_->timer.expires_after(time);
    state_->timer.async_wait(
        [held = std::weak_ptr(state_), round, call = std::move(call)](const error_code& error) {
            const auto state = held.lock();
            if (error || !state || state->round != round) return;
            call();
        });
}

void Timer::cancel() {
    ++state_->round;
    state_->timer.cancel();
}

}  // namespace secondstep::relay
