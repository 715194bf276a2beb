#pragma once

#include <string_view>

#include "dialogue/conversation/script.h"
#include "dialogue/visit/visit.h"
#include "portals/portal_request.h"

namespace secondstep::dialogue {

// Sends the link to the page on which a telephone chooses a portal's picture, by SMS, for somebody whom
// portal_phone_users names. Counts against the account's budget and the host's. Verdicts as Manage's.
[[nodiscard]] Script<Ended> send_portal_link(Visit& visit, PortalRequest::SendLink request);

// "https://HOST/TOKEN" or "https://HOST:PORT/TOKEN", 32 hexadecimal digits: a message in the host's name says
// nothing else and leads nowhere else.
// `page_host` is the option portal_page_host; when it is empty the link names `host`.
[[nodiscard]] bool is_page_link(std::string_view link, std::string_view page_host, std::string_view host);

}  // namespace secondstep::dialogue
