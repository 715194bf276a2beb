#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "courier/courier_config.h"
#include "courier/template.h"

// What the value of an option of courier.conf can be. Errors: invalid, which says what would be right.
namespace secondstep::courier {

[[nodiscard]] Result<Template> code_template(std::string_view value);     // has {code}
[[nodiscard]] Result<Template> gateway_template(std::string_view value);  // a body
[[nodiscard]] Result<Template> gateway_url(std::string_view value);       // its host is literal
[[nodiscard]] Result<std::string> server_name(std::string_view value);
[[nodiscard]] Result<std::string> mail_address(std::string_view value);
[[nodiscard]] Result<std::string> sms_sender(std::string_view value);
[[nodiscard]] Result<std::uint16_t> port_number(std::string_view value);
[[nodiscard]] Result<StatusRange> status_range(std::string_view value);
[[nodiscard]] Result<std::vector<Template>> header_lines(std::string_view value);
[[nodiscard]] Result<std::vector<std::string>> mail_program(std::string_view value);
[[nodiscard]] Result<std::vector<Template>> sms_program(std::string_view value);

// "a | b" => {"a", "b"}
[[nodiscard]] Result<std::vector<std::string>> alternatives(std::string_view value);

}  // namespace secondstep::courier
