#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "courier/courier_config.h"

namespace secondstep::courier {

// One option of courier.conf, as people read about it. etc/courier.conf holds the same words.
struct CourierOption {
    std::string_view section;  // "mail", "sms"
    std::string_view name;
    std::string_view default_value;  // as it would be written
    std::string_view example;        // something other than the default
    std::string_view meaning;
};

// Every option there is; the only list of them.
[[nodiscard]] std::span<const CourierOption> courier_option_table();

// Types `value` and puts it into its place. Errors: not_found (no such option in this section, or no such
// section), invalid (says what would be right).
[[nodiscard]] Result<void> set_option(CourierConfig& config, std::string_view section, std::string_view name,
                                      std::string_view value);

// What a profile puts in the place of defaults; an option that the file gives overrides it.
struct ProfileDefault {
    SmsProfile profile;
    std::string_view name;
    std::string_view value;
};
[[nodiscard]] std::span<const ProfileDefault> profile_defaults();

}  // namespace secondstep::courier
