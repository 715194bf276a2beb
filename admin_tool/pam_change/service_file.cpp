#include "pam_change/service_file.h"

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <vector>

namespace secondstep::tool {

namespace {

constexpr std::size_t longest_service_file = 1 << 20;

bool is_name(const std::string& name) {
    return !name.empty() && name.size() < 200 && name.front() != '.' &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._@+-") ==
               std::string::npos;
}

Result<void> check_directory(int directory, const std::string& path) {
    struct stat about{};
    if (::fstat(directory, &about) != 0) return fail_errno(path, errno);
    if ((about.st_uid != 0 && about.st_uid != ::geteuid()) || (about.st_mode & 0022U) != 0)
        return fail(Errc::untrusted,
                    path + ": others than root may write here; mend its owner and mode first");
    return {};
}

Result<UniqueFd> open_service(int directory, const std::string& name, const std::string& path) {
    UniqueFd file(
        ::openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file.valid() && errno == ELOOP)
        return fail(Errc::untrusted,
                    path +
                        " is a symbolic link, which a change would replace by a file: change "
                        "what it leads to, or put a file in its place");
    if (!file.valid()) return fail(errno == ENOENT ? Errc::not_found : Errc::io, path + " cannot be opened");
    return file;
}

// Integrity hashes are about the content, and the kernel makes new ones.
bool is_about_content(const std::string& attribute) {
    return attribute == "security.ima" || attribute == "security.evm";
}

Result<void> copy_attribute(int from, int to, const std::string& attribute) {
    std::vector<char> value(65536);
    const ssize_t size = ::fgetxattr(from, attribute.c_str(), value.data(), value.size());
    if (size < 0 || ::fsetxattr(to, attribute.c_str(), value.data(), static_cast<std::size_t>(size), 0) != 0)
        return fail_errno("the attribute " + attribute + " cannot be kept", errno);
    return {};
}

Result<void> copy_attributes(int from, int to, const struct stat& about) {
    if (::fchown(to, about.st_uid, about.st_gid) != 0) return fail_errno("the owner cannot be kept", errno);
    if (::fchmod(to, about.st_mode & 07777U) != 0) return fail_errno("the mode cannot be kept", errno);
    std::vector<char> names(65536);
    const ssize_t size = ::flistxattr(from, names.data(), names.size());
    if (size < 0) return errno == ENOTSUP ? Result<void>{} : fail_errno("attributes", errno);
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
        const std::string name(&names[at]);
        at += name.size() + 1;
        if (is_about_content(name)) continue;
        if (auto copied = copy_attribute(from, to, name); !copied) return copied;
    }
    return {};
}

}  // namespace

Result<ServiceFile> ServiceFile::open(const std::string& name, const std::string& directory,
                                      const std::string& vendor_directory) {
    if (!is_name(name)) return fail(Errc::invalid, "that is no name of a PAM service: /etc/pam.d has them");
    ServiceFile out;
    out.name_ = name;
    out.path_ = directory + "/" + name;
    auto opened = open_directory(directory);
    if (!opened) return std::unexpected(opened.error());
    out.directory_ = std::move(*opened);
    if (auto checked = check_directory(out.directory_.get(), directory); !checked)
        return std::unexpected(checked.error());
    auto file = open_service(out.directory_.get(), name, out.path_);
    if (!file && file.error().code == Errc::not_found) {
        out.own_ = false;
        file = open_service(AT_FDCWD, vendor_directory + "/" + name, vendor_directory + "/" + name);
    }
    if (!file && file.error().code == Errc::not_found)
        return fail(Errc::not_found, "there is no service of this name: neither " + out.path_ + " nor " +
                                         vendor_directory + "/" + name + " is there");
    if (!file) return std::unexpected(file.error());
    out.file_ = std::move(*file);
    if (::fstat(out.file_.get(), &out.about_) != 0) return fail_errno(out.path_, errno);
    if (!S_ISREG(out.about_.st_mode) || out.about_.st_nlink != 1)
        return fail(Errc::untrusted,
                    out.path_ + " is no regular file with one name: a change could not keep that");
    auto content = read_whole(out.file_.get(), longest_service_file);
    if (!content) return std::unexpected(content.error());
    out.text_.assign(content->begin(), content->end());
    return out;
}

bool ServiceFile::is_unchanged() const {
    struct stat now{};
    const bool there = ::fstatat(directory_.get(), name_.c_str(), &now, AT_SYMLINK_NOFOLLOW) == 0;
    if (!own_) return !there && errno == ENOENT;
    return there && now.st_ino == about_.st_ino && now.st_dev == about_.st_dev &&
           now.st_ctim.tv_sec == about_.st_ctim.tv_sec && now.st_ctim.tv_nsec == about_.st_ctim.tv_nsec;
}

Result<UniqueFd> ServiceFile::filled(int directory, const std::string& name, const std::string& text) const {
    if (::unlinkat(directory, name.c_str(), 0) != 0 && errno != ENOENT) return fail_errno(name, errno);
    UniqueFd file(
        ::openat(directory, name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.valid()) return fail_errno(name, errno);
    const ByteView bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    auto done = write_at_durably(file.get(), 0, bytes);
    if (done && own_) done = copy_attributes(file_.get(), file.get(), about_);
    if (done && !own_ && ::fchmod(file.get(), 0644) != 0) done = fail_errno("the mode", errno);
    if (done && ::fsync(file.get()) != 0) done = fail_errno("fsync", errno);
    if (done) return file;
    ::unlinkat(directory, name.c_str(), 0);
    return std::unexpected(done.error());
}

Result<Placed> ServiceFile::replace(const std::string& text) const {
    const std::string temporary = "." + name_ + ".secondstep-new";
    const auto file = filled(directory_.get(), temporary, text);
    if (!file) return std::unexpected(file.error());
    const bool same = is_unchanged();
    if (same && ::renameat(directory_.get(), temporary.c_str(), directory_.get(), name_.c_str()) == 0)
        return confirmed(directory_.get());
    const int error = errno;
    ::unlinkat(directory_.get(), temporary.c_str(), 0);
    if (!same)
        return fail(Errc::busy,
                    path_ + " has been changed meanwhile by somebody else: look at it, and begin again");
    return fail_errno(path_, error);
}

Result<void> ServiceFile::copy_to(int directory, const std::string& name) const {
    const auto file = filled(directory, name, text_);
    return file ? Result<void>{} : std::unexpected(file.error());
}

}  // namespace secondstep::tool
