#include "secondstepd/hosts_acceptor.h"

#include <string>
#include <utility>

#include "secondstepd/guest_entrance.h"
#include "secondstepd/peer_socket.h"

namespace secondstep::service {

uid_t host_number(const HostTag& tag) {
    constexpr uid_t above_all_accounts = 0x80000000;
    uid_t number = 0;
    for (std::size_t i = 0; i < sizeof number; ++i)
        number = (number << 8U) | tag.at(i);
    return (number & 0x7ffffffeU) | above_all_accounts;  // never -1
}

HostsAcceptor::HostsAcceptor(int listener, uid_t relay, fleet::HostDesk& desk, Limits& limits,
                             Sessions& sessions)
    : Acceptor(listener, limits, sessions), relay_(relay), desk_(desk), limits_(limits) {}

std::shared_ptr<Entrant> HostsAcceptor::admit(UniqueFd socket) {
    const Result<uid_t> peer = peer_uid(socket.get());
    if (peer && (*peer == relay_ || *peer == 0))
        return GuestEntrance::create(sessions(), std::move(socket), desk_, limits_);
    sessions().context().unusual.warn(peer ? "uid " + std::to_string(*peer) +
                                                 " is not the relay, and may not bring guests"
                                           : peer.error().detail);
    return nullptr;
}

}  // namespace secondstep::service
