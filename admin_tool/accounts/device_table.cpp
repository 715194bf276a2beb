#include "accounts/device_table.h"

#include <algorithm>
#include <cstdint>

#include "account/devices.h"
#include "base/character_width.h"
#include "base/local_time.h"
#include "base/text.h"
#include "console/output.h"
#include "console/table.h"

namespace secondstep::tool {

namespace {

constexpr std::size_t widest_name = 32;

// "totp", "totp, 8 digits, every 60 s, sha256": what is unusual is said.
std::string kind_of(const DeviceRow& device) {
    std::string kind(to_text(device.method));
    if (device.digits != 6) kind += ", " + std::to_string(device.digits) + " digits";
    if (device.method == Method::totp && device.period != std::chrono::seconds{30})
        kind += ", every " + std::to_string(device.period.count()) + " s";
    if (device.algorithm != "sha1") kind += ", " + device.algorithm;
    return kind;
}

std::string name_of(const DeviceRow& device) {
    return device.name.empty() ? "(no name)" : printable(device.name);
}

std::string shown(UnixTime time) {
    return time == never ? "-" : local_minute(time);
}

template <typename Text>
std::size_t widest(const std::vector<DeviceRow>& devices, Text text, std::size_t least) {
    for (const DeviceRow& device : devices)
        least = std::max(least, display_width(text(device)));
    return least;
}

UnixTime time_in(const Json& device, const char* name) {
    const auto found = device.find(name);
    const bool is_time = found != device.end() && found->is_number_integer();
    return is_time ? from_unix(found->get<std::int64_t>()) : never;
}

}  // namespace

std::vector<DeviceRow> devices_of(const Account& account) {
    std::vector<DeviceRow> devices;
    if (!account.credential) return devices;
    for (const Authenticator& device : account.credential->authenticators) {
        devices.push_back({.name = device.name,
                           .method = account.credential->method,
                           .digits = device.digits.value(),
                           .algorithm = std::string(otp::to_text(device.algorithm)),
                           .period = device.period.value(),
                           .added = added_at(device, *account.credential),
                           .last_used = last_used(device, account.state)});
    }
    return devices;
}

std::vector<DeviceRow> devices_in(const Json& array) {
    std::vector<DeviceRow> devices;
    if (!array.is_array()) return devices;
    for (const Json& each : array) {
        try {
            DeviceRow row;
            row.name = each.at("name").get<std::string>();
            const auto method = method_from_text(each.at("kind").get<std::string>());
            if (!method) continue;
            row.method = *method;
            row.digits = each.at("digits").get<unsigned>();
            row.algorithm = each.at("algorithm").get<std::string>();
            row.period = std::chrono::seconds{each.value("period", 30)};
            row.added = time_in(each, "added");
            row.last_used = time_in(each, "last_used");
            devices.push_back(std::move(row));
        } catch (const Json::exception&) {
            continue;
        }
    }
    return devices;
}

void show_devices(const std::string& user, const std::vector<DeviceRow>& devices) {
    if (devices.empty()) return out().line(user + " has no device: codes are sent to an address.");
    Stream stream(out());
    Table table(stream, terminal_of(out().fd()),
                {{"NO", 2, true},
                 {"NAME", std::min(widest(devices, name_of, 4), widest_name)},
                 {"KIND", widest(devices, kind_of, 4), false, 44},
                 {"ADDED", 16, false, 72},
                 {"LAST USED", 0}});
    table.header();
    std::size_t number = 0;
    for (const DeviceRow& device : devices) {
        table.row({{std::to_string(++number)},
                   {name_of(device)},
                   {kind_of(device)},
                   {shown(device.added)},
                   {shown(device.last_used)}});
    }
}

Json devices_json(const std::string& user, const std::vector<DeviceRow>& devices) {
    const auto time = [](UnixTime when) { return when == never ? Json() : Json(utc_second(when)); };
    Json list = Json::array();
    for (const DeviceRow& device : devices) {
        Json one{{"name", device.name},
                 {"kind", to_text(device.method)},
                 {"digits", device.digits},
                 {"algorithm", device.algorithm}};
        if (device.method == Method::totp) one["period"] = device.period.count();
        one["added"] = time(device.added);
        one["last_used"] = time(device.last_used);
        list.push_back(std::move(one));
    }
    return {{"user", user}, {"devices", std::move(list)}};
}

}  // namespace secondstep::tool
