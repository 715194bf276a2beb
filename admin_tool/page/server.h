#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/error.h"
#include "base/secret.h"
#include "page/certificate.h"
#include "page/document.h"

namespace secondstep::page {

struct Serving {
    Place place;
    Secret token;
    Certificate certificate;
    std::string address;  // empty: every address of this machine
    std::uint16_t port = 0;
    std::chrono::milliseconds validity;
    std::chrono::milliseconds linger;    // how long a link that has ended still says so
    std::chrono::milliseconds patience;  // with a connection that makes no progress
};

inline constexpr std::size_t most_connections = 16;

// The page's process, after it has confined itself: listens, says so to the tool on `line`, which it takes
// over, answers telephones, and shows the tool their pictures, until the link has ended and lingered, or the
// tool is gone and it has lingered. One thread. Errors: exists (the port is taken), invalid (the
// certificate), io; nothing was answered then.
[[nodiscard]] Result<void> serve(int line, Serving serving);

}  // namespace secondstep::page
