#pragma once

#include <memory>
#include <optional>

#include "base/error.h"
#include "fleet/host.h"
#include "relay/envelope.h"

namespace secondstep::fleet {

// What the service of a node says about hosts to the relay beside it: whose a certificate is, and certificates for
// hosts that join or renew. Thread-safe. All but known_host_of() may block for as long as a disk, or
// somebody who holds a lock, does: no thread that others wait for calls them. For all questions but StandingAsked
// answer() writes, one after the other: that takes long when all hosts ask at once, so no thread that logins need calls it
// for these.
class HostDesk {
  public:
    HostDesk() = default;
    HostDesk(const HostDesk&) = delete;
    HostDesk& operator=(const HostDesk&) = delete;
    virtual ~HostDesk() = default;

    // By the registry, which is read again when more than a second has passed: a host that was dropped is nobody's
    // a second later. Of those who wait while it is read one reads it again, for all of them. Returns nullopt if it
    // is no host of the fleet (any more). Errors: as the records.
    [[nodiscard]] virtual Result<std::optional<Host>> host_of(
        const relay::Fingerprint& certificate) const = 0;

    // The same at once, out of memory: where the registry was read within that second. Who is found there stands. Nothing: it is
    // not known there; ask host_of(), or answer() for StandingAsked.
    [[nodiscard]] virtual std::optional<Host> known_host_of(const relay::Fingerprint& certificate) const = 0;

    // The same host as the registry has it now, by whatever certificate. Returns nullopt if it is none (any more).
    // Errors: as host_of().
    [[nodiscard]] virtual Result<std::optional<Host>> present(const Host& host) const = 0;

    // Standing for StandingAsked, Certified or Refused for JoinAsked and RenewalAsked, Refused for everything else.
    // Of a record that cannot be read nothing is said but Refused: "cannot tell" is not "not known".
    [[nodiscard]] virtual relay::Envelope answer(const relay::From& from,
                                                 const relay::Envelope& question) = 0;
};

}  // namespace secondstep::fleet
