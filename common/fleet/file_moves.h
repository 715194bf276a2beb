#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "account/account_name.h"
#include "base/clock.h"
#include "base/randomness.h"
#include "fleet/move.h"
#include "store/store_context.h"

namespace secondstep::fleet {

// On a node, below its store: what hosts may move, and what is on its way to one.
//   fleet/moves/HOST.move            the permission
//   fleet/moves/HOST.come/NAME.account   that the account comes, or has come, by the permission whose id is in it
//   fleet/moves/HOST.away/NAME.account   an account that has left the fleet for that host, until it is known to be there
// Sealed under the ring and bound to its place, as the records of the fleet are. An account is written here, durably, before
// it is taken out of the store: what was interrupted has lost nothing.
class FileMoves {
  public:
    // `store`: the directory of the store of a node. Errors: not_found (no fleet), untrusted, io.
    [[nodiscard]] static Result<std::unique_ptr<FileMoves>> open(const std::string& store,
                                                                 bool allow_network_file_system,
                                                                 const Keyring& ring, const Clock& clock,
                                                                 Randomness& randomness);

    // Nothing: none was ever given. Errors of all: untrusted, damaged, unsupported, crypto, io.
    [[nodiscard]] Result<std::optional<Move>> of_host(const std::string& host) const;
    // The one with that id. Whoever only looks makes no folder.
    [[nodiscard]] Result<std::optional<Move>> by_id(const PermissionId& id) const;
    // In the place of the one before.
    [[nodiscard]] Result<void> put(const Move& move) const;
    [[nodiscard]] Result<void> remove(const std::string& host) const;
    // Whose permission there is, in no order.
    [[nodiscard]] Result<std::vector<std::string>> hosts() const;

    // By this one; of an earlier one of the host it says nothing.
    [[nodiscard]] Result<Came> come(const Move& move, const AccountName& name) const;
    [[nodiscard]] Result<void> note_come(const Move& move, const AccountName& name, Came came) const;
    [[nodiscard]] Result<void> forget_come(const std::string& host) const;

    // Durable when it returns.
    [[nodiscard]] Result<void> put_away(const std::string& host, const MovingAccount& account) const;
    // Those that are away; nobody is an empty list. The names are said without opening what stands there.
    [[nodiscard]] Result<std::vector<AccountName>> away(const std::string& host) const;
    [[nodiscard]] Result<MovingAccount> account_away(const std::string& host, const AccountName& name) const;
    [[nodiscard]] Result<void> forget_away(const std::string& host, const AccountName& name) const;

    ~FileMoves();

  private:
    struct Parts;
    explicit FileMoves(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace secondstep::fleet
