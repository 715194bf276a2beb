#include "completions/recorded_names.h"

#include "access/store_session.h"
#include "account/account_name.h"
#include "console/output.h"

namespace secondstep::tool {

Exit print_recorded_names(const Invocation& invocation, std::string_view prefix) {
    const auto config = configuration(invocation);
    if (!config) return config.error();
    return run_with_store(*config, [prefix](const StoreSession& session) {
        // The names of files alone: nobody waits for 20,000 records to be opened when they press Tab.
        const auto visited = session.store->for_each([prefix](const AccountName& account) {
            if (account.text().starts_with(prefix)) out().line(account.text());
            return true;
        });
        return visited ? unless_unwritten() : complain(visited.error());
    });
}

}  // namespace secondstep::tool
