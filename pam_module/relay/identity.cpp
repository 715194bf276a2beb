#include "relay/identity.h"

#include <utility>

#include "base/local_time.h"
#include "base/text.h"
#include "fleet/renewal_time.h"

namespace secondstep::relay {
namespace {

constexpr std::chrono::hours between_renewals{1};
constexpr char how_to_join[] =
    "; on a node: secondstep fleet drop-host, if it is registered there, and secondstep fleet invite-hosts; "
    "then here: secondstep setup --join ... --again";

}  // namespace

Result<void> Identity::refresh() {
    const std::string mark = directory_.mark();
    if (!own_ || mark != mark_) {
        if (const Result<void> loaded = load(); !loaded) return no_certificate(loaded.error().detail);
        mark_ = mark;
    }
    if (clock_.now() >= own_->ends) {
        return no_certificate("the certificate of this host, " + directory_.path() + "/host.pem, has ended " +
                              utc_second(own_->ends) + how_to_join);
    }
    said_.clear();
    return {};
}

Result<void> Identity::load() {
    Result<Credentials> own = directory_.load();
    if (!own) {
        if (own.error().code != Errc::not_found) return std::unexpected(own.error());
        return fail(Errc::not_found,
                    "this host has not joined the fleet: " + own.error().detail + how_to_join);
    }
    Result<TlsContext> tls = context_of_host(*own);
    if (!tls) return std::unexpected(tls.error());
    own_ = std::move(*own);
    tls_ = std::move(*tls);
    return {};
}

// Each half second, from each node: said when it is news.
std::unexpected<Error> Identity::no_certificate(const std::string& why) {
    if (why != said_) journal::warn("No node is asked: " + why);
    said_ = why;
    return fail(Errc::not_found, why);
}

std::optional<Secret> Identity::renewal(const void* asked) {
    const UnixTime now = clock_.now();
    if (next_ || now < fleet::renewal_time(own_->name, own_->begins, own_->ends) || now < not_before_)
        return std::nullopt;
    Result<NewKey> key = make_key(own_->name);
    Result<Secret> question = key ? encode(RenewalAsked{key->request}) : std::unexpected(key.error());
    if (!question) {
        not_renewed(question.error().detail);
        return std::nullopt;
    }
    next_ = std::move(*key);
    asked_ = asked;
    return std::move(*question);
}

void Identity::renewed(const Certified& answer) {
    if (!next_) return;
    const auto next = std::exchange(next_, std::nullopt);
    // The authority stays the one that was believed until now, whatever the node says of it.
    Result<void> done = check_certificate(answer.certificate, next->key, own_->authority);
    if (done) done = directory_.replace(next->key, answer.certificate, "");
    if (!done) return not_renewed(done.error().detail);
    if (const Result<void> loaded = load(); !loaded) return not_renewed(loaded.error().detail);
    mark_ = directory_.mark();
    journal::inform("The certificate of this host is renewed; it ends " + utc_second(own_->ends));
}

void Identity::not_renewed(const std::string& words) {
    next_.reset();
    not_before_ = clock_.now() + between_renewals;
    const std::string ends = own_ ? utc_second(own_->ends) : "soon";
    journal::warn("The certificate of this host, which ends " + ends +
                  ", is not renewed: " + printable(words, 512) + "; it is tried again in an hour");
}

void Identity::abandon_renewal(const void* asked) {
    if (asked_ == asked) next_.reset();
}

}  // namespace secondstep::relay
