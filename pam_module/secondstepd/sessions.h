#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <unordered_set>

#include "base/file.h"
#include "secondstepd/limits.h"
#include "secondstepd/service_context.h"

namespace secondstep::service {

class Session;

// Who connected, and the place they were counted with.
struct Visitor {
    uid_t uid;
    // False: they hold as many dialogues as they may. Their hello is read all the same, because a connection
    // that is closed before it would give them an error of the socket instead of the verdict.
    bool admitted;
    Limits::Place place;
};

// The sessions of one I/O thread. Everything here is called on that thread only.
class Sessions {
  public:
    Sessions(boost::asio::io_context& io, ServiceContext& context)
        : io_(io), context_(context), journal_retry_(io), journal_summary_(io) {}
    Sessions(const Sessions&) = delete;
    Sessions& operator=(const Sessions&) = delete;
    ~Sessions() = default;

    void start(UniqueFd socket, Visitor visitor);

    // The process is about to end: dialogues that wait for a person end as unavailable now; those that work
    // go on to their verdict, and a question they would ask then ends them. Returns how many were ended now.
    std::size_t end_waiting();

    // Called after each event. Lines that the log does not take now are tried again by timer.
    void flush_journal();

    [[nodiscard]] bool ending() const { return ending_; }
    [[nodiscard]] boost::asio::io_context& io() { return io_; }
    [[nodiscard]] ServiceContext& context() { return context_; }
    void add(Session& session) { members_.insert(&session); }
    void remove(Session& session) { members_.erase(&session); }

  private:
    void tell_what_was_left_out();

    boost::asio::io_context& io_;
    ServiceContext& context_;
    std::unordered_set<Session*> members_;
    boost::asio::steady_timer journal_retry_;
    boost::asio::steady_timer journal_summary_;
    bool retrying_ = false;
    bool telling_ = false;
    bool ending_ = false;
};

}  // namespace secondstep::service
