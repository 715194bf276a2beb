#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <unordered_map>

#include "relay/frame_link.h"
#include "relay/packet_link.h"

namespace secondstep::relay {

// The conversations of one connection between relays: each is a connection to the service of this machine, too. What one
// end sends is carried to the other as it is (but for the time left, which an older version has no word for), if it is what
// that end may send. Whoever does not read stops what is read
// for them: nothing piles up here.
class Conversations {
  public:
    struct Rules {
        bool (*may_come)(const Envelope&);  // from the other relay
        bool (*may_go)(const Envelope&);    // from this machine's service
    };
    // Of one connection; more are answered as if the connection were lost.
    static constexpr std::size_t most = 1024;

    // `ended`: one is over; called after it is gone from here.
    Conversations(FrameLink& link, Rules rules, std::function<void()> ended)
        : link_(link), rules_(rules), ended_(std::move(ended)) {}
    Conversations(const Conversations&) = delete;
    Conversations& operator=(const Conversations&) = delete;
    ~Conversations();

    void add(Conversation number, std::shared_ptr<PacketLink> local);
    [[nodiscard]] bool has(Conversation number) const { return all_.contains(number); }
    [[nodiscard]] std::size_t size() const { return all_.size(); }

    // From the other relay. False: it may not send that. What is for a conversation that is over is dropped.
    [[nodiscard]] bool come(Carried carried);
    // The other end has ended it.
    void close(Conversation number);
    // The connection is lost: each is told so (`tell`), and ended.
    void lose(bool tell, Loss loss);
    // The connection takes more again.
    void go_on();

  private:
    void go(Conversation number, Secret packet);
    void over(Conversation number);
    void hold_back_or_go_on();
    void take_out(Conversation number);

    FrameLink& link_;
    const Rules rules_;
    const std::function<void()> ended_;
    std::unordered_map<Conversation, std::shared_ptr<PacketLink>> all_;
    bool held_back_ = false;  // the other relay, because somebody here does not read
};

}  // namespace secondstep::relay
