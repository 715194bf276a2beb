#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>

#include "dialogue/conversation/guest.h"
#include "secondstepd/event_loop.h"
#include "secondstepd/journal_flusher.h"
#include "secondstepd/limits.h"
#include "secondstepd/lookups.h"
#include "secondstepd/service_context.h"
#include "wire/message.h"

namespace secondstep::service {

// Of somebody who logs in on a host of the fleet: who they are there, and the hello of the module there.
struct GuestHello {
    std::shared_ptr<const dialogue::Guest> guest;
    wire::Hello hello;
};

// Who connected, and the place they were counted with.
struct Visitor {
    uid_t uid;  // of a guest: host_number()
    // False: they hold as many dialogues as they may. Their hello is read all the same, because a connection
    // that is closed before it would give them an error of the socket instead of the verdict.
    bool admitted;
    Limits::Place place;
    std::optional<GuestHello> guest = std::nullopt;  // whose first words were heard already
};

// In a line of the journal: "uid 33", "host web01".
[[nodiscard]] inline std::string name_of(const Visitor& visitor) {
    return visitor.guest ? "host " + visitor.guest->guest->host.name : "uid " + std::to_string(visitor.uid);
}

// A connection that was accepted.
class Entrant {
  public:
    Entrant() = default;
    Entrant(const Entrant&) = delete;
    Entrant& operator=(const Entrant&) = delete;
    virtual ~Entrant() = default;
    virtual void start() = 0;        // on this thread, if its first words are there already
    virtual void start_later() = 0;  // on a thread of the loop
};

// What the sessions of an event loop share. Thread-safe.
class Sessions {
  public:
    Sessions(EventLoop& loop, ServiceContext& context)
        : loop_(loop),
          context_(context),
          flusher_(std::make_shared<JournalFlusher>(context.journal, context.caller_journals)) {
        flusher_->start(loop, flusher_);
    }
    Sessions(const Sessions&) = delete;
    Sessions& operator=(const Sessions&) = delete;
    ~Sessions() { flusher_->on_end(); }

    [[nodiscard]] EventLoop& loop() { return loop_; }
    [[nodiscard]] ServiceContext& context() { return context_; }
    [[nodiscard]] Lookups& lookups() { return lookups_; }
    void flush_journal() noexcept { flusher_->flush(); }

  private:
    EventLoop& loop_;
    ServiceContext& context_;
    Lookups lookups_;
    std::shared_ptr<JournalFlusher> flusher_;
};

}  // namespace secondstep::service
