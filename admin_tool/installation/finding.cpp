#include "installation/finding.h"

#include <utility>

namespace secondstep::tool {

std::string_view to_text(Finding::Level level) {
    switch (level) {
        case Finding::Level::ok:
            return "ok";
        case Finding::Level::warning:
            return "warning";
        case Finding::Level::error:
            break;
    }
    return "error";
}

Finding fine(std::string subject, std::string text) {
    return {Finding::Level::ok, std::move(subject), std::move(text), {}};
}

Finding warning(std::string subject, std::string text, std::string mend) {
    return {Finding::Level::warning, std::move(subject), std::move(text), std::move(mend)};
}

Finding wrong(std::string subject, std::string text, std::string mend) {
    return {Finding::Level::error, std::move(subject), std::move(text), std::move(mend)};
}

}  // namespace secondstep::tool
