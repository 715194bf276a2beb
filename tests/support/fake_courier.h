#pragma once

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "delivery/message.h"

namespace secondstep::testing {

// Listens as the courier's socket unit would, and answers each connection as a test wants: `answer` gets the
// number of the connection, from 1, and its descriptor, on a thread of its own, and the descriptor is closed
// afterwards. The packet has been read by then.
class FakeCourier {
  public:
    using Answer = std::function<void(int number, int fd)>;

    FakeCourier(const std::string& path, Answer answer, int backlog = 64) : answer_(std::move(answer)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof(address.sun_path) - 1);
        if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
            ::listen(listener_.get(), backlog) != 0) {
            throw std::runtime_error("cannot listen on " + path);
        }
        thread_ = std::thread([this] { accept_all(); });
    }
    FakeCourier(const FakeCourier&) = delete;
    FakeCourier& operator=(const FakeCourier&) = delete;
    ~FakeCourier() {
        ::eventfd_write(end_.get(), 1);
        thread_.join();
        for (std::thread& connection : connections_)
            connection.join();
    }

    // An answer that says one line.
    static Answer saying(std::string line) {
        return [line = std::move(line)](int, int fd) { say(fd, line); };
    }
    static void say(int fd, std::string_view line) {
        static_cast<void>(::send(fd, line.data(), line.size(), MSG_NOSIGNAL));
    }

    [[nodiscard]] std::vector<Bytes> packets() const {
        const std::lock_guard lock(mutex_);
        return packets_;
    }

  private:
    void accept_all() {
        for (int number = 1;; ++number) {
            std::array<pollfd, 2> waiting{pollfd{listener_.get(), POLLIN, 0}, pollfd{end_.get(), POLLIN, 0}};
            while (::poll(waiting.data(), waiting.size(), -1) < 0) {
            }
            if (waiting[1].revents != 0) return;
            UniqueFd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            connections_.emplace_back([this, number, raw = fd.release()] { serve(number, UniqueFd(raw)); });
        }
    }
    void serve(int number, const UniqueFd& fd) {
        Bytes packet(65536);
        const ssize_t size = ::recv(fd.get(), packet.data(), packet.size(), 0);
        packet.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
        {
            const std::lock_guard lock(mutex_);
            packets_.push_back(std::move(packet));
        }
        answer_(number, fd.get());
    }

    Answer answer_;
    UniqueFd listener_{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)};
    UniqueFd end_{::eventfd(0, EFD_CLOEXEC)};
    mutable std::mutex mutex_;
    std::vector<Bytes> packets_;
    std::vector<std::thread> connections_;
    std::thread thread_;
};

}  // namespace secondstep::testing
