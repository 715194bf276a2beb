#pragma once

#include <atomic>
#include <csignal>
#include <functional>
#include <vector>

#include "base/file.h"
#include "console/exit_status.h"
#include "files/caller_file.h"
#include "policy/config.h"

namespace secondstep::tool {

// One bit the child sets and the parent reads after the child's end, however that came about.
class SharedFlag {
  public:
    SharedFlag();
    SharedFlag(const SharedFlag&) = delete;
    SharedFlag& operator=(const SharedFlag&) = delete;
    ~SharedFlag();
    void set() const;
    void clear() const;
    [[nodiscard]] bool is_set() const;

  private:
    std::atomic<bool>* shared_;
};

// Set when the store is being changed: however the child ends from here on, the codes it wrote down may be the only
// ones there are, and its files are kept. Whoever set it clears it when nothing was stored.
using CommitMark = SharedFlag;

using Work = std::function<Exit(const CommitMark&)>;

// Runs `work` in a child process that has the ids of the configured service account and no way back: root
// never walks a folder another account owns. The parent waits with the caller's own rights; when the child
// ended with `done`, or while the mark was set, it publishes `files`, otherwise (Ctrl-C, an error, a crash) it discards
// them. Ends the
// process by the same signal when a signal ended the child. Somebody who is neither root nor the service
// account: not_allowed.
[[nodiscard]] Exit run_as_service_account(const Config& config, std::vector<CallerFile>& files,
                                          const Work& work);

// Whether this process may do that at all: for what would say something else first. Errors: as above.
[[nodiscard]] OrExit<void> may_run_as_service_account(const Config& config);

// The same without another identity, for what needs the caller's (try).
[[nodiscard]] Exit run_as_caller(const std::function<Exit()>& work);

// Between the commit and the last line of output: Ctrl-C must not swallow the only copy of the codes.
class SignalsHeld {
  public:
    SignalsHeld();
    SignalsHeld(const SignalsHeld&) = delete;
    SignalsHeld& operator=(const SignalsHeld&) = delete;
    ~SignalsHeld();
    [[nodiscard]] static bool one_is_waiting();

  private:
    sigset_t before_;
};

}  // namespace secondstep::tool
