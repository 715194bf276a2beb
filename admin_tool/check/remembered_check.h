#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "check/check_report.h"

namespace secondstep::tool {

// What check-config said when it was last content: everything of a report that can get worse.
struct RememberedCheck {
    std::vector<std::string> services;      // that have the module, or had it and are gone
    std::vector<std::string> without_code;  // whom a Match block of sshd lets in without a code
    Remarks remarks;                        // level, finding, file and text alone

    friend bool operator==(const RememberedCheck&, const RememberedCheck&) = default;
};

// Whether a service still has a file: one that is gone with its program is not worse.
using ServiceExists = std::function<bool(const std::string& service)>;

// A new error, warning, or "cannot be read"; a service that no longer asks; somebody who need not show a code any
// more. One sentence each.
[[nodiscard]] std::vector<std::string> what_got_worse(const RememberedCheck& before, const CheckReport& now,
                                                      const ServiceExists& exists);

// What is to be remembered of `now`; and of services that are gone that they had the module, so that one that comes
// back without it is noticed.
[[nodiscard]] RememberedCheck remembered_after(const RememberedCheck& before, const CheckReport& now,
                                               const ServiceExists& exists);

// The text of the file; see etc/FORMATS.md. Errors: damaged, unsupported (of a newer version).
[[nodiscard]] std::string to_text(const RememberedCheck& check);
[[nodiscard]] Result<RememberedCheck> remembered_check_of(const std::string& text);

}  // namespace secondstep::tool
