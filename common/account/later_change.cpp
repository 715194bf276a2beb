#include "account/later_change.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "account/slot_entries.h"
#include "base/byte_codec.h"

namespace secondstep::slot {
namespace {

constexpr std::size_t room = 1 + time_size;

// 0: it is what the notice says.
std::uint8_t number_of(Change change) {
    switch (change) {
        case Change::device_added:
            return 1;
        case Change::device_removed:
            return 2;
        case Change::none:
        case Change::enrolled:
        case Change::renewed_codes:
        case Change::disabled:
        case Change::to_enroll_again:
        case Change::renamed:
            break;
    }
    return 0;
}

// Nothing: one that came later still.
std::optional<Change> change_of(std::uint8_t number) {
    for (const Change change : {Change::device_added, Change::device_removed}) {
        if (number_of(change) == number) return change;
    }
    return std::nullopt;
}

Bytes mark_of(std::uint8_t number, UnixTime when) {
    ByteWriter out;
    out.u8(number);
    write_time(out, when);
    return {out.view().begin(), out.view().end()};
}

}  // namespace

WrittenNotice written_notice(const ChangeNotice& notice,
                             const std::array<std::uint8_t, state_reserve>& reserve) {
    WrittenNotice written{notice, reserve};
    const std::uint8_t number = number_of(notice.change);
    if (number == 0) return written;
    written.notice.change = Change::enrolled;
    std::ranges::copy(mark_of(number, notice.when), written.reserve.begin());
    return written;
}

void take_later_change(State& state) {
    const std::optional<Change> change = change_of(state.reserve[0]);
    if (!change || state.notice.change != Change::enrolled) return;
    if (!std::ranges::equal(mark_of(state.reserve[0], state.notice.when),
                            ByteView(state.reserve).first(room)))
        return;
    state.notice.change = *change;
    std::fill_n(state.reserve.begin(), room, std::uint8_t{0});
}

}  // namespace secondstep::slot
