#include "access/store_session.h"

#include <unistd.h>

#include "base/host_name.h"
#include "console/output.h"
#include "people/audit.h"
#include "people/named_account.h"
#include "people/people_index.h"
#include "store/first_use.h"
#include "store/host_key_file.h"
#include "store/open_store.h"

namespace secondstep::tool {

namespace {

std::string with_mend(const Error& error) {
    return error.code == Errc::not_found ? error.detail + ": run secondstep setup"
                                         : error.detail + ". secondstep doctor looks for the cause";
}

std::string why_not(const NotOpened& why) {
    const bool store = why.part == NotOpened::Part::store;
    return (store ? "store: " : "host key: ") + with_mend(why.error);
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

OrExit<void> begin_first_use(const Config& config) {
    const auto account = look_up(config.service_account);
    if (!account || !*account) return {};
    if (::geteuid() != 0 && ::geteuid() != (*account)->uid) return {};
    const auto unused = is_unused(config.store, config.host_key);
    if (!unused) return stop(complain("store", unused.error()));
    if (!*unused) return {};
    SystemRandomness randomness;
    const auto made = HostKeyFile(config.host_key, (*account)->uid, (*account)->gid).make(randomness);
    if (!made) return stop(complain("host key", made.error()));
    const Exit done = run_with_store(config, [](const StoreSession& session) {
        const auto layout = patiently([&session] { return session.store->create_layout(); });
        return layout ? Exit::done : complain("store", layout.error());
    });
    if (done != Exit::done) return stop(done);
    audit("setup", "", "first-use=yes");
    err().line("Made " + config.host_key + ": keep a copy of it, in another place than the store's backup.");
    return {};
}

namespace {

Exit run_with(const Config& config, const FileStore::Options& files_of_store, std::vector<CallerFile>& files,
              const StoreWork& work) {
    return run_as_service_account(config, files, [&](const CommitMark& mark) {
        const SystemClock clock;
        SystemRandomness randomness;
        auto opened = open_store(
            {.host_key = config.host_key, .files = files_of_store, .unused = StoreOrder::Unused::is_empty},
            clock, randomness);
        if (!opened) return complain(Exit::unavailable, why_not(opened.error()));
        StoreSession session{config, mark, clock, randomness, std::move(opened->files)};
        return work(session);
    });
}

}  // namespace

Exit run_with_store(const Config& config, std::vector<CallerFile>& files, const StoreWork& work) {
    return run_with(config, store_options(config), files, work);
}

Exit run_with_moved_store(const Config& config, std::vector<CallerFile>& files, const StoreWork& work) {
    FileStore::Options options = store_options(config);
    options.also_moved = true;
    return run_with(config, options, files, work);
}

Exit run_with_store(const Config& config, const StoreWork& work) {
    std::vector<CallerFile> none;
    return run_with_store(config, none, work);
}

OrExit<Kept> change(const StoreSession& session, const RecordName& record, Opening how,
                    const Complaints& complaints, const Decide& decide) {
    const auto changed = try_to_change(*session.store, record, how, decide);
    if (changed) return *changed;
    const NotChanged& why = changed.error();
    return stop(complain(why.was_opened ? complaints.undone : complaints.whose, why.error));
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
