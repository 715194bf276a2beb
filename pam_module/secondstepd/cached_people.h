#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "policy/people.h"

namespace secondstep::service {

// What the name service said a moment ago, so that somebody's next login within seconds costs no worker
// thread (two wake-ups, as much as a durable write).
//
// What a stale entry can do: for up to `lifetime` (5 s) after a change of the machine's accounts, a login is
// decided by the groups, the uid, or the absence that were true before it. sssd and nscd do the same for
// minutes. It cannot accept a code: a name whose uid changed is compared with the uid in the sealed
// credential all the same.
//
// "There is no such account" is kept like an answer that names a person: otherwise the second login attempt
// with a name would tell by its duration whether the name exists. Failures are never kept, neither to
// find the account nor to tell its groups.
//
// Thread-safe. Bounded: the oldest entry gives way.
class CachedPeople final : public People {
  public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::size_t max_entries = 4096;

    explicit CachedPeople(const People& name_service,
                          std::chrono::milliseconds lifetime = std::chrono::seconds{5},
                          Time (*now)() = std::chrono::steady_clock::now)
        : name_service_(name_service), lifetime_(lifetime), now_(now) {}

    // While a Pin lives, find() on the same thread answers for its name and groups from memory, whatever else
    // happens to the cache in between: it does not block.
    class Pin {
      public:
        Pin(const Pin&) = delete;
        Pin& operator=(const Pin&) = delete;
        ~Pin();

      private:
        friend class CachedPeople;
        struct Entry;
        explicit Pin(std::shared_ptr<const Entry> entry);
        static thread_local const Entry* pinned_;  // the one that lives on this thread
        std::shared_ptr<const Entry> entry_;
    };

    // Returns nullptr if this name and these groups were not looked up lately; find() may block. Who is of this
    // machine is known at any time, but for the groups: nobody waits for a directory that need not be asked.
    [[nodiscard]] std::unique_ptr<Pin> peek(const std::string& name,
                                            const std::vector<std::string>& groups) const;

    using People::find;
    [[nodiscard]] Result<LookedUp> find(const std::string& name, const std::vector<std::string>& groups,
                                        const Early& early) const override;
    [[nodiscard]] std::optional<Person> find_here(const std::string& name) const override {
        return name_service_.find_here(name);
    }

    void forget_everybody();

  private:
    [[nodiscard]] std::shared_ptr<const Pin::Entry> fresh(const std::string& name,
                                                          const std::vector<std::string>& groups) const;
    [[nodiscard]] std::shared_ptr<const Pin::Entry> of_this_machine(const std::string& name) const;
    void remember(std::shared_ptr<const Pin::Entry> entry) const;

    const People& name_service_;
    const std::chrono::milliseconds lifetime_;
    Time (*const now_)();
    mutable std::mutex mutex_;
    mutable std::unordered_map<std::string, std::shared_ptr<const Pin::Entry>> entries_;
    mutable std::deque<std::shared_ptr<const Pin::Entry>> by_age_;
};

}  // namespace secondstep::service
