#pragma once

#include <string>
#include <string_view>

namespace secondstep::courier {

// By what a gateway or a mail server knows the message it took over, for whoever has to ask there: "SM1" of
// {"sid": "SM1"}, "4F1A2B" of "250 2.0.0 Ok: queued as 4F1A2B", "1rXyZ-000" of "250 OK id=1rXyZ-000". At most
// 64 letters, digits, '.', '_' and '-'; empty: it says none.
[[nodiscard]] std::string message_id_in(std::string_view answer);

}  // namespace secondstep::courier
