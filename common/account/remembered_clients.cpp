#include "account/remembered_clients.h"

#include <algorithm>

#include "account/source.h"

namespace secondstep {
namespace {

bool is(const RememberedClient& remembered, const Client& client) {
    return remembered.service == client.service && remembered.address == client.address &&
           remembered.host == client.host;
}

// A clock that jumped, ahead or back, does not make the time longer.
bool lasts(const RememberedClient& remembered, UnixTime now) {
    return now >= remembered.since && now <= remembered.until &&
           remembered.until <= remembered.since + longest_remembered;
}

}  // namespace

bool is_remembered(const State& state, const Client& client, UnixTime now) {
    return std::ranges::any_of(state.clients, [&](const RememberedClient& remembered) {
        return is(remembered, client) && lasts(remembered, now);
    });
}

void remember_client(State& state, const Client& client, UnixTime now, std::chrono::seconds time) {
    std::erase_if(state.clients, [&](const RememberedClient& remembered) {
        return is(remembered, client) || !lasts(remembered, now);
    });
    if (client.service.size() > max_client_service || exact_address(client.address) != client.address) return;
    state.clients.insert(state.clients.begin(),
                         RememberedClient{.service = std::string(client.service),
                                          .address = std::string(client.address),
                                          .since = now,
                                          .until = now + std::min(time, longest_remembered),
                                          .host = client.host});
    if (state.clients.size() > max_remembered_clients) state.clients.resize(max_remembered_clients);
}

}  // namespace secondstep
