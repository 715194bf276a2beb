#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/record_change.h"

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

    [[nodiscard]] bool may_block() const override { return false; }
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

    [[nodiscard]] Result<std::unique_ptr<Transaction>> open(const RecordName& name, Opening how) const {
        events_.push_back("begin " + kind(name));
        if (locked.contains(name.sealed_name())) return fail(Errc::busy, "locked");
        if (busy > 0) {
            --busy;
            return fail(Errc::busy, "locked");
        }
        if (begin_error) return std::unexpected(*begin_error);
        if (written_ && reread_error) return std::unexpected(*reread_error);
        if (how == Opening::existing && !account(name).has_state) return fail(Errc::not_found, name.stem());
        if (!held_.insert(name.sealed_name()).second) return fail(Errc::busy, "locked");
        return std::make_unique<Open>(*this, name);
    }
    [[nodiscard]] Result<std::unique_ptr<Transaction>> begin(const RecordName& name) const override {
        return open(name, Opening::existing);
    }
    [[nodiscard]] Result<std::unique_ptr<Transaction>> begin_enrollment(
        const RecordName& name) const override {
        return open(name, Opening::enrollment);
    }
    [[nodiscard]] Result<void> for_each(const std::function<bool(const AccountName&)>& visit) const override {
        for (const auto& [name, record] : records_) {
            constexpr std::string_view folder = "users/";
            if (!name.starts_with(folder) || !is_there(record)) continue;
            const auto account = account_of_stem(name.substr(folder.size()));
            if (account && !visit(*account)) break;
        }
        return {};
    }
    // The index of uids as enrollments and a test fill it: a hint, right or wrong.
    mutable std::map<uid_t, std::vector<AccountName>> uids;
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
        ~Open() override {
            store_.held_.erase(name_.sealed_name());
            store_.events_.emplace_back("unlock");
        }

        [[nodiscard]] const Account& account() const override { return account_; }
        [[nodiscard]] Result<WriteOutcome> write_state(const State& next) override {
            store_.events_.emplace_back("write");
            store_.written_ = true;
            if (store_.write_error) return std::unexpected(*store_.write_error);
            if (store_.writes_happen) {
                Record& record = store_.record(name_);
                record.state = next;
                record.damaged = false;
                if (is_certain()) account_.state = next;
            }
            // Only a change of the credential ends so.
            return store_.outcome == WriteOutcome::unconfirmed ? WriteOutcome::done : store_.outcome;
        }
        [[nodiscard]] Result<WriteOutcome> write_credential(const Credential& credential,
                                                            const State& next) override {
            State enrolled = next;
            enrolled.enrolled = true;
            const auto written = write_state(enrolled);
            if (!written) return written;
            if (!store_.writes_happen) return store_.outcome;
            store_.record(name_).credential = credential.clone();
            store_.add_to_uids(credential);
            if (is_certain()) account_.credential = credential.clone();
            return store_.outcome;
        }
        [[nodiscard]] Result<WriteOutcome> remove_credential(const State& next) override {
            State none = next;
            none.enrolled = false;
            const auto written = write_state(none);
            if (!written) return written;
            if (!store_.writes_happen) return store_.outcome;
            store_.record(name_).credential.reset();
            if (is_certain()) account_.credential.reset();
            return store_.outcome;
        }

      private:
        [[nodiscard]] bool is_certain() const {
            return store_.outcome == WriteOutcome::done || store_.outcome == WriteOutcome::unconfirmed;
        }
        const MemoryStore& store_;
        RecordName name_;
        Account account_;
    };

    // Kinds only: the calls for different people are compared with each other.
    static std::string kind(const RecordName&) { return "record"; }

    static bool is_there(const Record& record) { return record.credential || record.state != State{}; }
    void add_to_uids(const Credential& credential) const {
        if (!credential.uid) return;
        auto& names = uids[*credential.uid];
        if (std::ranges::find(names, credential.account) == names.end()) names.push_back(credential.account);
    }

    Account account(const RecordName& name) const {
        const Record& from = record(name);
        Account account;
        if (from.credential) account.credential = from.credential->clone();
        account.state = from.state;
        account.has_state = is_there(from);
        account.state_damaged = from.damaged;
        return account;
    }

    Credential decoy_;
    std::vector<std::string>& events_;
    mutable std::map<std::string, Record> records_;
    mutable std::set<std::string> held_;
    mutable bool written_ = false;
};

}  // namespace secondstep::testing
