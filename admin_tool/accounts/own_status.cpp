#include "accounts/own_status.h"

#include <cstdint>
#include <vector>

#include "account/credential.h"
#include "account/state.h"
#include "accounts/account_details.h"
#include "accounts/client_table.h"
#include "base/local_time.h"
#include "base/text.h"
#include "console/output.h"

namespace secondstep::tool {

namespace {

UnixTime time_in(const Json& status, const char* name) {
    const auto found = status.find(name);
    return found != status.end() && found->is_number_integer() ? from_unix(found->get<std::int64_t>())
                                                               : never;
}

std::string text_in(const Json& status, const char* name) {
    const auto found = status.find(name);
    return found != status.end() && found->is_string() ? printable(found->get<std::string>()) : "";
}

std::string by_what(const Json& status) {
    const auto method = method_from_text(text_in(status, "method"));
    const std::string address = text_in(status, "address");
    const std::string to = address.empty() ? "" : " to " + address;
    if (!method) return "";
    switch (*method) {
        case Method::totp:
            return ", with codes of an authenticator app";
        case Method::hotp:
            return ", with codes that count";
        case Method::mail:
            return ", with codes by mail" + to;
        case Method::sms:
            break;
    }
    return ", with codes by SMS" + to;
}

std::string of_nobody(const Json& status, UnixTime now) {
    const UnixTime until = time_in(status, "invited_until");
    if (until >= now)
        return "you have no second step. Until " + local_minute(until) +
               " the registration code that you were given sets one up: secondstep enroll, or at the next login.";
    return "you have no second step: secondstep enroll sets one up, with a registration code of the administrator.";
}

std::string codes_in(const Json& status) {
    const std::size_t left = status.value("recovery_codes_left", std::size_t{0});
    const std::string text = std::to_string(left) + " of " +
                             std::to_string(status.value("recovery_codes_total", std::size_t{0})) + " left";
    return text + (left <= few_recovery_codes ? ": secondstep recovery-codes --renew makes new ones" : "");
}

std::vector<Detail> details_in(const Json& status) {
    const UnixTime used = time_in(status, "last_used");
    std::vector<Detail> details{{"Last used", used == never ? "never" : local_minute(used)},
                                {"Recovery codes", codes_in(status)}};
    std::string label = "Device";
    for (const Json& device : status.value("devices", Json::array())) {
        if (device.is_string())
            details.push_back({std::exchange(label, ""), printable(device.get<std::string>())});
    }
    label = "Not asked again";
    for (const RememberedClient& client : clients_in(status.value("clients", Json::array())))
        details.push_back({std::exchange(label, ""), printable(client.service) + " from " +
                                                         printable(client.address) + ", until " +
                                                         local_minute(client.until)});
    return details;
}

}  // namespace

void show_own_status(const std::string& user, const Json& status, UnixTime now) {
    if (!status.value("enrolled", false)) return out().line(user + ": " + of_nobody(status, now));
    out().line(user + ": your second step is on" + by_what(status) + ".");
    if (status.value("re_enroll", false)) out().line("At the next login you are asked to set it up again.");
    show_details(details_in(status));
}

}  // namespace secondstep::tool
