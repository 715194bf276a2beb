#include "parts/courier_need.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace secondstep::tool {

namespace {

bool names(const std::vector<std::string>& methods, std::string_view method) {
    return std::ranges::find(methods, method) != methods.end();
}

bool may_enroll_with(const Config& config, std::string_view method) {
    return names(config.rules.defaults.methods, method) ||
           std::ranges::any_of(config.rules.rules, [method](const Rule& rule) {
               return rule.given.methods && names(*rule.given.methods, method);
           });
}

}  // namespace

CourierNeed CourierNeed::of(const Config& config) {
    return {.mail = may_enroll_with(config, "mail"),
            .sms = may_enroll_with(config, "sms"),
            .notices = config.notify && !config.notify_address.empty()};
}

std::string without_courier(const CourierNeed& need) {
    std::string what = need.mail ? "codes sent by mail" : "";
    if (need.sms) what += what.empty() ? "codes sent by SMS" : " and SMS";
    if (what.empty()) what = "notices sent";
    return "the configuration has " + what + ", and the courier is not installed";
}

}  // namespace secondstep::tool
