#include "home_files.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/openat2.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <set>
#include <utility>

#include "base/file.h"
#include "output.h"

namespace secondstep::tool {

namespace {

struct Home {
    std::string user;
    std::string directory;
    uid_t uid;
    gid_t gid;
};

std::vector<Home> homes() {
    std::vector<Home> all;
    std::set<std::pair<std::string, uid_t>> seen;
    ::setpwent();
    // Before any thread is started.
    for (const passwd* entry = ::getpwent(); entry != nullptr;
         entry = ::getpwent()) {  // NOLINT(concurrency-mt-unsafe)
        Home home{entry->pw_name, entry->pw_dir, entry->pw_uid, entry->pw_gid};
        if (home.directory.empty() || home.directory == "/") continue;
        if (seen.emplace(home.directory, home.uid).second) all.push_back(std::move(home));
    }
    ::endpwent();
    return all;
}

// Neither the name nor what stands before it below the home may be a link. ENOSYS: a kernel before 5.6.
int open_without_links(int home, const std::string& name) {
    open_how how{};
    how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    return static_cast<int>(::syscall(SYS_openat2, home, name.c_str(), &how, sizeof how));
}

bool take(const Home& home) {
    return ::setgroups(0, nullptr) == 0 && ::setresgid(home.gid, home.gid, home.gid) == 0 &&
           ::setresuid(home.uid, home.uid, home.uid) == 0 && (home.uid == 0 || ::setuid(0) != 0);
}

// What the child says with its exit status.
enum class End : int { done = 0, absent = 1, not_regular = 2, foreign = 3, too_large = 4, unreadable = 5 };

End checked(int file, const Home& home, std::size_t most) {
    struct stat status{};
    if (::fstat(file, &status) != 0) return End::unreadable;
    if (!S_ISREG(status.st_mode) || status.st_nlink != 1) return End::not_regular;
    if (status.st_uid != home.uid || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) return End::foreign;
    return static_cast<std::size_t>(status.st_size) > most ? End::too_large : End::done;
}

End copy(int from, int to, std::size_t most) {
    std::size_t size = 0;
    char buffer[4096];
    for (;;) {
        const ssize_t n = ::read(from, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return End::unreadable;
        if (n == 0) break;
        size += static_cast<std::size_t>(n);
        if (size > most) return End::too_large;
        if (::write(to, buffer, static_cast<std::size_t>(n)) != n) return End::unreadable;
    }
    ::explicit_bzero(buffer, sizeof buffer);
    return End::done;
}

End read_as_owner(const Home& home, const std::string& name, std::size_t most, int to) {
    if (!take(home)) return End::unreadable;
    const UniqueFd directory(::open(home.directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!directory.valid()) return errno == ENOENT || errno == ENOTDIR ? End::absent : End::unreadable;
    const UniqueFd file(open_without_links(directory.get(), name));
    if (!file.valid())
        return errno == ENOENT ? End::absent : errno == ELOOP ? End::not_regular : End::unreadable;
    const End good = checked(file.get(), home, most);
    return good == End::done ? copy(file.get(), to, most) : good;
}

std::unexpected<Error> explain(End end) {
    switch (end) {
        case End::not_regular:
            return fail(Errc::untrusted, "it is a link, or no regular file with one name; it was not read.");
        case End::foreign:
            return fail(Errc::untrusted,
                        "it belongs to somebody else, or others may write it; it was not read.");
        case End::too_large:
            return fail(Errc::too_large, "it is larger than such a file can be; it was not read.");
        case End::done:
        case End::absent:
        case End::unreadable:
            break;
    }
    return fail(Errc::io, "it cannot be read with its owner's rights.");
}

// Nothing: there is no such file.
std::optional<Result<Secret>> content_in(const Home& home, const std::string& name, std::size_t most) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return fail_errno("pipe", errno);
    const UniqueFd from(ends[0]);
    UniqueFd to(ends[1]);
    const pid_t child = ::fork();
    if (child < 0) return fail_errno("fork", errno);
    if (child == 0) ::_exit(static_cast<int>(read_as_owner(home, name, most, to.get())));
    to = UniqueFd();
    Secret content;
    std::uint8_t buffer[4096];
    for (ssize_t n = 1; n > 0;) {
        n = ::read(from.get(), buffer, sizeof buffer);
        if (n < 0 && errno == EINTR)
            n = 1;
        else if (n > 0)
            content.append(ByteView(buffer, static_cast<std::size_t>(n)));
    }
    ::explicit_bzero(buffer, sizeof buffer);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    const End end = WIFEXITED(status) ? static_cast<End>(WEXITSTATUS(status)) : End::unreadable;
    if (end == End::absent) return std::nullopt;
    if (end != End::done) return explain(end);
    return content;
}

}  // namespace

OrExit<std::vector<HomeFile>> files_in_homes(const std::string& name, std::size_t most) {
    if (::geteuid() != 0)
        return stop(complain(Exit::not_allowed, "the homes of all are for root to look into"));
    std::vector<HomeFile> files;
    for (const Home& home : homes()) {
        auto content = content_in(home, name, most);
        if (content) files.push_back({home.user, home.directory + "/" + name, std::move(*content)});
    }
    if (files.empty()) err().line("secondstep: nobody has a file " + name + " in the home directory");
    return files;
}

}  // namespace secondstep::tool
