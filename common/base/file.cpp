#include "base/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "base/randomness.h"
#include "base/text.h"

namespace secondstep {
namespace {

template <typename Call>
auto retried(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR)
        result = call();
    return result;
}

Result<UniqueFd> open_at(int directory, const char* name, int flags, mode_t mode = 0) {
    const int fd = retried([&] { return openat(directory, name, flags | O_CLOEXEC | O_NOCTTY, mode); });
    if (fd < 0) return fail_errno(name, errno);
    return UniqueFd(fd);
}

Result<struct stat> status_of(int fd) {
    struct stat status{};
    if (fstat(fd, &status) != 0) return fail_errno("fstat", errno);
    return status;
}

std::string octal(mode_t mode) {
    constexpr mode_t permission_bits = 07777;
    std::string digits;
    for (mode_t rest = mode & permission_bits; rest != 0; rest >>= 3) {
        digits.insert(digits.begin(), static_cast<char>('0' + (rest & 7)));
    }
    return "0" + digits;
}

std::unexpected<Error> untrusted(const std::string& name, const std::string& why) {
    return fail(Errc::untrusted, name + ": " + why);
}

Result<void> check_owner(const std::string& name, const struct stat& status, const FileTrust& trust) {
    if (status.st_uid == trust.owner || (trust.root_too && status.st_uid == 0)) return {};
    const std::string wanted = std::to_string(trust.owner);
    return untrusted(name, "belongs to uid " + std::to_string(status.st_uid) + ", must belong to uid " +
                               wanted + "; mend with: chown " + wanted);
}

Result<void> check_trust(const std::string& name, const struct stat& status, const FileTrust& trust) {
    if (!S_ISREG(status.st_mode)) return untrusted(name, "is not a regular file; remove it");
    if (status.st_nlink != 1) {
        return untrusted(name, "has " + std::to_string(status.st_nlink) +
                                   " links, must have one; remove the others (find -samefile)");
    }
    if (auto owner = check_owner(name, status, trust); !owner) return owner;
    if ((status.st_mode & trust.forbidden) != 0) {
        return untrusted(name, "has mode " + octal(status.st_mode) + "; mend with: chmod " +
                                   octal(status.st_mode & ~trust.forbidden));
    }
    if (status.st_size > trust.max_size) {
        return fail(Errc::too_large, name + ": has " + std::to_string(status.st_size) + " bytes, at most " +
                                         std::to_string(trust.max_size) + " are read");
    }
    return {};
}

// What openat() says of a file that is no regular file, before anybody could look at it.
bool refused_for_its_type(int directory, const char* name, Errc code) {
    struct stat status{};
    return code == Errc::io && fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           !S_ISREG(status.st_mode);
}

Result<UniqueFd> open_regular(int directory, const char* name, int flags) {
    auto fd = open_at(directory, name, flags | O_NOFOLLOW | O_NONBLOCK);
    if (!fd && refused_for_its_type(directory, name, fd.error().code)) {
        return untrusted(name, "is not a regular file; remove it");
    }
    return fd;
}

Result<void> write_all(int fd, off_t offset, ByteView content) {
    while (!content.empty()) {
        const ssize_t n = retried([&] { return pwrite(fd, content.data(), content.size(), offset); });
        if (n < 0) return fail_errno("write", errno);
        if (n == 0) return fail(Errc::io, "write: nothing was written");
        content = content.subspan(static_cast<std::size_t>(n));
        offset += n;
    }
    return {};
}

Result<void> fsync_file(int fd) {
    if (retried([&] { return fsync(fd); }) != 0) return fail_errno("fsync", errno);
    return {};
}

// A file under a name of its own that is gone at the end of the scope, unless it has got its real name.
class TemporaryFile {
  public:
    TemporaryFile(int directory, std::string name, UniqueFd fd)
        : directory_(directory), name_(std::move(name)), fd_(std::move(fd)) {}
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    TemporaryFile(TemporaryFile&& other) noexcept
        : directory_(other.directory_), name_(std::exchange(other.name_, {})), fd_(std::move(other.fd_)) {}
    TemporaryFile& operator=(TemporaryFile&&) = delete;
    ~TemporaryFile() {
        if (!name_.empty()) unlinkat(directory_, name_.c_str(), 0);
    }

    [[nodiscard]] static Result<TemporaryFile> create(int directory);
    [[nodiscard]] Result<void> fill(ByteView content, mode_t mode);
    [[nodiscard]] Result<void> rename_over(const std::string& name);
    [[nodiscard]] Result<void> rename_to_new(const std::string& name);

  private:
    [[nodiscard]] Result<void> link_to_new(const std::string& name);

