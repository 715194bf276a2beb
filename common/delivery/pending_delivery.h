#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/secret.h"
#include "delivery/courier_link.h"
#include "delivery/report.h"

namespace secondstep::delivery {

// One message on its way through a CourierLink: connects, hands the packet over, waits for the report, and
// does it again when the report says "deferred". Lives on the link's one thread; its waits own it.
class PendingDelivery : public std::enable_shared_from_this<PendingDelivery> {
  public:
    struct Order {
        std::string socket;
        CourierLink::Timing timing;
        Secret packet;
        std::chrono::steady_clock::time_point end;  // no attempt begins later
        std::function<void(Report)> done;           // called once
        std::function<void()> handed_over;          // called once: a courier has it, or it has failed
        std::function<void(PendingDelivery&)> ended;
    };
    PendingDelivery(boost::asio::io_context& io, Order order);

    void start();
    // When the thread has ended: tells who waits for the first report that there will be none. What a courier
    // has is reported as deferred: it may arrive.
    void abandon(const std::string& why);

  private:
    template <typename Event>
    void guarded(Event event);
    void attempt();
    void connect();
    void connect_later();
    void hand_over(int fd);
    void await_report();
    void on_readable();
    void finish(Report report);
    void tell(Report report);
    void retry();
    void failed(std::string detail);
    void at(std::chrono::steady_clock::time_point when, void (PendingDelivery::*then)());
    void give_up();

    Order order_;
    boost::asio::posix::stream_descriptor socket_;
    boost::asio::steady_timer timer_;
    std::chrono::milliseconds interval_;
    std::chrono::steady_clock::time_point deadline_;
    std::uint64_t attempt_ = 0;  // what was waited for in an earlier one is not looked at
};

}  // namespace secondstep::delivery
