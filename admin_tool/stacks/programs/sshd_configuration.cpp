#include "stacks/programs/sshd_configuration.h"

#include <fcntl.h>
#include <glob.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>

#include "base/text.h"

namespace secondstep::tool {

namespace {

constexpr unsigned deepest_include = 16;  // sshd's own limit

// "KbdInteractiveAuthentication=no # why" => keyword and rest
struct Words {
    std::string keyword;
    std::string rest;
};

// Quotes away, one blank between words, up to a word that begins with '#'.
std::string arguments_of(std::string_view text) {
    std::string out;
    while (!(text = trimmed(text)).empty() && text.front() != '#') {
        const bool quoted = text.front() == '"';
        if (quoted) text.remove_prefix(1);
        const std::size_t end = std::min(text.find_first_of(quoted ? "\"" : " \t"), text.size());
        out += (out.empty() ? "" : " ") + std::string(text.substr(0, end));
        text.remove_prefix(std::min(end + (quoted ? 1 : 0), text.size()));
    }
    return out;
}

std::optional<Words> words_of(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = trimmed(line);
    if (line.empty() || line.front() == '#') return std::nullopt;
    const std::size_t end = std::min(line.find_first_of(" \t="), line.size());
    std::string_view rest = trimmed(line.substr(end));
    if (rest.starts_with('=')) rest.remove_prefix(1);
    return Words{sshd_keyword(line.substr(0, end)), arguments_of(rest)};
}

std::vector<std::string> files_of(const std::string& pattern) {
    std::vector<std::string> files;
    glob_t found{};
    if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
        files.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    }
    ::globfree(&found);
    return files;
}

// The folder of a pattern, if it is there and may not be looked into: what it has would be matched.
std::optional<std::string> closed_folder_of(const std::string& pattern) {
    const std::string folder = std::filesystem::path(pattern).parent_path();
    const bool closed =
        ::faccessat(AT_FDCWD, folder.c_str(), R_OK | X_OK, AT_EACCESS) != 0 && errno == EACCES;
    return closed ? std::optional(folder) : std::nullopt;
}

}  // namespace

Result<SshdConfiguration> SshdConfiguration::read(const std::string& path, std::string_view folder) {
    SshdConfiguration configuration;
    configuration.path_ = path;
    configuration.folder_ = folder;
    if (const Result<void> taken = configuration.take_file(path, 0, {}); !taken)
        return std::unexpected(taken.error());
    return configuration;
}

Result<void> SshdConfiguration::take_file(const std::string& path, unsigned depth,
                                          std::vector<std::size_t> under) {
    std::ifstream stream(path);
    if (!stream) return fail_errno(path, errno);
    const std::size_t around = under.size();
    unsigned number = 0;
    for (std::string line; std::getline(stream, line);) {
        ++number;
        const std::optional<Words> words = words_of(line);
        if (!words) continue;
        if (words->keyword == "match") {
            under.resize(around);
            under.push_back(matches_.size());
            matches_.push_back(SshdMatch::parse(words->rest));
        } else if (words->keyword == "include") {
            take_includes(words->rest, depth + 1, under);
        } else {
            const SshdSetting setting{words->rest, path, number, std::string(trimmed(line)), !under.empty()};
            entries_.push_back({words->keyword, setting, under});
        }
    }
    return {};
}

// One that matches nothing is not an error.
void SshdConfiguration::take_includes(const std::string& patterns, unsigned depth,
                                      const std::vector<std::size_t>& under) {
    if (depth > deepest_include) return;
    for (const std::string_view pattern : split(patterns, ' ')) {
        const std::string path =
            pattern.starts_with('/') ? std::string(pattern) : folder_ + "/" + std::string(pattern);
        if (const auto folder = closed_folder_of(path)) unread_.push_back(*folder);
        for (const std::string& file : files_of(path)) {
            if (!take_file(file, depth, under)) unread_.push_back(file);
        }
    }
}

// sshd takes `Match all` for a part of the global one, too.
bool SshdConfiguration::is_global(const Entry& entry) const {
    return std::ranges::all_of(entry.under, [this](std::size_t number) {
        return std::ranges::all_of(matches_[number].criteria(), [](const SshdMatch::Criterion& each) {
            return each.kind == SshdMatch::Kind::all;
        });
    });
}

bool SshdConfiguration::holds(const Entry& entry, const SshdLogin& login) const {
    return std::ranges::all_of(
        entry.under, [&](std::size_t number) { return matches_[number].holds_for(login) == Certainty::yes; });
}

SshdSettings SshdConfiguration::settings_for(const SshdLogin& login) const {
    SshdSettings settings(path_);
    for (const Entry& entry : entries_)
        if (!entry.under.empty() && holds(entry, login)) settings.add(entry.keyword, entry.setting);
    for (const Entry& entry : entries_)
        if (is_global(entry)) settings.add(entry.keyword, entry.setting);
    return settings;
}

SshdSettings SshdConfiguration::global() const {
    SshdSettings settings(path_);
    for (const Entry& entry : entries_)
        if (is_global(entry)) settings.add(entry.keyword, entry.setting);
    return settings;
}

bool SshdConfiguration::can_tell(const SshdLogin& login) const {
    return std::ranges::none_of(matches_, [&login](const SshdMatch& match) {
        return match.holds_for(login) == Certainty::cannot_tell;
    });
}

bool SshdConfiguration::is_about(SshdMatch::Kind kind) const {
    return std::ranges::any_of(matches_, [kind](const SshdMatch& match) { return match.is_about(kind); });
}

}  // namespace secondstep::tool
