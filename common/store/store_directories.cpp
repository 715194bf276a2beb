#include "store/store_directories.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include "store/owned_folder.h"

namespace secondstep {
namespace {

using Folder = StoreDirectories::Folder;

constexpr std::array<Folder, 4> all_folders{Folder::users, Folder::decoys, Folder::portals, Folder::uids};
constexpr const char* staging_name = "staging";

const char* name_of(Folder folder) {
    switch (folder) {
        case Folder::users:
            return "users";
        case Folder::decoys:
            return "decoys";
        case Folder::portals:
            return "portals";
        case Folder::uids:
            break;
    }
    return "uids";
}

// Locks of these are another machine's, or its caches', and what fsync promises there varies.
bool is_network_file_system(decltype(statfs::f_type) type) {
    constexpr std::array<std::uint32_t, 8> magics{
        0x6969,      // NFS
        0x517b,      // SMB
        0xfe534d42,  // SMB2
        0xff534d42,  // CIFS
        0x5346414f,  // AFS
        0x73757245,  // Coda
        0x00c36400,  // Ceph
        0x01021997,  // 9P
    };
    return std::ranges::find(magics, static_cast<std::uint32_t>(type)) != magics.end();
}

Result<void> check_file_system(int fd, const std::string& path) {
    struct statfs file_system{};
    if (::fstatfs(fd, &file_system) != 0) return fail_errno(path, errno);
    if (!is_network_file_system(file_system.f_type)) return {};
    return fail(Errc::untrusted, path +
                                     " is on a network file system, whose locks and durability are not what "
                                     "one-time codes need. Move the store to a local disk, or set "
                                     "allow_network_file_system.");
}

}  // namespace

Result<StoreDirectories> StoreDirectories::open(const std::string& path, uid_t owner,
                                                bool allow_network_file_system) {
    auto root = open_directory(path);
    if (!root) return std::unexpected(std::move(root.error()));
    if (const auto trusted = check_owned_folder(root->get(), path, owner); !trusted)
        return std::unexpected(trusted.error());
    if (!allow_network_file_system) {
        const auto local = check_file_system(root->get(), path);
        if (!local) return std::unexpected(local.error());
    }
    return StoreDirectories(std::move(*root), owner);
}

StoreDirectories::StoreDirectories(StoreDirectories&& other) noexcept
    : root_(std::move(other.root_)), owner_(other.owner_) {
    for (std::size_t i = 0; i < opened_.size(); ++i)
        opened_[i] = other.opened_[i].exchange(-1);
}

StoreDirectories::~StoreDirectories() {
    for (std::atomic<int>& opened : opened_)
        const UniqueFd closed_here(opened.exchange(-1));
}

Result<int> StoreDirectories::folder(Folder folder) const {
    std::atomic<int>& opened = opened_[static_cast<std::size_t>(folder)];
    if (const int fd = opened.load(); fd >= 0) return fd;
    auto fresh = open_folder(name_of(folder));
    if (!fresh) return std::unexpected(std::move(fresh.error()));
    int none = -1;
    if (!opened.compare_exchange_strong(none, fresh->get())) return none;  // another thread's; ours is closed
    return fresh->release();
}

Result<bool> StoreDirectories::has(Folder folder) const {
    struct stat status{};
    if (::fstatat(root_.get(), name_of(folder), &status, AT_SYMLINK_NOFOLLOW) == 0) return true;
    if (errno == ENOENT) return false;
    return fail_errno(name_of(folder), errno);
}

Result<void> StoreDirectories::create(Folder folder) const {
    if (::mkdirat(root_.get(), name_of(folder), S_IRWXU) == 0) return fsync_directory(root_.get());
    if (errno == EEXIST) return {};
    return fail_errno(name_of(folder), errno);
}

Result<UniqueFd> StoreDirectories::open_staging() const {
    return open_folder(staging_name);
}

Result<UniqueFd> StoreDirectories::open_folder(const char* name) const {
    auto fd = open_owned_folder(root_.get(), name, owner_);
    if (!fd && fd.error().code == Errc::not_found) {
        return fail(Errc::io,
                    std::string("The store has no folder \"") + name + "\": run \"secondstep setup\".");
    }
    return fd;
}

Result<void> StoreDirectories::create_folders() const {
    for (const Folder folder : all_folders) {
        if (auto made = create(folder); !made) return made;
    }
    if (::mkdirat(root_.get(), staging_name, S_IRWXU) != 0 && errno != EEXIST)
        return fail_errno(staging_name, errno);
    return fsync_directory(root_.get());
}

}  // namespace secondstep
