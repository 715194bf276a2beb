#include "store/foreign_records.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <string>

#include "account/seal.h"
#include "account/state_slot.h"
#include "base/text.h"
#include "store/directory_listing.h"
#include "store/record_files.h"
#include "store/state_file.h"

namespace secondstep {
namespace {

using Folder = StoreDirectories::Folder;
using Id = Result<KeyId> (*)(ByteView);

constexpr std::string_view portals_suffix = ".portals";

// `id_of` the first bytes of the file at `offset`, when that key is not in the ring.
std::optional<KeyId> foreign_key_of(int folder, const std::string& file, off_t offset, Id id_of,
                                    const StoreContext& context) {
    const FileTrust trust{.owner = context.owner, .max_size = max_sealed_size};
    const auto fd = open_trusted(folder, file.c_str(), O_RDONLY, trust);
    if (!fd) return std::nullopt;
    std::array<std::uint8_t, state_slot_size> buffer{};
    const ssize_t n = ::pread(fd->get(), buffer.data(), buffer.size(), offset);
    if (n <= 0) return std::nullopt;
    const auto id = id_of(ByteView(buffer).first(static_cast<std::size_t>(n)));
    if (!id || context.ring.find(*id) != nullptr) return std::nullopt;
    return *id;
}

// Out of `from` into `to`; nothing to do when it is not there.
Result<void> move_file(int from, const std::string& file, int to) {
    if (::renameat2(from, file.c_str(), to, file.c_str(), RENAME_NOREPLACE) == 0 || errno == ENOENT)
        return {};
    return fail_errno("aside/" + file, errno);
}

// The folder, made where it is missing.
Result<UniqueFd> folder_in(int directory, const std::string& name) {
    if (::mkdirat(directory, name.c_str(), S_IRWXU) != 0 && errno != EEXIST) return fail_errno(name, errno);
    if (const auto kept = fsync_directory(directory); !kept) return std::unexpected(kept.error());
    return open_directory_at(directory, name.c_str());
}

// aside/KEY/FOLDER
Result<UniqueFd> place_for(const StoreDirectories& directories, const KeyId& key, const std::string& folder) {
    const auto aside = folder_in(directories.root(), "aside");
    if (!aside) return std::unexpected(aside.error());
    const auto of_key = folder_in(aside->get(), hex(key));
    if (!of_key) return std::unexpected(of_key.error());
    return folder_in(of_key->get(), folder);
}

Result<void> move_record(const StoreDirectories& directories, int users, const RecordName& name,
                         const KeyId& key) {
    const auto place = place_for(directories, key, "users");
    if (!place) return std::unexpected(place.error());
    // The credential first: what a kill leaves is a lost credential, which lets nobody in.
    auto moved = move_file(users, credential_file_name(name), place->get());
    if (moved) moved = move_file(users, state_file_name(name), place->get());
    if (moved) moved = fsync_directory(place->get());
    return moved;
}

Result<std::size_t> move_accounts(const StoreDirectories& directories, const StoreContext& context) {
    const auto users = directories.folder(Folder::users);
    if (!users) return std::unexpected(users.error());
    std::size_t accounts = 0;
    Result<void> outcome;
    const auto listed = for_each_name(*users, [&](std::string_view file) {
        const auto account = account_of_stem(file.substr(0, file.rfind('.')));
        if (!account) return true;
        const RecordName name = RecordName::of(*account);
        const auto key = foreign_key(*users, name, context);
        if (!key) return true;
        outcome = move_record(directories, *users, name, *key);
        if (outcome) ++accounts;
        return outcome.has_value();
    });
    if (listed && outcome) outcome = fsync_directory(*users);
    if (!listed) return std::unexpected(listed.error());
    if (!outcome) return std::unexpected(outcome.error());
    return accounts;
}

Result<void> move_portals(const StoreDirectories& directories, const StoreContext& context) {
    if (const auto there = directories.has(Folder::portals); !there || !*there)
        return there ? Result<void>{} : std::unexpected(there.error());
    const auto portals = directories.folder(Folder::portals);
    if (!portals) return std::unexpected(portals.error());
    Result<void> outcome;
    const auto listed = for_each_name(*portals, [&](std::string_view name) {
        const std::string file(name);
        if (!name.ends_with(portals_suffix)) return true;
        const auto key = foreign_key_of(*portals, file, 0, key_id_of_sealed, context);
        if (!key) return true;
        const auto place = place_for(directories, *key, "portals");
        outcome = place ? move_file(*portals, file, place->get()) : std::unexpected(place.error());
        if (outcome) outcome = fsync_directory(place->get());
        return outcome.has_value();
    });
    if (!listed) return listed;
    return outcome ? fsync_directory(*portals) : outcome;
}

// The records of a fleet, all of them: without its authority's key the hosts are none.
Result<void> move_fleet(const StoreDirectories& directories, const StoreContext& context) {
    constexpr const char* name = "fleet";
    const auto fleet = open_directory_at(directories.root(), name);
    if (!fleet && fleet.error().code == Errc::not_found) return {};
    if (!fleet) return std::unexpected(fleet.error());
    const auto key = foreign_key_of(fleet->get(), "identity", 0, key_id_of_sealed, context);
    if (!key) return {};
    const auto aside = folder_in(directories.root(), "aside");
    if (!aside) return std::unexpected(aside.error());
    const auto place = folder_in(aside->get(), hex(*key));
    if (!place) return std::unexpected(place.error());
    const auto moved = move_file(directories.root(), name, place->get());
    return moved ? fsync_directory(place->get()) : moved;
}

}  // namespace

std::optional<KeyId> foreign_key(int folder, const RecordName& name, const StoreContext& context) {
    if (auto key = foreign_key_of(folder, credential_file_name(name), 0, key_id_of_sealed, context))
        return key;
    for (const off_t slot : {off_t{0}, off_t{state_slot_size}}) {
        if (auto key = foreign_key_of(folder, state_file_name(name), slot, key_id_of_slot, context))
            return key;
    }
    return std::nullopt;
}

Result<std::size_t> move_foreign_records(const StoreDirectories& directories, const StoreContext& context) {
    const auto accounts = move_accounts(directories, context);
    if (!accounts) return accounts;
    if (const auto moved = move_portals(directories, context); !moved) return std::unexpected(moved.error());
    if (const auto moved = move_fleet(directories, context); !moved) return std::unexpected(moved.error());
    return accounts;
}

}  // namespace secondstep
