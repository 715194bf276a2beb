#include "check/unread.h"

namespace secondstep::tool {

Remark cannot_be_read(const std::string& path, const std::string& consequence) {
    return {.level = Remark::Level::warning,
            .file = path,
            .line = 0,
            .text = "cannot be read: " + consequence,
            .now = {},
            .mend = {},
            .finding = Finding::unreadable};
}

}  // namespace secondstep::tool
