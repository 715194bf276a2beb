#pragma once

#include <string>
#include <thread>

#include "process/listening_socket.h"
#include "relay/envelope.h"

namespace secondstep::testing {

// The relay of a node as the tool asks it: every question has the same answer.
class PlayedRelay {
  public:
    PlayedRelay(const std::string& socket, relay::Envelope answer);
    PlayedRelay(const PlayedRelay&) = delete;
    PlayedRelay& operator=(const PlayedRelay&) = delete;
    ~PlayedRelay();

  private:
    void serve() const;
    const relay::Envelope answer_;
    process::ListeningSocket listener_;
    UniqueFd stop_;
    std::thread thread_;
};

}  // namespace secondstep::testing
