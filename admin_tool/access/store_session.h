#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "access/service_child.h"
#include "base/clock.h"
#include "base/randomness.h"
#include "console/exit_status.h"
#include "console/invocation.h"
#include "files/caller_file.h"
#include "policy/config.h"
#include "store/change.h"
#include "store/file_store.h"

namespace secondstep::tool {

// What a verb works with inside the child that has the service account's ids.
struct StoreSession {
    const Config& config;
    const CommitMark& mark;
    const Clock& clock;
    Randomness& randomness;
    std::shared_ptr<const FileStore> store;
};

[[nodiscard]] OrExit<Config> configuration(const Invocation& invocation);

[[nodiscard]] FileStore::Options store_options(const Config& config);

// For whoever enrolls or adds a portal: where nobody has used the store yet, the host key and what is sealed with it are
// made, and that is said. Not before it is known that something is to be stored: a look, a file that cannot be read, a
// hook that removes what is not there belong to images too. Does nothing for somebody who may not change the store: the work that follows tells them.
[[nodiscard]] OrExit<void> begin_first_use(const Config& config);

using StoreWork = std::function<Exit(StoreSession&)>;

// run_as_service_account with keyring and store opened in the child. A store that nobody has used yet is empty, and
// nothing can be written.
[[nodiscard]] Exit run_with_store(const Config& config, std::vector<CallerFile>& files,
                                  const StoreWork& work);
[[nodiscard]] Exit run_with_store(const Config& config, const StoreWork& work);
// The same for who hands a store over to a fleet, or takes it back: its records are read though moved_mark.h forbids it.
[[nodiscard]] Exit run_with_moved_store(const Config& config, std::vector<CallerFile>& files,
                                        const StoreWork& work);

// `attempt` again for up to 3 s while it says `busy`: others have a record for less than a millisecond.
template <typename Attempt>
[[nodiscard]] auto patiently(Attempt attempt) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{3};
    auto result = attempt();
    while (!result && result.error().code == Errc::busy && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
        result = attempt();
    }
    if (!result && result.error().code == Errc::busy)
        result.error().detail = "somebody else is changing this right now: try again";
    return result;
}

// A change of a record whose failures are said at once: before what kept it from being locked stands `whose`,
// before what kept it from being written `undone` ("not deleted").
struct Complaints {
    std::string whose;
    std::string_view undone;
};
[[nodiscard]] OrExit<Kept> change(const StoreSession& session, const RecordName& record, Opening how,
                                  const Complaints& complaints, const Decide& decide);
// "alice: the new second step counts from now on, but ..."
void warn_unconfirmed(const std::string& whose, const std::string& what);

// The recovery codes of `set` have reached whoever asked for them. From the commit to here the state says
// that nobody has confirmed it, so that a process that was killed in between leaves that mark behind.
// Not after an unconfirmed commit: a durable state would outlive a credential that a power cut takes away.
void note_codes_told(const StoreSession& session, const RecordName& record, const RecoverySetId& set);

}  // namespace secondstep::tool
