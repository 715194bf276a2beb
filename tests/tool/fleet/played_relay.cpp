#include "fleet/played_relay.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <utility>

#include "relay/envelope_socket.h"

namespace secondstep::testing {

PlayedRelay::PlayedRelay(const std::string& socket, relay::Envelope answer)
    : answer_(std::move(answer)),
      listener_(process::ListeningSocket::bind_to(socket).value()),
      stop_(::eventfd(0, EFD_CLOEXEC)),
      thread_([this] { serve(); }) {}

PlayedRelay::~PlayedRelay() {
    static_cast<void>(::eventfd_write(stop_.get(), 1));
    thread_.join();
}

void PlayedRelay::serve() const {
    for (;;) {
        std::array<pollfd, 2> waiting{pollfd{stop_.get(), POLLIN, 0}, pollfd{listener_.get(), POLLIN, 0}};
        if (::poll(waiting.data(), waiting.size(), -1) < 0) continue;
        if (waiting[0].revents != 0) return;
        const UniqueFd asking(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        pollfd question{asking.get(), POLLIN, 0};
        static_cast<void>(::poll(&question, 1, -1));
        static_cast<void>(relay::send_envelope(asking.get(), answer_));
    }
}

}  // namespace secondstep::testing
