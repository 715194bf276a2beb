#include "fleet/fleet_session.h"

#include "console/output.h"
#include "fleet/file_records.h"
#include "people/nodes_in_words.h"

namespace secondstep::tool {

Exit run_with_fleet(const Config& config, const FleetWork& work) {
    std::vector<CallerFile> none;
    return run_with_fleet(config, none, work);
}

Exit run_with_fleet(const Config& config, std::vector<CallerFile>& files, const FleetWork& work) {
    return run_with_store(config, files, [&](const StoreSession& session) {
        const auto records =
            fleet::FileFleetRecords::open(config.store, config.allow_network_file_system,
                                          session.store->keyring(), session.clock, session.randomness);
        if (!records) return complain("fleet", records.error());
        return work({session, **records});
    });
}

Result<std::unique_ptr<fleet::FileMoves>> moves_of(const FleetSession& session) {
    const Config& config = session.store.config;
    return fleet::FileMoves::open(config.store, config.allow_network_file_system,
                                  session.store.store->keyring(), session.store.clock,
                                  session.store.randomness);
}

OrExit<void> only_on_a_node(const Config& config) {
    if (config.fleet.part != FleetPart::host) return {};
    return stop(complain(Exit::refused,
                         "this host asks the nodes of a fleet, and what they judge by is there: run it on " +
                             nodes_in_words(config.fleet)));
}

OrExit<void> only_on_a_host(const Config& config) {
    if (config.fleet.part == FleetPart::host) return {};
    return stop(
        complain(Exit::refused,
                 "this machine judges by itself, and needs no break-glass codes: they are made on each "
                 "host that asks the nodes of a fleet"));
}

std::string to_text(fleet::HostClass changes) {
    switch (changes) {
        case fleet::HostClass::login:
            return "login";
        case fleet::HostClass::enroll:
            return "enroll";
        case fleet::HostClass::changes:
            break;
    }
    return "changes";
}

std::optional<fleet::HostClass> host_class(std::string_view text) {
    for (const auto one : {fleet::HostClass::login, fleet::HostClass::enroll, fleet::HostClass::changes}) {
        if (to_text(one) == text) return one;
    }
    return std::nullopt;
}

}  // namespace secondstep::tool
