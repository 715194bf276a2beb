#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/error.h"

namespace secondstep {

// A store whose accounts were handed over to a fleet says so, by a file in it: from then on none of its records is read for a
// login or changed, by whatever service still has it open. Whoever could log in by it would do so beside the fleet, with the
// same codes. Its linked portals stay what they were.

inline constexpr const char* moved_file_name = "moved";

// By which permissions of a node it was handed over; the last is the newest.
using MoveId = std::array<std::uint8_t, 5>;
struct MovedMark {
    std::vector<MoveId> moves;
    UnixTime since{};
    friend bool operator==(const MovedMark&, const MovedMark&) = default;
};
inline constexpr std::size_t most_moves = 16;

// `root`: the store's directory. What cannot be told counts as moved: one system call, for every login.
[[nodiscard]] bool is_moved(int root);
// What everything that would read a record says then.
[[nodiscard]] std::unexpected<Error> fail_as_moved();

// Nothing: it is not moved. Errors: untrusted, damaged, unsupported, io.
[[nodiscard]] Result<std::optional<MovedMark>> read_moved_mark(int root);
// Marks it, or adds a move to the mark. Durable when it returns. Errors: as above.
[[nodiscard]] Result<void> mark_as_moved(int root, const MoveId& move, UnixTime now);
// Its records count again. Errors: io, also when it is not confirmed.
[[nodiscard]] Result<void> end_move(int root);

}  // namespace secondstep
