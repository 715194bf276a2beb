#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "base/file.h"

// One thread that waits for descriptors and times. Asio is behind it, and in reactor.cpp and resolver.cpp alone.
namespace secondstep::relay {

class Reactor {
  public:
    struct Parts;

    Reactor();
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;
    ~Reactor();

    // Until stop(). What a call throws costs what it was about (Watched, below), never the loop.
    void run();
    void stop();
    // After the calls that are under way, in order.
    void post(std::function<void()> call);

    [[nodiscard]] Parts& parts() { return *parts_; }

  private:
    std::unique_ptr<Parts> parts_;
};

// A descriptor, closed with this. Nothing is called any more once it is closed. When a call of it throws (no memory), or
// it cannot be waited for any more, it is closed and `broken` is called instead.
class Watched {
  public:
    // Throws std::system_error.
    Watched(Reactor& reactor, UniqueFd fd, std::function<void()> broken);
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;
    ~Watched();

    [[nodiscard]] int get() const;  // -1: closed
    // Once, as soon as it can be read from, or written to.
    void when_readable(std::function<void()> call);
    void when_writable(std::function<void()> call);
    void close();
    [[nodiscard]] UniqueFd release();  // it stays open, and is another's
    [[nodiscard]] bool is_open() const { return get() >= 0; }

  private:
    struct State;
    void wait(bool to_read, std::function<void()> call);
    std::shared_ptr<State> state_;
};

class Timer {
  public:
    explicit Timer(Reactor& reactor);
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    ~Timer();

    // Once, instead of what was waited for before.
    void after(std::chrono::milliseconds time, std::function<void()> call);
    void cancel();

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace secondstep::relay
