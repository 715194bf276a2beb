#pragma once

#include <sys/types.h>

#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/secret.h"

namespace secondstep {

// Owns a descriptor. Closing errors are not reported: whoever needs durability has called fsync before.
class UniqueFd {
  public:
    UniqueFd() noexcept = default;
    explicit UniqueFd(int fd) noexcept : fd_(fd) {}
    UniqueFd(const UniqueFd&) = delete;
    UniqueFd& operator=(const UniqueFd&) = delete;
    UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    UniqueFd& operator=(UniqueFd&& other) noexcept;
    ~UniqueFd();

    [[nodiscard]] int get() const noexcept { return fd_; }
    [[nodiscard]] bool valid() const noexcept { return fd_ >= 0; }
    [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

  private:
    int fd_ = -1;
};

// What a file must be before its content is believed. Checked on the descriptor, after opening
// (CVE-2024-47191: a path that is checked and then opened can be swapped in between).
struct FileTrust {
    uid_t owner;              // exactly this owner; see also root_too
    bool root_too = false;    // or root
    mode_t forbidden = 0077;  // none of these mode bits may be set
    off_t max_size = 65536;
};

// The path is the administrator's own, so a symbolic link in it is followed. Never creates. Errors:
// not_found, not_allowed, io.
[[nodiscard]] Result<UniqueFd> open_directory(const std::string& path);
// The same with O_NOFOLLOW: below a directory that another account owns a link could lead anywhere.
[[nodiscard]] Result<UniqueFd> open_directory_at(int directory, const char* name);

// O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY with `flags` (O_RDONLY or O_RDWR), then fstat: a regular
// file with exactly one link that satisfies `trust`. Errors: not_found, untrusted (says which rule and how to
// mend it), too_large, not_allowed, io. A name that is replaced by write_durably at the same moment gives the
// old or the new file, never an error.
[[nodiscard]] Result<UniqueFd> open_trusted(int directory, const char* name, int flags,
                                            const FileTrust& trust);

// The whole file from offset 0. Errors: too_large (more than `max` bytes), io.
[[nodiscard]] Result<Bytes> read_whole(int fd, std::size_t max);

// Exactly `out.size()` bytes at `offset`. Errors: damaged (the file is shorter), io.
[[nodiscard]] Result<void> read_at(int fd, off_t offset, MutableByteView out);

// All of `content` at `offset`, then fdatasync: on success it survives a power cut. Nothing is allocated when
// the range existed before. Errors: io.
[[nodiscard]] Result<void> write_at_durably(int fd, off_t offset, ByteView content);

// What a change of a name in a directory has come to: everybody sees it at once, but when the fsync of the
// directory failed a power cut may undo it. That is not an error, which would say that the old file is there.
enum class Placed { durably, unconfirmed };

// Replaces directory/name by `content` atomically: temporary file in the same directory, fsync, rename,
// fsync(directory). On any error the temporary file is gone and the old file is whole. After a kill a file
// `.new-XXXX` may be left, which no reader looks at. `mode` holds whatever the umask is.
// Errors: io.
[[nodiscard]] Result<Placed> write_durably(int directory, const std::string& name, ByteView content,
                                           mode_t mode);

// Takes the name away, if there is one. Errors: io.
[[nodiscard]] Result<Placed> remove_durably(int directory, const std::string& name);

// The same, but never replaces anything (RENAME_NOREPLACE, or linkat where the file system does not have
// that). Errors: exists (the name is taken), io.
[[nodiscard]] Result<void> create_durably(int directory, const std::string& name, ByteView content,
                                          mode_t mode);

// flock(LOCK_EX | LOCK_NB). Errors: busy, io. The lock ends with the last copy of the descriptor.
[[nodiscard]] Result<void> try_lock(int fd);

// Errors: io.
[[nodiscard]] Result<void> fsync_directory(int directory);
[[nodiscard]] Placed confirmed(int directory);  // the same, after names in it were changed

}  // namespace secondstep
