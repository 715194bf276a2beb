#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace secondstep::process {

// Whoever started this service and wants to hear how it is (systemd, sd_notify(3)); nobody, and then all of
// it does nothing.
class ServiceManager {
  public:
    // As $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID say. Before any thread.
    [[nodiscard]] static ServiceManager from_environment();
    // `socket`: a path, or an abstract name after @. `watchdog`: zero for none.
    explicit ServiceManager(std::string socket, std::chrono::microseconds watchdog = {})
        : socket_(std::move(socket)), watchdog_(watchdog) {}

    // False: it could not be told within two seconds.
    bool ready() const { return tell("READY=1"); }
    bool reloading() const;  // then ready() again
    bool stopping() const { return tell("STOPPING=1"); }
    // Never waits: the next sign of life comes soon.
    void still_alive() const;

    // Without still_alive() for this long the service is killed, and started again. Zero: never.
    [[nodiscard]] std::chrono::microseconds watchdog() const { return watchdog_; }

  private:
    bool tell(std::string_view state) const;

    std::string socket_;  // empty: nobody
    std::chrono::microseconds watchdog_;
};

}  // namespace secondstep::process
