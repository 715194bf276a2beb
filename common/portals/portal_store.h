#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "account/account_name.h"
#include "account/seal.h"
#include "base/error.h"
#include "base/file.h"
#include "base/randomness.h"
#include "portals/linked_portal.h"
#include "store/store_directories.h"

namespace secondstep {

// Where linked portals live: portals/OWNER.portals in the store, sealed as credentials are, replaced as a
// whole (temporary file, fsync, rename, fsync of the directory), under a lock on portals/OWNER.lock. Not on
// the way of any login. Thread-safe.
class PortalStore {
  public:
    // `ring` and `randomness` outlive it. Errors: as StoreDirectories::open.
    [[nodiscard]] static Result<PortalStore> open(const std::string& directory,
                                                  bool allow_network_file_system, const Keyring& ring,
                                                  Randomness& randomness);

    // Exclusive access to one owner's portals until it is destroyed.
    class Transaction {
      public:
        [[nodiscard]] LinkedPortals& portals() { return portals_; }
        // Durable when it succeeds; a code or a counter is revealed only after that. Errors: io.
        [[nodiscard]] Result<void> write() const;
        // Nothing is linked any more, and nothing says whose it was. Durable when it succeeds.
        // Errors: io.
        [[nodiscard]] Result<void> remove() const;

      private:
        friend class PortalStore;
        Transaction(const PortalStore& store, int directory, UniqueFd lock, LinkedPortals portals)
            : store_(store), directory_(directory), lock_(std::move(lock)), portals_(std::move(portals)) {}
        const PortalStore& store_;
        int directory_;
        UniqueFd lock_;
        LinkedPortals portals_;
    };

    // Nothing linked: an empty set. Errors: untrusted, damaged, unsupported, crypto, io; never not_found.
    [[nodiscard]] Result<LinkedPortals> read(const std::optional<AccountName>& owner) const;
    // Everybody who has a file here, the host not. Errors: io.
    [[nodiscard]] Result<std::vector<AccountName>> owners() const;
    // Locks, then reads. Makes the folder of an older store. Errors as read(), and busy at once when somebody
    // else has them.
    [[nodiscard]] Result<Transaction> begin(const std::optional<AccountName>& owner) const;
    // Calls `visit` once for each owner that has a file, in no order, until it returns false. Errors: io.
    [[nodiscard]] Result<void> for_each_owner(
        const std::function<bool(const std::optional<AccountName>&)>& visit) const;

  private:
    PortalStore(StoreDirectories directories, const Keyring& ring, Randomness& randomness)
        : directories_(std::move(directories)), ring_(ring), randomness_(randomness) {}
    [[nodiscard]] Result<LinkedPortals> load(int directory, const std::optional<AccountName>& owner) const;

    StoreDirectories directories_;
    const Keyring& ring_;
    Randomness& randomness_;
};

}  // namespace secondstep
