#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/randomness.h"
#include "fleet/attempt_limit.h"
#include "fleet/authority.h"
#include "fleet/host_desk.h"
#include "fleet/host_registry.h"
#include "fleet/records.h"
#include "fleet/site_authority.h"
#include "store/break_glass_uses.h"

namespace secondstep::fleet {

// What has come of a question, for the journal of the node: "fleet: joined host=web01 from=192.0.2.7 ...". Without
// secrets.
using FleetJournal = std::function<void(const std::string& event)>;

// Logins by break-glass codes, as hosts have told them: where they are kept, and who is alerted.
struct BreakGlassDesk {
    BreakGlassUses uses;
    FleetJournal alert;
};

// Has something done soon by a thread that may write, and on which nobody's login waits. False: it is not done.
using Later = std::function<bool(std::function<void()> job)>;

// The desk of one node, over its records.
class RecordsDesk final : public HostDesk {
  public:
    // A wrong token, for each address from which one comes.
    static constexpr RateLimit wrong_tokens{.count = 5, .within = std::chrono::minutes{1}};
    static constexpr RateLimit renewals{.count = 5,
                                        .within = std::chrono::hours{1}};  // of each host and node
    // Logins by break-glass codes that one host tells of: it has eight codes, and whoever has it in hand could tell of more.
    static constexpr RateLimit tellings{.count = 32, .within = std::chrono::hours{1}};

    // All outlive it.
    RecordsDesk(FleetRecords& records, const Clock& clock, Randomness& randomness, FleetJournal journal,
                BreakGlassDesk break_glass, Later later)
        : records_(records),
          clock_(clock),
          randomness_(randomness),
          journal_(std::move(journal)),
          break_glass_(std::move(break_glass)),
          later_(std::move(later)),
          registry_(records) {}

    [[nodiscard]] Result<std::optional<Host>> host_of(const relay::Fingerprint& certificate) const override;
    [[nodiscard]] std::optional<Host> known_host_of(const relay::Fingerprint& certificate) const override;
    [[nodiscard]] Result<std::optional<Host>> present(const Host& host) const override;
    [[nodiscard]] relay::Envelope answer(const relay::From& from, const relay::Envelope& question) override;

  private:
    class Retirement;
    [[nodiscard]] Host used(const HostRegistry::Known& known, const relay::Fingerprint& certificate) const;
    void retire_earlier(const std::string& name, const relay::Fingerprint& certificate) const;
    [[nodiscard]] UnixTime now() const { return clock_.now(); }

    [[nodiscard]] relay::Envelope standing(const relay::From& from) const;
    [[nodiscard]] relay::Envelope join(const relay::From& from, const relay::JoinAsked& asked);
    [[nodiscard]] relay::Envelope renew(const relay::From& from, const relay::RenewalAsked& asked);
    [[nodiscard]] relay::Envelope renew_node(const relay::From& from, const relay::NodeRenewalAsked& asked);

    [[nodiscard]] relay::Envelope learn(const relay::From& from, const relay::BreakGlassUsed& used);
    [[nodiscard]] Result<void> learn(const BreakGlassUse& use);
    [[nodiscard]] Result<Certificate> renewed_node(const relay::NodeRenewalAsked& asked);
    [[nodiscard]] bool is_too_often(const std::string& name);

    // The permission of a token, where the token is right.
    [[nodiscard]] Result<std::optional<JoinPermission>> judged(const JoinToken& token) const;
    [[nodiscard]] Result<JoinPermission> admitted(const relay::From& from, const relay::JoinAsked& asked);
    [[nodiscard]] Result<Certificate> registered(const relay::JoinAsked& asked,
                                                 const JoinPermission& permission);
    [[nodiscard]] Result<Certificate> renewed(const relay::From& from, const relay::RenewalAsked& asked,
                                              const std::string& host);
    [[nodiscard]] relay::Envelope certified(Certificate certificate) const;
    // The fleet's own authority signs; of the site's there is what it has signed.
    using AnyAuthority = std::variant<Authority, SiteAuthority>;
    [[nodiscard]] Result<const AnyAuthority*> authority() const;
    [[nodiscard]] Result<Certificate> certificate_to_join(const relay::JoinAsked& asked);
    [[nodiscard]] Result<Certificate> certificate_to_renew(const relay::From& from,
                                                           const relay::RenewalAsked& asked,
                                                           const std::string& host);
    [[nodiscard]] Result<Certificate> signed_here(const Authority& own, const std::string& request,
                                                  const std::optional<relay::ShownCertificate>& shown,
                                                  const std::string& host);
    [[nodiscard]] Result<Certificate> signed_by_site(const SiteAuthority& site,
                                                     const std::optional<relay::ShownCertificate>& shown,
                                                     const Result<Digest>& occasion,
                                                     const std::string& host) const;
    [[nodiscard]] Result<void> is_no_nodes(const Certificate& certificate) const;
    [[nodiscard]] Result<void> is_nobody_elses(const Certificate& certificate, const std::string& host) const;
    void say(const std::string& event) const { journal_(event); }

    FleetRecords& records_;
    const Clock& clock_;
    Randomness& randomness_;
    FleetJournal journal_;
    const BreakGlassDesk break_glass_;
    const Later later_;
    mutable HostRegistry registry_;

    // Held while the records are read, by nobody who must not wait for a disk: of the two that follow.
    mutable std::mutex naming_;
    mutable std::optional<AnyAuthority> authority_;
    mutable std::vector<Node> nodes_;

    mutable std::mutex mutex_;  // of what follows; never held while something is read or written
    mutable std::set<std::string> retiring_;  // hosts whose earlier certificate is being retired
    AttemptLimit wrong_tokens_{wrong_tokens};
    AttemptLimit renewals_{renewals};
    AttemptLimit tellings_{tellings};
    std::mutex learning_;  // what is told twice at once is news once
};

}  // namespace secondstep::fleet
