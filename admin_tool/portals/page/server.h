#pragma once

#include <chrono>

#include "base/error.h"
#include "base/secret.h"
#include "portals/page/certificate.h"
#include "portals/page/connection.h"
#include "portals/page/document.h"
#include "portals/page/guests.h"
#include "portals/page/port.h"

namespace secondstep::page {

struct Serving {
    Place place;
    Secret token;
    Certificate certificate;
    Port port;
    std::chrono::milliseconds validity;
    std::chrono::milliseconds linger;  // how long a link that has ended still says so
    ConnectionBounds connections;
    Guests::Bounds guests;
};

// The page's process, after it has confined itself: listens, says so to the tool on `line`, which it takes
// over, answers telephones, and shows the tool their pictures, until the link has ended and lingered, or the
// tool is gone and it has lingered. One thread. Errors: exists (somebody else listens on the port),
// invalid (the certificate), io; nothing was answered then.
[[nodiscard]] Result<void> serve(int line, Serving serving);

}  // namespace secondstep::page
