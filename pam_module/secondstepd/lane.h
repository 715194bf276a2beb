#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <string>
#include <thread>

#include "secondstepd/heartbeat.h"
#include "secondstepd/limits.h"
#include "secondstepd/service_context.h"
#include "secondstepd/sessions.h"

namespace secondstep::service {

// One I/O thread: accepts connections and runs their sessions. Whatever fails in it, it goes on to accept
// others; what it cannot survive ends the process, so that somebody starts it again.
class Lane {
  public:
    // `alive` is called on the lane's thread every `interval`, as long as it accepts connections.
    Lane(int listener, Limits& limits, ServiceContext& context, std::chrono::milliseconds interval,
         std::function<void()> alive);
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;
    ~Lane();

    void start();
    void begin_end();
    std::size_t join();  // how many waiting dialogues were ended

  private:
    void serve();
    void listen_again();
    template <typename Events>
    [[nodiscard]] bool survived(Events events) noexcept;
    void warn(const std::string& what, const std::exception& e) noexcept;
    void end();

    void await_connection();
    void accept_some();
    [[nodiscard]] int accept_in_a_row();
    void pause_accepting(int error);
    void begin_session(UniqueFd socket);
    void admit(UniqueFd socket);
    [[nodiscard]] Limits::Rank rank_of(uid_t peer) const;

    Limits& limits_;
    Limits turned_away_;
    ServiceContext& context_;
    boost::asio::io_context io_{1};  // one thread runs it
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    Sessions sessions_;
    boost::asio::posix::stream_descriptor listener_;
    boost::asio::steady_timer accept_again_;
    Heartbeat heart_;
    bool listens_ = false;  // a connection will be heard of, or the pause before that is over soon
    bool ending_ = false;
    std::size_t ended_ = 0;
    std::thread thread_;
};

}  // namespace secondstep::service
