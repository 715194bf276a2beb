#include "policy/parsed_file.h"

#include <fcntl.h>

#include <cerrno>
#include <chrono>

#include "base/file.h"

namespace secondstep {
namespace {

constexpr std::size_t largest_file = 1024UL * 1024;

bool is_the_same(const timespec& a, const timespec& b) {
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

}  // namespace

Result<FileText> read_file_text(const std::string& path) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid() && errno == ENOENT) return FileText{};
    if (!file.valid()) return fail_errno(path, errno);
    // Before its content: what is changed in between has to show the next time.
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) return fail_errno(path, errno);
    const Result<Bytes> bytes = read_whole(file.get(), largest_file);
    if (!bytes) return std::unexpected(bytes.error());
    return FileText{std::string(bytes->begin(), bytes->end()), status};
}

bool is_unchanged(const std::string& path, const struct stat& then) {
    struct stat now{};
    return ::stat(path.c_str(), &now) == 0 && now.st_dev == then.st_dev && now.st_ino == then.st_ino &&
           now.st_size == then.st_size && is_the_same(now.st_mtim, then.st_mtim) &&
           is_the_same(now.st_ctim, then.st_ctim);
}

bool has_settled(const struct stat& status, UnixTime now) {
    constexpr std::chrono::seconds longest_step{2};
    return from_unix(status.st_ctim.tv_sec) + longest_step <= now;
}

}  // namespace secondstep
