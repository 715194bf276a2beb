#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "secondstepd/service_context.h"
#include "secondstepd/settings.h"
#include "secondstepd/syslog_journal.h"

namespace secondstep::service {

// On a host of a fleet: tells a node of those logins by break-glass codes that none has confirmed. Blocks, for seconds where a
// node hangs; elsewhere than on a host it does nothing. Why another attempt would be no better soon; nothing: come again.
[[nodiscard]] std::optional<std::string> tell_nodes_of_break_glass(const Settings& settings,
                                                                   SyslogJournal& journal);

// Does that as soon as a node can be told, since such logins happen while none is up; after a restart too.
class BreakGlassTeller : public std::enable_shared_from_this<BreakGlassTeller> {
  public:
    using Tell = std::function<std::optional<std::string>(const Settings&, SyslogJournal&)>;
    // `context` outlives the jobs of its workers.
    explicit BreakGlassTeller(const ServiceContext& context, Tell tell = tell_nodes_of_break_glass)
        : context_(context), tell_(std::move(tell)) {}

    // Whether there is anything to tell is looked at by a worker; returns at once.
    void look();

  private:
    using Time = std::chrono::steady_clock::time_point;
    void tell_all(const Settings& settings);

    const ServiceContext& context_;
    const Tell tell_;
    std::atomic<bool> busy_ = false;
    std::atomic<Time> not_before_{Time{}};
};

}  // namespace secondstep::service
