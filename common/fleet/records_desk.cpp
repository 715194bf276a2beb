#include "fleet/records_desk.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>
#include <variant>

#include "base/local_time.h"
#include "base/text.h"
#include "fleet/name_of_host.h"
#include "fleet/possession.h"
#include "otp/kdf.h"

namespace secondstep::fleet {
namespace {

constexpr std::string_view wrong_token =
    "the token is not one of this fleet, or its time is over: secondstep fleet invite-hosts on a node makes a new one";

constexpr std::string_view only_own_certificates =
    "this fleet makes the certificates of its hosts itself: join without --certificate, --key and --ca";
constexpr std::string_view only_certificates_of_site =
    "this fleet takes certificates of the site's own authority: secondstep setup --join ... --certificate FILE --key FILE "
    "--ca FILE";

// So far ahead of a node a host's clock may be.
constexpr std::chrono::hours credible{24};

std::string_view to_text(Joining joining) {
    switch (joining) {
        case Joining::registered:
            return "registered";
        case Joining::again:
            return "again";
        case Joining::not_known:
            return "not-known";
        case Joining::ended:
            return "ended";
        case Joining::used_up:
            return "used-up";
        case Joining::not_named:
            return "not-named";
        case Joining::spent:
            return "spent";
        case Joining::registered_before:
            return "registered-before";
    }
    return "";
}

// For the administrator of the host, who has shown a right token.
std::string refusal(Joining joining, const std::string& host) {
    switch (joining) {
        case Joining::registered:
        case Joining::again:
            break;
        case Joining::not_known:
        case Joining::ended:
            return std::string(wrong_token);
        case Joining::used_up:
            return "as many hosts have joined by this token as were to: secondstep fleet invite-hosts on a node makes a "
                   "new one";
        case Joining::not_named:
            return "the token is for other hosts than " + host +
                   ": on a node, secondstep fleet invite-hosts --names " + host;
        case Joining::spent:
            return host +
                   " has joined by this token before, and was dropped: secondstep fleet invite-hosts on a node "
                   "makes a new one";
        case Joining::registered_before:
            return host + " is registered already: if that is this host, secondstep fleet drop-host " + host +
                   " on a node, then a new token";
    }
    return "";
}

// What a node says of its own trouble, without details that strangers have no use for.
relay::Envelope out_of_order() {
    return relay::Refused{
        "the node cannot read or write the records of the fleet: secondstep doctor there says why"};
}

relay::Envelope refused(std::string words) {
    words.resize(std::min(words.size(), relay::max_words));
    return relay::Refused{std::move(words)};
}

relay::Envelope refused(const Error& error) {
    const bool is_theirs = error.code == Errc::invalid || error.code == Errc::not_allowed;
    if (error.code == Errc::busy) return relay::Refused{"the node is busy: try again"};
    return is_theirs ? refused(error.detail) : out_of_order();
}

// By its new certificate it is known from now on, and the earlier one is nobody's.
RegisteredHost with_next_in_place(RegisteredHost host) {
    host.certificate = *host.next;
    host.certificate_end = host.next_end;
    host.next.reset();
    host.next_end = never;
    host.key = {};
    return host;
}

}  // namespace

Result<std::optional<Host>> RecordsDesk::host_of(const relay::Fingerprint& certificate) const {
    // No certificate at all.
    if (certificate == relay::Fingerprint{}) return std::optional<Host>{};
    auto known = registry_.look_up(certificate);
    if (!known) return std::unexpected(known.error());
    if (!*known) return std::optional<Host>{};
    return used(**known, certificate);
}

std::optional<Host> RecordsDesk::known_host_of(const relay::Fingerprint& certificate) const {
    const auto known = registry_.known(certificate);
    return known ? std::optional(used(*known, certificate)) : std::nullopt;
}

Result<std::optional<Host>> RecordsDesk::present(const Host& host) const {
    return registry_.present(host);
}

// The turn of one host to have its earlier certificate retired. Over when whoever has it is gone, however that came about.
class RecordsDesk::Retirement {
  public:
    Retirement(const RecordsDesk& desk, const std::string& host) : desk_(desk), host_(host) {
        const std::lock_guard lock(desk_.mutex_);
        is_first_ = desk_.retiring_.insert(host_).second;
    }
    Retirement(const Retirement&) = delete;
    Retirement& operator=(const Retirement&) = delete;
    ~Retirement() {
        if (!is_first_) return;
        const std::lock_guard lock(desk_.mutex_);
        desk_.retiring_.erase(host_);
    }
    [[nodiscard]] bool is_first() const { return is_first_; }

