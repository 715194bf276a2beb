#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "relay/credentials.h"
#include "relay/journal.h"
#include "relay/tls_context.h"

namespace secondstep::relay {

// Who a host is towards all nodes: its certificate, as the file has it now, and the next one when this is old.
class Identity {
  public:
    Identity(FleetDirectory directory, const Clock& clock)
        : directory_(std::move(directory)), clock_(clock) {}

    // Before each connection: reads the files again if they are others by now. Errors: there is no certificate that
    // could be shown; what to do was logged.
    [[nodiscard]] Result<void> refresh();
    [[nodiscard]] const TlsContext& tls() const { return tls_; }  // refresh() was good

    // --- renewal: one at a time, whichever node is asked ---

    // The question to a node, if it is time for one.
    [[nodiscard]] std::optional<Secret> renewal(const void* asked);
    void renewed(const Certified& answer);
    void not_renewed(const std::string& words);
    void abandon_renewal(const void* asked);  // its connection is gone

  private:
    [[nodiscard]] Result<void> load();
    [[nodiscard]] std::unexpected<Error> no_certificate(const std::string& why);

    const FleetDirectory directory_;
    const Clock& clock_;
    std::string mark_;
    std::string said_;  // the last complaint
    std::optional<Credentials> own_;
    TlsContext tls_;
    std::optional<NewKey> next_;  // for which a certificate was asked
    const void* asked_ = nullptr;
    UnixTime not_before_{};
};

}  // namespace secondstep::relay
