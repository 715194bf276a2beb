#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "relay/clock_readings.h"
#include "relay/conversations.h"
#include "relay/frame_link.h"
#include "relay/journal.h"
#include "relay/service_door.h"

namespace secondstep::relay {

// On a node: one connection of a host, or of a machine that wants to become one. Every second the service is asked whose
// certificate it is: a host that was dropped has lost its connections two seconds later.
class HostLink : public std::enable_shared_from_this<HostLink> {
  public:
    struct Calls {
        std::function<void()> shown;  // it has shown a certificate of the authority, which peer() has
        std::function<void()> known;  // and the service has said that it is a host's
        std::function<void()> ended;  // nothing of it is left
    };
    struct Bounds {
        std::chrono::milliseconds handshake{5'000};
        std::chrono::milliseconds join{
            10'000};  // from its first byte to the answer, for who has no certificate
        std::chrono::milliseconds standing{10'000};    // from its certificate until the service knows it
        std::chrono::milliseconds silence{10'000};     // of a host, which pings each second
        std::chrono::milliseconds answer{1'000};       // of the service, about whose certificate it is
        std::chrono::milliseconds certificate{8'000};  // of the service, about a new one, or what it is told
    };

    // Throws std::system_error, std::bad_alloc.
    [[nodiscard]] static std::shared_ptr<HostLink> over(Reactor& reactor, UniqueFd socket,
                                                        const TlsContext& tls, std::string address,
                                                        const ServiceDoor& door, journal::Sparing& strangers,
                                                        const Bounds& bounds);
    void start(Calls calls);
    [[nodiscard]] const std::optional<TlsStream::Peer>& peer() const { return peer_; }
    void close(const std::string& why);
    // Of a host that the service knows; nothing: it has not said so yet.
    [[nodiscard]] std::optional<HostSeen> seen() const;

  private:
    HostLink(Reactor& reactor, std::string address, const ServiceDoor& door, journal::Sparing& strangers,
             const Bounds& bounds);
    void on_open();
    void on_frame(Frame frame);
    void on_carried(Carried carried);
    void on_question(Carried carried);
    void on_ping(const Ping& ping);
    void join(Carried carried);
    void renew(Carried carried);
    void tell(Carried carried);
    void put(Secret question, std::chrono::milliseconds patience, bool then_close);
    void open_conversation(Carried carried);
    void open_those_that_wait();
    void lose(Conversation number);
    void ask_standing();
    void on_standing(const Result<Envelope>& answer);
    void say_whether_it_can_judge();
    void each_second();
    void end(const std::string& why, bool when_sent);
    void certificate_has_ended();
    void dropped();
    void misbehaved(const std::string& what);
    [[nodiscard]] std::string who() const;

    Reactor& reactor_;
    const std::string address_;
    const ServiceDoor& door_;
    journal::Sparing& strangers_;
    const Bounds bounds_;
    Calls calls_;
    std::shared_ptr<FrameLink> link_;
    std::optional<Conversations> conversations_;
    std::optional<TlsStream::Peer> peer_;
    From from_;
    struct Opening {
        Carried carried;
        std::chrono::steady_clock::time_point since;
    };
    std::deque<Opening> openings_;  // for which there was no room at the service's door yet
    Timer door_again_;
    Conversation last_ = 0;  // the highest number that it has given to a conversation
    std::optional<ServiceDoor::Question> standing_asked_;
    std::optional<ServiceDoor::Question> certificate_asked_;
    Timer deadline_;
    Timer second_;
    std::chrono::steady_clock::time_point heard_{};
    bool standing_is_new_ = false;  // the answer is no older than a second
    bool can_judge_ = false;
    bool known_ = false;  // the service has said so once
    std::string name_;    // by the registry, from then on
    std::chrono::steady_clock::time_point known_since_{};
    std::string version_;  // of its program, as it says
    ClockReadings clock_;
    bool ping_waits_ = false;
    bool over_ = false;
};

}  // namespace secondstep::relay
