#pragma once

#include <optional>
#include <string>
#include <vector>

#include "check/check_request.h"
#include "check/content_file.h"

namespace secondstep::tool {

// This machine, compared with what was remembered of it.
struct WhatChanged {
    bool is_first = false;           // nothing was remembered yet
    std::vector<std::string> worse;  // a sentence each
    RememberedCheck next;            // what is to be remembered, if this is well
};

// Looks and compares; remembers nothing. Errors: those of ContentFile::read().
[[nodiscard]] Result<WhatChanged> what_changed(const CheckRequest& request, const ContentFile& file);

}  // namespace secondstep::tool
