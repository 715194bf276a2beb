#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "relay/reactor.h"
#include "relay/resolver.h"

namespace secondstep::relay {

// Makes connections of TCP to one node: its addresses in turn, until one takes it. How long that may last is its user's
// to say.
class Connector {
  public:
    using Connected = std::function<void(Result<UniqueFd>)>;
    Connector(Reactor& reactor, const std::string& host, std::uint16_t port);

    // Once. Errors: not_found (no address), unreachable.
    void connect(Connected connected);
    // Gives up what is under way.
    void cancel();

  private:
    void try_next_address();
    void on_writable();
    void fail_with(int problem);
    void finish(Result<UniqueFd> result);

    Reactor& reactor_;
    Resolver resolver_;
    std::vector<TcpAddress> addresses_;  // that are still to be tried
    std::unique_ptr<Watched> connecting_;
    Connected connected_;
};

}  // namespace secondstep::relay
