#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "relay/reactor.h"

namespace secondstep::relay {

struct TcpAddress {
    sockaddr_storage bytes{};
    socklen_t size = 0;
};

// Addresses of a node. What is written as an address is known at once; a name is looked up beside the loop, and what was
// found last serves while the name service is away.
class Resolver {
  public:
    using Found = std::function<void(Result<std::vector<TcpAddress>>)>;
    Resolver(Reactor& reactor, std::string host, std::uint16_t port);
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;
    ~Resolver();  // nothing is called any more

    // Errors: not_found.
    void look_up(Found found);

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace secondstep::relay
