#include "files/caller_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "base/randomness.h"
#include "base/text.h"

namespace secondstep::tool {

namespace {

std::string temporary_name() {
    SystemRandomness randomness;
    return ".secondstep-" + hex(randomness.array<8>());
}

std::unexpected<Error> taken(const std::string& path) {
    return fail(Errc::exists, path + " is there already: choose another name, or remove it first");
}

bool name_is_taken(int directory, const std::string& name) {
    struct stat ignored{};
    return ::fstatat(directory, name.c_str(), &ignored, AT_SYMLINK_NOFOLLOW) == 0;
}

// The name may have been given to something else meanwhile, in a folder that others may write.
bool is_still(int directory, const std::string& name, int fd) {
    struct stat by_name{};
    struct stat by_fd{};
    return ::fstatat(directory, name.c_str(), &by_name, AT_SYMLINK_NOFOLLOW) == 0 &&
           ::fstat(fd, &by_fd) == 0 && by_name.st_dev == by_fd.st_dev && by_name.st_ino == by_fd.st_ino;
}

Result<UniqueFd> create_private(int directory, const std::string& name, const std::string& path) {
    UniqueFd file(
        ::openat(directory, name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.valid() && errno == EEXIST) return taken(path);
    if (!file.valid()) return fail_errno(path, errno);
    if (::fchmod(file.get(), 0600) != 0) return fail_errno(path, errno);  // whatever the umask took away
    return file;
}

// What the shell makes of <(command): the writer is there, as it is at standard input.
bool is_passed_descriptor(const std::string& path) {
    return path.starts_with("/dev/fd/") || path.starts_with("/proc/self/fd/") || path == "/dev/stdin";
}

bool is_null_device(const struct stat& info) {
    return S_ISCHR(info.st_mode) && info.st_rdev == ::makedev(1, 3);
}

}  // namespace

Result<DirectoryAndName> split_path(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    DirectoryAndName parts;
    parts.directory = slash == std::string::npos ? "." : path.substr(0, slash == 0 ? 1 : slash);
    parts.name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (parts.name.empty() || parts.name == "." || parts.name == "..") {
        return fail(Errc::invalid, "\"" + path + "\" does not name a file");
    }
    return parts;
}

Result<void> rename_without_replacing(int directory, const std::string& from, const std::string& to) {
    if (::renameat2(directory, from.c_str(), directory, to.c_str(), RENAME_NOREPLACE) == 0) return {};
    if (errno != EINVAL && errno != ENOSYS) {
        return errno == EEXIST ? Result<void>(taken(to)) : Result<void>(fail_errno(to, errno));
    }
    if (::linkat(directory, from.c_str(), directory, to.c_str(), 0) != 0) {
        return errno == EEXIST ? Result<void>(taken(to)) : Result<void>(fail_errno(to, errno));
    }
    ::unlinkat(directory, from.c_str(), 0);
    return {};
}

CallerFile::CallerFile(std::string path, UniqueFd directory, std::string current, std::string wanted,
                       UniqueFd file)
    : path_(std::move(path)),
      directory_(std::move(directory)),
      current_(std::move(current)),
      wanted_(std::move(wanted)),
      file_(std::move(file)) {}

CallerFile::CallerFile(CallerFile&& other) noexcept
    : path_(std::move(other.path_)),
      directory_(std::move(other.directory_)),
      current_(std::exchange(other.current_, {})),
      wanted_(std::move(other.wanted_)),
      file_(std::move(other.file_)) {}

CallerFile::~CallerFile() {
    discard();
}

Result<CallerFile> CallerFile::create(const std::string& path, Appears appears) {
    auto parts = split_path(path);
    if (!parts) return std::unexpected(parts.error());
    auto directory = open_directory(parts->directory);
    if (!directory) return std::unexpected(directory.error());
    if (name_is_taken(directory->get(), parts->name)) return taken(path);
    const std::string name = appears == Appears::at_once ? parts->name : temporary_name();
    auto file = create_private(directory->get(), name, path);
    if (!file) return std::unexpected(file.error());
    return CallerFile(path, std::move(*directory), name, parts->name, std::move(*file));
}

Result<Placed> CallerFile::publish() {
    const bool durable = ::fsync(file_.get()) == 0;
    const std::string current = std::exchange(current_, {});
    if (current != wanted_) {
        auto renamed = rename_without_replacing(directory_.get(), current, wanted_);
        if (!renamed) {
            return fail(renamed.error().code, renamed.error().detail +
                                                  ". What should be in it is in the file " + current +
                                                  " in the same folder; rename it yourself");
        }
    }
    const Placed placed = confirmed(directory_.get());
    return durable ? placed : Placed::unconfirmed;
}

void CallerFile::discard() noexcept {
    if (!current_.empty() && is_still(directory_.get(), current_, file_.get())) {
        ::unlinkat(directory_.get(), current_.c_str(), 0);
    }
    current_.clear();
}

Result<UniqueFd> open_input(const std::string& path) {
    if (path == "-") return UniqueFd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
    const bool is_passed = is_passed_descriptor(path);
    UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | (is_passed ? 0 : O_NONBLOCK)));
    if (!file.valid()) return fail_errno(path, errno);
    struct stat info{};
    if (::fstat(file.get(), &info) != 0) return fail_errno(path, errno);
    if (S_ISDIR(info.st_mode)) return fail(Errc::invalid, path + " is a directory, not a file");
    if (!is_passed && !S_ISREG(info.st_mode) && !is_null_device(info))
        return fail(Errc::invalid, path +
                                       " is a pipe or a device, not a file: give what comes out of it as "
                                       "standard input (-)");
    return file;
}

Result<void> write_all(int fd, std::string_view content, const std::string& path) {
    while (!content.empty()) {
        const ssize_t n = ::write(fd, content.data(), content.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno(path, errno);
        content.remove_prefix(static_cast<std::size_t>(n));
    }
    return {};
}

Result<void> write_durable_text(int fd, std::string_view content, const std::string& path) {
    auto written = write_all(fd, content, path);
    if (written && ::fsync(fd) != 0) return fail_errno(path, errno);
    return written;
}

}  // namespace secondstep::tool
