#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "account/keyring.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/randomness.h"
#include "fleet/move.h"
#include "fleet/records.h"

namespace secondstep::fleet {

// The file in which accounts move. Each part is sealed with a key made of the token's secret, and bound to the move, the
// direction and its place; the last one says how many there are: what was cut off, changed, put in another order or taken from
// another bundle does not open. etc/FORMATS.md has it.

// What stands in front of the accounts.
struct BundleHead {
    Direction direction = Direction::to_fleet;
    std::string from{};  // what the machine calls itself that made it, for people
    UnixTime since{};
    PermissionId answers{};  // to_files: by which move the accounts had come; zeros: by none
    std::string host{};      // to_files: what the host is called in the fleet; empty else
    Uids uids = Uids::same;  // to_files
    friend bool operator==(const BundleHead&, const BundleHead&) = default;
};

// Writes one, part by part.
class BundleWriter {
  public:
    using Write = std::function<Result<void>(ByteView)>;
    // Writes the head. What is not owned outlives it. Errors: crypto, those of `write`.
    [[nodiscard]] static Result<BundleWriter> begin(const MoveToken& token, const BundleHead& head,
                                                    Randomness& randomness, Write write);
    // Errors: as above, and of encode().
    [[nodiscard]] Result<void> add(const MovingAccount& account);
    // Without it the bundle is one that was cut off.
    [[nodiscard]] Result<void> finish();
    [[nodiscard]] std::size_t accounts() const { return accounts_; }

  private:
    BundleWriter(Keyring ring, const BundleHead& head, PermissionId move, Randomness& randomness, Write write)
        : ring_(std::move(ring)),
          direction_(head.direction),
          move_(move),
          randomness_(&randomness),
          write_(std::move(write)) {}
    [[nodiscard]] Result<void> put(std::uint8_t kind, const Secret& content);

    Keyring ring_;
    Direction direction_;
    PermissionId move_;
    Randomness* randomness_;
    Write write_;
    std::uint32_t parts_ = 0;
    std::size_t accounts_ = 0;
};

// Reads one from a file. Each account is given out as soon as it opens: whoever changes something reads it once to its end
// before. Errors of all: damaged (cut, changed, another token or direction: said in words), unsupported, io.
class BundleReader {
  public:
    // By which move it is, which anybody could have written there.
    [[nodiscard]] static Result<PermissionId> move_of(int fd);
    [[nodiscard]] static Result<BundleReader> open(int fd, const MoveToken& token, Direction direction);

    [[nodiscard]] const BundleHead& head() const { return head_; }
    // Returns nullopt behind the last one, when all that were written have been read.
    [[nodiscard]] Result<std::optional<MovingAccount>> next();

  private:
    struct Part {
        std::uint8_t kind;
        Secret content;
    };
    BundleReader(int fd, Keyring ring, Direction direction, PermissionId move)
        : fd_(fd), ring_(std::move(ring)), direction_(direction), move_(move) {}
    [[nodiscard]] Result<Part> part();
    [[nodiscard]] Result<void> read_head();
    [[nodiscard]] Result<void> check_end(const Secret& content) const;

    int fd_;
    Keyring ring_;
    Direction direction_;
    PermissionId move_;
    BundleHead head_;
    std::int64_t at_ = 0;
    std::uint32_t parts_ = 0;
    std::size_t accounts_ = 0;
};

inline constexpr std::size_t most_moving_accounts = 200'000;

}  // namespace secondstep::fleet
