#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "unit/dialogue/memory_store.h"

namespace secondstep::testing {

// A store without locks, as an engine for many hosts is one: several read the same, decide, and write; whoever
// is not the first has lost. What becomes of each write, and what is known of it, is up to the test.
class RacingStore final : public AccountStore {
  public:
    enum class Fate : std::uint8_t {
        compared,             // and set, or lost
        lost,                 // whatever stands there
        written_unknown,      // compared, and nobody hears of it
        not_written_unknown,  // it never came there
        late_unknown,         // compared, and nobody hears of it, after whoever wrote has read again
    };

    explicit RacingStore(std::shared_ptr<const MemoryStore> under) : under_(std::move(under)) {}

    mutable std::deque<Fate> fates;      // of the writes that follow, one each; the others are compared
    mutable std::function<Fate()> fate;  // of those others
    mutable std::function<void()> before_each_write;  // between the reading and the writing
    mutable unsigned stale = 0;  // so many begin() read what stood there before the last write
    bool compares = true;        // no: the control
    bool blocks = false;
    mutable unsigned writes = 0;

    [[nodiscard]] bool may_block() const override { return blocks; }
    [[nodiscard]] Result<Account> read(const RecordName& name) const override {
        come_true_before_reading();
        return under_->read(name);
    }
    [[nodiscard]] Result<std::unique_ptr<Transaction>> begin(const RecordName& name) const override {
        auto transaction = opened(name);
        if (!transaction->account().has_state) return fail(Errc::not_found, name.stem());
        return transaction;
    }
    [[nodiscard]] Result<std::unique_ptr<Transaction>> begin_enrollment(
        const RecordName& name) const override {
        return opened(name);
    }
    [[nodiscard]] Result<void> for_each(const std::function<bool(const AccountName&)>& visit) const override {
        return under_->for_each(visit);
    }
    [[nodiscard]] Result<std::vector<AccountName>> names_enrolled_for(
        std::optional<uid_t> uid) const override {
        return under_->names_enrolled_for(uid);
    }

  private:
    using Change = std::function<Result<WriteOutcome>(Transaction&)>;
    struct Late {
        RecordName name;
        std::uint64_t revision;
        Change change;
        unsigned reads_before;
    };
    struct Earlier {
        Account account;
        std::uint64_t revision;
    };

    class Open final : public Transaction {
      public:
        Open(const RacingStore& store, RecordName name, Account account, std::uint64_t revision)
            : store_(store), name_(std::move(name)), account_(std::move(account)), revision_(revision) {}

        [[nodiscard]] const Account& account() const override { return account_; }
        [[nodiscard]] Result<WriteOutcome> write_state(const State& next) override {
            return write([next](Transaction& under) { return under.write_state(next); });
        }
        [[nodiscard]] Result<WriteOutcome> write_credential(const Credential& credential,
                                                            const State& next) override {
            const auto shared = std::make_shared<Credential>(credential.clone());
            return write(
                [shared, next](Transaction& under) { return under.write_credential(*shared, next); });
        }
        [[nodiscard]] Result<WriteOutcome> remove_credential(const State& next) override {
            return write([next](Transaction& under) { return under.remove_credential(next); });
        }

      private:
        Result<WriteOutcome> write(const Change& change) {
            const WriteOutcome outcome = store_.written(name_, revision_, change);
            if (outcome != WriteOutcome::done) return outcome;
            account_ = store_.under_->read(name_).value();
            revision_ = store_.revision_of(name_);
            return outcome;
        }
        const RacingStore& store_;
        RecordName name_;
        Account account_;
        std::uint64_t revision_;
    };

    std::unique_ptr<Transaction> opened(const RecordName& name) const {
        come_true_before_reading();
        const auto earlier = earlier_.find(name.sealed_name());
        if (stale > 0 && earlier != earlier_.end()) {
            --stale;
            return std::make_unique<Open>(*this, name, copy_of(earlier->second.account),
                                          earlier->second.revision);
        }
        return std::make_unique<Open>(*this, name, under_->read(name).value(), revision_of(name));
    }
    static Account copy_of(const Account& account) {
        Account copy;
        if (account.credential) copy.credential = account.credential->clone();
        copy.state = account.state;
        copy.has_state = account.has_state;
        return copy;
    }
    [[nodiscard]] std::uint64_t revision_of(const RecordName& name) const {
        return revisions_[name.sealed_name()];
    }

    WriteOutcome written(const RecordName& name, std::uint64_t revision, const Change& change) const {
        if (before_each_write) before_each_write();
        ++writes;
        come_true([](const Late& late) { return late.reads_before == 0; });
        switch (next_fate()) {
            case Fate::compared:
                return compare_and_set(name, revision, change) ? WriteOutcome::done : WriteOutcome::lost;
            case Fate::lost:
                return WriteOutcome::lost;
            case Fate::written_unknown:
                compare_and_set(name, revision, change);
                break;
            case Fate::not_written_unknown:
                break;
            case Fate::late_unknown:
                late_.push_back({name, revision, change, 1});
                break;
        }
        return WriteOutcome::unknown;
    }
    [[nodiscard]] Fate next_fate() const {
        if (fates.empty()) return fate ? fate() : Fate::compared;
        const Fate next = fates.front();
        fates.pop_front();
        return next;
    }
    bool compare_and_set(const RecordName& name, std::uint64_t revision, const Change& change) const {
        if (compares && revision_of(name) != revision) return false;
        earlier_[name.sealed_name()] = {under_->read(name).value(), revision_of(name)};
        const auto under = under_->begin_enrollment(name);
        if (!under || !change(**under)) return false;
        ++revisions_[name.sealed_name()];
        return true;
    }
    template <typename Which>
    void come_true(Which which) const {
        const auto all = std::exchange(late_, {});
        for (const Late& late : all)
            which(late) ? void(compare_and_set(late.name, late.revision, late.change))
                        : late_.push_back(late);
    }
    void come_true_before_reading() const {
        come_true([](const Late& late) { return late.reads_before == 0; });
        for (Late& late : late_)
            --late.reads_before;
    }

    std::shared_ptr<const MemoryStore> under_;
    mutable std::map<std::string, std::uint64_t> revisions_;
    mutable std::map<std::string, Earlier> earlier_;
    mutable std::vector<Late> late_;
};

}  // namespace secondstep::testing
