#include "secondstepd/server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <exception>
#include <string>
#include <system_error>
#include <thread>

#include "secondstepd/peer_policy.h"
#include "secondstepd/peer_socket.h"
#include "secondstepd/sessions.h"

namespace secondstep::service {

namespace asio = boost::asio;

namespace {

constexpr int accepts_in_a_row = 16;  // then the sessions that wait get their turn
constexpr std::chrono::milliseconds pause_without_descriptors{100};

// Connections over the limit that may wait for their verdict; more are closed without one.
constexpr Limits::Numbers few_to_turn_away{.per_user = 4, .per_trusted = 4, .total = 16};

bool passes(int error) {
    return error == EINTR || error == ECONNABORTED;
}

}  // namespace

// One I/O thread.
class Server::Lane {
  public:
    Lane(int listener, Limits& limits, Surroundings& around)
        : limits_(limits), around_(around), sessions_(io_, around), listener_(io_), accept_again_(io_) {
        const int own = ::dup(listener);
        if (own < 0) throw std::system_error(errno, std::generic_category(), "dup");
        listener_.assign(own);
    }
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    // A worker that came too late may have left its report here: it holds a session, which goes before the
    // rest.
    ~Lane() {
        io_.restart();
        run([this] { io_.poll(); });
    }

    void start() {
        await_connection();
        // It returns when nothing is left to wait for: end() was called and every session has ended.
        thread_ = std::thread([this] { run([this] { io_.run(); }); });
    }

    void begin_end() {
        asio::post(io_, [this] { end(); });
    }

    std::size_t join() {
        if (thread_.joinable()) thread_.join();
        return std::exchange(ended_, 0);
    }

  private:
    // An event that threw is over; those behind it still come.
    template <typename Events>
    void run(Events events) {
        for (;;) {
            try {
                events();
                return;
            } catch (const std::exception& e) {
                around_.unusual.warn(std::string("An error inside the service: ") + e.what());
            }
        }
    }

    void end() {
        boost::system::error_code ignored;
        listener_.close(ignored);
        accept_again_.cancel();
        ended_ = sessions_.end_waiting();
    }

    void await_connection() {
        listener_.async_wait(asio::posix::descriptor_base::wait_read,
                             [this](const boost::system::error_code& error) {
                                 if (!error) accept_some();
                             });
    }

    void accept_some() {
        if (!listener_.is_open()) return;
        try {
            const int error = accept_in_a_row();
            if (error != 0) return pause_accepting(error);
        } catch (const std::bad_alloc&) {
            return pause_accepting(ENOMEM);
        }
        await_connection();
    }

    // Zero, or why no connection can be accepted now.
    [[nodiscard]] int accept_in_a_row() {
        for (int i = 0; i < accepts_in_a_row; ++i) {
            UniqueFd socket(
                ::accept4(listener_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
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

    // Out of descriptors or memory: the connection stays in the queue and the listener readable, so trying
    // again at once would only burn the processor.
    void pause_accepting(int error) {
        around_.unusual.warn(fail_errno("Connections wait", error).error().detail + ".");
        accept_again_.expires_after(pause_without_descriptors);
        accept_again_.async_wait([this](const boost::system::error_code& cancelled) {
            if (!cancelled) accept_some();
        });
    }

    void begin_session(UniqueFd socket) {
        const Result<uid_t> peer = peer_uid(socket.get());
        if (!peer) return around_.unusual.warn(peer.error().detail);
        if (std::optional<Limits::Place> place = limits_.admit(*peer, rank_of(*peer))) {
            return sessions_.start(std::move(socket), {*peer, true, std::move(*place)});
        }
        around_.unusual.warn("uid " + std::to_string(*peer) +
                             " holds as many dialogues as it may at once; another was refused.");
        sessions_.flush_journal();
        std::optional<Limits::Place> place = turned_away_.admit(*peer, Limits::Rank::user);
        if (place) sessions_.start(std::move(socket), {*peer, false, std::move(*place)});
    }

    [[nodiscard]] Limits::Rank rank_of(uid_t peer) const {
        if (peer == 0) return Limits::Rank::root;
        const auto settings = around_.settings.get();
        return is_trusted_for_something(peer, settings->trusted_callers) ? Limits::Rank::trusted
                                                                         : Limits::Rank::user;
    }

    Limits& limits_;
    Limits turned_away_{few_to_turn_away};
    Surroundings& around_;
    asio::io_context io_{1};  // one thread runs it
    Sessions sessions_;
    asio::posix::stream_descriptor listener_;
    asio::steady_timer accept_again_;
    std::size_t ended_ = 0;
    std::thread thread_;
};

Server::Server(int listener, unsigned threads, Limits& limits, Surroundings& around) {
    for (unsigned i = 0; i < threads; ++i)
        lanes_.push_back(std::make_unique<Lane>(listener, limits, around));
}

Server::~Server() {
    finish();
}

void Server::start() {
    for (const auto& lane : lanes_)
        lane->start();
}

std::size_t Server::finish() {
    for (const auto& lane : lanes_)
        lane->begin_end();
    std::size_t ended = 0;
    for (const auto& lane : lanes_)
        ended += lane->join();
    return ended;
}

}  // namespace secondstep::service
