#pragma once

#include <cstdint>
#include <string>

#include "account/account_name.h"
#include "account/credential.h"
#include "account/state.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "fleet/join_token.h"

namespace secondstep::fleet {

// Accounts move between a host's own store and a fleet in a file that an administrator carries: the process that knows the
// fleet's keys takes nothing for it from the network. Who may move what, and until when, a node has on record.

enum class Direction : std::uint8_t { to_fleet = 1, to_files = 2 };

inline constexpr std::size_t move_secret_size = 13;  // 104 bits: nobody guesses it

// A node's permission, one for each host: what it was told last.
struct Move {
    PermissionId id{};
    std::string host{};
    Direction direction = Direction::to_fleet;
    Secret secret;  // move_secret_size; the bundle is sealed with what is made of it
    UnixTime since{};
    UnixTime end{};
    // By which permission the host's accounts came here; zeros: none did. The way back answers that one.
    PermissionId came_by{};
};

// What an administrator takes from the node to the host: it opens and seals the bundle of one move.
struct MoveToken {
    PermissionId move{};
    Secret secret;
};
// Eight groups of four Crockford symbols, the last of which are a check. Errors: crypto.
[[nodiscard]] Result<Secret> to_text(const MoveToken& token);
// As it was typed. Errors: invalid, crypto.
[[nodiscard]] Result<MoveToken> parse_move_token(std::string_view typed);

// An account on its way.
struct MovingAccount {
    Credential credential;
    State state;
};
// Errors of the second: damaged, unsupported.
[[nodiscard]] Result<Secret> encode(const MovingAccount& account);
[[nodiscard]] Result<MovingAccount> decode_moving_account(const Secret& content);

// How far an account has come by a permission.
enum class Came : std::uint8_t {
    no,
    begun,  // what was interrupted may have left its credential in the store, and not yet what was counted and used up
    whole,
};

}  // namespace secondstep::fleet
