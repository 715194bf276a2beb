#include "secondstepd/lane.h"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <system_error>
#include <utility>

#include "secondstepd/peer_policy.h"
#include "secondstepd/peer_socket.h"

namespace secondstep::service {

namespace asio = boost::asio;

namespace {

constexpr int accepts_in_a_row = 16;  // then the sessions that wait get their turn
constexpr std::chrono::milliseconds pause_without_descriptors{100};
constexpr std::chrono::milliseconds pause_after_failure{100};

// Connections over the limit that may wait for their verdict; more are closed without one.
constexpr Limits::Numbers few_to_turn_away{.per_user = 4, .per_trusted = 4, .total = 16};

bool passes(int error) {
    return error == EINTR || error == ECONNABORTED;
}

}  // namespace

Lane::Lane(int listener, Limits& limits, ServiceContext& context, std::chrono::milliseconds interval,
           std::function<void()> alive)
    : limits_(limits),
      turned_away_(few_to_turn_away),
      context_(context),
      work_(io_.get_executor()),
      sessions_(io_, context),
      listener_(io_),
      accept_again_(io_),
      heart_(io_, interval, [this, told = std::move(alive)] {
          if (listens_) told();
      }) {
    const int own = ::dup(listener);
    if (own < 0) throw std::system_error(errno, std::generic_category(), "dup");
    listener_.assign(own);
}

// A worker that came too late may have left its report here: it holds a session, which goes before the rest.
Lane::~Lane() {
    io_.restart();
    while (!survived([this] { io_.poll(); })) {
    }
}

void Lane::start() {
    listen_again();
    thread_ = std::thread([this] { serve(); });
}

void Lane::begin_end() {
    asio::post(io_, [this] { end(); });
}

std::size_t Lane::join() {
    if (thread_.joinable()) thread_.join();
    return std::exchange(ended_, 0);
}

// Until end() was called and every session has ended. An event that threw is over; those behind it still
// come. Where it was the listening that failed, it is taken up again, after a pause in which the sessions go
// on, however often that fails too.
void Lane::serve() {
    while (!io_.stopped()) {
        const bool well = survived([this] {
            listen_again();
            io_.run();
        });
        if (!well) static_cast<void>(survived([this] { io_.run_for(pause_after_failure); }));
    }
}

void Lane::listen_again() {
    if (ending_) return;
    if (!listens_) await_connection();
    if (!heart_.is_awaited()) heart_.await();
}

template <typename Events>
bool Lane::survived(Events events) noexcept {
    try {
        events();
        return true;
    } catch (const std::exception& e) {
        warn("An error inside the service", e);
        return false;
    }
}

void Lane::warn(const std::string& what, const std::exception& e) noexcept {
    try {
        context_.unusual.warn(what + ": " + e.what());
    } catch (const std::exception&) {  // no memory for the words either
        return;
    }
}

void Lane::end() {
    ending_ = true;
    work_.reset();
    boost::system::error_code ignored;
    listener_.close(ignored);
    accept_again_.cancel();
    heart_.end();
    ended_ = sessions_.end_waiting();
}

void Lane::await_connection() {
    listener_.async_wait(asio::posix::descriptor_base::wait_read,
                         [this](const boost::system::error_code& error) {
                             listens_ = false;
                             if (!error) accept_some();
                         });
    listens_ = true;
}

void Lane::accept_some() {
    if (!listener_.is_open()) return;
    const int error = accept_in_a_row();
    if (error != 0) return pause_accepting(error);
    await_connection();
}

// Zero, or why no connection can be accepted now.
int Lane::accept_in_a_row() {
    for (int i = 0; i < accepts_in_a_row; ++i) {
        UniqueFd socket(::accept4(listener_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (socket.valid()) {
            begin_session(std::move(socket));
        } else if (errno == EAGAIN) {
            return 0;
        } else if (!passes(errno)) {
            return errno;
        }
    }
    return 0;
}

// Out of descriptors or memory: the connection stays in the queue and the listener readable, so trying again
// at once would only burn the processor.
void Lane::pause_accepting(int error) {
    context_.unusual.warn(fail_errno("Connections wait", error).error().detail + ".");
    accept_again_.expires_after(pause_without_descriptors);
    accept_again_.async_wait([this](const boost::system::error_code& cancelled) {
        listens_ = false;
        if (!cancelled) accept_some();
    });
    listens_ = true;
}

// What fails here (no memory, no room in the epoll: ENOMEM, ENOSPC) costs this connection, which is closed,
// and no other.
void Lane::begin_session(UniqueFd socket) {
    try {
        admit(std::move(socket));
    } catch (const std::exception& e) {
        warn("A connection was closed by an error inside the service", e);
    }
}

void Lane::admit(UniqueFd socket) {
    const Result<uid_t> peer = peer_uid(socket.get());
    if (!peer) return context_.unusual.warn(peer.error().detail);
    if (std::optional<Limits::Place> place = limits_.admit(*peer, rank_of(*peer))) {
        return sessions_.start(std::move(socket), {*peer, true, std::move(*place)});
    }
    context_.unusual.warn("uid " + std::to_string(*peer) +
                          " holds as many dialogues as it may at once; another was refused.");
    sessions_.flush_journal();
    std::optional<Limits::Place> place = turned_away_.admit(*peer, Limits::Rank::user);
    if (place) sessions_.start(std::move(socket), {*peer, false, std::move(*place)});
}

Limits::Rank Lane::rank_of(uid_t peer) const {
    if (peer == 0) return Limits::Rank::root;
    const auto settings = context_.settings.get();
    return is_trusted_for_something(peer, settings->trusted_callers) ? Limits::Rank::trusted
                                                                     : Limits::Rank::user;
}

}  // namespace secondstep::service
