#include "secondstepd/acceptor.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <system_error>
#include <utility>

#include "secondstepd/peer_policy.h"
#include "secondstepd/peer_socket.h"
#include "secondstepd/session.h"

namespace secondstep::service {

namespace {

constexpr std::chrono::milliseconds pause_without_descriptors{100};

// Connections over the limit that may wait for their verdict; more are closed without one.
constexpr Limits::Numbers few_to_turn_away{.per_user = 4, .per_trusted = 4, .total = 16};

bool passes(int error) {
    return error == EINTR || error == ECONNABORTED;
}

UniqueFd copy_of(int fd) {
    UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
    if (!copy.valid()) throw std::system_error(errno, std::generic_category(), "fcntl");
    return copy;
}

}  // namespace

Acceptor::Acceptor(int listener, Limits& limits, Sessions& sessions, std::string subuid)
    : listener_(copy_of(listener)),
      limits_(limits),
      turned_away_(few_to_turn_away),
      subordinates_(std::move(subuid)),
      sessions_(sessions),
      context_(sessions.context()) {}

void Acceptor::listen(const std::shared_ptr<Acceptor>& self) {
    const std::lock_guard lock(mutex_);
    if (sessions_.loop().ending()) return;
    if (!listening_) place_ = EventLoop::Place(sessions_.loop(), self);
    listening_ = true;
    place_.await_each(listener_.get());
}

bool Acceptor::on_end() {
    const std::lock_guard lock(mutex_);
    place_.leave();
    return false;
}

// The first of them runs on this thread, and may take long: the others are for whoever is free.
void Acceptor::accept_some() {
    if (sessions_.loop().ending()) return;
    Accepted accepted;
    begin(accepted, accept_in_a_row(accepted));
}

std::size_t Acceptor::accept_in_a_row(Accepted& accepted) {
    std::size_t count = 0;
    // Those that are turned away count, too: whoever connects again and again would keep this thread for ever.
    for (std::size_t i = 0; i < accepted.size(); ++i) {
        UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (socket.valid()) {
            accepted[count] = new_entrant(std::move(socket));
            if (accepted[count]) ++count;
        } else if (errno == EAGAIN) {
            return count;
        } else if (!passes(errno)) {
            pause(errno);
            return count;
        }
    }
    again_at(std::chrono::steady_clock::now());  // not at_once, which is before all that is due
    return count;
}

void Acceptor::begin(const Accepted& accepted, std::size_t count) {
    for (std::size_t i = 1; i < count; ++i)
        accepted[i]->start_later();
    if (count > 0) accepted[0]->start();
}

// Those who were accepted already wait for this thread: it goes on.
template <typename Words>
void Acceptor::warn(Words words) noexcept {
    try {
        context_.unusual.warn(words());
    } catch (const std::exception&) {  // no memory for the words either
        return;
    }
}

// Out of descriptors or memory: the connection stays in the queue, so trying again at once would only burn the
// processor.
void Acceptor::pause(int error) {
    again_at(std::chrono::steady_clock::now() + pause_without_descriptors);
    warn([error] { return fail_errno("Connections wait", error).error().detail + "."; });
    sessions_.flush_journal();
}

void Acceptor::again_at(EventLoop::Time time) {
    const std::lock_guard lock(mutex_);
    place_.set_time_if_earlier(time);
}

// What fails here (no memory) costs this connection, which is closed, and no other.
std::shared_ptr<Entrant> Acceptor::new_entrant(UniqueFd socket) {
    try {
        return admit(std::move(socket));
    } catch (const std::exception& e) {
        warn([&e] {
            return std::string("A connection was closed by an error inside the service: ") + e.what();
        });
        return nullptr;
    }
}

std::shared_ptr<Entrant> Acceptor::admit(UniqueFd socket) {
    const Result<uid_t> peer = peer_uid(socket.get());
    if (!peer) {
        context_.unusual.warn(peer.error().detail);
        return nullptr;
    }
    const auto settings = context_.settings.get();
    const Limits::Rank rank = rank_of(*peer, settings->trusted_callers);
    const uid_t counted = rank == Limits::Rank::user ? subordinates_.counted_as(*peer) : *peer;
    if (std::optional<Limits::Place> place = limits_.admit(counted, rank))
        return Session::create(sessions_, std::move(socket), {*peer, true, std::move(*place)});
    context_.unusual.warn("uid " + std::to_string(*peer) +
                          " holds as many dialogues as it may at once; another was refused.");
    sessions_.flush_journal();
    std::optional<Limits::Place> place = turned_away_.admit(counted, Limits::Rank::user);
    if (!place) return nullptr;
    return Session::create(sessions_, std::move(socket), {*peer, false, std::move(*place)});
}

}  // namespace secondstep::service
