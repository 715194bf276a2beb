#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace secondstep::dialogue {

// Who gets the next code of a portal that several share, so that one reader takes it from nobody: of HOTP
// each reader has few in a minute (a portal looks 10 to 100 counters ahead, and is lost to everybody behind
// that); fresh codes of TOTP go in order of arrival. In memory, of this process. Thread-safe. `portal`: its
// owner and name, "host/invoices".
class PortalTurns {
  public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::size_t most_counted = 5;
    static constexpr std::chrono::seconds counted_within{60};
    // After the time at which it said it would ask again, somebody still has their place in the line.
    static constexpr std::chrono::seconds patience{3};

    // Another code of HOTP. Zero: yes, and it is counted; otherwise there is one after this time.
    [[nodiscard]] std::chrono::seconds until_counted(const std::string& portal, uid_t reader, Time now);

    // Somebody asks for a fresh code and gets in line, or keeps their place. Zero: it is their turn;
    // otherwise they ask again after this time.
    [[nodiscard]] std::chrono::seconds until_turn(const std::string& portal, uid_t who, Time now);
    void asks_again(const std::string& portal, uid_t who, Time when);
    void was_served(const std::string& portal, uid_t who);
    // For the very code that there is now: they come for it at this moment.
    [[nodiscard]] bool others_wait(const std::string& portal, uid_t who, Time now);

    // Whether `who` sees the code of this step for the first time: one line of the journal is enough.
    [[nodiscard]] bool is_first_sight(const std::string& portal, uid_t who, std::uint64_t step);

  private:
    struct Waiting {
        uid_t who;
        Time back_at;
    };
    using Line = std::vector<Waiting>;
    using Reader = std::pair<std::string, uid_t>;

    [[nodiscard]] Line& line_of(const std::string& portal, Time now);
    static void make_room(auto& of);

    std::mutex mutex_;
    std::map<Reader, std::deque<Time>> counted_;  // bounded, all three
    std::unordered_map<std::string, Line> lines_;
    std::map<Reader, std::uint64_t> seen_;
};

}  // namespace secondstep::dialogue
