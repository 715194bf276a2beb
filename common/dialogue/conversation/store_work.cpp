#include "dialogue/conversation/store_work.h"

#include <mutex>
#include <string>
#include <utility>

namespace secondstep::dialogue {
namespace {

// Rounds of calls that may block, on a worker's thread. Shared by the worker and the conversation: it may still
// run when the conversation has ended.
class StoreJob {
  public:
    StoreJob(StoreAccess access, Rounds rounds)
        : access_(std::move(access)), rounds_(rounds), since_(access_.now()) {}
    StoreJob(const StoreJob&) = delete;
    StoreJob& operator=(const StoreJob&) = delete;
    virtual ~StoreJob() = default;

    // Whoever had to wait for a thread, or for others who have the record, has less time left.
    void run() {
        rounds_.took(std::chrono::duration_cast<Rounds::Milliseconds>(access_.now() - since_));
        if (rounds_.used_up()) return;
        static_cast<void>(sleep_through(rounds_, [this] { return round(*access_.store); }, access_.now));
    }
    [[nodiscard]] const Rounds& rounds() const { return rounds_; }

  private:
    [[nodiscard]] virtual Round round(const AccountStore& store) = 0;

    const StoreAccess access_;
    Rounds rounds_;
    const std::chrono::steady_clock::time_point since_;
};

std::string of_no_record() {
    return {};
}

Error overloaded() {
    return {Errc::busy, "too many wait for the store at once"};
}
Error late() {
    return {Errc::timed_out, "the store took too long"};
}

// An error: the job may still run, and nothing of it is looked at.
Script<Result<void>> carried_out(Talk& talk, std::shared_ptr<StoreJob> job, std::string record) {
    Work work{Work::Kind::store, [job] { job->run(); }, std::move(record), {}};
    const Resumption resumption = co_await talk.pause(std::move(work));
    switch (resumption) {
        case Resumption::done:
            co_return Result<void>{};
        case Resumption::overloaded:
            co_return std::unexpected(overloaded());
        case Resumption::late:
            break;
    }
    co_return std::unexpected(late());
}

Round round_of(const Result<Account>& read) {
    return !read && read.error().code == Errc::busy ? Round::busy : Round::over;
}

class Reading final : public StoreJob {
  public:
    Reading(StoreAccess access, RecordName record, Rounds rounds)
        : StoreJob(std::move(access), rounds), record_(std::move(record)) {}
    [[nodiscard]] Result<Account> take() { return std::move(read_); }

  private:
    [[nodiscard]] Round round(const AccountStore& store) override {
        read_ = store.read(record_);
        return round_of(read_);
    }
    const RecordName record_;
    Result<Account> read_ = std::unexpected(overloaded());
};

class ReadingNames final : public StoreJob {
  public:
    ReadingNames(StoreAccess access, std::optional<uid_t> uid)
        : StoreJob(std::move(access), Rounds()), uid_(uid) {}
    [[nodiscard]] Result<std::vector<AccountName>> take() { return std::move(names_); }

  private:
    [[nodiscard]] Round round(const AccountStore& store) override {
        names_ = store.names_enrolled_for(uid_);
        return Round::over;
    }
    const std::optional<uid_t> uid_;
    Result<std::vector<AccountName>> names_ = std::unexpected(overloaded());
};

// Through which a job asks what belongs to a conversation, as long as that waits for it: it is closed with the
// conversation, and a job that comes later, or decides once more, finds nobody there and writes nothing.
class Door {
  public:
    explicit Door(const Decide& decide) : shared_(std::make_shared<Shared>()) { shared_->decide = &decide; }
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;
    ~Door() {
        const std::lock_guard lock(shared_->mutex);
        shared_->decide = nullptr;
    }
    [[nodiscard]] Decide entrance() const {
        return [shared = shared_](const Account& present) -> Result<Rewrite> {
            const std::lock_guard lock(shared->mutex);
            if (shared->decide == nullptr) return std::unexpected(nobody_waits());
            return (*shared->decide)(present);
        };
    }

  private:
    struct Shared {
        std::mutex mutex;
        const Decide* decide = nullptr;
    };
    std::shared_ptr<Shared> shared_;
};

// `last`: nothing, when it was over before it was tried.
Result<Kept> outcome_of(const RecordChange& change, std::optional<Round> last) {
    if (!last) return std::unexpected(overloaded());
    if (*last == Round::busy) return fail(Errc::busy, "the record was locked for 3 seconds");
    return change.outcome();
}

class Changing final : public StoreJob {
  public:
    Changing(const StoreAccess& access, RecordName record, Opening how, Decide decide, Rounds rounds)
        : StoreJob(access, rounds), change_(*access.store, std::move(record), how, std::move(decide)) {}
    [[nodiscard]] Result<Kept> outcome() const { return outcome_of(change_, last_); }

  private:
    [[nodiscard]] Round round(const AccountStore&) override {
        last_ = change_.round();
        return *last_;
    }
    RecordChange change_;
    std::optional<Round> last_;
};

// With the record in its hands: whoever gave the answer may have gone while others had it.
Decide unless_nobody_waits(Decide decide, std::function<bool()> is_awaited) {
    return [decide = std::move(decide), is_awaited = std::move(is_awaited)](const Account& present) {
        return is_awaited() ? decide(present) : Result<Rewrite>(std::unexpected(nobody_waits()));
    };
}

}  // namespace

Error nobody_waits() {
    return {Errc::closed, "nobody waits for the verdict any more"};
}

Script<Result<Account>> read_record(Talk& talk, StoreAccess access, RecordName record,
                                    StorePatience& patience) {
    if (access.store->may_block()) {
        const auto job = std::make_shared<Reading>(std::move(access), std::move(record), patience);
        const Result<void> done = co_await carried_out(talk, job, of_no_record());
        if (!done) co_return std::unexpected(done.error());
        patience.go_on_from(job->rounds());
        co_return job->take();
    }
    for (;;) {
        Result<Account> read = access.store->read(record);
        const auto wait = patience.wait_after(round_of(read));
        if (!wait) co_return std::move(read);
        const Wait pause{*wait};
        co_await talk.pause(pause);
    }
}

Script<Result<std::vector<AccountName>>> read_names_enrolled_for(Talk& talk, StoreAccess access,
                                                                 std::optional<uid_t> uid) {
    if (!access.store->may_block()) co_return access.store->names_enrolled_for(uid);
    const auto job = std::make_shared<ReadingNames>(std::move(access), uid);
    const Result<void> done = co_await carried_out(talk, job, of_no_record());
    if (!done) co_return std::unexpected(done.error());
    co_return job->take();
}

Script<Result<Kept>> change_record(Talk& talk, StoreAccess access, RecordName record, Opening how,
                                   Decide decide, StorePatience& patience) {
    decide = unless_nobody_waits(std::move(decide), access.is_awaited);
    if (access.store->may_block()) {
        const Door door(decide);
        std::string line = record.sealed_name();
        const auto job =
            std::make_shared<Changing>(access, std::move(record), how, door.entrance(), patience);
        const Result<void> done = co_await carried_out(talk, job, std::move(line));
        if (!done) co_return std::unexpected(done.error());
        patience.go_on_from(job->rounds());
        co_return job->outcome();
    }
    RecordChange change(*access.store, std::move(record), how, std::move(decide));
    for (;;) {
        const Round ended = change.round();
        const auto wait = patience.wait_after(ended);
        if (!wait) co_return outcome_of(change, ended);
        const Wait pause{*wait};
        co_await talk.pause(pause);
    }
}

}  // namespace secondstep::dialogue
