#include "secondstepd/caller_journals.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

namespace secondstep::service {

class CallerJournals::One final : public dialogue::Journal {
  public:
    One(CallerJournals& all, std::string name, std::size_t most)
        : all_(all), name_(std::move(name)), most_(most) {}

    void decided(const dialogue::Decision& decision) override {
        if (decision.verdict == Verdict::accepted || may_write()) all_.journal_.decided(decision);
    }
    void changed(const dialogue::ChangeEntry& entry) override {
        if (std::holds_alternative<Change>(entry.what) || may_write()) all_.journal_.changed(entry);
    }
    void warn(const std::string& sentence) override {
        if (may_write()) all_.journal_.warn(sentence);
    }
    void alert(const std::string& sentence) override { all_.journal_.alert(sentence); }

    // When its minute is over; nothing: it owes nothing.
    std::optional<Time> tell(Time now, bool everything) {
        const std::lock_guard guard(mutex_);
        if (left_out_ == 0) return std::nullopt;
        if (!everything && now - began_ < period) return began_ + period;
        say_how_many();
        return std::nullopt;
    }

    // What it knows makes no difference any more.
    bool is_idle(Time now) {
        const std::lock_guard guard(mutex_);
        return left_out_ == 0 && now - began_ >= period;
    }

  private:
    bool may_write() {
        const std::lock_guard guard(mutex_);
        const Time now = all_.now_();
        if (now - began_ >= period || written_ == 0) {
            if (left_out_ > 0) say_how_many();
            began_ = now;
            written_ = 0;
        }
        if (written_ < most_) {
            ++written_;
            return true;
        }
        if (left_out_++ == 0) ++all_.owing_;
        return false;
    }
    void say_how_many() {
        all_.journal_.warn(std::to_string(left_out_) + " more of " + name_ + " in one minute: at most " +
                           std::to_string(most_) + " lines are written.");
        left_out_ = 0;
        --all_.owing_;
    }

    CallerJournals& all_;
    const std::string name_;
    const std::size_t most_;
    std::mutex mutex_;
    Time began_{};
    std::size_t written_ = 0;
    std::size_t left_out_ = 0;
};

CallerJournals::CallerJournals(dialogue::Journal& journal, Now now)
    : journal_(journal), now_(std::move(now)) {}

CallerJournals::~CallerJournals() = default;

std::shared_ptr<dialogue::Journal> CallerJournals::of(Limits::Holder caller, const std::string& name) {
    // Which outlives this object, and needs no keeping.
    if (caller.rank == Limits::Rank::root) return {std::shared_ptr<void>(), &journal_};
    const std::lock_guard guard(mutex_);
    if (const auto known = all_.find(caller.uid); known != all_.end()) return known->second;
    if (all_.size() >= forget_at_) forget_the_idle();
    const bool trusted = caller.rank == Limits::Rank::trusted;
    auto one = std::make_shared<One>(*this, name, trusted ? most_of_a_trusted_caller : most_of_a_user);
    all_.emplace(caller.uid, one);
    return one;
}

// Twice as many as are left may come before the next look: on average it costs each newcomer two entries.
void CallerJournals::forget_the_idle() {
    const Time now = now_();
    std::erase_if(
        all_, [&](const auto& entry) { return entry.second.use_count() == 1 && entry.second->is_idle(now); });
    forget_at_ = std::max(2 * all_.size(), most_kept_idle);
}

std::size_t CallerJournals::kept() const {
    const std::lock_guard guard(mutex_);
    return all_.size();
}

std::optional<CallerJournals::Time> CallerJournals::tell(bool everything) {
    if (owing_ == 0) return std::nullopt;
    const std::lock_guard guard(mutex_);
    const Time now = now_();
    std::optional<Time> next;
    for (const auto& [uid, one] : all_) {
        const auto when = one->tell(now, everything);
        if (when && (!next || *when < *next)) next = when;
    }
    return next;
}

std::optional<CallerJournals::Time> CallerJournals::tell_what_was_left_out() {
    return tell(false);
}

void CallerJournals::tell_everything() {
    static_cast<void>(tell(true));
}

}  // namespace secondstep::service
