#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "base/file.h"

namespace secondstep::service {

// Events (a descriptor that is ready, a time that has come) and the threads that wait for them together. An
// event is handled, to its end, by the one thread that the kernel woke for it: nothing is handed over. One
// that blocks (a write that has to be on the disk) holds up nobody as long as another thread waits.
//
// Everything is thread-safe. An event that throws costs its waiter that event and is reported; the loop goes
// on. Once a waiter has its place nothing here allocates memory for it.
class EventLoop {
  public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr Time at_once = Time::min();
    static constexpr Time not_at_all = Time::max();

    // Whoever waits. Two of its events may come at once, on two threads: it has a lock of its own.
    class Waiter {
      public:
        Waiter() = default;
        Waiter(const Waiter&) = delete;
        Waiter& operator=(const Waiter&) = delete;
        virtual ~Waiter() = default;
        virtual void on_ready() = 0;  // its descriptor
        virtual void on_time() = 0;
        // The loop is about to end: leave as soon as possible. True: that cut a wait for somebody short.
        virtual bool on_end() = 0;
    };

    // A waiter's place: the loop keeps the waiter alive until it leaves. Its owner's lock guards it.
    class Place {
      public:
        Place() = default;
        Place(EventLoop& loop, std::shared_ptr<Waiter> waiter);
        Place(Place&& other) noexcept { swap(other); }
        Place& operator=(Place&& other) noexcept;
        ~Place() { leave(); }

        // Once, on one thread, when `fd` is ready. Always the same descriptor, which is closed before or after
        // leave(). Throws std::system_error (ENOMEM, ENOSPC: nothing is waited for then).
        void await_readable(int fd) { await_once(fd, EPOLLIN); }
        void await_writable(int fd) { await_once(fd, EPOLLOUT); }
        // Each time it becomes readable, on any thread, also while an earlier event is handled. Called again
        // it tells of what is there already. Throws as above.
        void await_each(int fd);
        // Nothing of it is waited for any more: another waiter is going to. Does nothing where it never was.
        void hand_on(int fd) noexcept;
        // One time, replaced by the next; not_at_all takes it away.
        void set_time(Time time) noexcept;
        void set_time_if_earlier(Time time) noexcept;
        void leave() noexcept;

      private:
        void await_once(int fd, std::uint32_t events);
        void control(int fd, std::uint32_t events);
        void swap(Place& other) noexcept;
        EventLoop* loop_ = nullptr;
        std::uint64_t id_ = 0;
        bool registered_ = false;
    };

    // While one lives, its thread may block for as long as it likes and is not taken for one that hangs.
    class MayBlock {
      public:
        MayBlock() noexcept;
        MayBlock(const MayBlock&) = delete;
        MayBlock& operator=(const MayBlock&) = delete;
        ~MayBlock();
    };

    // `failed` is told what an event threw, on the thread of the event. Throws std::system_error.
    explicit EventLoop(std::function<void(const std::exception&)> failed);
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;
    ~EventLoop();  // as join(), however long that takes

    // How many there are: fewer than asked for, at least one, if there is no room for more. Throws std::system_error:
    // none.
    unsigned start(unsigned threads);
    // Handles one event on this thread. False: none came in that time, or the waiting failed.
    bool serve_one(std::chrono::milliseconds patience);

    // To be called at regular intervals, in which no event but those that MayBlock should last. False: a
    // thread has been at one event, or has heard nothing, since the call before the last one.
    [[nodiscard]] bool everybody_comes_round();

    // Tells every waiter to end and waits until all have left; how many said that a wait was cut short. Needs no
    // memory: the service ends in order also where there is none.
    std::size_t end_all();
    [[nodiscard]] bool ending() const noexcept { return ending_; }
    // After end_all(): ends the threads. False: after `grace` one was still at its event.
    [[nodiscard]] bool join(std::chrono::milliseconds grace);

  private:
    using Id = std::uint64_t;
    struct Member {
        std::shared_ptr<Waiter> waiter;
        Time time = not_at_all;
    };
    struct Thread {
        explicit Thread(const std::atomic<std::uint64_t>& b) : beat(b) {}
        const std::atomic<std::uint64_t>& beat;
        std::thread thread;
        // The beat in which its event, or its deafness, began; 0: it waits.
        std::atomic<std::uint64_t> busy_since = 0;
        bool ended = false;
    };

    void run(Thread& self);
    void stop_and_wake();
    void dispatch(Id id);
    void handle(const std::shared_ptr<Waiter>& waiter, void (Waiter::*event)());
    void on_clock();
    [[nodiscard]] std::shared_ptr<Waiter> take_first_due(Time now) noexcept;
    [[nodiscard]] std::shared_ptr<Waiter> find(Id id);
    [[nodiscard]] Id begin_end();
    [[nodiscard]] std::pair<Id, std::shared_ptr<Waiter>> next_after(Id id);
    void move_to(Id id, Member& member, Time time) noexcept;
    void set_clock() noexcept;

    static thread_local Thread* own_;

    const std::function<void(const std::exception&)> failed_;
    UniqueFd epoll_;
    UniqueFd clock_;  // a timerfd: of the earliest time, or of an earlier one
    UniqueFd stop_;   // an eventfd, readable from the end on
    std::mutex mutex_;
    std::condition_variable everybody_left_;
    std::map<Id, Member> members_;
    std::set<std::pair<Time, Id>> times_;  // of every member, those without one behind all others
    Time clock_set_to_ = not_at_all;
    Id last_id_ = 0;
    std::atomic<bool> ending_ = false;
    std::atomic<bool> stopping_ = false;
    std::atomic<std::uint64_t> beat_ = 1;
    std::vector<std::unique_ptr<Thread>> threads_;
    std::condition_variable thread_ended_;
};

}  // namespace secondstep::service
