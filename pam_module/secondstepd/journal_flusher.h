#pragma once

#include <memory>
#include <mutex>

#include "secondstepd/caller_journals.h"
#include "secondstepd/event_loop.h"
#include "secondstepd/syslog_journal.h"

namespace secondstep::service {

// Empties the journal after each event, and by the loop's clock what the log did not take, or what is said
// only when a minute is over.
class JournalFlusher final : public EventLoop::Waiter {
  public:
    JournalFlusher(SyslogJournal& journal, CallerJournals& callers) : journal_(journal), callers_(callers) {}
    void start(EventLoop& loop, const std::shared_ptr<JournalFlusher>& self);

    void flush() noexcept;

    void on_ready() override {}
    void on_time() override { flush(); }
    bool on_end() override;

  private:
    void again_at(EventLoop::Time time) noexcept;
    void again_later() noexcept;

    SyslogJournal& journal_;
    CallerJournals& callers_;
    std::mutex mutex_;
    EventLoop::Place place_;
};

}  // namespace secondstep::service
