#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "dialogue/conversation/dialogue.h"
#include "secondstepd/client_line.h"
#include "secondstepd/event_loop.h"
#include "secondstepd/limits.h"
#include "secondstepd/sessions.h"

namespace secondstep::service {

// One connection and its dialogue. Each event runs on the thread that the loop woke for it, under the
// session's lock; a look-up in the name service alone runs without it. The loop keeps the session until it is
// closed.
class Session final : public EventLoop::Waiter, public Entrant, public std::enable_shared_from_this<Session> {
  public:
    // It is counted from here on, and has its place in the loop. Throws std::bad_alloc.
    [[nodiscard]] static std::shared_ptr<Session> create(Sessions& sessions, UniqueFd socket,
                                                         Visitor visitor);
    ~Session() override = default;

    void start() override;
    void start_later() override;

    void on_ready() override;
    void on_time() override;
    bool on_end() override;

  private:
    using Time = EventLoop::Time;
    enum class Stage {
        hello,    // nothing received yet
        showing,  // a text is on its way
        asking,   // a question is on its way, or its answer is awaited
        pausing,  // the dialogue asked for some time
        working,  // a job of it runs, on this thread or a worker's
        ending,   // the verdict is on its way
        closed,
    };

    Session(Sessions& sessions, UniqueFd socket, Visitor visitor);

    // Runs `event` under the lock; whatever it throws (out of memory) ends the session, not the service.
    template <typename Event>
    void guarded(Event event);
    // The same, for an event of the loop: afterwards its thread is free for who waits to be looked up.
    template <typename Event>
    void handle(Event event);
    void ended_by(const char* error);

    // Waits that cannot be set up (ENOMEM of the epoll) throw: nobody is left at a screen that says nothing.
    void await_hello();
    void on_readable();
    [[nodiscard]] std::optional<dialogue::Step> next_answer();
    void on_hello(const wire::Hello& hello);
    void on_garbage(const Error& error);

    void run(std::optional<dialogue::Step> next);
    // Carries out one step; the next one, if there is nothing to wait for.
    [[nodiscard]] std::optional<dialogue::Step> perform(dialogue::Show& show);
    [[nodiscard]] std::optional<dialogue::Step> perform(const dialogue::Ask& ask);
    [[nodiscard]] std::optional<dialogue::Step> perform(const dialogue::Wait& wait);
    [[nodiscard]] std::optional<dialogue::Step> perform(dialogue::Work& work);
    [[nodiscard]] std::optional<dialogue::Step> perform(dialogue::Background& background);
    [[nodiscard]] std::optional<dialogue::Step> perform(const dialogue::End& end);
    [[nodiscard]] std::optional<dialogue::Step> asked();
    void start_background();
    [[nodiscard]] std::optional<dialogue::Step> without_answer();

    // A job that this session waits for. Its number tells it from one that came too late.
    std::uint64_t begin_work(Time deadline);
    [[nodiscard]] bool awaits(std::uint64_t job) const { return stage_ == Stage::working && job == job_; }
    [[nodiscard]] std::optional<dialogue::Step> look_up(dialogue::Work& work);
    [[nodiscard]] dialogue::Resumption run_unlocked(const std::function<void()>& job);
    void look_up_in_turn(std::uint64_t job, const std::function<void()>& work, Lookups::Turn turn);
    [[nodiscard]] std::function<void()> awaited(std::function<void()> work);  // for a worker's thread
    void worked(std::uint64_t job, dialogue::Resumption how);
    [[nodiscard]] dialogue::Step not_worked(dialogue::Resumption why);

    void finish(Verdict verdict) { finish(dialogue::End{.verdict = verdict}); }
    void finish(const dialogue::End& end);
    void give_up();  // the person is gone, or was too slow
    // This service ends. Whoever was not asked anything yet hears no word, and asks the one that is started next.
    void leave_to_the_next() { has_asked_ ? finish(Verdict::unavailable) : close(); }
    bool end_if_waiting();
    void close();

    // False: not sent yet, and sent() is called when it is; or the session was closed.
    [[nodiscard]] bool send(const wire::Message& message);
    [[nodiscard]] bool send_what_is_due();
    void sent();
    void set_deadline(Time deadline);
    void on_deadline();

    Sessions& sessions_;
    ServiceContext& context_;
    std::mutex mutex_;  // of all below
    ClientLine line_;
    EventLoop::Place place_;
    Visitor visitor_;
    const Time began_;

    Stage stage_ = Stage::hello;
    bool silent_ = false;  // nobody will answer
    bool told_ = false;    // the dialogue knows that nobody will answer
    bool has_asked_ = false;
    Time deadline_ = EventLoop::not_at_all;
    std::function<void()> background_;  // to be started when the next question has been sent
    std::shared_ptr<const Settings> settings_;
    std::shared_ptr<dialogue::Journal> journal_;  // of the caller
    std::unique_ptr<dialogue::Dialogue> dialogue_;
    std::uint64_t job_ = 0;                       // the latest
    std::optional<dialogue::Resumption> worked_;  // how it ended, on a worker's thread
};

}  // namespace secondstep::service
