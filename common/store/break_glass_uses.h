#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"

namespace secondstep {

// One login by a break-glass code, for those who have to hear of it.
struct BreakGlassUse {
    using Id = std::array<std::uint8_t, 16>;
    Id id{};  // random, of the host: the same use is told again where nobody is known to have heard it
    std::string host;  // as the fleet calls it; empty: this machine
    UnixTime at{};     // by the clock of that host
    std::string account;
    std::string service;
    std::string from;
    unsigned left = 0;  // codes of that host, after it
    friend bool operator==(const BreakGlassUse&, const BreakGlassUse&) = default;
};

// Such logins, each a file in a folder of a store: on a host those that no node has heard of yet, on a node those that hosts
// have told. A file is whole and durable or not there, so whoever is killed tells it again. Thread-safe.
class BreakGlassUses {
  public:
    static constexpr std::size_t most = 64;           // that are kept
    static constexpr std::size_t longest_text = 128;  // of each field

    // `store`: its directory.
    [[nodiscard]] static BreakGlassUses untold(const std::string& store) { return {store, "untold"}; }
    [[nodiscard]] static BreakGlassUses told(const std::string& store) { return {store, "fleet/uses"}; }

    // What does not fit into a field is cut off. Where there are too many the oldest of the same host goes. Errors:
    // untrusted, io.
    [[nodiscard]] Result<void> add(const BreakGlassUse& use) const;
    [[nodiscard]] Result<bool> has(const BreakGlassUse& use) const;
    // The oldest first. What is damaged is left out. Errors: untrusted, io.
    [[nodiscard]] Result<std::vector<BreakGlassUse>> all() const;
    [[nodiscard]] Result<void> remove(const BreakGlassUse& use) const;

  private:
    BreakGlassUses(std::string store, std::string folder)
        : store_(std::move(store)), folder_(std::move(folder)) {}
    [[nodiscard]] Result<UniqueFd> folder(bool make) const;

    std::string store_;
    std::string folder_;
};

}  // namespace secondstep