    int directory_;
    std::string name_;
    UniqueFd fd_;
};

Result<TemporaryFile> TemporaryFile::create(int directory) {
    // Does not repeat the final name: with it, a name of 255 bytes would have no temporary file.
    std::string name = ".new-" + hex(SystemRandomness().array<16>());
    auto fd = open_at(directory, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (!fd) return std::unexpected(std::move(fd.error()));
    return TemporaryFile(directory, std::move(name), std::move(*fd));
}

Result<void> TemporaryFile::fill(ByteView content, mode_t mode) {
    if (auto written = write_all(fd_.get(), 0, content); !written) return written;
    // Not through open's mode, from which the umask takes bits away.
    if (fchmod(fd_.get(), mode) != 0) return fail_errno("fchmod", errno);
    return fsync_file(fd_.get());
}

Result<void> TemporaryFile::rename_over(const std::string& name) {
    if (renameat(directory_, name_.c_str(), directory_, name.c_str()) != 0)
        return fail_errno("rename", errno);
    name_.clear();
    return {};
}

Result<void> TemporaryFile::rename_to_new(const std::string& name) {
    // Before linkat: a reader in between, or a crash, would find two links and not trust the file.
    if (renameat2(directory_, name_.c_str(), directory_, name.c_str(), RENAME_NOREPLACE) == 0) {
        name_.clear();
        return {};
    }
    if (errno == EINVAL || errno == ENOSYS) return link_to_new(name);
    return fail_errno(name, errno);
}

Result<void> TemporaryFile::link_to_new(const std::string& name) {
    if (linkat(directory_, name_.c_str(), directory_, name.c_str(), 0) != 0) return fail_errno(name, errno);
    if (unlinkat(directory_, name_.c_str(), 0) != 0) return fail_errno("unlink", errno);
    name_.clear();
    return {};
}

Result<TemporaryFile> filled_temporary_file(int directory, ByteView content, mode_t mode) {
    auto file = TemporaryFile::create(directory);
    if (!file) return file;
    if (auto filled = file->fill(content, mode); !filled) return std::unexpected(std::move(filled.error()));
    return file;
}

}  // namespace

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
    if (this == &other) return *this;
    const UniqueFd closed_at_the_end(std::exchange(fd_, other.release()));
    return *this;
}

UniqueFd::~UniqueFd() {
    // Not again after EINTR: Linux has freed the number by then, and another thread may own it.
    if (fd_ >= 0) close(fd_);
}

Result<UniqueFd> open_directory(const std::string& path) {
    return open_at(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY);
}

Result<UniqueFd> open_directory_at(int directory, const char* name) {
    return open_at(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

Result<UniqueFd> open_trusted(int directory, const char* name, int flags, const FileTrust& trust) {
    constexpr int attempts = 64;
    for (int attempt = 1;; ++attempt) {
        auto fd = open_regular(directory, name, flags);
        if (!fd) return fd;
        const auto status = status_of(fd->get());
        if (!status) return std::unexpected(status.error());
        // No link left: the file was replaced between open and fstat, and the name leads to its successor.
        if (status->st_nlink == 0 && attempt < attempts) continue;
        if (auto trusted = check_trust(name, *status, trust); !trusted) {
            return std::unexpected(std::move(trusted.error()));
        }
        return fd;
    }
}

Result<Bytes> read_whole(int fd, std::size_t max) {
    const auto status = status_of(fd);
    if (!status) return std::unexpected(status.error());
    const auto expected = static_cast<std::size_t>(std::max<off_t>(status->st_size, 0));
    Bytes content(std::min(expected, max) + 1);  // one more: the read that finds the end needs room
    std::size_t size = 0;
    while (true) {
        if (size == content.size()) content.resize(std::min(2 * size, max) + 1);
        const ssize_t n = retried([&] {
            return pread(fd, content.data() + size, content.size() - size, static_cast<off_t>(size));
        });
        if (n < 0) return fail_errno("read", errno);
        if (n == 0) break;
        size += static_cast<std::size_t>(n);
        if (size > max) return fail(Errc::too_large, "more than " + std::to_string(max) + " bytes");
    }
    content.resize(size);
    return content;
}

Result<void> read_at(int fd, off_t offset, MutableByteView out) {
    while (!out.empty()) {
        const ssize_t n = retried([&] { return pread(fd, out.data(), out.size(), offset); });
        if (n < 0) return fail_errno("read", errno);
        if (n == 0) return fail(Errc::damaged, "the file is shorter than it should be");
        out = out.subspan(static_cast<std::size_t>(n));
        offset += n;
    }
    return {};
}

Result<void> write_at_durably(int fd, off_t offset, ByteView content) {
    if (auto written = write_all(fd, offset, content); !written) return written;
    if (retried([&] { return fdatasync(fd); }) != 0) return fail_errno("fdatasync", errno);
    return {};
}

Result<Placed> write_durably(int directory, const std::string& name, ByteView content, mode_t mode) {
    auto file = filled_temporary_file(directory, content, mode);
    if (!file) return std::unexpected(std::move(file.error()));
    if (auto renamed = file->rename_over(name); !renamed) return std::unexpected(std::move(renamed.error()));
    return confirmed(directory);
}

Result<Placed> remove_durably(int directory, const std::string& name) {
    if (unlinkat(directory, name.c_str(), 0) != 0 && errno != ENOENT) return fail_errno(name, errno);
    return confirmed(directory);
}

Result<void> create_durably(int directory, const std::string& name, ByteView content, mode_t mode) {
    auto file = filled_temporary_file(directory, content, mode);
    if (!file) return std::unexpected(std::move(file.error()));
    if (auto renamed = file->rename_to_new(name); !renamed) return renamed;
    return fsync_directory(directory);
}

Result<void> try_lock(int fd) {
    if (retried([&] { return flock(fd, LOCK_EX | LOCK_NB); }) != 0) return fail_errno("flock", errno);
    return {};
}

Result<void> fsync_directory(int directory) {
    return fsync_file(directory);
}

Placed confirmed(int directory) {
    return fsync_directory(directory) ? Placed::durably : Placed::unconfirmed;
}

}  // namespace secondstep
