#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "policy/config.h"

namespace secondstep {

// One option of secondstep.conf, as people read about it. etc/secondstep.conf holds the same words.
struct Option {
    enum class Scope { global, rule };
    Scope scope;
    std::string_view name;
    std::string_view default_value;  // as it would be written; a rule's conditions have none
    std::string_view example;        // something other than the default
    std::string_view meaning;        // one sentence
};

// Every option there is; the only list of them.
[[nodiscard]] std::span<const Option> option_table();

// Types `value` and puts it into its place. Errors: not_found (no such option here), invalid (says what would
// be right; neither repeats the key or the value: see config_text.h). On an error nothing is changed.
[[nodiscard]] Result<void> set_option(Config& config, const std::string& key, const std::string& value);
[[nodiscard]] Result<void> set_option(Rule& rule, const std::string& key, const std::string& value);

}  // namespace secondstep
