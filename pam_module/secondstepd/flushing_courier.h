#pragma once

#include <chrono>
#include <functional>
#include <utility>

#include "delivery/courier.h"
#include "secondstepd/syslog_journal.h"

namespace secondstep::service {

// A courier whose reports come into the log at once. Sessions flush the journal after their events, but a
// report comes on a thread of its own, and the next event of a session may be hours away.
class FlushingCourier final : public delivery::Courier {
  public:
    FlushingCourier(delivery::Courier& courier, SyslogJournal& journal)
        : courier_(courier), journal_(journal) {}

    void send(delivery::Message message, std::chrono::seconds patience,
              std::function<void(delivery::Report)> done) override {
        courier_.send(std::move(message), patience,
                      [told = std::move(done), &journal = journal_](delivery::Report report) {
                          told(std::move(report));
                          journal.flush();
                      });
    }

  private:
    delivery::Courier& courier_;
    SyslogJournal& journal_;
};

}  // namespace secondstep::service
