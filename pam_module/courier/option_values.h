#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "courier/courier_config.h"
#include "courier/template.h"

// What the value of an option of courier.conf can be. Each puts what it understood into `target`. Errors:
// invalid (says what would be right; `target` stays as it was).
namespace secondstep::courier {

[[nodiscard]] Result<void> template_of(Template& target, std::string_view value,
                                       std::span<const Placeholder> allowed);
[[nodiscard]] Result<void> code_template(Template& target, std::string_view value);     // has {code}
[[nodiscard]] Result<void> gateway_template(Template& target, std::string_view value);  // a body
[[nodiscard]] Result<void> gateway_url(Template& target, std::string_view value);       // its host is literal
[[nodiscard]] Result<void> server_name(std::string& target, std::string_view value);
[[nodiscard]] Result<void> mail_address(std::string& target, std::string_view value);
[[nodiscard]] Result<void> sms_sender(std::string& target, std::string_view value);
[[nodiscard]] Result<void> port_number(std::uint16_t& target, std::string_view value);
[[nodiscard]] Result<void> status_range(StatusRange& target, std::string_view value);
[[nodiscard]] Result<void> header_lines(std::vector<Template>& target, std::string_view value);
[[nodiscard]] Result<void> mail_program(std::vector<std::string>& target, std::string_view value);
[[nodiscard]] Result<void> sms_program(std::vector<Template>& target, std::string_view value);

// "a | b" => {"a", "b"}
[[nodiscard]] std::vector<std::string> alternatives(std::string_view value);

}  // namespace secondstep::courier
