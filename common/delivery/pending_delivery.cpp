#include "delivery/pending_delivery.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/file.h"

namespace secondstep::delivery {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t longest_line = 400;
// poll(2) cannot wait for room in the queue of a listening unix socket.
constexpr std::chrono::milliseconds full_queue_pause{20};

// 0, or errno.
int connect_to(int fd, const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path)) return ENAMETOOLONG;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    return ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ? 0 : errno;
}

std::string why_not_connected(const std::string& path, int error) {
    if (error == ENOENT || error == ECONNREFUSED) return "nobody listens on " + path;
    return fail_errno("connecting to " + path, error).error().detail;
}

}  // namespace

PendingDelivery::PendingDelivery(asio::io_context& io, Order order)
    : order_(std::move(order)), socket_(io), timer_(io), interval_(order_.timing.first_retry) {}

template <typename Event>
void PendingDelivery::guarded(Event event) {
    try {
        event();
    } catch (const std::exception& e) {  // no memory, no descriptor: this delivery fails, the others go on
        failed(e.what());
    }
}

void PendingDelivery::start() {
    guarded([this] { attempt(); });
}

void PendingDelivery::abandon(const std::string& why) {
    if (order_.handed_over != nullptr) {
        return tell({.outcome = DeliveryOutcome::failed, .cause = Cause::courier, .detail = why});
    }
    tell({.outcome = DeliveryOutcome::deferred, .cause = Cause::none, .detail = why});
}

void PendingDelivery::attempt() {
    deadline_ = steady_clock::now() + order_.timing.report;
    connect();
}

void PendingDelivery::connect() {
    UniqueFd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd.valid()) return failed(fail_errno("socket", errno).error().detail);
    const int error = connect_to(fd.get(), order_.socket);
    if (error == EAGAIN) return connect_later();
    if (error != 0) return failed(why_not_connected(order_.socket, error));
    socket_.assign(fd.get());
    hand_over(fd.release());
}

void PendingDelivery::connect_later() {
    if (steady_clock::now() + full_queue_pause >= deadline_) {
        return failed("too many messages wait for " + order_.socket);
    }
    at(steady_clock::now() + full_queue_pause, &PendingDelivery::connect);
}

void PendingDelivery::hand_over(int fd) {
    const ByteView packet = order_.packet.bytes();
    if (::send(fd, packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        return failed(fail_errno("handing a message to secondstep-courier", errno).error().detail);
    }
    if (const auto handed_over = std::exchange(order_.handed_over, nullptr)) handed_over();
    await_report();
}

void PendingDelivery::await_report() {
    at(deadline_, &PendingDelivery::give_up);
    socket_.async_wait(
        asio::posix::descriptor_base::wait_read,
        [self = shared_from_this(), number = attempt_](const boost::system::error_code& error) {
            if (error || number != self->attempt_) return;
            self->guarded([&] { self->on_readable(); });
        });
}

void PendingDelivery::on_readable() {
    std::array<char, longest_line> line;  // NOLINT(cppcoreguidelines-pro-type-member-init): only what came
    const ssize_t size = ::recv(socket_.native_handle(), line.data(), line.size(), MSG_DONTWAIT | MSG_TRUNC);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return await_report();
    if (size <= 0) return failed("secondstep-courier ended without a report");
    const std::size_t length = static_cast<std::size_t>(size);
    // A line that did not fit is none of the courier's: report_of refuses the empty one.
    std::string_view text(line.data(), length <= line.size() ? length : 0);
    if (text.ends_with('\n')) text.remove_suffix(1);
    finish(report_of(text));
}

void PendingDelivery::give_up() {
    failed("secondstep-courier gave no report in time");
}

void PendingDelivery::failed(std::string detail) {
    finish({.outcome = DeliveryOutcome::failed, .cause = Cause::courier, .detail = std::move(detail)});
}

void PendingDelivery::finish(Report report) {
    ++attempt_;
    boost::system::error_code ignored;
    socket_.close(ignored);
    timer_.cancel();
    if (const auto handed_over = std::exchange(order_.handed_over, nullptr)) handed_over();
    const bool again =
        report.outcome == DeliveryOutcome::deferred && steady_clock::now() + interval_ < order_.end;
    tell(std::move(report));
    if (again) return retry();
    order_.packet.wipe();
    if (const auto ended = std::exchange(order_.ended, nullptr)) ended(*this);
}

void PendingDelivery::tell(Report report) {
    if (const auto done = std::exchange(order_.done, nullptr)) done(std::move(report));
}

void PendingDelivery::retry() {
    at(steady_clock::now() + interval_, &PendingDelivery::attempt);
    interval_ *= 2;
}

void PendingDelivery::at(steady_clock::time_point when, void (PendingDelivery::*then)()) {
    timer_.expires_at(when);
    timer_.async_wait(
        [self = shared_from_this(), number = attempt_, then](const boost::system::error_code& error) {
            if (error || number != self->attempt_) return;
            self->guarded([&] { ((*self).*then)(); });
        });
}

}  // namespace secondstep::delivery
