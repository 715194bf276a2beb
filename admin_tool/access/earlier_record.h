#pragma once

#include <sys/types.h>

#include <boost/program_options/options_description.hpp>
#include <optional>

#include "access/store_session.h"
#include "account/account_name.h"
#include "console/exit_status.h"
#include "console/output.h"
#include "people/named_account.h"

namespace secondstep::tool {

// Who is asked for, when the uid of somebody without a second step has one under a name that is no longer
// that uid's: their account was renamed, or another person got the uid.
struct WhoItIs {
    const NamedAccount& subject;
    bool other_person;  // the administrator said so
    Output& screen;
};

// The name it has. Returns nullopt for uid 0. Errors: io (it cannot be told).
[[nodiscard]] Result<std::optional<AccountName>> earlier_record_of(const AccountStore& store,
                                                                   const AccountName& account,
                                                                   std::optional<uid_t> uid);
// For who enrolls many, and asks nobody: exists, with what to call, when there is such a record.
[[nodiscard]] Result<void> refuse_earlier_record(const AccountStore& store, const AccountName& account,
                                                 std::optional<uid_t> uid);

// The same as of subject.h, for who was renamed: another second step would not be theirs.
Exit complain_not_enrolled(const StoreSession& session, const NamedAccount& subject);

void add_other_person_option(boost::program_options::options_description& options);

// Asks whoever is at a terminal, when there is such a record. Another person: the record is deleted, and it
// goes on. Stops with refused, after saying what to call, when it is the same person or nobody said.
[[nodiscard]] OrExit<void> settle_earlier_record(const StoreSession& session, const WhoItIs& who);

}  // namespace secondstep::tool
