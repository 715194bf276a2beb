#include "store/file_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "store/decoys.h"
#include "store/directory_listing.h"
#include "store/enrollment_batch.h"
#include "store/file_transaction.h"
#include "store/first_use.h"
#include "store/foreign_records.h"
#include "store/record_files.h"
#include "store/record_renaming.h"
#include "store/store_context.h"
#include "store/store_directories.h"
#include "store/uid_index.h"

namespace secondstep {

using LostCredential = RecordFiles::LostCredential;
using Folder = StoreDirectories::Folder;

struct FileStore::Parts {
    Keyring keyring;
    StoreDirectories directories;
    ThisMachine machine;
    StoreContext context;
    UidIndex uids;
    const bool unused;
    const bool also_moved;

    Parts(Keyring ring, StoreDirectories opened, const Options& options, const Clock& clock,
          Randomness& randomness)
        : keyring(std::move(ring)),
          directories(std::move(opened)),
          machine(options.machine),
          context{keyring, clock, randomness, options.window, ::geteuid()},
          uids(directories),
          unused(options.unused),
          also_moved(options.also_moved) {}

    [[nodiscard]] bool is_shut() const { return !also_moved && secondstep::is_moved(directories.root()); }
    // What is the machine's own, as its break-glass codes are, did not move anywhere.
    [[nodiscard]] bool is_shut(const RecordName& name) const {
        return !name.is_of_the_machine() && is_shut();
    }

