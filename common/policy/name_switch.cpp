#include "policy/name_switch.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"

namespace secondstep {
namespace {

constexpr std::array<std::pair<std::string_view, nss_status>, 4> statuses{
    {{"success", NSS_STATUS_SUCCESS},
     {"notfound", NSS_STATUS_NOTFOUND},
     {"unavail", NSS_STATUS_UNAVAIL},
     {"tryagain", NSS_STATUS_TRYAGAIN}}};

constexpr std::string_view blanks = " \t";

// "NOTFOUND = return\tSUCCESS=merge" as "NOTFOUND=return SUCCESS=merge"
std::string tidied(std::string_view actions) {
    std::string tidy;
    for (const char c : actions) {
        const bool is_blank = blanks.contains(c);
        if (is_blank && (tidy.empty() || tidy.back() == ' ' || tidy.back() == '=')) continue;
        if (c == '=' && !tidy.empty() && tidy.back() == ' ') tidy.pop_back();
        tidy += is_blank ? ' ' : c;
    }
    return tidy;
}

// "[NOTFOUND=return !UNAVAIL=return SUCCESS=merge]", without its brackets
void take_actions(NameSource& source, std::string_view actions) {
    const std::string tidy = tidied(actions);
    for (std::string_view action : split(tidy, ' ')) {
        const bool negated = action.starts_with('!');
        if (negated) action.remove_prefix(1);
        const std::size_t equals = std::min(action.find('='), action.size());
        const std::string named = lowercase_ascii(action.substr(0, equals));
        const bool returns = lowercase_ascii(action.substr(equals)) == "=return";
        for (const auto& [word, status] : statuses) {
            if ((word == named) == negated) continue;
            std::erase(source.last_after, status);
            if (returns) source.last_after.push_back(status);
        }
    }
}

// "files [NOTFOUND=return] sss"
std::vector<NameSource> sources_in(std::string_view line) {
    std::vector<NameSource> sources;
    while (!(line = trimmed(line)).empty()) {
        if (line.front() == '[') {
            const std::size_t end = std::min(line.find(']'), line.size());
            if (!sources.empty()) take_actions(sources.back(), line.substr(1, end - 1));
            line.remove_prefix(std::min(end + 1, line.size()));
            continue;
        }
        const std::size_t end = std::min(line.find_first_of(" \t["), line.size());
        sources.push_back({std::string(line.substr(0, end)), {NSS_STATUS_SUCCESS}});
        line.remove_prefix(end);
    }
    return sources;
}

// Nothing: the file has no such line.
std::optional<std::vector<NameSource>> line_of(std::string_view text, std::string_view database) {
    std::optional<std::vector<NameSource>> sources;
    for (const std::string_view whole : split(text, '\n')) {
        const std::string_view line = trimmed(whole.substr(0, whole.find('#')));
        // To libc a colon is a blank, which nobody has to write.
        const std::size_t end = line.find_first_of(" \t:");
        if (end == std::string_view::npos || line.substr(0, end) != database) continue;
        sources = sources_in(line.substr(std::min(line.find_first_not_of(" \t:", end), line.size())));
    }
    return sources;
}

// What libc does without a line of its own, or without a file.
std::vector<NameSource> sources_of(std::string_view text, std::string_view database) {
    auto sources = line_of(text, database);
    return sources ? std::move(*sources) : std::vector<NameSource>{{"files", {NSS_STATUS_SUCCESS}}};
}

// Where it has a line of its own, a source that had some is the last.
std::vector<NameSource> sources_of_lists(std::string_view text) {
    if (auto own = line_of(text, "initgroups")) return std::move(*own);
    std::vector<NameSource> sources = sources_of(text, "group");
    for (NameSource& source : sources)
        std::erase(source.last_after, NSS_STATUS_SUCCESS);
    return sources;
}

}  // namespace

bool NameSource::ends_with(nss_status status) const {
    return std::ranges::find(last_after, status) != last_after.end();
}

NameSwitch NameSwitch::parse(std::string_view text) {
    return {sources_of(text, "passwd"), sources_of(text, "group"), sources_of_lists(text)};
}

}  // namespace secondstep
