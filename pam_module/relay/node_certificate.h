#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "relay/credentials.h"
#include "relay/reactor.h"
#include "relay/service_door.h"
#include "relay/tls_context.h"

namespace secondstep::relay {

// What a node shows to all hosts: its certificate, as the file has it, and the next one when two thirds of its life are
// over. The service beside it, which has the authority's key, signs that one; who shows it is still this program alone.
class NodeCertificate {
  public:
    struct Bounds {
        std::chrono::milliseconds between_looks = std::chrono::minutes{1};
        std::chrono::milliseconds after_a_refusal = std::chrono::hours{1};
        std::chrono::milliseconds answer{8'000};
    };

    // `door` and `clock` outlive it.
    NodeCertificate(Reactor& reactor, FleetDirectory directory, const ServiceDoor& door, const Clock& clock,
                    const Bounds& bounds);

    // Reads the files again; what is in use stays if they cannot be. From the first time on it looks by itself whether they
    // are others, and whether it is time for the next certificate. Errors: those of FleetDirectory::load(), crypto.
    [[nodiscard]] Result<void> load();
    [[nodiscard]] const TlsContext& tls() const { return tls_; }  // load() was good once

  private:
    [[nodiscard]] Result<void> read();
    void look();
    void look_in(std::chrono::milliseconds time);
    [[nodiscard]] bool is_due() const;
    void ask();
    void on_answer(const Result<Envelope>& answer);
    [[nodiscard]] Result<void> take(const Certified& certified, const Secret& key);
    void not_renewed(const std::string& why);
    void remind();

    const FleetDirectory directory_;
    const ServiceDoor& door_;
    const Clock& clock_;
    const Bounds bounds_;
    Timer next_look_;
    std::string mark_;
    std::optional<Credentials> own_;
    TlsContext tls_;
    std::optional<NewKey> next_;  // for which a certificate was asked
    std::optional<ServiceDoor::Question> asked_;
    std::chrono::steady_clock::time_point not_before_{};
    std::string said_;  // the last complaint
    UnixTime said_at_{};
};

}  // namespace secondstep::relay