    [[nodiscard]] Result<int> folder_of(const RecordName& name) const;
    [[nodiscard]] Result<RecordFiles> record(const RecordName& name) const;
    [[nodiscard]] Result<std::unique_ptr<Transaction>> locked(RecordFiles files, LostCredential lost) const;
    [[nodiscard]] Result<void> remove_leftovers(Folder folder) const;
    [[nodiscard]] Result<void> remove_leftovers(int directory) const;
    [[nodiscard]] Result<std::vector<std::uint8_t>> missing_decoys() const;
    [[nodiscard]] Result<bool> decoy_is_good(std::uint8_t number) const;
    [[nodiscard]] Result<std::size_t> make_decoys() const;
    [[nodiscard]] Result<void> enroll_decoys(const std::vector<std::uint8_t>& numbers,
                                             const std::vector<NewAccount>& decoys) const;
    [[nodiscard]] Result<void> record_machine_once() const;
};

namespace {

constexpr std::string_view state_suffix = ".state";
constexpr std::string_view credential_suffix = ".credential";

// The account a file in users/ belongs to. A credential counts only when it has no state beside it, so that
// every account is seen once without remembering any.
std::optional<AccountName> account_of_file(int directory, std::string_view name) {
    const bool is_state = name.ends_with(state_suffix);
    if (!is_state && !name.ends_with(credential_suffix)) return std::nullopt;
    const std::size_t suffix = is_state ? state_suffix.size() : credential_suffix.size();
    auto account = account_of_stem(name.substr(0, name.size() - suffix));
    if (!account) return std::nullopt;
    if (!is_state && is_there(directory, state_file_name(RecordName::of(*account)))) return std::nullopt;
    return std::move(*account);
}

// Half written, or caught between the two writes of an enrollment or a removal: worth a second look.
bool looks_in_between(const Result<Account>& account) {
    return account ? account->state_damaged : account.error().code == Errc::damaged;
}

// A name that write_durably makes; it lives for milliseconds.
bool is_leftover(int directory, std::string_view name, UnixTime now) {
    constexpr std::chrono::hours long_enough{1};
    struct stat status{};
    return name.starts_with(".new-") &&
           ::fstatat(directory, std::string(name).c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           from_unix(status.st_mtime) + long_enough < now;
}

}  // namespace

Result<int> FileStore::Parts::folder_of(const RecordName& name) const {
    if (name.is_of_the_machine()) return directories.root();
    return directories.folder(name.is_decoy() ? Folder::decoys : Folder::users);
}

Result<RecordFiles> FileStore::Parts::record(const RecordName& name) const {
    const auto folder = folder_of(name);
    if (!folder) return std::unexpected(folder.error());
    return RecordFiles(*folder, name, context);
}

Result<std::unique_ptr<Transaction>> FileStore::Parts::locked(RecordFiles files, LostCredential lost) const {
    if (auto lock = files.lock(); !lock) return std::unexpected(std::move(lock.error()));
    // Whoever hands the account over takes this lock behind the mark: what was written before it goes along.
    if (is_shut(files.name())) return fail_as_moved();
    auto account = files.load(lost);
    if (!account) return std::unexpected(std::move(account.error()));
    return std::make_unique<FileTransaction>(std::move(files), std::move(*account), uids);
}

Result<void> FileStore::Parts::remove_leftovers(Folder folder) const {
    const auto directory = directories.folder(folder);
    return directory ? remove_leftovers(*directory) : std::unexpected(directory.error());
}

Result<void> FileStore::Parts::remove_leftovers(int directory) const {
    return for_each_name(directory, [&](std::string_view name) {
        if (is_leftover(directory, name, context.clock.now())) {
            ::unlinkat(directory, std::string(name).c_str(), 0);
        }
        return true;
    });
}

Result<bool> FileStore::Parts::decoy_is_good(std::uint8_t number) const {
    auto files = record(RecordName::decoy(number));
    if (!files) return std::unexpected(std::move(files.error()));
    const auto opened = files->open_state(O_RDONLY);
    if (!opened && opened.error().code != Errc::not_found && opened.error().code != Errc::damaged) {
        return std::unexpected(opened.error());
    }
    if (!opened) return false;
    const auto account = files->load(LostCredential::is_an_error);
    if (account) return account->credential.has_value();
    if (account.error().code == Errc::damaged) return false;
    return std::unexpected(account.error());
}

Result<std::vector<std::uint8_t>> FileStore::Parts::missing_decoys() const {
    const auto directory = directories.folder(Folder::decoys);
    if (!directory) return std::unexpected(directory.error());
    std::vector<std::uint8_t> missing;
    for (std::size_t i = 0; i < decoy_count; ++i) {
        const auto number = static_cast<std::uint8_t>(i);
        const auto good = decoy_is_good(number);
        if (!good) return std::unexpected(good.error());
        if (*good) continue;
        // What is there of it does not open, and no decision was ever kept in it.
        const RecordName name = RecordName::decoy(number);
        ::unlinkat(*directory, state_file_name(name).c_str(), 0);
        ::unlinkat(*directory, credential_file_name(name).c_str(), 0);
        missing.push_back(number);
    }
    return missing;
}

Result<std::size_t> FileStore::Parts::make_decoys() const {
    const auto missing = missing_decoys();
    if (!missing) return std::unexpected(missing.error());
    if (missing->empty()) return std::size_t{0};
    std::vector<NewAccount> decoys;
    for (const std::uint8_t number : *missing) {
        Credential credential = decoy_credential(number, context.randomness, context.clock.now());
        State state = decoy_state(credential);
        decoys.push_back({std::move(credential), std::move(state)});
    }
    if (const auto made = enroll_decoys(*missing, decoys); !made) return std::unexpected(made.error());
    return missing->size();
}

Result<void> FileStore::Parts::enroll_decoys(const std::vector<std::uint8_t>& numbers,
                                             const std::vector<NewAccount>& decoys) const {
    const auto directory = directories.folder(Folder::decoys);
    if (!directory) return std::unexpected(directory.error());
    auto staging = directories.open_staging();
    if (!staging) return std::unexpected(std::move(staging.error()));
    const auto locked = StagingFolder::lock(std::move(*staging));
    if (!locked) return std::unexpected(locked.error());
    std::vector<EnrollmentBatch::Entry> entries;
    for (std::size_t i = 0; i < decoys.size(); ++i)
        entries.push_back({RecordName::decoy(numbers[i]), &decoys[i].credential, &decoys[i].state});
    EnrollmentBatch batch(**locked, *directory, context, nullptr, std::move(entries));
    if (auto staged = batch.stage(); !staged) return staged;
    const auto made = batch.commit([] { return Result<void>(); });
    if (!made) return std::unexpected(made.error());
    if (made->unconfirmed || ::syncfs(*directory) != 0)
        return fail(Errc::io, "The disk did not confirm the decoys of the store.");
    return {};
}

// Of a store that says nothing of it; a machine without an id has nothing to say.
Result<void> FileStore::Parts::record_machine_once() const {
    const auto standing = machine_standing(directories.root(), machine, context);
    if (!standing) return std::unexpected(standing.error());
    if (standing->where != MachineStanding::Where::not_said) return {};
    return secondstep::record_machine(directories.root(), machine, context);
}

FileStore::FileStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

FileStore::~FileStore() = default;

const Keyring& FileStore::keyring() const {
    return parts_->keyring;
}

Result<std::unique_ptr<FileStore>> FileStore::open(Options options, Keyring keyring, const Clock& clock,
                                                   Randomness& randomness) {
    auto directories =
        StoreDirectories::open(options.directory, ::geteuid(), options.allow_network_file_system);
    if (!directories) return std::unexpected(std::move(directories.error()));
    auto parts =
        std::make_unique<Parts>(std::move(keyring), std::move(*directories), options, clock, randomness);
    return std::unique_ptr<FileStore>(new FileStore(std::move(parts)));
}

Result<Account> FileStore::read(const RecordName& name) const {
    if (parts_->unused) return Account{};
    // Who reads a decoy has looked for a record that is not there, and was told then: one look for everybody. Behind the
    // lock a decoy is judged like any other.
    if (!name.is_decoy() && parts_->is_shut(name)) return fail_as_moved();
    constexpr int looks = 100;
    for (int look = 0; look < looks; ++look) {
        auto files = parts_->record(name);
        if (!files) return std::unexpected(std::move(files.error()));
        const auto opened = files->open_state(O_RDONLY);
        if (!opened && opened.error().code != Errc::not_found) return std::unexpected(opened.error());
        auto account = files->load(LostCredential::is_an_error);
        if (!looks_in_between(account)) return account;
        // With the lock nobody writes: what looks damaged now is damaged.
        if (!opened || files->lock()) return files->load(LostCredential::is_an_error);
    }
    return fail(Errc::busy, name.stem() + " is being written by somebody else.");
}

Result<std::unique_ptr<Transaction>> FileStore::begin(const RecordName& name) const {
    if (parts_->unused) return fail(Errc::not_found, name.stem());
    auto files = parts_->record(name);
    if (!files) return std::unexpected(std::move(files.error()));
    if (auto opened = files->open_state(O_RDWR); !opened) {
        if (opened.error().code != Errc::not_found) return std::unexpected(std::move(opened.error()));
        if (parts_->is_shut(name)) return fail_as_moved();
        // A credential without its state is an error of its own.
        if (const auto account = files->load(LostCredential::is_an_error); !account) {
            return std::unexpected(account.error());
        }
        return std::unexpected(std::move(opened.error()));
    }
    return parts_->locked(std::move(*files), LostCredential::is_an_error);
}

Result<std::unique_ptr<Transaction>> FileStore::begin_enrollment(const RecordName& name) const {
    if (parts_->is_shut(name)) return fail_as_moved();
    // What cannot be recorded is told by doctor; nobody goes without a second step for it.
    if (!is_there(parts_->directories.root(), machine_file_name))
        static_cast<void>(parts_->record_machine_once());
    auto files = parts_->record(name);
    if (!files) return std::unexpected(std::move(files.error()));
    auto opened = files->open_state(O_RDWR);
    if (!opened && opened.error().code == Errc::not_found) {
        opened = files->create_state();
        if (opened) opened = files->open_state(O_RDWR);
    }
    if (!opened) return std::unexpected(std::move(opened.error()));
    return parts_->locked(std::move(*files), LostCredential::is_told);
}

Result<void> FileStore::for_each(const std::function<bool(const AccountName&)>& visit) const {
    if (parts_->unused) return {};
    if (parts_->is_shut()) return fail_as_moved();
    const auto users = parts_->directories.folder(Folder::users);
    if (!users) return std::unexpected(users.error());
    return for_each_name(*users, [&](std::string_view name) {
        const auto account = account_of_file(*users, name);
        return !account || visit(*account);
    });
}

Result<std::size_t> FileStore::create_layout() const {
    auto done = parts_->directories.create_folders();
    // What cannot be recorded is told by doctor.
    if (done) static_cast<void>(parts_->record_machine_once());
    if (done) done = parts_->remove_leftovers(parts_->directories.root());
    if (done) done = parts_->remove_leftovers(Folder::users);
    if (done) done = parts_->remove_leftovers(Folder::decoys);
    if (done) done = parts_->remove_leftovers(Folder::portals);
    if (!done) return std::unexpected(std::move(done.error()));
    auto made = parts_->make_decoys();
    if (!made) return made;
    if (!parts_->is_shut()) {
        if (auto completed = complete_uid_index(); !completed) return completed;
    }
    if (auto ended = end_first_use(parts_->directories.root()); !ended) return std::unexpected(ended.error());
    return made;
}

Result<std::vector<AccountName>> FileStore::names_enrolled_for(std::optional<uid_t> uid) const {
    return parts_->uids.names_of(uid);
}

Result<std::size_t> FileStore::complete_uid_index() const {
    std::size_t added = 0;
    Result<void> outcome;
    const auto visited = for_each([&](const AccountName& account) {
        const auto record = read(RecordName::of(account));
        if (!record || !record->credential || !record->credential->uid) return true;
        const uid_t uid = *record->credential->uid;
        const auto there = parts_->uids.has(uid, account);
        outcome = there ? Result<void>{} : std::unexpected(there.error());
        if (there && !*there) outcome = parts_->uids.add(uid, account, UidIndex::Flush::now);
        if (there && !*there && outcome) ++added;
        return outcome.has_value();
    });
    if (!visited) return std::unexpected(visited.error());
    if (!outcome) return std::unexpected(outcome.error());
    return added;
}

Result<void> FileStore::rename(const Renaming& renaming,
                               const std::function<Result<void>()>& after_commit) const {
    if (parts_->is_shut()) return fail_as_moved();
    const auto users = parts_->directories.folder(Folder::users);
    if (!users) return std::unexpected(users.error());
    const RecordRenaming work(*users, parts_->context, parts_->uids, renaming.from, renaming.to);
    return work.run(renaming.uid, renaming.notice, after_commit);
}

Result<bool> FileStore::is_half_renamed(const AccountName& from, const AccountName& to) const {
    auto files = parts_->record(RecordName::of(to));
    if (!files) return std::unexpected(files.error());
    return files->has_moved_from(RecordName::of(from));
}

Result<std::optional<KeyId>> FileStore::foreign_key(const RecordName& name) const {
    const auto folder = parts_->folder_of(name);
    if (!folder) return std::unexpected(folder.error());
    return secondstep::foreign_key(*folder, name, parts_->context);
}

Result<std::size_t> FileStore::move_foreign_records() const {
    return secondstep::move_foreign_records(parts_->directories, parts_->context);
}

bool FileStore::is_moved() const {
    return secondstep::is_moved(parts_->directories.root());
}

Result<std::optional<MovedMark>> FileStore::moved_mark() const {
    return read_moved_mark(parts_->directories.root());
}

Result<void> FileStore::mark_as_moved(const MoveId& move) const {
    return secondstep::mark_as_moved(parts_->directories.root(), move, parts_->context.clock.now());
}

Result<void> FileStore::end_move() const {
    return secondstep::end_move(parts_->directories.root());
}

Result<MachineStanding> FileStore::machine() const {
    return machine_standing(parts_->directories.root(), parts_->machine, parts_->context);
}

Result<void> FileStore::record_machine() const {
    return secondstep::record_machine(parts_->directories.root(), parts_->machine, parts_->context);
}

Result<std::unique_ptr<Enrolling>> FileStore::begin_enrolling() const {
    if (parts_->is_shut()) return fail_as_moved();
    const auto users = parts_->directories.folder(Folder::users);
    if (!users) return std::unexpected(users.error());
    auto staging = parts_->directories.open_staging();
    if (!staging) return std::unexpected(std::move(staging.error()));
    return Enrolling::begin(std::move(*staging), *users, parts_->context, parts_->uids);
}

Result<Enrolled> FileStore::enroll_batch(const std::vector<NewAccount>& accounts,
                                         const std::function<Result<void>()>& before_commit) const {
    const auto enrolling = begin_enrolling();
    if (!enrolling) return std::unexpected(enrolling.error());
    auto batch = (*enrolling)->stage(accounts);
    if (!batch) return std::unexpected(std::move(batch.error()));
    auto enrolled = (*enrolling)->commit(std::move(*batch), before_commit);
    if (enrolled && (*enrolling)->confirm() == Placed::unconfirmed) enrolled->unconfirmed = true;
    return enrolled;
}

Result<Keyring> load_keyring(const std::string& path) {
    constexpr off_t max_size = 4096;
    const FileTrust trust{.owner = ::geteuid(), .root_too = true, .max_size = max_size};
    const auto fd = open_trusted(AT_FDCWD, path.c_str(), O_RDONLY, trust);
    if (!fd) return std::unexpected(fd.error());
    struct stat status{};
    if (::fstat(fd->get(), &status) != 0) return fail_errno(path, errno);
    Secret content(static_cast<std::size_t>(std::clamp<off_t>(status.st_size, 0, max_size)));
    if (const auto filled = read_at(fd->get(), 0, content.bytes()); !filled)
        return std::unexpected(filled.error());
    auto ring = Keyring::parse(content);
    if (!ring) return fail(ring.error().code, path + ": " + ring.error().detail);
    return ring;
}

}  // namespace secondstep
