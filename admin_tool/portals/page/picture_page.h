#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/randomness.h"
#include "base/secret.h"
#include "portals/page/picture_verdict.h"
#include "portals/page/port.h"

namespace secondstep::page {

struct PageOptions {
    std::string portal;       // as the page names it
    std::string host;         // this machine's name
    std::string link_host;    // portal_page_host; empty: `host` and the port
    std::string address;      // portal_page_listen; empty: all of this machine's
    std::uint16_t port = 0;   // 0: any
    std::string certificate;  // PEM files; both empty: self-signed
    std::string key;
    std::string account = "nobody";  // as which root's page runs
    std::chrono::milliseconds validity = std::chrono::minutes{10};
    std::chrono::milliseconds linger = std::chrono::seconds{20};
    // With connections: one step of them, the whole of them (connection.h), who holds a place without having
    // shown the link while others wait (guests.h).
    std::chrono::milliseconds patience = std::chrono::seconds{30};
    std::chrono::milliseconds life = std::chrono::seconds{60};
    std::chrono::milliseconds farewell = std::chrono::seconds{5};
    std::chrono::milliseconds grace = std::chrono::seconds{2};
    std::string directory;  // where the next page finds this one (port.h); empty: it has to wait
    std::size_t most_memory = std::size_t{512} * 1024 * 1024;  // of the page's process; 0: no limit
};

// A page on which a telephone chooses a picture, for one link, in a process of its own that has given root up
// before it listens (confinement.h). The pictures come here, to be looked at by whoever can read them in a
// process that is worth nothing: neither the page nor this one decodes them.
class PicturePage {
  public:
    // To be called before anything secret is read: the page's process begins as a copy of this one, which
    // must have one thread. Errors: those of load_certificate() (a user who may not read the key gets a
    // self-signed certificate instead), take_port() and serve(); closed, when the page's process ended
    // without a word.
    [[nodiscard]] static Result<PicturePage> open(const PageOptions& options, const Clock& clock,
                                                  Randomness& randomness);

    PicturePage(PicturePage&&) noexcept = default;
    PicturePage& operator=(PicturePage&&) = delete;
    // Nobody waits any more: the page says so for `linger`, or that the link was used
    // or has expired, and ends.
    ~PicturePage() = default;

    [[nodiscard]] const Secret& link() const { return link_; }
    [[nodiscard]] const std::string& fingerprint() const { return fingerprint_; }  // SHA-256, "AB:CD:..."
    [[nodiscard]] bool self_signed() const { return self_signed_; }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] pid_t process() const { return process_; }

    enum class End {
        accepted,
        expired,
        exhausted,    // LinkState::most_failures pictures were not accepted
        interrupted,  // a signal was handled here
    };
    // Gives every picture that comes to `judge`, and tells the telephone what it says, until one is accepted
    // or the link has ended. `crowded` hears, once a minute, when more connections want a place than there
    // are, and of which address most are. Errors: closed (the page's process has ended), damaged (it says
    // what it should not), io.
    using Crowded = std::function<void(const std::string& address)>;
    [[nodiscard]] Result<End> wait(const Judge& judge, const Crowded& crowded = nullptr);

  private:
    PicturePage() = default;

    UniqueFd line_;
    Secret link_;
    std::string fingerprint_;
    bool self_signed_ = false;
    std::uint16_t port_ = 0;
    pid_t process_ = -1;
};

}  // namespace secondstep::page
