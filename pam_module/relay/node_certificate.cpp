#include "relay/node_certificate.h"

#include <utility>

#include "base/local_time.h"
#include "base/text.h"
#include "relay/journal.h"

namespace secondstep::relay {
namespace {

constexpr std::chrono::days between_complaints{1};
std::string by_hand(bool is_of_site) {
    return std::string("; by hand: secondstep fleet create") +
           (is_of_site ? " --certificate FILE --key FILE --ca FILE" : "") +
           ", then systemctl reload secondstep-relay.service. Without a good one no host can ask this node";
}

}  // namespace

NodeCertificate::NodeCertificate(Reactor& reactor, FleetDirectory directory, const ServiceDoor& door,
                                 const Clock& clock, const Bounds& bounds)
    : directory_(std::move(directory)), door_(door), clock_(clock), bounds_(bounds), next_look_(reactor) {}

Result<void> NodeCertificate::load() {
    if (Result<void> done = read(); !done) return done;
    // Never from here: whoever has called reports first what was read.
    look_in(std::chrono::milliseconds{0});
    return {};
}

Result<void> NodeCertificate::read() {
    std::string mark = directory_.mark();
    Result<Credentials> own = directory_.load();
    if (!own) return std::unexpected(own.error());
    Result<TlsContext> tls = context_of_node(*own);
    if (!tls) return std::unexpected(tls.error());
    own_ = std::move(*own);
    tls_ = std::move(*tls);
    mark_ = std::move(mark);
    return {};
}

void NodeCertificate::look_in(std::chrono::milliseconds time) {
    next_look_.after(time, [this] { look(); });
}

void NodeCertificate::look() {
    look_in(bounds_.between_looks);
    if (directory_.mark() != mark_) {
        if (const Result<void> done = read(); !done) return not_renewed(done.error().detail);
    }
    if (own_->is_of_site) return remind();
    const bool may_ask = !asked_ && std::chrono::steady_clock::now() >= not_before_;
    if (may_ask && is_due()) ask();
}

// One that begins later was made while this machine's clock was ahead: hosts, whose clocks are right, do not accept it.
bool NodeCertificate::is_due() const {
    const UnixTime now = clock_.now();
    return now >= own_->due() || now < own_->begins;
}

void NodeCertificate::ask() {
    Result<NewKey> key = make_key(own_->name);
    Result<Secret> question =
        key ? encode(NodeRenewalAsked{own_->name, key->request}) : std::unexpected(key.error());
    if (!question) return not_renewed(question.error().detail);
    next_ = std::move(*key);
    asked_.emplace(door_, From{}, std::move(*question), bounds_.answer,
                   [this](const Result<Envelope>& answer) { on_answer(answer); });
}

void NodeCertificate::on_answer(const Result<Envelope>& answer) {
    asked_.reset();
    const NewKey next = std::move(*std::exchange(next_, std::nullopt));
    if (!answer) return not_renewed("the service of this node has not answered: " + answer.error().detail);
    not_before_ = std::chrono::steady_clock::now() + bounds_.after_a_refusal;
    if (const auto* const refused = std::get_if<Refused>(&*answer)) return not_renewed(refused->words);
    const auto* const certified = std::get_if<Certified>(&*answer);
    if (certified == nullptr) return not_renewed("the service of this node has answered wrongly");
    if (const Result<void> done = take(*certified, next.key); !done) return not_renewed(done.error().detail);
    said_.clear();
    not_before_ = {};
    journal::inform(
        "The certificate of this node is renewed, and shown from the next connection on; it ends " +
        utc_second(own_->ends));
}

// Hosts believe the authority that they were told of when they joined: a certificate of another one is worth nothing.
Result<void> NodeCertificate::take(const Certified& certified, const Secret& key) {
    if (auto good = check_certificate_of_node(certified.certificate, key, own_->authority, own_->name); !good)
        return good;
    if (auto done = directory_.replace(key, certified.certificate, ""); !done) return done;
    return read();
}

// The service has no key of that authority: an administrator brings the next one.
void NodeCertificate::remind() {
    const UnixTime now = clock_.now();
    if (now < own_->late() || now - said_at_ < between_complaints) return;
    said_at_ = now;
    journal::warn("The certificate of this node, " + directory_.path() + "/node.pem, " +
                  "with those that vouch for it, " +
                  (now < own_->vouched ? "is good until " : "was good until ") + utc_second(own_->vouched) +
                  ", and nobody has given the next one of the site's own authority: secondstep fleet create "
                  "--certificate FILE --key FILE --ca FILE. Without a good one no host can ask this node");
}

// At each attempt it would be the same words: once a day they are said again.
void NodeCertificate::not_renewed(const std::string& why) {
    const UnixTime now = clock_.now();
    if (why == said_ && now - said_at_ < between_complaints) return;
    said_ = why;
    said_at_ = now;
    journal::warn("The certificate of this node, " + directory_.path() + "/node.pem, which " +
                  (now < own_->ends ? "ends " : "has ended ") + utc_second(own_->ends) +
                  ", is not renewed: " + printable(why, max_words) + "; it is tried again" +
                  by_hand(own_->is_of_site));
}

}  // namespace secondstep::relay
