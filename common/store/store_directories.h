#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <string>

#include "base/file.h"

namespace secondstep {

// The store's directory and the folders in it. Descriptors stay open, so that a login opens two files and
// nothing else. Thread-safe.
class StoreDirectories {
  public:
    // Errors: not_found, untrusted (not 0700 and the owner's; a network file system), io.
    [[nodiscard]] static Result<StoreDirectories> open(const std::string& path, uid_t owner,
                                                       bool allow_network_file_system);

    StoreDirectories(StoreDirectories&& other) noexcept;
    StoreDirectories& operator=(StoreDirectories&&) = delete;
    StoreDirectories(const StoreDirectories&) = delete;
    StoreDirectories& operator=(const StoreDirectories&) = delete;
    ~StoreDirectories();

    enum class Folder { users, decoys, portals, uids };
    // Opened at the first use. Errors: io when it is missing (never not_found: a lost folder must not look
    // like accounts that were never enrolled), untrusted.
    [[nodiscard]] Result<int> folder(Folder folder) const;
    // For a folder that older stores have not got. Errors: io.
    [[nodiscard]] Result<bool> has(Folder folder) const;
    [[nodiscard]] Result<void> create(Folder folder) const;  // durable; nothing to do when it is there
    // A descriptor of the caller's own, for its lock.
    [[nodiscard]] Result<UniqueFd> open_staging() const;

    [[nodiscard]] int root() const { return root_.get(); }

    // Makes the folders that are missing.
    [[nodiscard]] Result<void> create_folders() const;

  private:
    StoreDirectories(UniqueFd root, uid_t owner) : root_(std::move(root)), owner_(owner) {}
    [[nodiscard]] Result<UniqueFd> open_folder(const char* name) const;

    UniqueFd root_;
    uid_t owner_;
    mutable std::array<std::atomic<int>, 4> opened_{-1, -1, -1, -1};  // by Folder
};

}  // namespace secondstep
