#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "relay/credentials.h"
#include "relay/journal.h"
#include "relay/tls_context.h"

namespace secondstep::relay {

// Who a host is towards all nodes: its certificate, as the file has it now, and the next one when this is old. Of the site's
// own authority the next one is what an administrator offers, whenever that is.
class Identity {
  public:
    Identity(FleetDirectory directory, const Clock& clock)
        : directory_(std::move(directory)), clock_(clock) {}

    // Before each connection: reads the files again if they are others by now. Errors: there is no certificate that
    // could be shown; what to do was logged.
    [[nodiscard]] Result<void> refresh();
    [[nodiscard]] const TlsContext& tls() const { return tls_; }  // refresh() was good
    [[nodiscard]] const Fingerprint& fingerprint() const { return fingerprint_; }

    // --- renewal: one at a time, whichever node is asked ---

    // The question to a node, if it is time for one. `shown`: the certificate of that connection; by an earlier one than the
    // present nothing is asked.
    [[nodiscard]] std::optional<Secret> renewal(const void* asked, const Fingerprint& shown);
    void renewed(const Certified& answer);
    void not_renewed(const std::string& words);
    void abandon_renewal(const void* asked);  // its connection is gone

  private:
    [[nodiscard]] Result<void> load();
    struct Next {
        Secret key;
        std::string chain;  // of the site's own authority; otherwise the node sends it
        std::string offered_as;
    };
    void remind(UnixTime now);
    [[nodiscard]] Result<Secret> ask_for_one();
    [[nodiscard]] Result<Secret> tell_of_offered(const Fingerprint& shown);
    [[nodiscard]] std::unexpected<Error> no_certificate(const std::string& why);

    const FleetDirectory directory_;
    const Clock& clock_;
    std::string mark_;
    std::string said_;  // the last complaint
    std::optional<Credentials> own_;
    Fingerprint fingerprint_{};
    TlsContext tls_;
    std::optional<Next> next_;  // of which a node was asked
    const void* asked_ = nullptr;
    UnixTime not_before_{};
    std::string told_of_;  // which of those that were offered
    UnixTime reminded_{};
};

}  // namespace secondstep::relay
