#include "migration/home_files.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/openat2.h>
#include <poll.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <set>
#include <utility>

#include "base/file.h"
#include "console/output.h"
#include "process/child.h"

namespace secondstep::tool {

namespace {

constexpr std::size_t chunk = 4096;
constexpr std::chrono::seconds patience{10};

struct Home {
    std::string user;
    std::string directory;
    uid_t uid;
    gid_t gid;
};

// Errors: io, when the list ends with one: half of the people are not everybody.
Result<std::vector<Home>> homes() {
    std::vector<Home> all;
    std::set<std::pair<std::string, uid_t>> seen;
    ::setpwent();
    for (;;) {
        errno = 0;
        // Before any thread is started.
        const passwd* const entry = ::getpwent();  // NOLINT(concurrency-mt-unsafe)
        if (entry == nullptr) break;
        Home home{entry->pw_name, entry->pw_dir, entry->pw_uid, entry->pw_gid};
        if (home.directory.empty() || home.directory == "/") continue;
        if (seen.emplace(home.directory, home.uid).second) all.push_back(std::move(home));
    }
    const int error = errno;
    ::endpwent();
    if (error != 0 && error != ENOENT) return fail_errno("the list of accounts", error);
    return all;
}

// Neither the name nor what stands before it below the home may be a link. ENOSYS: a kernel before 5.6.
int open_without_links(int home, const std::string& name) {
    open_how how{};
    how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
    return static_cast<int>(::syscall(SYS_openat2, home, name.c_str(), &how, sizeof how));
}

// Only the effective ids: with a real one of theirs the home's owner could stop this process, and look into
// it, which knows what was read in other homes.
bool take(const Home& home) {
    return ::setgroups(0, nullptr) == 0 &&
           ::setresgid(static_cast<gid_t>(-1), home.gid, static_cast<gid_t>(-1)) == 0 &&
           ::setresuid(static_cast<uid_t>(-1), home.uid, static_cast<uid_t>(-1)) == 0 &&
           ::prctl(PR_SET_DUMPABLE, 0) == 0 && ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0;
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
    Secret buffer(chunk);
    for (;;) {
        const ssize_t n = ::read(from, buffer.bytes().data(), chunk);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return End::unreadable;
        if (n == 0) return End::done;
        size += static_cast<std::size_t>(n);
        if (size > most) return End::too_large;
        if (::write(to, buffer.bytes().data(), static_cast<std::size_t>(n)) != n) return End::unreadable;
    }
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
    return fail(Errc::io, "it cannot be read with its owner's rights, or not within ten seconds.");
}

// What the child writes, until it closes its end; nothing: it took too long.
std::optional<Secret> received(int from) {
    Secret content;
    Secret buffer(chunk);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        pollfd waiting{from, POLLIN, 0};
        if (left.count() <= 0) return std::nullopt;
        const int ready = ::poll(&waiting, 1, static_cast<int>(left.count()));
        if (ready < 0 && errno == EINTR) continue;  // read(2) would wait without an end
        if (ready <= 0) return std::nullopt;
        const ssize_t n = ::read(from, buffer.bytes().data(), chunk);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return content;
        content.append(ByteView(buffer.bytes()).first(static_cast<std::size_t>(n)));
    }
}

// How the child ended; one that was killed could not read it.
End end_of(pid_t child) {
    const Result<int> status = process::status_of(child);
    return status && WIFEXITED(*status) ? static_cast<End>(WEXITSTATUS(*status)) : End::unreadable;
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
    auto content = received(from.get());
    if (!content) ::kill(child, SIGKILL);
    const End end = end_of(child);
    if (end == End::absent) return std::nullopt;
    if (end != End::done || !content) return explain(end);
    return std::move(*content);
}

}  // namespace

OrExit<std::vector<HomeFile>> files_in_homes(const std::string& name, std::size_t most) {
    if (::geteuid() != 0)
        return stop(complain(Exit::not_allowed, "the homes of all are for root to look into"));
    std::vector<HomeFile> files;
    const auto all = homes();
    if (!all) return stop(complain(Exit::unavailable, all.error().detail));
    for (const Home& home : *all) {
        auto content = content_in(home, name, most);
        if (content) files.push_back({home.user, home.directory + "/" + name, std::move(*content)});
    }
    if (files.empty()) err().line("secondstep: nobody has a file " + name + " in the home directory");
    return files;
}

}  // namespace secondstep::tool
