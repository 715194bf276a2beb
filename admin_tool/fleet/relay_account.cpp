#include "fleet/relay_account.h"

#include <unistd.h>

#include "installation/system_account.h"
#include "people/people_index.h"

namespace secondstep::tool {

namespace {

constexpr mode_t closed = 0700;

OrExit<PasswdEntry> found_or_made(const std::string& name, bool& made) {
    auto found = look_up(name);
    if (!found) return stop(complain(found.error()));
    if (!*found && ::geteuid() == 0) {
        if (const auto added =
                add_system_account({name.c_str(), "Relay of login codes between machines", "/"});
            !added)
            return stop(complain(added.error()));
        made = true;
        found = look_up(name);
        if (!found) return stop(complain(found.error()));
    }
    if (!*found)
        return stop(complain(Exit::unavailable,
                             "there is no account \"" + name + "\" (fleet_account): run it as root"));
    return std::move(**found);
}

}  // namespace

OrExit<bool> have_relay_account(const Config& config) {
    bool made = false;
    const auto account = found_or_made(config.fleet.account, made);
    if (!account) return stop(account.error());
    const auto folder = make_folder(config.fleet.directory, closed, account->uid, account->gid);
    if (!folder) return stop(complain(folder.error()));
    return made || *folder;
}

Exit run_as_relay_account(const Config& config, const std::function<Exit()>& work) {
    Config as_relay = config;
    as_relay.service_account = config.fleet.account;
    std::vector<CallerFile> none;
    return run_as_service_account(as_relay, none, [&](const CommitMark&) { return work(); });
}

}  // namespace secondstep::tool
