#pragma once

#include "access/own_account.h"
#include "console/exit_status.h"
#include "migration/formats/token_columns.h"
#include "migration/formats/token_owners.h"

namespace secondstep::tool {

// How an import goes about what it reads.
struct ImportOptions {
    bool dry_run = false;
    bool portal_users = false;  // names that are not in passwd are taken too
    bool add = false;           // beside the devices somebody has
    bool replace = false;       // in the place of the second step somebody has
    bool confirm = false;       // a code of the device is asked for
    TokenAssignment assignment;
    ColumnChoice columns;  // csv

    // Reads also the list of owners, with the rights of whoever calls. Stops after saying what does not go
    // together.
    [[nodiscard]] static OrExit<ImportOptions> from(const Call& call);
};

}  // namespace secondstep::tool
