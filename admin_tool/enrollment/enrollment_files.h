#pragma once

#include <optional>
#include <vector>

#include "console/exit_status.h"
#include "enrollment/enroll_request.h"
#include "files/caller_file.h"

namespace secondstep::tool {

// The caller's files of one enrollment; which of them there are depends on the options.
struct EnrollmentFiles {
    std::vector<CallerFile> all;
    std::optional<std::size_t> save;     // its place in `all`
    std::optional<std::size_t> picture;  // the same

    [[nodiscard]] static OrExit<EnrollmentFiles> open(const EnrollRequest& request);
};

}  // namespace secondstep::tool
