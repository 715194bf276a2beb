#pragma once

#include <sys/types.h>

#include <cstddef>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace secondstep::service {

// How many dialogues, or whatever else callers cause, may be held at once. Thread-safe.
class Limits {
  public:
    struct Numbers {
        std::size_t per_user = 8;       // of one unprivileged uid
        std::size_t per_trusted = 256;  // of one trusted caller
        std::size_t total = 16384;      // of everybody; root has no other limit
    };
    enum class Rank { user, trusted, root };
    struct Holder {
        uid_t uid;
        Rank rank;
    };

    // One that is counted; given back when it is destroyed.
    class Place {
      public:
        Place(Place&& other) noexcept;
        Place& operator=(Place&&) = delete;
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        ~Place();
        [[nodiscard]] const Holder& holder() const { return holder_; }
        void give_back() noexcept;  // before it is destroyed

      private:
        friend class Limits;
        Place(Limits& limits, Holder holder) : limits_(&limits), holder_(holder) {}
        Limits* limits_;
        Holder holder_;
    };

    explicit Limits(Numbers numbers) : numbers_(numbers) {}

    // Returns nullopt if the limit is reached. A quarter of the total is kept for root, so that many users
    // together cannot keep sshd from asking.
    // `kept`: of what that uid may hold so many are left to whoever else is counted as it.
    [[nodiscard]] std::optional<Place> admit(uid_t uid, Rank rank, std::size_t kept = 0);
    [[nodiscard]] std::size_t held() const;
    // Does nothing to places that are held.
    void lower_total(std::size_t total);

    // The total that fits under the descriptor limit: each dialogue needs one, some are kept for files.
    [[nodiscard]] static Numbers fitting_descriptors(std::size_t descriptor_limit);

  private:
    [[nodiscard]] bool full(uid_t uid, Rank rank, std::size_t kept) const;
    void give_back(uid_t uid, Rank rank);

    mutable std::mutex mutex_;
    Numbers numbers_;
    std::unordered_map<uid_t, std::size_t> by_uid_;  // never holds a zero
    std::size_t held_ = 0;
    std::size_t held_by_others_ = 0;  // not by root
};

}  // namespace secondstep::service
