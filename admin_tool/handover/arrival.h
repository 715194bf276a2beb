#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "access/store_session.h"
#include "fleet/move.h"

namespace secondstep::tool {

// An account that arrives in a store: what becomes of it there.
struct Arrival {
    enum class Outcome : std::uint8_t {
        created,
        merged,    // its devices are added to those that were there
        replaced,  // the same person's, as it is newer
        already,   // it is there; at most what was used up meanwhile was added
        left,      // not taken over: `why`
    };
    std::string user;
    Outcome outcome = Outcome::left;
    std::string why{};
    bool codes_ended = false;  // a code that was given out or sent does not work any more
    [[nodiscard]] bool is_here() const { return outcome != Outcome::left; }
    [[nodiscard]] bool changed() const { return is_here() && outcome != Outcome::already; }
};
[[nodiscard]] std::string_view to_text(Arrival::Outcome outcome);

// How they are taken over.
struct ArrivalRules {
    // Another second step of the same name: it is put together with what arrives, instead of left.
    bool merge = false;
    // What is here is what the arriving one came from: an older one gives way, and is not another person's.
    bool newer_replaces = false;
    bool dry_run = false;
    std::string from;  // behind the name of a device whose name is taken, and in the notice to its owner
    // How far that name has come by the same permission before: whoever has come and is not here any more was removed
    // since, and stays so. Not set: all are taken.
    std::function<Result<fleet::Came>(const AccountName&)> came_before;
    // Remembers it, before and after. Not set: nobody asks.
    std::function<Result<void>(const AccountName&, fleet::Came)> note_arrival;
    // Fits it to this place, whose present record of the name is the second one. Asked again where somebody wrote first.
    // Errors: the account is left, for what the error says.
    using Fit = std::function<Result<fleet::MovingAccount>(const fleet::MovingAccount&, const Account&)>;
    Fit fit;
};

// In one change of the record, under its lock.
[[nodiscard]] Arrival take_over(const StoreSession& session, const fleet::MovingAccount& arriving,
                                const ArrivalRules& rules);

// What stands there, compared with what has arrived, once both are opened.
enum class Comparison : std::uint8_t {
    equal,   // in every field, but that its own store counts its writes
    in_use,  // all of it is in there, and more: it has been used, or was merged
    differs,
};
[[nodiscard]] Comparison compared(const StoreSession& session, const fleet::MovingAccount& arriving,
                                  const ArrivalRules& rules);

}  // namespace secondstep::tool
