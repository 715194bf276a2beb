#include "installation/system_account.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/file.h"
#include "process/child.h"

namespace secondstep::tool {

namespace {

bool is_directory(int fd, struct stat& info) {
    return ::fstat(fd, &info) == 0 && S_ISDIR(info.st_mode);
}

}  // namespace

Result<void> add_system_account(const SystemAccount& account) {
    const std::array<const char*, 12> words{"/usr/sbin/useradd", "--system",          "--user-group",
                                            "--no-create-home",  "--home-dir",        account.home,
                                            "--shell",           "/usr/sbin/nologin", "--comment",
                                            account.comment,     account.name,        nullptr};
    std::array<char*, words.size()> arguments{};
    // posix_spawn takes char* const* for historical reasons and changes nothing.
    for (std::size_t i = 0; i < words.size(); ++i)
        arguments[i] = const_cast<char*>(words[i]);
    char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    char* environment[] = {path, nullptr};
    pid_t child = 0;
    const int error = ::posix_spawn(&child, words[0], nullptr, nullptr, arguments.data(), environment);
    if (error != 0) return fail_errno(words[0], error);
    const Result<int> status = process::status_of(child);
    if (status && WIFEXITED(*status) && WEXITSTATUS(*status) == 0) return {};
    return fail(Errc::io, "useradd could not make the account \"" + std::string(account.name) +
                              "\": make it yourself, then run setup again");
}

Result<bool> make_folder(const std::string& path, mode_t mode, uid_t owner, gid_t group) {
    const bool made = ::mkdir(path.c_str(), mode) == 0;
    if (!made && errno != EEXIST) return fail_errno("making " + path, errno);
    if (!made) return false;
    const UniqueFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat info{};
    if (!folder.valid() || !is_directory(folder.get(), info)) return fail_errno(path, errno);
    if (::fchmod(folder.get(), mode) != 0) return fail_errno(path, errno);
    if (info.st_uid != owner && ::fchown(folder.get(), owner, group) != 0) return fail_errno(path, errno);
    return true;
}

}  // namespace secondstep::tool
