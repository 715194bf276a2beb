#include "fleet/file_records.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>
#include <utility>

#include "account/named_seal.h"
#include "account/seal.h"
#include "base/text.h"
#include "fleet/name_of_host.h"
#include "fleet/record_text.h"
#include "store/change.h"
#include "store/directory_listing.h"
#include "store/owned_folder.h"
#include "store/store_directories.h"

namespace secondstep::fleet {
namespace {

constexpr const char* fleet_folder = "fleet";
constexpr const char* identity_file = "identity";
constexpr const char* hosts_folder = "hosts";
constexpr const char* joins_folder = "joins";
constexpr std::string_view host_suffix = ".host";
constexpr std::string_view join_suffix = ".join";
constexpr std::chrono::hours kept_after_its_end = std::chrono::days{7};

std::string file_of_host(const std::string& name) {
    return name + std::string(host_suffix);
}

std::string file_of(const PermissionId& id) {
    return hex(id) + std::string(join_suffix);
}

std::string sealed_name(const char* folder, const std::string& file) {
    std::string name = fleet_folder;
    if (*folder != '\0') name += std::string("/") + folder;
    return name + "/" + file;
}

Result<void> make_folder(int directory, const char* name) {
    if (::mkdirat(directory, name, S_IRWXU) != 0 && errno != EEXIST) return fail_errno(name, errno);
    return fsync_directory(directory);
}

Result<void> confirmed(const Result<Placed>& placed) {
    if (!placed) return std::unexpected(placed.error());
    if (*placed == Placed::durably) return {};
    return fail(Errc::io, "The disk did not confirm a record of the fleet: it may be in force. Do it again.");
}

}  // namespace

// One folder of records, and the name in the fleet that their seals are bound to.
struct RecordFolder {
    UniqueFd fd;
    const char* name;
};

struct FileFleetRecords::Parts {
    StoreDirectories directories;
    StoreContext context;

    [[nodiscard]] Result<UniqueFd> fleet() const;
    [[nodiscard]] Result<Secret> open_record(const RecordFolder& folder, const std::string& file) const;
    [[nodiscard]] Result<Bytes> sealed(const RecordFolder& folder, const std::string& file,
                                       const Secret& text) const;
    [[nodiscard]] Result<void> write(const RecordFolder& folder, const std::string& file,
                                     const Secret& text) const;
    [[nodiscard]] Result<void> make(const RecordFolder& folder, const std::string& file,
                                    const Secret& text) const;
    [[nodiscard]] Result<std::size_t> seal_anew(const RecordFolder& folder) const;
};

// The folders of a fleet that is there; with a lock, for whoever writes.
struct FileFleetRecords::Folders {
    UniqueFd fleet;
    RecordFolder hosts;
    RecordFolder joins;

    enum class For { reading, writing };
    [[nodiscard]] static Result<Folders> open(const Parts& parts, For what);