  private:
    const RecordsDesk& desk_;
    const std::string host_;
    bool is_first_ = false;
};

// By its new certificate for the first time: that is written by a thread that may wait for the disk, and for whoever else writes.
// Until then the earlier one counts as well.
Host RecordsDesk::used(const HostRegistry::Known& known, const relay::Fingerprint& certificate) const {
    if (!known.by_next) return known.host;
    const auto turn = std::make_shared<const Retirement>(*this, known.host.name);
    if (turn->is_first())
        static_cast<void>(later_([this, turn, certificate, name = known.host.name] {
            try {
                retire_earlier(name, certificate);
            } catch (const std::exception&) {  // no memory: at the next use
            }
        }));
    return known.host;
}

// The host has its new certificate: the earlier one is nobody's from now on. Where that cannot be written it is tried
// again when the new one is used next, and nobody has to read the registry anew for that.
void RecordsDesk::retire_earlier(const std::string& name, const relay::Fingerprint& certificate) const {
    const auto done =
        records_.change(name, [&](const RegisteredHost& present) -> std::optional<RegisteredHost> {
            if (present.next != certificate) return std::nullopt;
            return with_next_in_place(present);
        });
    if (!done || !*done) return;
    say("fleet: renewed host=" + name);
    registry_.forget();
}

relay::Envelope RecordsDesk::answer(const relay::From& from, const relay::Envelope& question) {
    if (std::holds_alternative<relay::StandingAsked>(question)) return standing(from);
    if (const auto* const asked = std::get_if<relay::JoinAsked>(&question)) return join(from, *asked);
    if (const auto* const asked = std::get_if<relay::RenewalAsked>(&question)) return renew(from, *asked);
    if (const auto* const asked = std::get_if<relay::NodeRenewalAsked>(&question))
        return renew_node(from, *asked);
    if (const auto* const used = std::get_if<relay::BreakGlassUsed>(&question)) return learn(from, *used);
    return relay::Refused{"this is no question about a host"};
}

relay::Envelope RecordsDesk::standing(const relay::From& from) const {
    const auto host = host_of(from.certificate);
    if (!host) return out_of_order();
    if (!*host) return relay::Standing{};
    return relay::Standing{.known = true, .host = (*host)->name};
}

// Whether there is a permission of that number is no secret; how much of the secret is right is.
Result<std::optional<JoinPermission>> RecordsDesk::judged(const JoinToken& token) const {
    auto permission = records_.permission(token.permission);
    if (!permission) return permission;
    const auto shown = digest_of_secret(token.permission, token.secret);
    if (!shown) return std::unexpected(shown.error());
    const Digest wanted = *permission ? (*permission)->secret : Digest{};
    const bool right = equal_in_constant_time(*shown, wanted);
    if (!*permission || !right) return std::optional<JoinPermission>{};
    return permission;
}

// Errors: not_allowed, with what the host is told.
Result<JoinPermission> RecordsDesk::admitted(const relay::From& from, const relay::JoinAsked& asked) {
    {
        const std::lock_guard lock(mutex_);
        if (wrong_tokens_.is_reached(from.address, now()))
            return fail(Errc::not_allowed, "too many wrong tokens from this address: wait a minute");
    }
    const auto token = parse_join_token(asked.token.text());
    auto permission = token ? judged(*token) : std::optional<JoinPermission>{};
    if (!permission) return std::unexpected(permission.error());
    if (!*permission) {
        const std::lock_guard lock(mutex_);
        wrong_tokens_.count(from.address, now());
        return fail(Errc::not_allowed, std::string(wrong_token));
    }
    if (!is_name_of_host(asked.host))
        return fail(Errc::not_allowed,
                    "a host is called in lower-case letters, digits, dashes and dots (web01)");
    return std::move(**permission);
}

Result<const RecordsDesk::AnyAuthority*> RecordsDesk::authority() const {
    const std::lock_guard lock(naming_);
    if (authority_) return &*authority_;
    const auto identity = records_.identity();
    if (!identity) return std::unexpected(identity.error());
    if (!*identity) return fail(Errc::not_found, "there is no fleet here");
    const FleetIdentity& fleet = **identity;
    if (fleet.is_of_site()) {
        auto site = SiteAuthority::of(fleet.authority);
        if (!site) return fail(Errc::damaged, site.error().detail);
        authority_.emplace(std::move(*site));
    } else {
        auto own = Authority::of(fleet.authority, fleet.authority_key);
        if (!own) return std::unexpected(own.error());
        authority_.emplace(std::move(*own));
    }
    nodes_ = fleet.nodes;
    return &*authority_;
}

Result<Certificate> RecordsDesk::signed_here(const Authority& own, const std::string& request,
                                             const std::optional<relay::ShownCertificate>& shown,
                                             const std::string& host) {
    if (shown) return fail(Errc::not_allowed, std::string(only_own_certificates));
    return own.certify(request, {host, Authority::Role::host}, now(), randomness_);
}

Result<Certificate> RecordsDesk::signed_by_site(const SiteAuthority& site,
                                                const std::optional<relay::ShownCertificate>& shown,
                                                const Result<Digest>& occasion,
                                                const std::string& host) const {
    if (!shown) return fail(Errc::not_allowed, std::string(only_certificates_of_site));
    if (!occasion) return std::unexpected(occasion.error());
    auto chain = site.check(shown->chain, {host, Authority::Role::host}, now());
    if (!chain && chain.error().code == Errc::invalid)
        return fail(Errc::invalid, "the certificate that it shows: " + chain.error().detail);
    if (!chain) return std::unexpected(chain.error());
    if (!proves_possession(shown->proof, chain->own, *occasion))
        return fail(Errc::not_allowed, "it has not shown that it has the key of the certificate");
    if (const auto good = is_no_nodes(chain->own); !good) return std::unexpected(good.error());
    if (const auto good = is_nobody_elses(chain->own, host); !good) return std::unexpected(good.error());
    return std::move(chain->own);
}

// Whoever is root on a host has its key: with the name of a node in its certificate they would be that node for every host.
Result<void> RecordsDesk::is_no_nodes(const Certificate& certificate) const {
    for (const Node& node : nodes_) {
        const auto stands_in = is_good_for_node(certificate, node.name);
        if (!stands_in) return std::unexpected(stands_in.error());
        if (*stands_in)
            return fail(Errc::not_allowed,
                        "the certificate that it shows is good for " + node.name +
                            " too, a node of the fleet, whose place it could take: get one from the site's "
                            "authority with a key of its own and without the names of nodes "
                            "(subjectAltName)");
    }
    return {};
}

// One certificate may have several names: by it nobody could tell which of two hosts somebody is.
Result<void> RecordsDesk::is_nobody_elses(const Certificate& certificate, const std::string& host) const {
    const auto list = records_.hosts();
    if (!list) return std::unexpected(list.error());
    const auto other = std::ranges::find_if(list->hosts, [&](const RegisteredHost& one) {
        return one.name != host &&
               (one.certificate == certificate.fingerprint || one.next == certificate.fingerprint);
    });
    if (other == list->hosts.end()) return {};
    return fail(Errc::not_allowed,
                other->name + " is registered with this certificate: " + host + " needs one of its own");
}

Result<Certificate> RecordsDesk::certificate_to_join(const relay::JoinAsked& asked) {
    const auto whose = authority();
    if (!whose) return std::unexpected(whose.error());
    if (const auto* const own = std::get_if<Authority>(*whose))
        return signed_here(*own, asked.request, asked.shown, asked.host);
    const auto token = parse_join_token(asked.token.text());
    if (!token) return std::unexpected(token.error());
    return signed_by_site(std::get<SiteAuthority>(**whose), asked.shown,
                          occasion_of_joining(*token, asked.host), asked.host);
}

Result<Certificate> RecordsDesk::certificate_to_renew(const relay::From& from,
                                                      const relay::RenewalAsked& asked,
                                                      const std::string& host) {
    const auto whose = authority();
    if (!whose) return std::unexpected(whose.error());
    if (const auto* const own = std::get_if<Authority>(*whose))
        return signed_here(*own, asked.request, asked.shown, host);
    return signed_by_site(std::get<SiteAuthority>(**whose), asked.shown,
                          occasion_of_renewal(from.certificate), host);
}

Result<Certificate> RecordsDesk::registered(const relay::JoinAsked& asked, const JoinPermission& permission) {
    if (const auto known = authority(); !known) return std::unexpected(known.error());
    if (std::ranges::find(nodes_, asked.host, &Node::name) != nodes_.end())
        return fail(Errc::not_allowed,
                    asked.host + " is a node of the fleet: a host needs a name of its own");
    auto certificate = certificate_to_join(asked);
    if (!certificate) return certificate;
    const auto key = otp::sha256(certificate->public_key);
    if (!key) return std::unexpected(key.error());
    const RegisteredHost host{.name = asked.host,
                              .changes = permission.changes,
                              .certificate = certificate->fingerprint,
                              .certificate_end = certificate->end,
                              .key = *key,
                              .permission = permission.id,
                              .since = now()};
    const auto joined = records_.join(host, now());
    if (!joined) return std::unexpected(joined.error());
    if (*joined == Joining::registered || *joined == Joining::again) return certificate;
    say("fleet: refused host=" + asked.host + " reason=" + std::string(to_text(*joined)));
    return fail(Errc::not_allowed, refusal(*joined, asked.host));
}

relay::Envelope RecordsDesk::join(const relay::From& from, const relay::JoinAsked& asked) {
    const std::string who = " host=" + printable(asked.host, 64) + " from=" + printable(from.address, 64);
    const auto permission = admitted(from, asked);
    if (!permission) {
        say("fleet: not-joined" + who);
        return refused(permission.error());
    }
    auto certificate = registered(asked, *permission);
    if (!certificate) {
        say("fleet: not-joined" + who);
        return refused(certificate.error());
    }
    registry_.forget_without(asked.host);
    say("fleet: joined" + who + " permission=" + hex(permission->id));
    return certified(std::move(*certificate));
}

relay::Envelope RecordsDesk::certified(Certificate certificate) const {
    const auto whose = authority();
    if (!whose) return out_of_order();
    if (const auto* const site = std::get_if<SiteAuthority>(*whose))
        return relay::Certified{{}, site->described().pem};
    return relay::Certified{std::move(certificate.pem), std::get<Authority>(**whose).described().pem};
}

Result<Certificate> RecordsDesk::renewed(const relay::From& from, const relay::RenewalAsked& asked,
                                         const std::string& host) {
    auto certificate = certificate_to_renew(from, asked, host);
    if (!certificate) return certificate;
    // Of the site's it may show the one that it has.
    if (certificate->fingerprint == from.certificate) return certificate;
    bool is_first_use = false;
    const auto done =
        records_.change(host, [&](const RegisteredHost& present) -> std::optional<RegisteredHost> {
            // Whoever holds an earlier certificate than the one that counts has nothing to renew. The one before the
            // one that it uses may not be retired yet (used()): that is done with it.
            is_first_use = present.next == from.certificate;
            const bool is_its_own = present.certificate == from.certificate || is_first_use;
            if (present.suspended || !is_its_own) return std::nullopt;
            RegisteredHost next = is_first_use ? with_next_in_place(present) : present;
            next.next = certificate->fingerprint;
            next.next_end = certificate->end;
            return next;
        });
    if (!done) return std::unexpected(done.error());
    if (!*done) return fail(Errc::not_allowed, "this certificate is no host's any more");
    registry_.forget();
    if (is_first_use) say("fleet: renewed host=" + host);
    return certificate;
}

relay::Envelope RecordsDesk::renew(const relay::From& from, const relay::RenewalAsked& asked) {
    const auto host = host_of(from.certificate);
    if (!host) return out_of_order();
    if (!*host) return relay::Refused{"this certificate is no host's of the fleet (any more)"};
    const std::string& name = (*host)->name;
    if (is_too_often(name)) return relay::Refused{"renewed too often: wait an hour"};
    auto certificate = renewed(from, asked, name);
    if (!certificate) return refused(certificate.error());
    say("fleet: certificate given host=" + name);
    return certified(std::move(*certificate));
}

// What a host says of itself: whose login it was, and when, nobody else knows.
relay::Envelope RecordsDesk::learn(const relay::From& from, const relay::BreakGlassUsed& used) {
    const auto host = host_of(from.certificate);
    if (!host) return out_of_order();
    if (!*host) return relay::Refused{"this certificate is no host's of the fleet (any more)"};
    const std::string& name = (*host)->name;
    {
        const std::lock_guard lock(mutex_);
        if (tellings_.is_reached(name, now())) return relay::Refused{"told too often: wait an hour"};
        tellings_.count(name, now());
    }
    const auto done = learn(BreakGlassUse{.id = used.id,
                                          .host = name,
                                          .at = std::clamp(used.at, never, now() + credible),
                                          .account = used.account,
                                          .service = used.service,
                                          .from = used.from,
                                          .left = used.left});
    if (!done) return out_of_order();
    return relay::BreakGlassKnown{};
}

// Said before it is kept: who is killed in between says it twice, and never not at all.
Result<void> RecordsDesk::learn(const BreakGlassUse& use) {
    const std::lock_guard lock(learning_);
    const auto known = break_glass_.uses.has(use);
    if (!known) return std::unexpected(known.error());
    if (*known) return {};
    break_glass_.alert("Break-glass: " + printable(use.account, 64) + " logged in on host " + use.host +
                       " (" + printable(use.service, 64) + ", from " + printable(use.from, 64) + ") at " +
                       utc_second(use.at) + " with a code of that host, while it reached no node; " +
                       std::to_string(use.left) + " left.");
    return break_glass_.uses.add(use);
}

// Names of hosts are no nodes' (registered()).
bool RecordsDesk::is_too_often(const std::string& name) {
    const std::lock_guard lock(mutex_);
    if (renewals_.is_reached(name, now())) return true;
    renewals_.count(name, now());
    return false;
}

Result<Certificate> RecordsDesk::renewed_node(const relay::NodeRenewalAsked& asked) {
    const auto own = authority();
    if (!own) return std::unexpected(own.error());
    if (std::ranges::find(nodes_, asked.node, &Node::name) == nodes_.end())
        return fail(Errc::not_allowed, printable(asked.node, 64) + " is no node of this fleet");
    const auto* const signer = std::get_if<Authority>(*own);
    if (signer == nullptr)
        return fail(Errc::not_allowed, "the site's own authority signs the certificates of this fleet");
    if (is_too_often(asked.node)) return fail(Errc::not_allowed, "renewed too often: wait an hour");
    return signer->certify(asked.request, {asked.node, Authority::Role::node}, now(), randomness_);
}

// Only the relay's account reaches this service with what no host has said (hosts_acceptor.h). Were it a host that asks,
// From would have its address: a relay that passes this on by mistake makes nobody a node.
relay::Envelope RecordsDesk::renew_node(const relay::From& from, const relay::NodeRenewalAsked& asked) {
    if (from.certificate != relay::Fingerprint{} || !from.address.empty())
        return relay::Refused{"a host is no node"};
    auto certificate = renewed_node(asked);
    if (!certificate) return refused(certificate.error());
    say("fleet: certificate given node=" + asked.node);
    return certified(std::move(*certificate));
}

}  // namespace secondstep::fleet
