#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "relay/packet_peer.h"

namespace secondstep::testing {

// The service of a node as far as its relay sees it: waits at hosts_socket, one thread for each connection.
class PlayedService {
  public:
    struct Visit {
        relay::From from;
        relay::Envelope first;
        PacketPeer& peer;
    };
    // What it does with a conversation or a question; without one: `answer_as_usual`.
    using Part = std::function<void(Visit&)>;

    explicit PlayedService(std::string path, Part part = {});
    PlayedService(const PlayedService&) = delete;
    PlayedService& operator=(const PlayedService&) = delete;
    ~PlayedService();

    // Every host is known; each packet is said back, until the other end hangs up.
    static void answer_as_usual(Visit& visit);
    static void say_back(Visit& visit);

    [[nodiscard]] std::vector<relay::From> conversations() const;  // who was at the other end of each
    [[nodiscard]] std::vector<relay::From> questions() const;

  private:
    void serve();
    void attend(UniqueFd socket);

    const std::string path_;
    const Part part_;
    UniqueFd listener_;
    UniqueFd stop_;
    mutable std::mutex mutex_;
    std::vector<relay::From> conversations_;
    std::vector<relay::From> questions_;
    std::list<int> open_;
    std::list<std::thread> threads_;
    std::thread thread_;
};

}  // namespace secondstep::testing
