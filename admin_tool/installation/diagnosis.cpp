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

Diagnosis wrong_file(std::string subject, std::string_view detail, std::string mend,
                     const std::string& folder) {
    constexpr std::string_view mark = "; mend with: ";
    const std::size_t at = detail.find(mark);
    if (at == detail.npos) return wrong(std::move(subject), std::string(detail), std::move(mend));
    std::string what(detail.substr(at + mark.size()));
    std::string path(detail.substr(0, detail.find(": ")));
    if (!path.starts_with('/') && !folder.empty()) path.insert(0, folder + "/");
    if (what.find('/') == what.npos && path.starts_with('/')) what.append(" ").append(path);
    return wrong(std::move(subject), std::string(detail.substr(0, at)), std::move(what));
}

}  // namespace secondstep::tool
