#pragma once

#include <string>
#include <vector>

#include "access/store_session.h"
#include "fleet/bundle.h"
#include "fleet/move.h"
#include "handover/arrival.h"

namespace secondstep::tool {

// A bundle that has been brought here.
struct Bundle {
    int fd;
    const fleet::MoveToken& token;
    fleet::Direction direction;
    [[nodiscard]] Result<fleet::BundleReader> opened() const {
        return fleet::BundleReader::open(fd, token, direction);
    }
    // Reads it to its end, and keeps nothing of it: what is cut off or changed changes nothing here. The names in it.
    [[nodiscard]] Result<std::vector<AccountName>> looked_through() const;
};

// What became of all that was in it.
struct Arrivals {
    std::vector<Arrival> all;
    std::size_t equal = 0;  // of what was compared at the end
    std::size_t in_use = 0;
    std::vector<std::string> different{};
    [[nodiscard]] std::size_t count(Arrival::Outcome outcome) const;
    [[nodiscard]] bool changed() const;
    [[nodiscard]] bool is_whole() const;  // nobody was left, and nothing differs
};

// Takes over all of it, one after the other, and compares at the end. `told` hears of each that is changed. Errors: those of
// reading the bundle.
[[nodiscard]] Result<Arrivals> take_over_all(const StoreSession& session, const Bundle& bundle,
                                             const ArrivalRules& rules,
                                             const std::function<void(const Arrival&)>& told);

// For people, or one JSON with `more` in it.
struct ArrivalReport {
    std::string from;
    bool dry_run = false;
    bool json = false;
    std::vector<std::string> next{};  // what to do now, line by line
};
[[nodiscard]] Exit report(const Arrivals& arrivals, const ArrivalReport& how);

}  // namespace secondstep::tool
