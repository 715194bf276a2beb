#include "policy/name_switch.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/file.h"
#include "base/text.h"

namespace secondstep {
namespace {

constexpr std::size_t largest_file = 1024UL * 1024;

constexpr std::array<std::pair<std::string_view, nss_status>, 4> statuses{
    {{"success", NSS_STATUS_SUCCESS},
     {"notfound", NSS_STATUS_NOTFOUND},
     {"unavail", NSS_STATUS_UNAVAIL},
     {"tryagain", NSS_STATUS_TRYAGAIN}}};

// "[NOTFOUND=return !UNAVAIL=return SUCCESS=merge]", without its brackets
void take_actions(NameSource& source, std::string_view actions) {
    for (std::string_view action : split(actions, ' ')) {
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
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || trimmed(line.substr(0, colon)) != database) continue;
        sources = sources_in(line.substr(colon + 1));
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

bool is_the_same(const timespec& a, const timespec& b) {
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool is_the_same(const struct stat& a, const struct stat& b) {
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
           is_the_same(a.st_mtim, b.st_mtim) && is_the_same(a.st_ctim, b.st_ctim);
}

}  // namespace

bool NameSource::ends_with(nss_status status) const {
    return std::ranges::find(last_after, status) != last_after.end();
}

NameSwitch NameSwitch::parse(std::string_view text) {
    return {sources_of(text, "passwd"), sources_of(text, "group"), sources_of_lists(text)};
}

NameSwitchFile::NameSwitchFile(std::string path, const Clock& clock)
    : path_(std::move(path)), clock_(&clock) {}

Result<std::shared_ptr<const NameSwitch>> NameSwitchFile::read() const {
    if (auto content = unchanged()) return content;
    const UniqueFd file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid() && errno == ENOENT) return std::make_shared<const NameSwitch>(NameSwitch::parse(""));
    if (!file.valid()) return fail_errno(path_, errno);
    // Before its content: what is changed in between has to show the next time.
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) return fail_errno(path_, errno);
    const Result<Bytes> bytes = read_whole(file.get(), largest_file);
    if (!bytes) return std::unexpected(bytes.error());
    const std::string text(bytes->begin(), bytes->end());
    auto content = std::make_shared<const NameSwitch>(NameSwitch::parse(text));
    const std::lock_guard lock(mutex_);
    seen_.reset();
    if (has_settled(status)) seen_ = Seen{status, content};
    return content;
}

// Nothing: it has to be read.
std::shared_ptr<const NameSwitch> NameSwitchFile::unchanged() const {
    struct stat now{};
    if (::stat(path_.c_str(), &now) != 0) return nullptr;
    const std::lock_guard lock(mutex_);
    return seen_ && is_the_same(seen_->status, now) ? seen_->content : nullptr;
}

// The kernel's clock for files has steps of some milliseconds: two changes within one of them have the same time.
bool NameSwitchFile::has_settled(const struct stat& status) const {
    constexpr std::chrono::seconds longest_step{2};
    return from_unix(status.st_ctim.tv_sec) + longest_step <= clock_->now();
}

}  // namespace secondstep
