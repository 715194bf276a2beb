#include "check/check_report.h"

#include <algorithm>

namespace secondstep::tool {

void CheckReport::add(Remarks more) {
    for (Remark& remark : more) {
        if (std::ranges::find(remarks, remark) == remarks.end()) remarks.push_back(std::move(remark));
    }
}

std::size_t CheckReport::count(Remark::Level level) const {
    return static_cast<std::size_t>(std::ranges::count(remarks, level, &Remark::level));
}

}  // namespace secondstep::tool
