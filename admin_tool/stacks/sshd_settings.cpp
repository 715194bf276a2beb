#include "stacks/sshd_settings.h"

#include <glob.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <vector>

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
    std::string keyword = lowercase_ascii(line.substr(0, end));
    if (keyword == "challengeresponseauthentication") keyword = "kbdinteractiveauthentication";
    return Words{std::move(keyword), arguments_of(rest)};
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

std::optional<unsigned> seconds_in(char unit) {
    constexpr std::string_view units = "smhdw";
    constexpr unsigned lengths[] = {1, 60, 3600, 86400, 604800};
    const std::size_t at = units.find(unit);
    return at == std::string_view::npos ? std::nullopt : std::optional(lengths[at]);
}

}  // namespace

std::optional<std::chrono::seconds> sshd_time(std::string_view text) {
    const std::string lower = lowercase_ascii(text);
    std::uint64_t total = 0;
    for (std::string_view rest = lower; !rest.empty();) {
        const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
        const auto count = parse_number<std::uint32_t>(rest.substr(0, digits));
        const auto unit = digits < rest.size() ? seconds_in(rest[digits]) : std::optional(1U);
        if (!count || !unit) return std::nullopt;
        total += std::uint64_t{*count} * *unit;
        rest.remove_prefix(std::min(digits + 1, rest.size()));
    }
    if (text.empty()) return std::nullopt;
    return std::chrono::seconds{total};
}

Result<SshdSettings> SshdSettings::read(const std::string& path) {
    SshdSettings settings;
    settings.path_ = path;
    if (const Result<void> taken = settings.take_file(path, 0); !taken) return std::unexpected(taken.error());
    return settings;
}

// A Match block ends with its file.
Result<void> SshdSettings::take_file(const std::string& path, unsigned depth) {
    std::ifstream stream(path);
    if (!stream) return fail_errno(path, errno);
    unsigned number = 0;
    for (std::string line; std::getline(stream, line);) {
        ++number;
        const std::optional<Words> words = words_of(line);
        if (!words) continue;
        if (words->keyword == "match") {
            match_blocks_ = true;
            break;
        }
        if (words->keyword == "include") {
            take_includes(words->rest, depth + 1);
        } else {
            settings_.try_emplace(words->keyword,
                                  SshdSetting{words->rest, path, number, std::string(trimmed(line))});
        }
    }
    return {};
}

// Relative names are relative to the folder of sshd_config. One that matches nothing is not an error.
void SshdSettings::take_includes(const std::string& patterns, unsigned depth) {
    if (depth > deepest_include) return;
    for (const std::string_view pattern : split(patterns, ' ')) {
        const std::filesystem::path given(pattern);
        const auto folder = std::filesystem::path(path_).parent_path();
        for (const std::string& file : files_of(given.is_absolute() ? given : folder / given)) {
            [[maybe_unused]] const Result<void> unreadable = take_file(file, depth);
        }
    }
}

const SshdSetting* SshdSettings::find(std::string_view keyword) const {
    const auto found = settings_.find(keyword);
    return found == settings_.end() ? nullptr : &found->second;
}

std::string SshdSettings::value(std::string_view keyword, std::string_view otherwise) const {
    const SshdSetting* setting = find(keyword);
    return setting == nullptr ? std::string(otherwise) : setting->value;
}

bool SshdSettings::is_yes(std::string_view keyword, bool otherwise) const {
    return lowercase_ascii(value(keyword, otherwise ? "yes" : "no")) == "yes";
}

}  // namespace secondstep::tool
