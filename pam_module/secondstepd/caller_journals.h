#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "dialogue/conversation/journal.h"
#include "secondstepd/limits.h"

namespace secondstep::service {

// The journal, for lines that a caller causes: each uid has so many a minute, and for the rest one line says
// how many there were. Otherwise an ordinary user could fill the log, and have the log's own limit drop the
// lines about everybody else. What root's programs cause (a login over sshd, whoever it is about) is not
// counted; nor is who was let in, and whose second step has changed: no flood hides that, and it cannot be caused at
// will. Thread-safe.
class CallerJournals {
  public:
    using Time = std::chrono::steady_clock::time_point;
    using Now = std::function<Time()>;
    static constexpr std::chrono::minutes period{1};
    static constexpr std::size_t most_of_a_user = 60;
    static constexpr std::size_t most_of_a_trusted_caller =
        600;  // whose lines are about many people's logins

    static constexpr std::size_t most_kept_idle =
        64;  // before somebody looks for those that may be forgotten

    explicit CallerJournals(dialogue::Journal& journal, Now now = std::chrono::steady_clock::now);
    CallerJournals(const CallerJournals&) = delete;
    CallerJournals& operator=(const CallerJournals&) = delete;
    ~CallerJournals();

    // For this caller: whoever writes to it keeps it. Once nobody does, and its minute is over, it is forgotten.
    // `name`: of whom the line about the rest speaks.
    [[nodiscard]] std::shared_ptr<dialogue::Journal> of(Limits::Holder caller, const std::string& name);
    [[nodiscard]] std::size_t kept() const;

    // Writes the lines about minutes that are over. The time of the next one. Returns nullopt if all is said.
    std::optional<Time> tell_what_was_left_out();
    // At the end of the process: of all minutes.
    void tell_everything();

  private:
    class One;
    std::optional<Time> tell(bool everything);
    void forget_the_idle();

    dialogue::Journal& journal_;
    Now now_;
    mutable std::mutex mutex_;
    std::unordered_map<uid_t, std::shared_ptr<One>> all_;
    std::size_t forget_at_ = most_kept_idle;
    std::atomic<std::size_t> owing_ = 0;  // who has something left out: mostly nobody
};

}  // namespace secondstep::service
