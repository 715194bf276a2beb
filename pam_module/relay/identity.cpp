#include "relay/identity.h"

#include <utility>

#include "base/local_time.h"
#include "base/text.h"
#include "fleet/possession.h"
#include "fleet/renewal_time.h"

namespace secondstep::relay {
namespace {

constexpr std::chrono::hours between_renewals{1};
constexpr std::chrono::days between_reminders{1};
constexpr char how_to_join[] =
    "; on a node: secondstep fleet drop-host, if it is registered there, and secondstep fleet invite-hosts; "
    "then here: secondstep setup --join ... --again";
constexpr char with_one_of_the_site[] = " --certificate FILE --key FILE --ca FILE";

}  // namespace

Result<void> Identity::refresh() {
    const std::string mark = directory_.mark();
    if (!own_ || mark != mark_) {
        if (const Result<void> loaded = load(); !loaded) return no_certificate(loaded.error().detail);
        mark_ = mark;
    }
    if (clock_.now() >= own_->ends) {
        return no_certificate("the certificate of this host, " + directory_.path() + "/host.pem, has ended " +
                              utc_second(own_->ends) + how_to_join +
                              (own_->is_of_site ? with_one_of_the_site : ""));
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
    const auto certificate = fleet::read_first_certificate(own->certificate);
    if (!certificate) return std::unexpected(certificate.error());
    own_ = std::move(*own);
    fingerprint_ = certificate->fingerprint;
    tls_ = std::move(*tls);
    return {};
}

// Each half second, from each node: said when it is news.
std::unexpected<Error> Identity::no_certificate(const std::string& why) {
    if (why != said_) journal::warn("No node is asked: " + why);
    said_ = why;
    return fail(Errc::not_found, why);
}

std::optional<Secret> Identity::renewal(const void* asked, const Fingerprint& shown) {
    const UnixTime now = clock_.now();
    if (next_) return std::nullopt;
    // An earlier one has opened that connection. What a node is told of by it takes the place of the present one there: were
    // the answer lost, this host would be nobody's.
    if (shown != fingerprint_) return std::nullopt;
    const std::string offered = own_->is_of_site ? directory_.mark_of_offered() : std::string();
    if (own_->is_of_site && offered.empty()) remind(now);
    const bool is_news = !offered.empty() && offered != told_of_;
    if (own_->is_of_site ? offered.empty() : now < fleet::renewal_time(own_->name, own_->begins, own_->ends))
        return std::nullopt;
    if (now < not_before_ && !is_news) return std::nullopt;
    told_of_ = offered;
    Result<Secret> question = own_->is_of_site ? tell_of_offered(shown) : ask_for_one();
    if (!question) {
        not_renewed(question.error().detail);
        return std::nullopt;
    }
    if (next_) next_->offered_as = offered;
    asked_ = asked;
    return std::move(*question);
}

void Identity::remind(UnixTime now) {
    if (now < own_->late() || now - reminded_ < between_reminders) return;
    reminded_ = now;
    journal::warn(
        "The certificate of this host, with those that vouch for it, is good until " +
        utc_second(own_->vouched) +
        ", and nobody has given the next one of the site's own authority: secondstep setup --join ..." +
        with_one_of_the_site);
}

Result<Secret> Identity::ask_for_one() {
    Result<NewKey> key = make_key(own_->name);
    if (!key) return std::unexpected(key.error());
    auto question = encode(RenewalAsked{key->request});
    if (question) next_ = Next{.key = std::move(key->key), .chain = {}, .offered_as = {}};
    return question;
}

Result<Secret> Identity::tell_of_offered(const Fingerprint& shown) {
    Result<Offered> offered = directory_.offered();
    if (!offered) return std::unexpected(offered.error());
    const auto occasion = fleet::occasion_of_renewal(shown);
    if (!occasion) return std::unexpected(occasion.error());
    auto certificate = relay::shown(*offered, *occasion);
    if (!certificate) return std::unexpected(certificate.error());
    auto question = encode(RenewalAsked{{}, std::move(*certificate)});
    if (question)
        next_ = Next{.key = std::move(offered->key), .chain = std::move(offered->chain), .offered_as = {}};
    return question;
}

void Identity::renewed(const Certified& answer) {
    if (!next_) return;
    const auto next = std::exchange(next_, std::nullopt);
    const bool is_offered = !next->chain.empty();
    // The authority stays the one that was believed until now, whatever the node says of it.
    Result<void> done =
        is_offered ? Result<void>{} : check_certificate(answer.certificate, next->key, own_->authority);
    if (done) done = directory_.replace(next->key, is_offered ? next->chain : answer.certificate, "");
    if (!done) return not_renewed(done.error().detail);
    // Not one that has been put there meanwhile.
    if (is_offered && directory_.mark_of_offered() == next->offered_as) directory_.forget_offered();
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
