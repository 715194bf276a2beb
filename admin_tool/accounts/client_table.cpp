#include "accounts/client_table.h"
#include "base/local_time.h"

#include <algorithm>
#include <cstdint>

#include "console/output.h"
#include "console/table.h"
#include "console/terminal.h"

namespace secondstep::tool {

namespace {

std::size_t widest(const std::vector<RememberedClient>& clients, std::string RememberedClient::* text,
                   std::size_t least) {
    for (const RememberedClient& client : clients)
        least = std::max(least, (client.*text).size());
    return least;
}

}  // namespace

void show_clients(const std::string& user, const std::vector<RememberedClient>& clients) {
    if (clients.empty()) return out().line(user + " has no remembered clients: every login asks for a code.");
    Stream stream(out());
    Table table(stream, terminal_of(out().fd()),
                {{"SERVICE", widest(clients, &RememberedClient::service, 7)},
                 {"ADDRESS", widest(clients, &RememberedClient::address, 7)},
                 {"SINCE", 16, false, 64},
                 {"UNTIL", 0}});
    table.header();
    for (const RememberedClient& client : clients) {
        table.row(
            {{client.service}, {client.address}, {local_minute(client.since)}, {local_minute(client.until)}});
    }
}

Json to_json(const std::vector<RememberedClient>& clients) {
    Json array = Json::array();
    for (const RememberedClient& client : clients) {
        array.push_back({{"service", client.service},
                         {"address", client.address},
                         {"since", utc_second(client.since)},
                         {"until", utc_second(client.until)}});
    }
    return array;
}

std::vector<RememberedClient> clients_in(const Json& array) {
    std::vector<RememberedClient> clients;
    if (!array.is_array()) return clients;
    for (const Json& each : array) {
        try {
            clients.push_back({each.at("service").get<std::string>(), each.at("address").get<std::string>(),
                               from_unix(each.at("since").get<std::int64_t>()),
                               from_unix(each.at("until").get<std::int64_t>())});
        } catch (const Json::exception&) {
            continue;
        }
    }
    return clients;
}

}  // namespace secondstep::tool
