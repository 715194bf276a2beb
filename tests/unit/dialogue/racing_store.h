#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "unit/dialogue/memory_store.h"

namespace secondstep::testing {

// A store without locks, as an engine for many hosts is one: two programs read the same, judge, and write;
// who is not the first has lost. What happens between the reading and the writing of the first one is up to
// the test.
class RacingStore final : public AccountStore {
  public:
    explicit RacingStore(std::shared_ptr<const MemoryStore> under) : under_(std::move(under)) {}

    mutable std::function<void()> before_the_first_write;
    WriteOutcome of_the_loser = WriteOutcome::lost;

    [[nodiscard]] Result<Account> read(const RecordName& name) const override { return under_->read(name); }
    [[nodiscard]] Result<std::unique_ptr<Transaction>> begin(const RecordName& name) const override {
        auto transaction = under_->begin(name);
        if (!transaction) return transaction;
        return std::make_unique<Open>(*this, name, std::move(*transaction));
    }
    [[nodiscard]] Result<std::unique_ptr<Transaction>> begin_enrollment(
        const RecordName& name) const override {
        return begin(name);
    }
    [[nodiscard]] Result<void> for_each(const std::function<bool(const AccountName&)>&) const override {
        return {};
    }
    [[nodiscard]] Result<std::vector<AccountName>> names_enrolled_for(
        std::optional<uid_t> uid) const override {
        return under_->names_enrolled_for(uid);
    }

  private:
    class Open final : public Transaction {
      public:
        Open(const RacingStore& store, RecordName name, std::unique_ptr<Transaction> under)
            : store_(store), name_(std::move(name)), under_(std::move(under)) {}

        [[nodiscard]] const Account& account() const override { return under_->account(); }
        [[nodiscard]] Result<WriteOutcome> write_state(const State& next) override {
            if (is_too_late()) return store_.of_the_loser;
            return under_->write_state(next);
        }
        [[nodiscard]] Result<WriteOutcome> write_credential(const Credential& credential,
                                                            const State& next) override {
            if (is_too_late()) return store_.of_the_loser;
            return under_->write_credential(credential, next);
        }
        [[nodiscard]] Result<WriteOutcome> remove_credential(const State& next) override {
            if (is_too_late()) return store_.of_the_loser;
            return under_->remove_credential(next);
        }

      private:
        // Compare and set.
        [[nodiscard]] bool is_too_late() const {
            if (const auto happens = std::exchange(store_.before_the_first_write, nullptr)) happens();
            return store_.under_->record(name_).state != account().state;
        }

        const RacingStore& store_;
        RecordName name_;
        std::unique_ptr<Transaction> under_;
    };

    std::shared_ptr<const MemoryStore> under_;
};

}  // namespace secondstep::testing
