#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "policy/fleet_config.h"
#include "relay/connector.h"
#include "relay/conversations.h"
#include "relay/frame_link.h"
#include "relay/identity.h"
#include "relay/node_journal.h"
#include "relay/reactor.h"

namespace secondstep::relay {

// On a host: what it has to do with one node. One connection, which stays open; without one another is tried each half
// second. A node is asked only while it answers each second that it can judge.
class NodeLink {
  public:
    struct Calls {
        std::function<void()> ended;    // a conversation is over
        std::function<void()> decided;  // once: whether it is up is known
    };
    NodeLink(Reactor& reactor, FleetConfig::Node node, Identity& identity, Calls calls);
    NodeLink(const NodeLink&) = delete;
    NodeLink& operator=(const NodeLink&) = delete;
    ~NodeLink();

    void start();
    [[nodiscard]] const std::string& name() const { return node_.name; }
    [[nodiscard]] bool is_up() const;
    [[nodiscard]] bool is_decided() const { return decided_; }
    // Since when it is known to be down; nothing: it is up, or that is not known.
    using Time = std::chrono::steady_clock::time_point;
    [[nodiscard]] std::optional<Time> down_since() const;
    // It answers, and what it said last is that it does not know this host (any more).
    [[nodiscard]] bool does_not_know_us() const { return !can_judge_ && lost_by_ == Loss::not_known; }
    // How it is, for the administrator of this host.
    [[nodiscard]] NodeSeen seen() const;
    // is_up() was asked: `open` is the packet that begins it.
    void carry(std::shared_ptr<PacketLink> local, Secret open);
    // A login by a break-glass code: of one at a time.
    [[nodiscard]] bool can_be_told() const;
    // can_be_told() was asked: `packet` says it. `local` gets the answer, and is closed.
    void tell(std::shared_ptr<PacketLink> local, Secret packet);

  private:
    void probe();
    void attempt();
    void shake_hands(UniqueFd socket);
    void on_open();
    void on_frame(Frame frame);
    void on_pong(const Pong& pong);
    void measure(const Pong& pong);
    void on_word_about_us(Carried carried);
    void on_answer_to_what_was_told(Secret packet);
    void each_second();
    [[nodiscard]] bool shows_an_earlier_certificate() const;
    [[nodiscard]] bool is_idle() const;
    void connect_anew();
    [[nodiscard]] Ping ping() const;
    void renew_if_due();
    void decide();
    void has_problem(const std::string& why);
    void has_no_problem();
    void down(const std::string& why);
    void take_down(const std::string& why, Loss loss);
    void let_go(Loss loss);
    [[nodiscard]] std::string where() const;

    Reactor& reactor_;
    const FleetConfig::Node node_;
    Identity& identity_;
    const Calls calls_;
    Connector connector_;
    std::shared_ptr<FrameLink> link_;
    std::optional<Conversations> conversations_;
    Conversation last_ = 0;
    Timer timer_;     // of the next attempt, or the next ping
    Timer deadline_;  // of an attempt
    // One question with the number 0 is under way at a time: of the service of this machine, which waits, or of this program.
    std::shared_ptr<PacketLink> telling_;
    std::optional<TlsStream::Peer> shown_;  // of the node, by the connection that is or was
    Fingerprint ours_{};                    // of the certificate that this end has shown
    bool renewing_ = false;
    unsigned unanswered_ = 0;
    struct Moment {
        std::chrono::steady_clock::time_point steady;
        std::chrono::system_clock::time_point wall;
    };
    Moment pinged_{};
    std::optional<std::chrono::microseconds> round_trip_;  // of the last ping
    std::optional<std::chrono::milliseconds> ahead_;       // its clock, of this machine's
    bool can_judge_ = false;
    Time changed_{};                   // when it became known that it is down
    Loss lost_by_ = Loss::connection;  // the last time
    bool decided_ = false;
    std::string last_problem_;
    journal::NodeJournal journal_;
};

}  // namespace secondstep::relay
