#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "dialogue/conversation/dialogue.h"
#include "secondstepd/limits.h"
#include "secondstepd/sessions.h"
#include "wire/outbox.h"

namespace secondstep::service {

// One connection and its dialogue. Lives on one I/O thread; kept alive by what it waits for (a packet, a
// time, a worker), so a session that waits for nothing is gone.
class Session : public std::enable_shared_from_this<Session> {
  public:
    Session(Sessions& sessions, UniqueFd socket, Visitor visitor);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session();

    void start();
    bool end_if_waiting();

  private:
    using Time = std::chrono::steady_clock::time_point;
    enum class Stage {
        hello,    // nothing received yet
        showing,  // a text is on its way
        asking,   // a question is on its way, or its answer is awaited
        pausing,  // the dialogue asked for some time
        working,  // a worker has a job of it
        ending,   // the verdict is on its way
        closed,
    };

    // Only ever from the one to the next.
    enum class Peer {
        there,
        silent,  // nobody will answer
        gone,    // nor can anything be sent any more; what is sent counts as sent
    };

    // Runs `event`; whatever it throws (out of memory) ends the session, not the service.
    template <typename Event>
    void guarded(Event event);
    void ended_by(const char* error);
    void wait_failed(const boost::system::error_code& error);

    void await_packet();
    void await_room();
    void on_readable();
    void on_message(wire::Message message);
    void on_hello(const wire::Hello& hello);
    void on_garbage(const Error& error);
    [[nodiscard]] Limits::Rank rank() const;

    void run(dialogue::Step step);
    // Carries out one step; the next one, if there is nothing to wait for.
    [[nodiscard]] std::optional<dialogue::Step> perform(dialogue::Show& show);
    [[nodiscard]] std::optional<dialogue::Step> perform(const dialogue::Ask& ask);
    [[nodiscard]] std::optional<dialogue::Step> perform(const dialogue::Wait& wait);
    [[nodiscard]] std::optional<dialogue::Step> perform(dialogue::Work& work);
    [[nodiscard]] std::optional<dialogue::Step> perform(dialogue::Background& background);
    [[nodiscard]] std::optional<dialogue::Step> perform(const dialogue::End& end);
    void start_background();
    [[nodiscard]] std::optional<dialogue::Step> without_answer();
    [[nodiscard]] std::optional<dialogue::Step> look_up(dialogue::Work& work);
    [[nodiscard]] bool hand_to(Workers& workers, std::function<void()> job);
    static void report(boost::asio::io_context& io, const std::shared_ptr<std::shared_ptr<Session>>& held,
                       std::uint64_t job, dialogue::Resumption how);
    void worked(std::uint64_t job, dialogue::Resumption how);
    [[nodiscard]] std::optional<dialogue::Step> not_worked(dialogue::Resumption why);

    void finish(Verdict verdict);
    void finish(const dialogue::End& end);
    void give_up();  // the person is gone, or was too slow
    void close();

    // False: not sent yet, and sent() is called when it is; or the session was closed.
    [[nodiscard]] bool send(const wire::Message& message);
    [[nodiscard]] bool send_what_is_due();
    [[nodiscard]] bool send_packet_now();
    void send_texts();
    void sent();

    void set_deadline(Time deadline);
    void wait_for_deadline();
    void on_timer();
    void on_deadline();

    Sessions& sessions_;
    boost::asio::posix::stream_descriptor socket_;
    boost::asio::steady_timer timer_;
    const Visitor visitor_;
    const Time began_;

    Stage stage_ = Stage::hello;
    Peer peer_ = Peer::there;
    bool told_ = false;  // the dialogue knows that nobody will answer
    Time deadline_ = Time::max();
    Time timer_set_to_ = Time::max();
    wire::Outbox outbox_;
    std::function<void()> background_;  // to be started when the next question has been sent
    std::shared_ptr<const Settings> settings_;
    std::unique_ptr<dialogue::Dialogue> dialogue_;
    // While a worker is awaited: keeps the I/O thread from ending before the verdict.
    std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> busy_;
    std::uint64_t job_ = 0;  // of the worker that is awaited; an older one came too late
};

}  // namespace secondstep::service
