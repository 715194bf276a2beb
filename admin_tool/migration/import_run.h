#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "access/store_session.h"
#include "console/output.h"
#include "migration/formats/imported_account.h"
#include "migration/import_options.h"
#include "migration/import_report.h"
#include "migration/import_store.h"
#include "people/people_index.h"

namespace secondstep::tool {

// Brings what a parser read into the store, inside the child that may use it, and says of each account what
// became of it.
class ImportRun {
  public:
    // `screen`: where a code is asked for.
    ImportRun(StoreSession& session, const ImportOptions& options, ImportReport& report, Output& screen)
        : session_(session), options_(options), report_(report), screen_(screen), store_(session, options) {}

    // What the source `place` (a path) has.
    void take(const std::string& place, Reading reading);

  private:
    void take(const ImportedAccount& account);
    // Whose it is: the canonical name, and the uid unless it is a portal's user.
    struct Owner {
        AccountName name;
        std::optional<uid_t> uid;
    };
    [[nodiscard]] Result<Owner> owner_of(const ImportedAccount& account);
    // What was done, and what is to be said of it.
    struct Brought {
        ImportReport::Outcome outcome;
        std::vector<std::string> remarks{};
        std::vector<std::uint64_t> counters{};  // moved_on: the next ones
    };
    [[nodiscard]] Result<Brought> bring_over(const Owner& owner, const ImportedAccount& account);
    // What is there already, with its counters as far on as the source has them.
    [[nodiscard]] Result<Brought> catch_up(const Account& present, const Credential& wanted);
    [[nodiscard]] Result<Brought> bring_new(const Owner& owner, const ImportedAccount& account,
                                            const Account& present, Credential credential);
    // With the other reading of its key, where it has one, and that is there already.
    void prefer_what_is_there(Credential& credential, const ImportedAccount& account,
                              const Account& present) const;
    // Asks for a code; the device of `credential` is the one that it proved.
    [[nodiscard]] Result<void> confirm(Credential& credential, const ImportedAccount& account);
    [[nodiscard]] std::string said_of(const Brought& brought, const ImportedAccount& account) const;
    [[nodiscard]] Result<Credential> credential_of(const Owner& owner, const ImportedAccount& account) const;
    [[nodiscard]] Result<void> check_new(const Owner& owner, ImportStore::Step step,
                                         const ImportedAccount& account);
    [[nodiscard]] bool is_for_one(const Reading& reading) const;

    StoreSession& session_;
    const ImportOptions& options_;
    ImportReport& report_;
    Output& screen_;
    ImportStore store_;
    PeopleIndex people_;
    std::set<std::string> taken_;  // stems of the records of this run: also a dry run takes a name once
};

}  // namespace secondstep::tool
