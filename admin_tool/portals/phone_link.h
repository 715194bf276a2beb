#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/secret.h"
#include "console/exit_status.h"
#include "console/output.h"
#include "policy/config.h"
#include "portals/page/picture_verdict.h"
#include "qr/qr_choice.h"

namespace secondstep::tool {

// A picture that comes from a telephone by way of a link (page/picture_page.h).

// Takes the link to the telephone and says on the screen what became of it.
using LinkSender = std::function<Exit(const Secret& link)>;

struct PhoneLink {
    const Config& config;
    std::string portal;  // as the page names it
    LinkSender send;     // nothing: the link and its QR code are shown instead
    std::chrono::seconds validity;
    QrChoice qr;  // how they are; none of the files
};

// Opens the page, sends or shows its link, and waits until `judge` has accepted a picture: what was in it is
// for `judge` to keep. To be called before anything secret is read. Prints what goes wrong: refused (the time
// is over, too many wrong pictures, Ctrl-C was handled), unavailable (the page cannot be opened, the link not
// be sent).
[[nodiscard]] Exit picture_from_phone(const PhoneLink& order, const page::Judge& judge, Output& screen);

}  // namespace secondstep::tool
