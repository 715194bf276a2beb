#include "account/told_notice.h"

#include <algorithm>

#include "account/known_sources.h"

namespace secondstep {

ChangeNotice told_notice(const State& state, const Source& source, UnixTime now) {
    ChangeNotice notice = state.notice;
    if (notice.change == Change::none) return notice;
    const bool over = now >= notice.when + notice_repeated_for;
    if (over && notice.told_at_known_source) return {};
    const auto from_before = [&](const KnownSource& known) {
        return known.last_success <= notice.when && is_known(state, known.source, now);
    };
    const auto here = [&](const KnownSource& known) { return known.source == source && from_before(known); };
    const bool none_left = std::ranges::none_of(state.known, from_before);
    if (none_left || std::ranges::any_of(state.known, here)) notice.told_at_known_source = true;
    return notice;
}

}  // namespace secondstep
