#include "relay/host_link.h"

#include <type_traits>
#include <utility>

#include "base/local_time.h"
#include "base/text.h"

namespace secondstep::relay {
namespace {

constexpr std::chrono::milliseconds a_second{1'000};

WallTime wall_time() {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

bool a_host_may_say(const Envelope& envelope) {
    return std::holds_alternative<Answer>(envelope);
}

bool the_service_may_say(const Envelope& envelope) {
    return std::holds_alternative<Said>(envelope) || std::holds_alternative<Lost>(envelope);
}

// A question that was put may have been done: the host is told which of the two it is.
Refused no_answer(const Error& error, bool is_joining) {
    const bool put =
        error.code == Errc::timed_out || error.code == Errc::closed || error.code == Errc::damaged;
    if (!put) return {"The service of this node is away; nothing has changed. Try again later."};
    if (!is_joining) return {"The service of this node has not answered in time."};
    return {
        "The service of this node has not answered. Whether the host is registered now says, on a node: "
        "secondstep fleet status"};
}

}  // namespace

HostLink::HostLink(Reactor& reactor, std::string address, const ServiceDoor& door,
                   journal::Sparing& strangers, const Bounds& bounds)
    : reactor_(reactor),
      address_(std::move(address)),
      door_(door),
      strangers_(strangers),
      bounds_(bounds),
      door_again_(reactor),
      deadline_(reactor),
      second_(reactor) {}

std::shared_ptr<HostLink> HostLink::over(Reactor& reactor, UniqueFd socket, const TlsContext& tls,
                                         std::string address, const ServiceDoor& door,
                                         journal::Sparing& strangers, const Bounds& bounds) {
    std::shared_ptr<HostLink> host(new HostLink(reactor, std::move(address), door, strangers, bounds));
    host->link_ = FrameLink::server(reactor, std::move(socket), tls);
    return host;
}

void HostLink::start(Calls calls) {
    calls_ = std::move(calls);
    deadline_.after(bounds_.handshake, [this] { close("it has not shown who it is"); });
    link_->start({.open = [this] { on_open(); },
                  .frame = [this](Frame frame) { on_frame(std::move(frame)); },
                  .room =
                      [this] {
                          if (conversations_) conversations_->go_on();
                      },
                  .end = [this](const Error& why) { close(why.detail); }});
}

void HostLink::on_open() {
    peer_ = link_->peer();
    from_.address = address_.substr(0, max_host_name);
    heard_ = std::chrono::steady_clock::now();
    if (!peer_) {
        deadline_.after(bounds_.join, [this] { close("it has not joined in time"); });
        return;
    }
    // The authority signs for others too: until the service has said whose it is, it is nobody's. A host comes again.
    deadline_.after(bounds_.standing, [this] { close("the service has not said whether it is a host"); });
    from_.certificate = peer_->fingerprint;
    conversations_.emplace(*link_, Conversations::Rules{a_host_may_say, the_service_may_say}, [] {});
    calls_.shown();
    if (over_) return;
    ask_standing();
    second_.after(a_second, [this] { each_second(); });
}

void HostLink::on_frame(Frame frame) {
    if (peer_ && peer_->has_ended()) return certificate_has_ended();
    heard_ = std::chrono::steady_clock::now();
    if (auto* const carried = std::get_if<Carried>(&frame)) return on_carried(std::move(*carried));
    if (!peer_) return misbehaved("something else than the wish to join");
    if (const auto* const ping = std::get_if<Ping>(&frame)) return on_ping(*ping);
    if (const auto* const closed = std::get_if<Closed>(&frame)) {
        std::erase_if(openings_,
                      [&](const Opening& one) { return one.carried.conversation == closed->conversation; });
        conversations_->close(closed->conversation);
        return;
    }
    misbehaved("a frame that only nodes send");
}

void HostLink::on_carried(Carried carried) {
    if (carried.conversation == 0) return on_question(std::move(carried));
    if (!peer_) return misbehaved("a conversation without a certificate");
    if (!known_) return misbehaved("a conversation before it was known");
    if (carried.conversation > last_) return open_conversation(std::move(carried));
    if (!conversations_->come(std::move(carried))) misbehaved("what a host does not send");
}

void HostLink::open_conversation(Carried carried) {
    const auto envelope = decode(carried.envelope.bytes());
    if (!envelope || !std::holds_alternative<Open>(*envelope))
        return misbehaved("a conversation that does not begin as one");
    last_ = carried.conversation;
    if (conversations_->size() + openings_.size() >= Conversations::most) return lose(carried.conversation);
    openings_.push_back({std::move(carried), heard_});
    if (openings_.size() == 1) open_those_that_wait();
}

// A crowd of conversations at once may be more than can stand at the service's door: those wait a little, in order.
void HostLink::open_those_that_wait() {
    while (!openings_.empty()) {
        Opening& next = openings_.front();
        auto local = door_.connect(from_);
        const bool waits = std::chrono::steady_clock::now() - next.since < bounds_.answer;
        if (!local && local.error().code == Errc::busy && waits)
            return door_again_.after(ServiceDoor::between_attempts, [this] { open_those_that_wait(); });
        if (local) {
            (*local)->send(std::move(next.carried.envelope));
            conversations_->add(next.carried.conversation, std::move(*local));
        } else {
            strangers_.warn("service", "The service cannot be asked: " + local.error().detail);
            lose(next.carried.conversation);
        }
        openings_.pop_front();
    }
}

void HostLink::lose(Conversation number) {
    if (auto lost = encode(Lost{Loss::connection})) link_->send(Carried{number, std::move(*lost)});
}

// --- questions about the host itself ---

void HostLink::on_question(Carried carried) {
    const auto envelope = decode(carried.envelope.bytes());
    if (!envelope) return misbehaved("a damaged question");
    if (std::holds_alternative<JoinAsked>(*envelope)) return join(std::move(carried));
    if (!peer_) return misbehaved("something else than the wish to join");
    if (std::holds_alternative<RenewalAsked>(*envelope)) return renew(std::move(carried));
    if (std::holds_alternative<BreakGlassUsed>(*envelope)) return tell(std::move(carried));
    if (!std::holds_alternative<StandingAsked>(*envelope)) return misbehaved("what a host does not send");
    put(std::move(carried.envelope), bounds_.answer, false);
}

// Once for each connection: whoever guesses pays for a handshake.
void HostLink::join(Carried carried) {
    if (peer_) return misbehaved("the wish to join, with a certificate");
    if (certificate_asked_) return misbehaved("the wish to join, twice");
    put(std::move(carried.envelope), bounds_.certificate, true);
}

void HostLink::renew(Carried carried) {
    put(std::move(carried.envelope), bounds_.certificate, false);
}

void HostLink::tell(Carried carried) {
    put(std::move(carried.envelope), bounds_.certificate, false);
}

void HostLink::put(Secret question, std::chrono::milliseconds patience, bool then_close) {
    if (certificate_asked_) return misbehaved("two questions at once");
    certificate_asked_.emplace(
        door_, from_, std::move(question), patience, [this, then_close](Result<Envelope> answer) {
            const auto self = shared_from_this();
            if (!answer) {
                strangers_.warn("service", "The service was asked about a host: " + answer.error().detail);
                answer = no_answer(answer.error(), then_close);
            }
            const bool fitting =
                std::holds_alternative<Certified>(*answer) || std::holds_alternative<Refused>(*answer) ||
                std::holds_alternative<Standing>(*answer) || std::holds_alternative<BreakGlassKnown>(*answer);
            if (!fitting) answer = Refused{"The node has answered wrongly."};
            auto packet = encode(*answer);
            if (packet) link_->send(Carried{0, std::move(*packet)});
            certificate_asked_.reset();
            if (then_close) end("", true);
        });
}

// --- whether it is still a host of the fleet, and whether there is anybody to judge ---

void HostLink::on_ping(const Ping& ping) {
    if (ping.word) {
        if (!link_->hosts_describe_themselves()) return misbehaved("what its version does not know");
        version_ = ping.word->version;
        clock_.add(ping.word->clock, wall_time());
    }
    ping_waits_ = true;
    if (standing_is_new_) return say_whether_it_can_judge();
    ask_standing();
}

void HostLink::say_whether_it_can_judge() {
    ping_waits_ = false;
    link_->send(Pong{.can_judge = can_judge_, .clock = wall_time()});
}

void HostLink::ask_standing() {
    if (standing_asked_) return;
    auto question = encode(StandingAsked{});
    if (!question) return;
    standing_asked_.emplace(door_, from_, std::move(*question), bounds_.answer,
                            [this](const Result<Envelope>& answer) { on_standing(answer); });
}

void HostLink::on_standing(const Result<Envelope>& answer) {
    const auto self = shared_from_this();
    standing_asked_.reset();
    if (over_) return;  // it was on its way when this ended
    const Standing* const standing = answer ? std::get_if<Standing>(&*answer) : nullptr;
    if (standing != nullptr && !standing->known) return dropped();
    if (standing != nullptr && !known_) {
        known_ = true;
        peer_->name =
            standing->host;  // of the registry; certificates of a site's authority may say more, or nothing
        name_ = standing->host;
        known_since_ = std::chrono::steady_clock::now();
        deadline_.cancel();
        calls_.known();
        journal::inform(who() + " is connected");
    }
    // Without an answer nobody could judge; who was known stays connected, and nothing is lost.
    can_judge_ = standing != nullptr;
    standing_is_new_ = true;
    if (ping_waits_) say_whether_it_can_judge();
}

void HostLink::each_second() {
    second_.after(a_second, [this] { each_second(); });
    if (peer_->has_ended()) return certificate_has_ended();
    // What was not read because this end held it back is no silence.
    if (!link_->is_paused() && std::chrono::steady_clock::now() - heard_ > bounds_.silence)
        return close("it was silent for ten seconds");
    standing_is_new_ = false;
    ask_standing();
}

// With the next one it connects again at once.
void HostLink::certificate_has_ended() {
    close("its certificate has ended " + utc_second(peer_->ends));
}

void HostLink::dropped() {
    const auto lost = encode(Lost{Loss::not_known});
    if (lost) link_->send(Carried{0, lost->clone()});
    end("it is no host of the fleet (any more); to let it in: secondstep fleet invite-hosts", true);
}

std::optional<HostSeen> HostLink::seen() const {
    if (!known_) return std::nullopt;
    const auto now = std::chrono::steady_clock::now();
    return HostSeen{.name = name_,
                    .address = from_.address,
                    .connected = std::chrono::floor<std::chrono::seconds>(now - known_since_),
                    .heard = std::chrono::floor<std::chrono::seconds>(now - heard_),
                    .version = version_,
                    .ahead = clock_.ahead()};
}

// --- the end ---

void HostLink::misbehaved(const std::string& what) {
    close("it sent " + what);
}

std::string HostLink::who() const {
    if (known_) return "Host " + name_ + " from " + address_;
    return "Somebody " + (peer_ ? "with a certificate of " + printable(peer_->name) + " " : std::string()) +
           "from " + address_;
}

void HostLink::close(const std::string& why) {
    end(why, false);
}

void HostLink::end(const std::string& why, bool when_sent) {
    if (std::exchange(over_, true)) return;
    const auto self = shared_from_this();
    if (!why.empty()) strangers_.warn(address_, who() + " is disconnected: " + why);
    deadline_.cancel();
    second_.cancel();
    door_again_.cancel();
    openings_.clear();
    if (conversations_) conversations_->lose(false, Loss::connection);
    // Never while one of them is calling.
    reactor_.post([self] {
        self->standing_asked_.reset();
        self->certificate_asked_.reset();
        self->conversations_.reset();
    });
    if (when_sent) {
        link_->close_when_sent();
    } else {
        link_->close();
    }
    const Calls calls = std::exchange(calls_, {});
    if (calls.ended) calls.ended();
}

}  // namespace secondstep::relay
