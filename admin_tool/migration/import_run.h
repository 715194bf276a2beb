#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "access/store_session.h"
#include "console/exit_status.h"
#include "migration/formats/imported_account.h"
#include "migration/import_report.h"
#include "people/people_index.h"

namespace secondstep::tool {

struct ImportOptions {
    bool dry_run = false;
    bool portal_users = false;        // names that are not in passwd are taken too
    std::optional<std::string> user;  // whose the one token is, whatever the source says
};

// Brings what a parser read into the store, inside the child that may use it. Enrolls only where nobody is
// enrolled, so it can be repeated, and what somebody has set up meanwhile stays.
class ImportRun {
  public:
    ImportRun(StoreSession& session, const ImportOptions& options, ImportReport& report)
        : session_(session), options_(options), report_(report) {}

    void take(const Reading& reading);

  private:
    void take(const ImportedAccount& account);
    // Whose it is: the canonical name, and the uid unless it is a portal's user.
    struct Owner {
        AccountName name;
        std::optional<uid_t> uid;
    };
    [[nodiscard]] Result<Owner> owner_of(const ImportedAccount& account);
    [[nodiscard]] Result<ImportReport::Outcome> bring_over(const Owner& owner,
                                                           const ImportedAccount& account);
    [[nodiscard]] Result<Credential> credential_of(const Owner& owner, const ImportedAccount& account) const;
    [[nodiscard]] Result<ImportReport::Outcome> store(const Credential& credential);
    // Counters that the other system has moved on since they were imported, as long as it was still in use: a
    // code used there must not be accepted here. (Of timed codes none lives long enough.)
    [[nodiscard]] Result<void> catch_up(const Owner& owner, const Credential& source);

    StoreSession& session_;
    const ImportOptions& options_;
    ImportReport& report_;
    PeopleIndex people_;
    std::set<std::string> taken_;  // stems of the records of this run: also a dry run takes a name once
};

}  // namespace secondstep::tool
