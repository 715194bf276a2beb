#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "console/json_text.h"
#include "store/account_store.h"

namespace secondstep::tool {

// One device of an account, as `devices` shows it.
struct DeviceRow {
    std::string name;
    Method method = Method::totp;
    unsigned digits = 6;
    std::string algorithm = "sha1";
    std::chrono::seconds period{30};  // totp
    UnixTime added = never;
    UnixTime last_used = never;  // it let nobody in yet
};

[[nodiscard]] std::vector<DeviceRow> devices_of(const Account& account);
// From what the service tells somebody of their own devices; what is not one is left out.
[[nodiscard]] std::vector<DeviceRow> devices_in(const Json& array);

// Numbered, as a table on stdout: a number stands for a device whose name is no help.
void show_devices(const std::string& user, const std::vector<DeviceRow>& devices);

// {"user", "devices": [{"name", "kind", "digits", "algorithm", "period", "added", "last_used"}]}; `period`
// with totp, times as those of `status`.
[[nodiscard]] Json devices_json(const std::string& user, const std::vector<DeviceRow>& devices);

}  // namespace secondstep::tool
