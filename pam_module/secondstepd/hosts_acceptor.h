#pragma once

#include <memory>

#include "fleet/host_desk.h"
#include "secondstepd/acceptor.h"
#include "secondstepd/keyed_queue.h"

namespace secondstep::service {

// A number that stands for a host where callers are counted by their uid; of no account of this machine.
[[nodiscard]] uid_t host_number(const HostTag& tag);

// On a node: accepts the connections of the relay, one for each conversation of a host or question about one. Nobody
// but the relay's account and root may connect.
class HostsAcceptor final : public Acceptor {
  public:
    // Of one host, and of all together.
    static constexpr Limits::Numbers numbers{.per_user = 256, .per_trusted = 256, .total = 8192};

    // Of those of one host, for what is local there (a console, su, sudo): however many stand at prompts there over the network,
    // root gets in at its console.
    static constexpr std::size_t kept_for_the_console = numbers.per_trusted / 4;
    // Of these, for local conversations about root: however many sudo somebody with a shell there has begun.
    static constexpr std::size_t kept_for_root = 16;
    // What is written for one host: an honest one has a renewal under way, or a login to tell of, and after its connection
    // broke perhaps another. Many machines may join at once from behind one address.
    static constexpr KeyedQueue::Size writes_of_a_host{.at_once = 1, .waiting = 1};
    static constexpr KeyedQueue::Size joins_from_an_address{.at_once = 1, .waiting = 64};

    // `limits` counts the conversations of each host. Throws std::system_error.
    HostsAcceptor(int listener, uid_t relay, fleet::HostDesk& desk, Limits& limits, Sessions& sessions);

  protected:
    [[nodiscard]] std::shared_ptr<Entrant> admit(UniqueFd socket) override;

  private:
    const uid_t relay_;
    fleet::HostDesk& desk_;
    Limits& limits_;
};

}  // namespace secondstep::service
