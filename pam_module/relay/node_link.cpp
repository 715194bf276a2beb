#include "relay/node_link.h"

#include <exception>
#include <limits>
#include <utility>

#include "base/text.h"
#include "paths.h"
#include "relay/journal.h"

namespace secondstep::relay {
namespace {

constexpr std::chrono::milliseconds between_attempts{500};
constexpr std::chrono::milliseconds longest_attempt{2'000};  // TCP, TLS, and the first answer
constexpr std::chrono::milliseconds between_pings{1'000};
constexpr unsigned most_unanswered = 2;

bool a_node_may_say(const Envelope& envelope) {
    return std::holds_alternative<Said>(envelope) || std::holds_alternative<Lost>(envelope);
}

bool the_service_may_say(const Envelope& envelope) {
    return std::holds_alternative<Answer>(envelope);
}

}  // namespace

NodeLink::NodeLink(Reactor& reactor, FleetConfig::Node node, Identity& identity, Calls calls)
    : reactor_(reactor),
      node_(std::move(node)),
      identity_(identity),
      calls_(std::move(calls)),
      connector_(reactor, node_.address, node_.port),
      timer_(reactor),
      deadline_(reactor) {}

NodeLink::~NodeLink() {
    if (link_) link_->close();
    if (telling_) telling_->close();
}

void NodeLink::start() {
    attempt();
}

bool NodeLink::is_up() const {
    return can_judge_ && unanswered_ < most_unanswered && conversations_ &&
           conversations_->size() < Conversations::most;
}

std::optional<NodeLink::Time> NodeLink::down_since() const {
    return decided_ && !can_judge_ ? std::optional(changed_) : std::nullopt;
}

std::string NodeLink::where() const {
    return "Node " + node_.name + " (" + node_.address + ":" + std::to_string(node_.port) + ")";
}

void NodeLink::carry(std::shared_ptr<PacketLink> local, Secret open) {
    const Conversation number = ++last_;
    link_->send(Carried{number, std::move(open)});
    conversations_->add(number, std::move(local));
    // Numbers are never used twice: before they are at an end the connection is another one.
    if (last_ == std::numeric_limits<Conversation>::max())
        reactor_.post([this] { down("all numbers of conversations are used"); });
}

bool NodeLink::can_be_told() const {
    return is_up() && !telling_ && !renewing_;
}

void NodeLink::tell(std::shared_ptr<PacketLink> local, Secret packet) {
    telling_ = std::move(local);
    // Who has gone, or says more, changes nothing about what is under way.
    telling_->start({.packet = [](const Secret&) {}, .end = [] {}, .drained = {}});
    link_->send(Carried{0, std::move(packet)});
}

// --- an attempt: addresses, TCP, TLS, the first answer ---

void NodeLink::probe() {
    timer_.after(between_attempts, [this] { attempt(); });
}

void NodeLink::attempt() {
    if (const Result<void> ready = identity_.refresh(); !ready) {
        decide();  // it says itself what is wrong, once for all nodes
        return probe();
    }
    deadline_.after(longest_attempt, [this] { down("it does not answer within two seconds"); });
    connector_.connect([this](Result<UniqueFd> socket) {
        if (!socket) return down(socket.error().detail);
        shake_hands(std::move(*socket));
    });
}

void NodeLink::shake_hands(UniqueFd socket) {
    try {
        link_ = FrameLink::client(reactor_, std::move(socket), identity_.tls(), node_.name);
        ours_ = identity_.fingerprint();
    } catch (const std::exception& e) {
        return down(e.what());
    }
    link_->start({.open = [this] { on_open(); },
                  .frame = [this](Frame frame) { on_frame(std::move(frame)); },
                  .room =
                      [this] {
                          if (conversations_) conversations_->go_on();
                      },
                  .end = [this](const Error& why) { down(why.detail); }});
}

void NodeLink::on_open() {
    last_ = 0;
    shown_ = link_->peer();
    conversations_.emplace(*link_, Conversations::Rules{a_node_may_say, the_service_may_say}, calls_.ended);
    each_second();
}

// --- while it is open ---

void NodeLink::each_second() {
    if (unanswered_ >= most_unanswered) return down("it has not answered two pings");
    if (shown_ && shown_->has_ended()) return down("the certificate that it has shown has ended");
    if (shows_an_earlier_certificate() && is_idle()) return connect_anew();
    timer_.after(between_pings, [this] { each_second(); });
    ++unanswered_;
    pinged_ = {std::chrono::steady_clock::now(), std::chrono::system_clock::now()};
    link_->send(ping());
}

// A node lets go of the earlier one when the present one is used first; until then both are good, and nothing is renewed.
bool NodeLink::shows_an_earlier_certificate() const {
    return ours_ != identity_.fingerprint();
}

bool NodeLink::is_idle() const {
    return conversations_ && conversations_->size() == 0 && !telling_ && !renewing_;
}

// At once: nobody is asked in between.
void NodeLink::connect_anew() {
    journal::inform(journal_.asked_anew(where()));
    let_go(Loss::connection);
    attempt();
}

Ping NodeLink::ping() const {
    if (!link_->hosts_describe_themselves()) return {};
    return {
        OwnWord{std::chrono::floor<std::chrono::milliseconds>(pinged_.wall), std::string(paths::version)}};
}

void NodeLink::on_frame(Frame frame) {
    if (shown_ && shown_->has_ended()) return down("the certificate that it has shown has ended");
    if (const auto* const pong = std::get_if<Pong>(&frame)) return on_pong(*pong);
    if (const auto* const closed = std::get_if<Closed>(&frame))
        return conversations_->close(closed->conversation);
    auto* const carried = std::get_if<Carried>(&frame);
    if (carried == nullptr) return down("it sent a frame that only hosts send");
    if (carried->conversation == 0) return on_word_about_us(std::move(*carried));
    const bool begun = carried->conversation <= last_;
    if (!begun || !conversations_->come(std::move(*carried))) down("it sent what a node does not send");
}

void NodeLink::on_pong(const Pong& pong) {
    const bool can_judge = pong.can_judge;
    deadline_.cancel();
    measure(pong);
    unanswered_ = 0;
    if (can_judge)
        has_no_problem();
    else
        has_problem("its service is away");
    if (can_judge) lost_by_ = Loss::connection;  // it knows this host
    if (can_judge_ && !can_judge) changed_ = std::chrono::steady_clock::now();
    can_judge_ = can_judge;
    decide();
    if (can_judge) renew_if_due();
}

// It read its clock somewhere on the way: half of the way from here is the best guess, and at most that much wrong.
void NodeLink::measure(const Pong& pong) {
    if (unanswered_ != 1) return;  // of which ping it is the answer nobody knows
    const auto passed = std::chrono::steady_clock::now() - pinged_.steady;
    round_trip_ = std::chrono::ceil<std::chrono::microseconds>(passed);
    ahead_.reset();
    if (pong.clock)
        ahead_ = std::chrono::round<std::chrono::milliseconds>(*pong.clock - (pinged_.wall + passed / 2));
}

NodeSeen NodeLink::seen() const {
    return {.name = node_.name,
            .address = node_.address + ":" + std::to_string(node_.port),
            .is_asked = is_up(),
            .round_trip = round_trip_,
            .ahead = ahead_,
            .problem = last_problem_};
}

// The first attempt has come to something: nobody waits for it any more.
void NodeLink::decide() {
    if (std::exchange(decided_, true)) return;
    changed_ = std::chrono::steady_clock::now();
    calls_.decided();
}

void NodeLink::renew_if_due() {
    if (telling_ || renewing_) return;
    auto question = identity_.renewal(this, ours_);
    if (!question) return;
    renewing_ = true;
    link_->send(Carried{0, std::move(*question)});
}

void NodeLink::on_word_about_us(Carried carried) {
    const auto envelope = decode(carried.envelope.bytes());
    if (!envelope) return down("it sent what a node does not send");
    const bool answers =
        std::holds_alternative<BreakGlassKnown>(*envelope) || std::holds_alternative<Refused>(*envelope);
    if (telling_ && answers) return on_answer_to_what_was_told(std::move(carried.envelope));
    renewing_ = false;
    if (const auto* const certified = std::get_if<Certified>(&*envelope))
        return identity_.renewed(*certified);
    if (const auto* const refused = std::get_if<Refused>(&*envelope))
        return identity_.not_renewed(refused->words);
    const auto* const lost = std::get_if<Lost>(&*envelope);
    if (lost == nullptr || lost->loss != Loss::not_known) return down("it sent what a node does not send");
    changed_ = std::chrono::steady_clock::now();  // it speaks, and what it says is its decision
    take_down(
        "it does not know this host (any more); to let it join again: secondstep setup --join ... --again",
        lost->loss);
}

void NodeLink::on_answer_to_what_was_told(Secret packet) {
    const auto local = std::exchange(telling_, nullptr);
    local->send(std::move(packet));
    local->close_when_sent();
    calls_.ended();
}

// --- down ---

void NodeLink::down(const std::string& why) {
    take_down(why, Loss::connection);
}

void NodeLink::has_problem(const std::string& why) {
    last_problem_ = why;
    const std::string line = journal_.not_asked(where(), why, std::chrono::steady_clock::now());
    if (!line.empty()) journal::warn(line);
}

void NodeLink::has_no_problem() {
    last_problem_.clear();
    const std::string line = journal_.asked(where());
    if (!line.empty()) journal::inform(line);
}

void NodeLink::take_down(const std::string& why, Loss loss) {
    has_problem(why);
    let_go(loss);
    probe();
    decide();
}

void NodeLink::let_go(Loss loss) {
    timer_.cancel();
    deadline_.cancel();
    connector_.cancel();
    if (can_judge_) changed_ = std::chrono::steady_clock::now();
    can_judge_ = false;
    lost_by_ = loss;
    unanswered_ = 0;
    round_trip_.reset();
    ahead_.reset();
    identity_.abandon_renewal(this);
    renewing_ = false;
    if (telling_) {
        if (auto lost = encode(Lost{Loss::connection})) on_answer_to_what_was_told(std::move(*lost));
    }
    const auto link = std::exchange(link_, nullptr);
    if (link) link->close();
    if (conversations_) conversations_->lose(true, loss);
    conversations_.reset();
}

}  // namespace secondstep::relay
