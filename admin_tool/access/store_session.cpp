#include "access/store_session.h"

#include "base/host_name.h"
#include "people/named_account.h"

namespace secondstep::tool {

namespace {

std::string with_mend(const Error& error) {
    return error.code == Errc::not_found ? error.detail + ": run secondstep setup"
                                         : error.detail + ". secondstep doctor looks for the cause";
}

}  // namespace

OrExit<Config> configuration(const Invocation& invocation) {
    auto config = load_config(invocation.config_path);
    if (config) return std::move(*config);
    if (config.error().code == Errc::not_found) {
        return stop(complain(Exit::unavailable, config.error().detail +
                                                    ": run secondstep setup, or name another "
                                                    "file with --config"));
    }
    return stop(complain(Exit::unavailable, config.error().detail));
}

FileStore::Options store_options(const Config& config) {
    return {.directory = config.store,
            .window = config.window,
            .allow_network_file_system = config.allow_network_file_system,
            .machine = {.id_file = config.machine_id, .host = host_name()}};
}

Exit run_with_store(const Config& config, std::vector<CallerFile>& files, const StoreWork& work) {
    return run_as_service_account(config, files, [&](const CommitMark& mark) {
        auto ring = load_keyring(config.host_key);
        if (!ring) return complain(Exit::unavailable, "host key: " + with_mend(ring.error()));
        const SystemClock clock;
        SystemRandomness randomness;
        auto store = FileStore::open(store_options(config), std::move(*ring), clock, randomness);
        if (!store) return complain(Exit::unavailable, "store: " + with_mend(store.error()));
        StoreSession session{config, mark, clock, randomness, std::move(*store)};
        return work(session);
    });
}

Exit run_with_store(const Config& config, const StoreWork& work) {
    std::vector<CallerFile> none;
    return run_with_store(config, none, work);
}

OrExit<Kept> change(const StoreSession& session, const RecordName& record, Opening how,
                    const Complaints& complaints, const Decide& decide) {
    const auto transaction = lock_patiently(*session.store, record, how);
    if (!transaction) return stop(complain(complaints.whose, transaction.error()));
    const auto outcome = kept(settle(**transaction, decide));
    if (!outcome) return stop(complain(complaints.undone, outcome.error()));
    return *outcome;
}

void warn_unconfirmed(const std::string& whose, const std::string& what) {
    complain(Exit::done, whose + ": " + what +
                             " from now on, but the disk did not confirm it, and a power cut may undo it: "
                             "secondstep doctor looks for the cause");
}

void note_codes_told(const StoreSession& session, const RecordName& record, const RecoverySetId& set) {
    // Where that fails the mark stays, and the next login offers new codes.
    static_cast<void>(
        change(*session.store, record, Opening::existing, [&](const Account& present) -> Result<Rewrite> {
            State next = present.state;
            if (next.recovery.id != set || !next.recovery.not_saved) return LeaveAsItIs{};
            next.recovery.not_saved = false;
            return WriteState{std::move(next)};
        }));
}

}  // namespace secondstep::tool
