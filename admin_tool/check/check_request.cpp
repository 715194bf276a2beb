#include "check/check_request.h"

#include <algorithm>

namespace secondstep::tool {

bool CheckRequest::is_this_machine() const {
    return std::ranges::none_of(pam_directories, &CheckedPath::named_by_call);
}

}  // namespace secondstep::tool
