#pragma once

#include <cstdint>

#include "account/state.h"

// Kinds of change that came after format 2. For a program of before, a number of a change that it does not
// know is damage, which closes recovery codes; so such a notice is written as that of an enrollment, and what
// it is stands at the beginning of the reserve, which that program writes back as it was. Beside it stands
// the notice's time: a notice that the older program wrote itself is not mistaken for it. etc/FORMATS.md.
namespace secondstep::slot {

// As it stands in its place, and the reserve that goes with it.
struct WrittenNotice {
    ChangeNotice notice;
    std::array<std::uint8_t, state_reserve> reserve;
};
[[nodiscard]] WrittenNotice written_notice(const ChangeNotice& notice,
                                           const std::array<std::uint8_t, state_reserve>& reserve);

// What was read in both places, as what it is; the reserve has no more of it then.
void take_later_change(State& state);

}  // namespace secondstep::slot
