#include "secondstepd/event_loop.h"

#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <system_error>
#include <tuple>

namespace secondstep::service {

namespace {

using std::chrono::steady_clock;

// The loop's own events; a member's number is greater.
constexpr std::uint64_t clock_event = 0;
constexpr std::uint64_t stop_event = 1;
constexpr std::uint64_t highest_own_event = 1;

constexpr std::chrono::milliseconds pause_after_failure{10};
constexpr int wait_after_failure_ms = 100;  // then it is known whether the waiting works again

[[noreturn]] void throw_errno(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

UniqueFd checked(int fd, const char* what) {
    UniqueFd owned(fd);
    if (!owned.valid()) throw_errno(what);
    return owned;
}

void add_own(int epoll, int fd, std::uint32_t events, std::uint64_t id) {
    epoll_event event{.events = events, .data = {.u64 = id}};
    if (::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) throw_errno("epoll_ctl");
}

// CLOCK_MONOTONIC is what steady_clock counts. A moment that is over is now; zero would stop the clock.
itimerspec setting_for(EventLoop::Time time) {
    using std::chrono::nanoseconds;
    const auto since = std::max(time.time_since_epoch(), steady_clock::duration{1});
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    itimerspec setting{};
    setting.it_value.tv_sec = seconds.count();
    setting.it_value.tv_nsec = std::chrono::duration_cast<nanoseconds>(since - seconds).count();
    return setting;
}

}  // namespace

thread_local EventLoop::Thread* EventLoop::own_ = nullptr;

// --- a waiter's place ---

EventLoop::Place::Place(EventLoop& loop, std::shared_ptr<Waiter> waiter) : loop_(&loop) {
    const std::lock_guard lock(loop.mutex_);
    id_ = ++loop.last_id_;
    const auto entry = loop.times_.emplace(not_at_all, id_).first;
    try {
        loop.members_.emplace(id_, Member{std::move(waiter)});
    } catch (...) {
        loop.times_.erase(entry);
        throw;
    }
}

EventLoop::Place& EventLoop::Place::operator=(Place&& other) noexcept {
    swap(other);
    return *this;
}

void EventLoop::Place::swap(Place& other) noexcept {
    std::swap(loop_, other.loop_);
    std::swap(id_, other.id_);
    std::swap(registered_, other.registered_);
}

void EventLoop::Place::control(int fd, std::uint32_t events) {
    epoll_event event{.events = events, .data = {.u64 = id_}};
    const int operation = registered_ ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (::epoll_ctl(loop_->epoll_.get(), operation, fd, &event) != 0) throw_errno("epoll_ctl");
    registered_ = true;
}

void EventLoop::Place::await_once(int fd, std::uint32_t events) {
    if (loop_ != nullptr) control(fd, events | EPOLLONESHOT);
}

void EventLoop::Place::await_each(int fd) {
    if (loop_ != nullptr) control(fd, EPOLLIN | EPOLLET);
}

void EventLoop::Place::set_time(Time time) noexcept {
    if (loop_ == nullptr) return;
    const std::lock_guard lock(loop_->mutex_);
    loop_->move_to(id_, loop_->members_.find(id_)->second, time);
}

void EventLoop::Place::set_time_if_earlier(Time time) noexcept {
    if (loop_ == nullptr) return;
    const std::lock_guard lock(loop_->mutex_);
    Member& member = loop_->members_.find(id_)->second;
    if (time < member.time) loop_->move_to(id_, member, time);
}

void EventLoop::Place::hand_on(int fd) noexcept {
    if (!std::exchange(registered_, false)) return;
    static_cast<void>(::epoll_ctl(loop_->epoll_.get(), EPOLL_CTL_DEL, fd, nullptr));
}

void EventLoop::Place::leave() noexcept {
    if (loop_ == nullptr) return;
    EventLoop& loop = *std::exchange(loop_, nullptr);
    std::shared_ptr<Waiter> last;  // destroyed outside the lock, if nobody else has it
    const std::lock_guard lock(loop.mutex_);
    const auto member = loop.members_.find(id_);
    last = std::move(member->second.waiter);
    loop.times_.erase({member->second.time, id_});
    loop.members_.erase(member);
    if (loop.members_.empty()) loop.everybody_left_.notify_all();
}

// --- threads ---

EventLoop::EventLoop(std::function<void(const std::exception&)> failed)
    : failed_(std::move(failed)),
      epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      clock_(checked(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "timerfd_create")),
      stop_(checked(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")),
      last_id_(highest_own_event) {
    add_own(epoll_.get(), clock_.get(), EPOLLIN | EPOLLET, clock_event);
    add_own(epoll_.get(), stop_.get(), EPOLLIN, stop_event);  // each thread hears of it
}

EventLoop::~EventLoop() {
    stop_and_wake();
    for (const auto& each : threads_)
        if (each->thread.joinable()) each->thread.join();
}

unsigned EventLoop::start(unsigned threads) {
    for (unsigned i = 0; i < threads; ++i) {
        threads_.push_back(std::make_unique<Thread>(beat_));
        try {
            threads_.back()->thread = std::thread([this, &self = *threads_.back()] { run(self); });
        } catch (const std::system_error& e) {
            threads_.pop_back();
            if (threads_.empty()) throw;
            failed_(e);
            break;
        }
    }
    return static_cast<unsigned>(threads_.size());
}

void EventLoop::run(Thread& self) {
    own_ = &self;
    while (!stopping_) {
        const bool deaf = self.busy_since != 0;
        if (serve_one(std::chrono::milliseconds{deaf ? wait_after_failure_ms : -1}) || !deaf) continue;
        if (self.busy_since != 0) std::this_thread::sleep_for(pause_after_failure);
    }
    const std::lock_guard lock(mutex_);
    self.ended = true;
    thread_ended_.notify_all();
}

bool EventLoop::serve_one(std::chrono::milliseconds patience) {
    static thread_local std::atomic<std::uint64_t> unwatched;
    std::atomic<std::uint64_t>& busy_since = own_ != nullptr ? own_->busy_since : unwatched;
    epoll_event event{};
    const int count = ::epoll_wait(epoll_.get(), &event, 1, static_cast<int>(patience.count()));
    if (count < 0) {
        if (busy_since == 0) busy_since = beat_.load();
        return false;
    }
    busy_since.store(beat_, std::memory_order_relaxed);
    if (count == 1) dispatch(event.data.u64);
    busy_since.store(0, std::memory_order_relaxed);
    return count == 1;
}

EventLoop::MayBlock::MayBlock() noexcept {
    if (own_ != nullptr) own_->busy_since = 0;
}

EventLoop::MayBlock::~MayBlock() {
    if (own_ != nullptr) own_->busy_since = own_->beat.load();
}

bool EventLoop::everybody_comes_round() {
    const std::uint64_t now = ++beat_;
    for (const auto& each : threads_) {
        const std::uint64_t since = each->busy_since;
        if (since != 0 && since + 1 < now) return false;
    }
    return true;
}

void EventLoop::stop_and_wake() {
    stopping_ = true;
    const std::uint64_t one = 1;
    while (::write(stop_.get(), &one, sizeof one) != sizeof one && errno != EAGAIN) {
    }
}

bool EventLoop::join(std::chrono::milliseconds grace) {
    stop_and_wake();
    {
        std::unique_lock lock(mutex_);
        const auto all_ended = [this] {
            return std::ranges::all_of(threads_, [](const auto& each) { return each->ended; });
        };
        if (!thread_ended_.wait_for(lock, grace, all_ended)) return false;
    }
    for (const auto& each : threads_)
        each->thread.join();
    threads_.clear();
    return true;
}

// --- events ---

void EventLoop::dispatch(Id id) {
    if (id == clock_event) return on_clock();
    if (id == stop_event) return;
    if (const std::shared_ptr<Waiter> waiter = find(id)) handle(waiter, &Waiter::on_ready);
}

void EventLoop::handle(const std::shared_ptr<Waiter>& waiter, void (Waiter::*event)()) {
    try {
        ((*waiter).*event)();
    } catch (const std::exception& e) {
        failed_(e);
    }
}

// Nothing: it has left, and its event was on the way.
std::shared_ptr<EventLoop::Waiter> EventLoop::find(Id id) {
    const std::lock_guard lock(mutex_);
    const auto member = members_.find(id);
    return member == members_.end() ? nullptr : member->second.waiter;
}

// One: the clock that is set anew wakes another thread for the next, which may have come as well. Nobody waits
// until this one's event is over.
void EventLoop::on_clock() {
    if (const std::shared_ptr<Waiter> waiter = take_first_due(steady_clock::now()))
        handle(waiter, &Waiter::on_time);
}

std::shared_ptr<EventLoop::Waiter> EventLoop::take_first_due(Time now) noexcept {
    const std::lock_guard lock(mutex_);
    clock_set_to_ = not_at_all;
    std::shared_ptr<Waiter> due;
    if (!times_.empty() && times_.begin()->first <= now) {
        auto entry = times_.extract(times_.begin());
        Member& member = members_.find(entry.value().second)->second;
        due = member.waiter;
        entry.value().first = member.time = not_at_all;
        times_.insert(std::move(entry));
    }
    set_clock();
    return due;
}

// --- times; with mutex_ held ---

void EventLoop::move_to(Id id, Member& member, Time time) noexcept {
    if (time != member.time) {
        auto entry = times_.extract({member.time, id});
        entry.value().first = member.time = time;
        times_.insert(std::move(entry));
    }
    set_clock();
}

// A clock that comes too early is set again then: most times are taken away long before they come. One that
// could not be set is tried again with the next time that is set.
void EventLoop::set_clock() noexcept {
    if (times_.empty()) return;
    const Time earliest = times_.begin()->first;
    if (earliest >= clock_set_to_) return;
    const itimerspec setting = setting_for(earliest);
    if (::timerfd_settime(clock_.get(), TFD_TIMER_ABSTIME, &setting, nullptr) == 0) clock_set_to_ = earliest;
}

// --- the end ---

// The last of those that are told; whoever comes later finds that the loop ends.
EventLoop::Id EventLoop::begin_end() {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    return last_id_;
}

std::pair<EventLoop::Id, std::shared_ptr<EventLoop::Waiter>> EventLoop::next_after(Id id) {
    const std::lock_guard lock(mutex_);
    const auto next = members_.upper_bound(id);
    if (next == members_.end()) return {};
    return {next->first, next->second.waiter};
}

std::size_t EventLoop::end_all() {
    std::size_t cut_short = 0;
    const Id last = begin_end();
    for (auto [id, waiter] = next_after(0); waiter && id <= last; std::tie(id, waiter) = next_after(id))
        cut_short += waiter->on_end() ? 1 : 0;
    std::unique_lock lock(mutex_);
    if (!threads_.empty()) everybody_left_.wait(lock, [this] { return members_.empty(); });
    return cut_short;
}

}  // namespace secondstep::service
