#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/file.h"
#include "base/randomness.h"
#include "fleet/records.h"
#include "store/store_context.h"

namespace secondstep::fleet {

// Below the store of the node, owned by the reader's euid, one record a file, mode 0600:
//   fleet/identity            the fleet; its presence is what makes a fleet
//   fleet/hosts/NAME.host     a host that has joined
//   fleet/joins/ID.join       a permission
// Each is sealed under the ring and bound to its name, and replaced as a whole: temporary file, fsync, rename,
// fsync(directory). Whoever writes holds flock(fleet/). A host is registered by one rename, and counts for its permission
// from then on, whether or not the permission was written after it.
class FileFleetRecords final : public FleetRecords {
  public:
    // `store`: the directory of the store; it need not hold a fleet. The ring and what the context names outlive it.
    // Errors: not_found, untrusted, io.
    [[nodiscard]] static Result<std::unique_ptr<FileFleetRecords>> open(const std::string& store,
                                                                        bool allow_network_file_system,
                                                                        const Keyring& ring,
                                                                        const Clock& clock,
                                                                        Randomness& randomness);

    [[nodiscard]] Result<std::optional<FleetIdentity>> identity() const override;
    [[nodiscard]] Result<void> create(const FleetIdentity& identity) override;
    // Where the authority is the site's own: its next certificate (DER), of the same key, so that hosts go on believing it.
    // Errors: also invalid: the authority is the fleet's own.
    [[nodiscard]] Result<void> replace_authority(const Bytes& certificate);
    [[nodiscard]] Result<HostList> hosts() const override;
    [[nodiscard]] Result<std::optional<RegisteredHost>> host(const std::string& name) const override;
    [[nodiscard]] Result<bool> change(const std::string& name, const Change& change) override;
    [[nodiscard]] Result<bool> drop(const std::string& name) override;
    [[nodiscard]] Result<std::vector<JoinPermission>> permissions() const override;
    [[nodiscard]] Result<std::optional<JoinPermission>> permission(const PermissionId& id) const override;
    [[nodiscard]] Result<void> permit(const JoinPermission& permission) override;
    [[nodiscard]] Result<bool> withdraw(const PermissionId& id) override;
    [[nodiscard]] Result<Joining> join(const RegisteredHost& host, UnixTime now) override;
    [[nodiscard]] Result<std::size_t> seal_anew() override;

    ~FileFleetRecords() override;

  private:
    struct Folders;
    struct Parts;
    explicit FileFleetRecords(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace secondstep::fleet
