#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "relay/envelope.h"
#include "relay/packet_link.h"
#include "relay/reactor.h"

namespace secondstep::relay {

// Where the service of a node waits for this relay: hosts_socket.
class ServiceDoor {
  public:
    ServiceDoor(Reactor& reactor, std::string path, uid_t owner)
        : reactor_(reactor), path_(std::move(path)), owner_(owner) {}

    // A connection for one conversation or question, on which it was said who is at the other end. Errors: those of
    // connect_to().
    [[nodiscard]] Result<std::shared_ptr<PacketLink>> connect(const From& from) const;

    // So soon another attempt is worth it, where too many wait at the door.
    static constexpr std::chrono::milliseconds between_attempts{10};

    // One question and its answer. Errors: those of connect(), timed_out, closed, damaged. Destroyed before, it never
    // calls.
    class Question {
      public:
        using Answered = std::function<void(Result<Envelope>)>;
        Question(const ServiceDoor& door, const From& from, Secret question,
                 std::chrono::milliseconds patience, Answered answered);
        Question(const Question&) = delete;
        Question& operator=(const Question&) = delete;
        ~Question();

      private:
        void ask();
        void put(std::shared_ptr<PacketLink> link);
        void answer(Result<Envelope> answer);
        const ServiceDoor& door_;
        const From from_;
        Secret question_;
        Timer patience_;
        Timer again_;
        Answered answered_;
        std::shared_ptr<PacketLink> link_;
    };

  private:
    Reactor& reactor_;
    const std::string path_;
    const uid_t owner_;
};

}  // namespace secondstep::relay
