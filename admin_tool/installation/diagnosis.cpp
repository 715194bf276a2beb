#include "installation/diagnosis.h"

#include <utility>

namespace secondstep::tool {

std::string_view to_text(Diagnosis::Level level) {
    switch (level) {
        case Diagnosis::Level::ok:
            return "ok";
        case Diagnosis::Level::warning:
            return "warning";
        case Diagnosis::Level::error:
            break;
    }
    return "error";
}

Diagnosis fine(std::string subject, std::string text) {
    return {Diagnosis::Level::ok, std::move(subject), std::move(text), {}};
}

Diagnosis warning(std::string subject, std::string text, std::string mend) {
    return {Diagnosis::Level::warning, std::move(subject), std::move(text), std::move(mend)};
}

Diagnosis wrong(std::string subject, std::string text, std::string mend) {
    return {Diagnosis::Level::error, std::move(subject), std::move(text), std::move(mend)};
}

}  // namespace secondstep::tool
