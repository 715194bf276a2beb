#pragma once

#include <functional>
#include <string>

#include "base/secret.h"
#include "delivery/address.h"
#include "exit_status.h"
#include "output.h"
#include "page/judge.h"
#include "policy/config.h"
#include "qr_choice.h"

namespace secondstep::tool {

// A picture that comes from a telephone by way of a link (page/picture_page.h).

// Takes the link to the telephone and says on the screen what became of it.
using LinkSender = std::function<Exit(const Secret& link)>;

// By SMS through the courier, for root: in a child process with the service's ids. `user`: for whom, in the
// courier's log.
[[nodiscard]] LinkSender send_by_courier(const Config& config, const delivery::Address& to,
                                         const std::string& user, const std::string& portal);

struct PhoneLink {
    const Config& config;
    std::string portal;  // as the page names it
    LinkSender send;     // nothing: the link and its QR code are shown instead
    QrChoice qr;         // how they are; none of the files
};

// Opens the page, sends or shows its link, and waits until `judge` has accepted a picture: what was in it is
// for `judge` to keep. To be called before anything secret is read. Prints what goes wrong: refused (the time
// is over, too many wrong pictures, Ctrl-C was handled), unavailable (the page cannot be opened, the link not
// be sent).
[[nodiscard]] Exit picture_from_phone(const PhoneLink& order, const page::Judge& judge, Output& screen);

}  // namespace secondstep::tool
