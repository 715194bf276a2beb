#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <stdexcept>
#include <string>

#include "base/file.h"

namespace secondstep::testing {

// A socket that somebody listens on, and takes connections from when the test says so.
class Listener {
  public:
    explicit Listener(const std::string& path, int backlog = 8)
        : fd_(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        if (::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
            ::listen(fd_.get(), backlog) != 0) {
            throw std::runtime_error("bind " + path);
        }
    }
    [[nodiscard]] UniqueFd accept() const {
        return UniqueFd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    }

  private:
    UniqueFd fd_;
};

}  // namespace secondstep::testing
