#include "delivery/courier_link.h"

#include <pthread.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <csignal>
#include <exception>
#include <future>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "delivery/pending_delivery.h"

namespace secondstep::delivery {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds longest_sleep{1};

Report courier_failed(std::string detail) {
    return {.outcome = DeliveryOutcome::failed, .cause = Cause::courier, .detail = std::move(detail)};
}

// The host program's signals are for its own threads.
std::thread thread_without_signals(const std::function<void()>& body) {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
        std::thread thread(body);
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
        return thread;
    } catch (...) {
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
        throw;
    }
}

}  // namespace

struct CourierLink::Inside {
    Inside(std::string s, Timing t) : socket(std::move(s)), timing(t), work(io.get_executor()) {}

    PendingDelivery::Order order_for(Secret packet, std::chrono::seconds patience,
                                     std::function<void(Report)> done);
    void send(Secret packet, std::chrono::seconds patience, std::function<void(Report)> done);
    void begin(const std::shared_ptr<PendingDelivery>& delivery);
    void serve();
    void one_handed_over();
    void forget(PendingDelivery& delivery);
    void end();

    const std::string socket;
    const Timing timing;
    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> work;
    std::mutex mutex;
    std::condition_variable all_handed_over;
    std::size_t not_handed_over = 0;
    std::set<std::shared_ptr<PendingDelivery>> deliveries;
    std::thread thread;
};

PendingDelivery::Order CourierLink::Inside::order_for(Secret packet, std::chrono::seconds patience,
                                                      std::function<void(Report)> done) {
    return {.socket = socket,
            .timing = timing,
            .packet = std::move(packet),
            .end = std::chrono::steady_clock::now() + patience,
            .done = std::move(done),
            .handed_over = [this] { one_handed_over(); },
            .ended = [this](PendingDelivery& delivery) { forget(delivery); }};
}

void CourierLink::Inside::send(Secret packet, std::chrono::seconds patience,
                               std::function<void(Report)> done) {
    const auto delivery =
        std::make_shared<PendingDelivery>(io, order_for(std::move(packet), patience, std::move(done)));
    try {
        begin(delivery);
    } catch (const std::exception& e) {  // no thread, no memory
        delivery->abandon(e.what());
        forget(*delivery);
    }
}

void CourierLink::Inside::begin(const std::shared_ptr<PendingDelivery>& delivery) {
    const std::lock_guard lock(mutex);
    if (!thread.joinable()) {
        thread = thread_without_signals([this] { serve(); });
    }
    deliveries.insert(delivery);
    asio::post(io, [delivery] { delivery->start(); });
    ++not_handed_over;
}

// A delivery whose own failure could not be reported for want of memory is given up; the others go on. Not
// run(): a wake-up that the kernel refused would be the last one.
void CourierLink::Inside::serve() {
    while (!io.stopped()) {
        try {
            io.run_for(longest_sleep);
        } catch (const std::exception&) {
            continue;
        }
    }
}

void CourierLink::Inside::one_handed_over() {
    const std::lock_guard lock(mutex);
    if (--not_handed_over == 0) all_handed_over.notify_all();
}

void CourierLink::Inside::forget(PendingDelivery& delivery) {
    const std::lock_guard lock(mutex);
    deliveries.erase(delivery.shared_from_this());
}

void CourierLink::Inside::end() {
    io.stop();
    if (thread.joinable()) thread.join();
    for (const auto& delivery : std::exchange(deliveries, {}))
        delivery->abandon("the program that wanted it sent has ended");
}

CourierLink::CourierLink(std::string socket, Timing timing)
    : inside_(std::make_unique<Inside>(std::move(socket), timing)) {}

CourierLink::CourierLink(std::string socket) : CourierLink(std::move(socket), Timing{}) {}

CourierLink::~CourierLink() {
    inside_->end();
}

void CourierLink::send(Message message, std::chrono::seconds patience, std::function<void(Report)> done) {
    Result<Secret> packet = encode(message);
    if (!packet) return done(courier_failed(std::move(packet.error().detail)));
    inside_->send(std::move(*packet), patience, std::move(done));
}

void CourierLink::flush(std::chrono::milliseconds patience) {
    std::unique_lock lock(inside_->mutex);
    inside_->all_handed_over.wait_for(lock, patience, [this] { return inside_->not_handed_over == 0; });
}

Report deliver(const std::string& socket, const Message& message) {
    const Result<Secret> packet = encode(message);
    if (!packet) return courier_failed(packet.error().detail);
    Result<Message> copy = decode_message(packet->bytes());
    if (!copy) return courier_failed(copy.error().detail);
    std::promise<Report> promise;
    CourierLink link(socket);
    link.send(std::move(*copy), std::chrono::seconds{0},
              [&promise](Report report) { promise.set_value(std::move(report)); });
    return promise.get_future().get();
}

}  // namespace secondstep::delivery
