#include "secondstepd/subordinate_uids.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>

#include "base/file.h"

namespace secondstep::service {

namespace {

constexpr std::size_t longest_file = std::size_t{8} << 20;

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// What stands before the next `delimiter`, which is taken out of `text` as well.
std::string_view take_field(std::string_view& text, char delimiter) {
    const std::size_t end = text.find(delimiter);
    const std::string_view field = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return field;
}

}  // namespace

bool SubordinateUids::Seen::operator==(const Seen& other) const {
    return inode == other.inode && size == other.size && changed.tv_sec == other.changed.tv_sec &&
           changed.tv_nsec == other.changed.tv_nsec;
}

uid_t SubordinateUids::counted_as(uid_t uid) {
    const std::lock_guard lock(mutex_);
    look_again();
    const auto holds = [uid](const Range& range) { return range.first <= uid && uid <= range.last; };
    const auto found = std::ranges::find_if(ranges_, holds);
    return found == ranges_.end() ? uid : found->counted_as;
}

// A file that cannot be read leaves what was known: its owner's share must not become many.
void SubordinateUids::look_again() {
    struct stat now{};
    if (::stat(path_.c_str(), &now) != 0) return;
    const Seen seen{now.st_ino, now.st_size, now.st_ctim};
    if (seen == seen_) return;
    const UniqueFd file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    const Result<Bytes> text = file.valid() ? read_whole(file.get(), longest_file) : fail(Errc::io, "");
    if (!text) return;
    ranges_ = ranges_of({reinterpret_cast<const char*>(text->data()), text->size()});
    seen_ = seen;
}

// "owner:first:count", a line for each range; an owner may have several.
std::vector<SubordinateUids::Range> SubordinateUids::ranges_of(std::string_view text) {
    std::vector<Range> ranges;
    std::map<std::string_view, std::vector<std::size_t>> of_owner;
    while (!text.empty()) {
        std::string_view line = take_field(text, '\n');
        const std::string_view owner = take_field(line, ':');
        const auto first = number(take_field(line, ':'));
        const auto count = number(line);
        if (!first || !count || *count == 0 || *first > std::numeric_limits<uid_t>::max()) continue;
        const std::uint64_t room = std::numeric_limits<uid_t>::max() - *first;
        const auto begin = static_cast<uid_t>(*first);
        of_owner[owner].push_back(ranges.size());
        ranges.push_back({begin, static_cast<uid_t>(begin + std::min(*count - 1, room)), begin});
    }
    for (const auto& [owner, own] : of_owner) {
        uid_t lowest = std::numeric_limits<uid_t>::max();
        for (const std::size_t i : own)
            lowest = std::min(lowest, ranges[i].first);
        for (const std::size_t i : own)
            ranges[i].counted_as = lowest;
    }
    return ranges;
}

}  // namespace secondstep::service
