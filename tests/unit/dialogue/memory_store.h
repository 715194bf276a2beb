#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "store/account_store.h"

namespace secondstep::testing {

// Accounts in memory, with every way a store can fail, and a list of what was called in which order.
class MemoryStore final : public AccountStore {
  public:
    struct Record {
        std::optional<Credential> credential;
        State state;
        bool damaged = false;
    };

    // Every decoy looks like this until it is written.
    explicit MemoryStore(Credential decoy, std::vector<std::string>& events)
        : decoy_(std::move(decoy)), events_(events) {}

    Record& record(const RecordName& name) const {
        const auto [at, is_new] = records_.try_emplace(name.sealed_name());
        if (is_new && name.is_decoy()) {
            at->second.credential = decoy_.clone();
            at->second.state.enrolled = true;
        }
        return at->second;
    }
    Record& record(const std::string& name) const {
        return record(RecordName::of(*AccountName::create(name)));
    }

    mutable std::set<std::string> locked;  // sealed names of records whose lock somebody else has
    mutable unsigned busy = 0;             // so many begin() in a row say busy
    mutable unsigned busy_reads = 0;       // so many read() in a row say busy
    std::optional<Error> read_error;
    std::optional<Error> begin_error;
    std::optional<Error> write_error;
    WriteOutcome outcome = WriteOutcome::done;
    bool writes_happen = true;          // false together with `lost` or `unknown`: nothing was stored
    std::optional<Error> reread_error;  // what read() says after a write

    [[nodiscard]] Result<Account> read(const RecordName& name) const override {
        events_.push_back("read " + kind(name));
        if (busy_reads > 0) {
            --busy_reads;
            return fail(Errc::busy, "half written");
        }
        if (read_error) return std::unexpected(*read_error);
        if (written_ && reread_error) return std::unexpected(*reread_error);
        return account(name);
    }

    [[nodiscard]] Result<std::unique_ptr<Transaction>> begin(const RecordName& name) const override {
        events_.push_back("begin " + kind(name));
        if (locked.contains(name.sealed_name())) return fail(Errc::busy, "locked");
        if (busy > 0) {
            --busy;
            return fail(Errc::busy, "locked");
        }
        if (begin_error) return std::unexpected(*begin_error);
        return std::make_unique<Open>(*this, name);
    }
    [[nodiscard]] Result<std::unique_ptr<Transaction>> begin_enrollment(
        const RecordName& name) const override {
        return begin(name);
    }
    [[nodiscard]] Result<void> for_each(const std::function<bool(const AccountName&)>&) const override {
        return {};
    }
    // The index of uids as a test fills it: a hint, right or wrong.
    std::map<uid_t, std::vector<AccountName>> uids;
    std::optional<Error> uids_error;
    mutable unsigned uids_asked = 0;
    [[nodiscard]] Result<std::vector<AccountName>> names_enrolled_for(
        std::optional<uid_t> uid) const override {
        ++uids_asked;
        if (uids_error) return std::unexpected(*uids_error);
        const auto found = uid ? uids.find(*uid) : uids.end();
        return found == uids.end() ? std::vector<AccountName>{} : found->second;
    }

  private:
    class Open final : public Transaction {
      public:
        Open(const MemoryStore& store, RecordName name)
            : store_(store), name_(std::move(name)), account_(store.account(name_)) {}
        ~Open() override { store_.events_.emplace_back("unlock"); }

        [[nodiscard]] const Account& account() const override { return account_; }
        [[nodiscard]] Result<WriteOutcome> write_state(const State& next) override {
            store_.events_.emplace_back("write");
            store_.written_ = true;
            if (store_.write_error) return std::unexpected(*store_.write_error);
            if (store_.writes_happen) {
                Record& record = store_.record(name_);
                record.state = next;
                record.damaged = false;
            }
            // Only a change of the credential ends so.
            return store_.outcome == WriteOutcome::unconfirmed ? WriteOutcome::done : store_.outcome;
        }
        [[nodiscard]] Result<WriteOutcome> write_credential(const Credential& credential,
                                                            const State& next) override {
            const auto written = write_state(next);
            if (!written) return written;
            if (store_.writes_happen) store_.record(name_).credential = credential.clone();
            return store_.outcome;
        }
        [[nodiscard]] Result<WriteOutcome> remove_credential(const State& next) override {
            const auto written = write_state(next);
            if (!written) return written;
            if (store_.writes_happen) store_.record(name_).credential.reset();
            return store_.outcome;
        }

      private:
        const MemoryStore& store_;
        RecordName name_;
        Account account_;
    };

    // Kinds only: the calls for different people are compared with each other.
    static std::string kind(const RecordName&) { return "record"; }

    Account account(const RecordName& name) const {
        const Record& from = record(name);
        Account account;
        if (from.credential) account.credential = from.credential->clone();
        account.state = from.state;
        account.has_state = from.credential.has_value();
        account.state_damaged = from.damaged;
        return account;
    }

    Credential decoy_;
    std::vector<std::string>& events_;
    mutable std::map<std::string, Record> records_;
    mutable bool written_ = false;
};

}  // namespace secondstep::testing