    [[nodiscard]] Result<HostList> all_hosts(const Parts& parts) const;
    [[nodiscard]] Result<std::vector<JoinPermission>> all_permissions(const Parts& parts) const;
    [[nodiscard]] Result<std::optional<RegisteredHost>> host(const Parts& parts,
                                                             const std::string& name) const;
    [[nodiscard]] Result<std::optional<JoinPermission>> permission(const Parts& parts,
                                                                   const PermissionId& id) const;
    [[nodiscard]] Result<void> note_spent(const Parts& parts, JoinPermission permission,
                                          const std::string& name) const;
    [[nodiscard]] Result<void> forget_old_permissions(const Parts& parts) const;
};

namespace {

// Whoever writes holds the lock for a few flushes of the disk.
Result<void> lock_patiently(int folder) {
    constexpr std::chrono::milliseconds look{10};
    for (std::chrono::milliseconds patience{3000};; patience -= look) {
        const auto locked = try_lock(folder);
        if (locked || locked.error().code != Errc::busy) return locked;
        if (patience < look)
            return fail(Errc::busy, "somebody else is changing the fleet's records right now: try again");
        std::this_thread::sleep_for(look);
    }
}

// What stands in a file, said with its name. That there is none stays not_found.
std::unexpected<Error> in_file(const RecordFolder& folder, const std::string& file, Error error) {
    return fail(error.code, sealed_name(folder.name, file) + ": " + error.detail);
}

// The records of a folder whose files end in `suffix`.
template <typename Record, typename Read>
Result<std::vector<Record>> all_in(int folder, std::string_view suffix, Read read) {
    std::vector<Record> all;
    Result<void> outcome;
    const auto listed = for_each_name(folder, [&](std::string_view name) {
        if (!name.ends_with(suffix)) return true;
        Result<std::optional<Record>> record = read(std::string(name.substr(0, name.size() - suffix.size())));
        if (!record) outcome = std::unexpected(record.error());
        if (record && *record) all.push_back(std::move(**record));
        return outcome.has_value();
    });
    if (!listed) return std::unexpected(listed.error());
    if (!outcome) return std::unexpected(outcome.error());
    return all;
}

std::optional<PermissionId> permission_id(std::string_view text) {
    const auto bytes = from_hex(text);
    PermissionId id{};
    if (!bytes || bytes->size() != id.size()) return std::nullopt;
    std::ranges::copy(*bytes, id.begin());
    return id;
}

// Nothing where there is no such file.
template <typename Record>
Result<std::optional<Record>> or_nothing(const Result<Secret>& text, const RecordFolder& folder,
                                         const std::string& file, Result<Record> (*decode)(const Secret&)) {
    if (!text && text.error().code == Errc::not_found) return std::optional<Record>{};
    if (!text) return std::unexpected(text.error());
    auto record = decode(*text);
    if (!record) return in_file(folder, file, record.error());
    return std::optional(std::move(*record));
}

// A fleet that is gone must not look like one without hosts.
std::unexpected<Error> no_fleet() {
    return fail(Errc::not_found, "there is no fleet here: secondstep fleet create makes one");
}

}  // namespace

Result<UniqueFd> FileFleetRecords::Parts::fleet() const {
    return open_owned_folder(directories.root(), fleet_folder, context.owner);
}

Result<Secret> FileFleetRecords::Parts::open_record(const RecordFolder& folder,
                                                    const std::string& file) const {
    const FileTrust trust{.owner = context.owner, .max_size = max_sealed_size};
    const auto fd = open_trusted(folder.fd.get(), file.c_str(), O_RDONLY, trust);
    if (!fd && fd.error().code == Errc::not_found) return std::unexpected(fd.error());
    if (!fd) return in_file(folder, file, fd.error());
    const auto sealed = read_whole(fd->get(), max_sealed_size);
    if (!sealed) return in_file(folder, file, sealed.error());
    auto text = unseal_named(*sealed, sealed_name(folder.name, file), context.ring);
    // A key that is not in the ring is damage here, and never "no such record".
    if (!text && text.error().code == Errc::not_found)
        return in_file(folder, file,
                       {Errc::damaged, "sealed with a key that is not in host.key: restore it"});
    if (!text && text.error().code == Errc::damaged)
        return in_file(folder, file, {Errc::damaged, "the record is damaged, or belongs to another name"});
    if (!text) return in_file(folder, file, text.error());
    return text;
}

Result<Bytes> FileFleetRecords::Parts::sealed(const RecordFolder& folder, const std::string& file,
                                              const Secret& text) const {
    return seal_named(text, sealed_name(folder.name, file), context.ring, context.randomness);
}

Result<void> FileFleetRecords::Parts::write(const RecordFolder& folder, const std::string& file,
                                            const Secret& text) const {
    const auto bytes = sealed(folder, file, text);
    if (!bytes) return std::unexpected(bytes.error());
    return confirmed(write_durably(folder.fd.get(), file, *bytes, S_IRUSR | S_IWUSR));
}

Result<void> FileFleetRecords::Parts::make(const RecordFolder& folder, const std::string& file,
                                           const Secret& text) const {
    const auto bytes = sealed(folder, file, text);
    if (!bytes) return std::unexpected(bytes.error());
    return create_durably(folder.fd.get(), file, *bytes, S_IRUSR | S_IWUSR);
}

Result<std::size_t> FileFleetRecords::Parts::seal_anew(const RecordFolder& folder) const {
    std::size_t written = 0;
    Result<void> outcome;
    const auto listed = for_each_name(folder.fd.get(), [&](std::string_view name) {
        const std::string file(name);
        const bool is_record =
            name == identity_file || name.ends_with(host_suffix) || name.ends_with(join_suffix);
        if (!is_record) return true;
        const auto text = open_record(folder, file);
        if (!text && text.error().code == Errc::not_found) return true;
        outcome = text ? write(folder, file, *text) : std::unexpected(text.error());
        if (outcome) ++written;
        return outcome.has_value();
    });
    if (!listed) return std::unexpected(listed.error());
    if (!outcome) return std::unexpected(outcome.error());
    return written;
}

Result<FileFleetRecords::Folders> FileFleetRecords::Folders::open(const Parts& parts, For what) {
    auto fleet = parts.fleet();
    if (!fleet && fleet.error().code == Errc::not_found) return no_fleet();
    if (!fleet) return std::unexpected(fleet.error());
    if (what == For::writing) {
        if (const auto locked = lock_patiently(fleet->get()); !locked) return std::unexpected(locked.error());
    }
    auto hosts = open_owned_folder(fleet->get(), hosts_folder, parts.context.owner);
    auto joins = open_owned_folder(fleet->get(), joins_folder, parts.context.owner);
    for (const auto* folder : {&hosts, &joins}) {
        if (!*folder && folder->error().code == Errc::not_found)
            return fail(Errc::io, "The records of the fleet lack a folder: restore them from a backup.");
        if (!*folder) return std::unexpected(folder->error());
    }
    return Folders{std::move(*fleet), RecordFolder{std::move(*hosts), hosts_folder},
                   RecordFolder{std::move(*joins), joins_folder}};
}

Result<std::optional<RegisteredHost>> FileFleetRecords::Folders::host(const Parts& parts,
                                                                      const std::string& name) const {
    const std::string file = file_of_host(name);
    auto record = or_nothing(parts.open_record(hosts, file), hosts, file, decode_host);
    if (record && *record && (*record)->name != name)
        return in_file(hosts, file, {Errc::damaged, "it is the record of another host"});
    return record;
}

Result<std::optional<JoinPermission>> FileFleetRecords::Folders::permission(const Parts& parts,
                                                                            const PermissionId& id) const {
    const std::string file = file_of(id);
    return or_nothing(parts.open_record(joins, file), joins, file, decode_permission);
}

Result<HostList> FileFleetRecords::Folders::all_hosts(const Parts& parts) const {
    HostList list;
    auto all = all_in<RegisteredHost>(hosts.fd.get(), host_suffix,
                                      [&](const std::string& stem) -> Result<std::optional<RegisteredHost>> {
                                          if (!is_name_of_host(stem)) return std::nullopt;
                                          auto one = host(parts, stem);
                                          if (one) return one;
                                          list.unreadable.push_back({stem, one.error()});
                                          return std::nullopt;
                                      });
    if (!all) return std::unexpected(all.error());
    list.hosts = std::move(*all);
    std::ranges::sort(list.hosts, {}, &RegisteredHost::name);
    std::ranges::sort(list.unreadable, {}, &HostList::Unreadable::name);
    return list;
}

Result<std::vector<JoinPermission>> FileFleetRecords::Folders::all_permissions(const Parts& parts) const {
    auto all = all_in<JoinPermission>(joins.fd.get(), join_suffix, [&](const std::string& stem) {
        const auto id = permission_id(stem);
        return id ? permission(parts, *id) : std::optional<JoinPermission>{};
    });
    if (all)
        std::ranges::sort(*all, {}, [](const JoinPermission& one) { return std::pair(one.since, one.id); });
    return all;
}

Result<void> FileFleetRecords::Folders::note_spent(const Parts& parts, JoinPermission permission,
                                                   const std::string& name) const {
    if (std::ranges::find(permission.spent, name) != permission.spent.end()) return {};
    permission.spent.push_back(name);
    return parts.write(joins, file_of(permission.id), encode(permission));
}

Result<void> FileFleetRecords::Folders::forget_old_permissions(const Parts& parts) const {
    const auto all = all_permissions(parts);
    if (!all) return std::unexpected(all.error());
    for (const JoinPermission& one : *all) {
        if (one.end + kept_after_its_end > parts.context.clock.now()) continue;
        const auto gone = confirmed(remove_durably(joins.fd.get(), file_of(one.id)));
        if (!gone) return gone;
    }
    return {};
}

FileFleetRecords::FileFleetRecords(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

FileFleetRecords::~FileFleetRecords() = default;

Result<std::unique_ptr<FileFleetRecords>> FileFleetRecords::open(const std::string& store,
                                                                 bool allow_network_file_system,
                                                                 const Keyring& ring, const Clock& clock,
                                                                 Randomness& randomness) {
    auto directories = StoreDirectories::open(store, ::geteuid(), allow_network_file_system);
    if (!directories) return std::unexpected(directories.error());
    auto parts = std::make_unique<Parts>(
        Parts{std::move(*directories), StoreContext{ring, clock, randomness, 1, ::geteuid()}});
    return std::unique_ptr<FileFleetRecords>(new FileFleetRecords(std::move(parts)));
}

Result<std::optional<FleetIdentity>> FileFleetRecords::identity() const {
    auto fleet = parts_->fleet();
    if (!fleet && fleet.error().code == Errc::not_found) return std::optional<FleetIdentity>{};
    if (!fleet) return std::unexpected(fleet.error());
    const RecordFolder folder{std::move(*fleet), ""};
    return or_nothing(parts_->open_record(folder, identity_file), folder, identity_file, decode_identity);
}

Result<void> FileFleetRecords::create(const FleetIdentity& identity) {
    if (const auto made = make_folder(parts_->directories.root(), fleet_folder); !made) return made;
    auto fleet = parts_->fleet();
    if (!fleet) return std::unexpected(fleet.error());
    const RecordFolder folder{std::move(*fleet), ""};
    if (const auto locked = lock_patiently(folder.fd.get()); !locked) return locked;
    for (const char* name : {hosts_folder, joins_folder}) {
        if (const auto made = make_folder(folder.fd.get(), name); !made) return made;
    }
    return parts_->make(folder, identity_file, encode(identity));
}

Result<void> FileFleetRecords::replace_authority(const Bytes& certificate) {
    auto fleet = parts_->fleet();
    if (!fleet && fleet.error().code == Errc::not_found) return no_fleet();
    if (!fleet) return std::unexpected(fleet.error());
    const RecordFolder folder{std::move(*fleet), ""};
    if (const auto locked = lock_patiently(folder.fd.get()); !locked) return locked;
    auto present = identity();
    if (!present) return std::unexpected(present.error());
    if (!*present) return no_fleet();
    if (!(*present)->is_of_site())
        return fail(Errc::invalid, "the fleet that is here has an authority of its own");
    (*present)->authority = certificate;
    return parts_->write(folder, identity_file, encode(**present));
}

Result<HostList> FileFleetRecords::hosts() const {
    const auto folders = Folders::open(*parts_, Folders::For::reading);
    if (!folders) return std::unexpected(folders.error());
    return folders->all_hosts(*parts_);
}

Result<std::optional<RegisteredHost>> FileFleetRecords::host(const std::string& name) const {
    const auto folders = Folders::open(*parts_, Folders::For::reading);
    if (!folders) return std::unexpected(folders.error());
    if (!is_name_of_host(name)) return std::optional<RegisteredHost>{};
    return folders->host(*parts_, name);
}

Result<bool> FileFleetRecords::change(const std::string& name, const Change& change) {
    const auto folders = Folders::open(*parts_, Folders::For::writing);
    if (!folders) return std::unexpected(folders.error());
    if (!is_name_of_host(name)) return false;
    const auto there = folders->host(*parts_, name);
    if (!there) return std::unexpected(there.error());
    if (!*there) return false;
    auto changed = change(**there);
    if (!changed) return false;
    changed->name = name;
    const auto written = parts_->write(folders->hosts, file_of_host(name), encode(*changed));
    if (!written) return std::unexpected(written.error());
    return true;
}

Result<bool> FileFleetRecords::drop(const std::string& name) {
    const auto folders = Folders::open(*parts_, Folders::For::writing);
    if (!folders) return std::unexpected(folders.error());
    if (!is_name_of_host(name) || !is_there(folders->hosts.fd.get(), file_of_host(name))) return false;
    // A record that nobody can read can be dropped all the same: there is nothing to remember of it.
    const auto there = folders->host(*parts_, name);
    if (there && *there) {
        const auto permission = folders->permission(*parts_, (*there)->permission);
        const bool is_open = permission && *permission;
        const auto noted = is_open ? folders->note_spent(*parts_, **permission, name) : Result<void>{};
        if (!noted) return std::unexpected(noted.error());
    }
    const auto gone = confirmed(remove_durably(folders->hosts.fd.get(), file_of_host(name)));
    if (!gone) return std::unexpected(gone.error());
    return true;
}

Result<std::vector<JoinPermission>> FileFleetRecords::permissions() const {
    const auto folders = Folders::open(*parts_, Folders::For::reading);
    if (!folders) return std::unexpected(folders.error());
    return folders->all_permissions(*parts_);
}

Result<std::optional<JoinPermission>> FileFleetRecords::permission(const PermissionId& id) const {
    const auto folders = Folders::open(*parts_, Folders::For::reading);
    if (!folders) return std::unexpected(folders.error());
    return folders->permission(*parts_, id);
}

Result<void> FileFleetRecords::permit(const JoinPermission& permission) {
    const auto folders = Folders::open(*parts_, Folders::For::writing);
    if (!folders) return std::unexpected(folders.error());
    if (const auto forgotten = folders->forget_old_permissions(*parts_); !forgotten) return forgotten;
    return parts_->make(folders->joins, file_of(permission.id), encode(permission));
}

Result<bool> FileFleetRecords::withdraw(const PermissionId& id) {
    const auto folders = Folders::open(*parts_, Folders::For::writing);
    if (!folders) return std::unexpected(folders.error());
    if (!is_there(folders->joins.fd.get(), file_of(id))) return false;
    const auto gone = confirmed(remove_durably(folders->joins.fd.get(), file_of(id)));
    if (!gone) return std::unexpected(gone.error());
    return true;
}

Result<Joining> FileFleetRecords::join(const RegisteredHost& host, UnixTime now) {
    const auto folders = Folders::open(*parts_, Folders::For::writing);
    if (!folders) return std::unexpected(folders.error());
    const auto permission = folders->permission(*parts_, host.permission);
    if (!permission) return std::unexpected(permission.error());
    if (!*permission) return Joining::not_known;
    const auto hosts = folders->all_hosts(*parts_);
    if (!hosts) return std::unexpected(hosts.error());
    if (!hosts->unreadable.empty()) return std::unexpected(hosts->unreadable.front().error);
    const Joining joining = judge_joining(**permission, hosts->hosts, host, now);
    if (joining != Joining::registered && joining != Joining::again) return joining;
    RegisteredHost registered = host;
    const auto there = std::ranges::find(hosts->hosts, host.name, &RegisteredHost::name);
    // A certificate got lost: what an administrator has decided about the host since it joined stays. Otherwise whoever has
    // broken into it takes back what they took from it, as long as the permission lasts.
    if (joining == Joining::again) {
        registered.changes = there->changes;
        registered.since = there->since;
    } else {
        registered.changes = (*permission)->changes;
    }
    const std::string file = file_of_host(host.name);
    // This rename is what registers the host, and what takes the place: names_joined() counts it from here on.
    const auto written = joining == Joining::again ? parts_->write(folders->hosts, file, encode(registered))
                                                   : parts_->make(folders->hosts, file, encode(registered));
    if (!written) return std::unexpected(written.error());
    // Only what drop() would write as well: where it fails nothing is lost.
    static_cast<void>(folders->note_spent(*parts_, **permission, host.name));
    return joining;
}

Result<std::size_t> FileFleetRecords::seal_anew() {
    auto folders = Folders::open(*parts_, Folders::For::writing);
    if (!folders) return std::unexpected(folders.error());
    const RecordFolder fleet{std::move(folders->fleet), ""};
    std::size_t all = 0;
    for (const RecordFolder* const folder :
         {&fleet, &std::as_const(folders->hosts), &std::as_const(folders->joins)}) {
        const auto written = parts_->seal_anew(*folder);
        if (!written) return written;
        all += *written;
    }
    return all;
}

}  // namespace secondstep::fleet
