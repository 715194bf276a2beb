#include "portals/portal_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "store/directory_listing.h"

namespace secondstep {
namespace {

using Folder = StoreDirectories::Folder;

constexpr std::string_view suffix = ".portals";

std::string file_name(const RecordName& name) {
    return name.stem() + std::string(suffix);
}

std::unexpected<Error> in_file(const RecordName& name, Error error) {
    // A key that is gone, or a file that is too large: for the owner both are damage.
    if (error.code == Errc::not_found || error.code == Errc::too_large) error.code = Errc::damaged;
    return fail(error.code, file_name(name) + ": " + error.detail);
}

Result<UniqueFd> open_lock(int directory, const RecordName& name) {
    const std::string file = name.stem() + ".lock";
    const int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    UniqueFd lock(::openat(directory, file.c_str(), flags, S_IRUSR | S_IWUSR));
    if (!lock.valid()) return fail_errno(file, errno);
    if (const auto locked = try_lock(lock.get()); !locked) return std::unexpected(locked.error());
    return lock;
}

}  // namespace

Result<PortalStore> PortalStore::open(const std::string& directory, bool allow_network_file_system,
                                      const Keyring& ring, Randomness& randomness) {
    auto directories = StoreDirectories::open(directory, ::geteuid(), allow_network_file_system);
    if (!directories) return std::unexpected(std::move(directories.error()));
    return PortalStore(std::move(*directories), ring, randomness);
}

Result<LinkedPortals> PortalStore::load(int directory, const std::optional<AccountName>& owner) const {
    const RecordName name = RecordName::portals_of(owner);
    const FileTrust trust{.owner = ::geteuid(), .max_size = max_sealed_size};
    const auto fd = open_trusted(directory, file_name(name).c_str(), O_RDONLY, trust);
    if (!fd && fd.error().code == Errc::not_found) return LinkedPortals{owner, std::nullopt, {}};
    if (!fd) return in_file(name, fd.error());
    const auto sealed = read_whole(fd->get(), max_sealed_size);
    if (!sealed) return in_file(name, sealed.error());
    const auto text = unseal(*sealed, name, ring_);
    if (!text) return in_file(name, text.error());
    auto portals = decode_linked_portals(*text);
    if (!portals) return in_file(name, portals.error());
    if (portals->owner != owner) return in_file(name, {Errc::damaged, "it belongs to somebody else."});
    return portals;
}

Result<LinkedPortals> PortalStore::read(const std::optional<AccountName>& owner) const {
    const auto there = directories_.has(Folder::portals);
    if (!there) return std::unexpected(there.error());
    if (!*there) return LinkedPortals{owner, std::nullopt, {}};
    const auto directory = directories_.folder(Folder::portals);
    if (!directory) return std::unexpected(directory.error());
    return load(*directory, owner);
}

Result<std::vector<AccountName>> PortalStore::owners() const {
    std::vector<AccountName> owners;
    const auto listed = for_each_owner([&owners](const std::optional<AccountName>& owner) {
        if (owner) owners.push_back(*owner);
        return true;
    });
    if (!listed) return std::unexpected(listed.error());
    std::ranges::sort(owners, {}, &AccountName::text);
    return owners;
}

Result<PortalStore::Transaction> PortalStore::begin(const std::optional<AccountName>& owner) const {
    if (const auto made = directories_.create(Folder::portals); !made) return std::unexpected(made.error());
    const auto directory = directories_.folder(Folder::portals);
    if (!directory) return std::unexpected(directory.error());
    auto lock = open_lock(*directory, RecordName::portals_of(owner));
    if (!lock) return std::unexpected(std::move(lock.error()));
    auto portals = load(*directory, owner);
    if (!portals) return std::unexpected(std::move(portals.error()));
    return Transaction(*this, *directory, std::move(*lock), std::move(*portals));
}

Result<void> PortalStore::Transaction::write() const {
    const RecordName name = RecordName::portals_of(portals_.owner);
    const Secret text = encode(portals_);
    // What would not be read again must not replace what can be.
    if (!decode_linked_portals(text))
        return fail(Errc::invalid, file_name(name) + ": these portals could not be read back.");
    const auto sealed = seal(text, name, store_.ring_, store_.randomness_);
    if (!sealed) return std::unexpected(sealed.error());
    const auto placed = write_durably(directory_, file_name(name), *sealed, S_IRUSR | S_IWUSR);
    if (!placed) return std::unexpected(placed.error());
    // A code is told only when it is certain that it is not handed out again.
    if (*placed == Placed::unconfirmed)
        return fail(Errc::io, file_name(name) +
                                  ": the change is in force, but the disk did not confirm it, and a power "
                                  "cut may undo it.");
    return {};
}

Result<void> PortalStore::Transaction::remove() const {
    const std::string file = file_name(RecordName::portals_of(portals_.owner));
    if (::unlinkat(directory_, file.c_str(), 0) != 0 && errno != ENOENT) return fail_errno(file, errno);
    return fsync_directory(directory_);
}

Result<void> PortalStore::for_each_owner(
    const std::function<bool(const std::optional<AccountName>&)>& visit) const {
    const auto there = directories_.has(Folder::portals);
    if (!there) return std::unexpected(there.error());
    if (!*there) return {};
    const auto directory = directories_.folder(Folder::portals);
    if (!directory) return std::unexpected(directory.error());
    const std::string of_host = file_name(RecordName::portals_of(std::nullopt));
    return for_each_name(*directory, [&](std::string_view name) {
        if (name == of_host) return visit(std::nullopt);
        if (!name.ends_with(suffix)) return true;
        const auto owner = account_of_stem(name.substr(0, name.size() - suffix.size()));
        return !owner || visit(*owner);
    });
}

}  // namespace secondstep
