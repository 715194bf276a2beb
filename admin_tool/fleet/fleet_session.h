#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "access/store_session.h"
#include "fleet/file_moves.h"
#include "fleet/records.h"

namespace secondstep::tool {

// What a verb of the fleet works with on a node, in the child that has the service account's ids.
struct FleetSession {
    const StoreSession& store;
    fleet::FleetRecords& records;
    [[nodiscard]] UnixTime now() const { return store.clock.now(); }
};
using FleetWork = std::function<Exit(const FleetSession&)>;

// run_with_store with the records of the fleet opened.
[[nodiscard]] Exit run_with_fleet(const Config& config, const FleetWork& work);
// With files that the caller has made.
[[nodiscard]] Exit run_with_fleet(const Config& config, std::vector<CallerFile>& files,
                                  const FleetWork& work);

// What hosts may move, and what is on its way. Errors: as FileMoves::open().
[[nodiscard]] Result<std::unique_ptr<fleet::FileMoves>> moves_of(const FleetSession& session);

// On a host: the nodes, to which an administrator has to go. Stops with `refused`.
[[nodiscard]] OrExit<void> only_on_a_node(const Config& config);

// Elsewhere than on a host, whose codes are meant. Stops with `refused`.
[[nodiscard]] OrExit<void> only_on_a_host(const Config& config);

// "login", "enroll", "changes"
[[nodiscard]] std::string to_text(fleet::HostClass changes);
[[nodiscard]] std::optional<fleet::HostClass> host_class(std::string_view text);

}  // namespace secondstep::tool
