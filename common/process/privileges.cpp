#include "process/privileges.h"

#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

namespace secondstep::process {

Result<Ids> ids_of(const std::string& account) {
    std::vector<char> room(1024);
    passwd entry{};
    passwd* found = nullptr;
    int error = 0;
    while ((error = ::getpwnam_r(account.c_str(), &entry, room.data(), room.size(), &found)) == ERANGE &&
           room.size() < std::size_t{1024} * 1024) {
        room.resize(room.size() * 2);
    }
    if (error != 0) return fail_errno("Looking up the service account " + account, error);
    if (found == nullptr) {
        return fail(Errc::not_found, "There is no account " + account +
                                         " for the service to run as, and it does not run as root; run: "
                                         "secondstep setup");
    }
    if (entry.pw_uid == 0 || entry.pw_gid == 0) {
        return fail(Errc::invalid,
                    "The service account " + account + " is root's; it must be an account of its own.");
    }
    return Ids{.user = entry.pw_uid, .group = entry.pw_gid};
}

Result<void> forbid_inspection() {
    ::umask(077);
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    if (::setrlimit(RLIMIT_CORE, &none) != 0) return fail_errno("Forbidding core dumps", errno);
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return fail_errno("PR_SET_DUMPABLE", errno);
    return {};
}

Result<void> forbid_new_privileges() {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail_errno("PR_SET_NO_NEW_PRIVS", errno);
    return {};
}

Result<void> shut_the_doors() {
    if (const Result<void> done = forbid_inspection(); !done) return done;
    return forbid_new_privileges();
}

Result<void> take_ids(const Ids& ids) {
    // Groups first: afterwards there is no right to drop them. All three ids, so that there is no way back.
    if (::setgroups(0, nullptr) != 0) return fail_errno("setgroups", errno);
    if (::setresgid(ids.group, ids.group, ids.group) != 0) return fail_errno("setresgid", errno);
    if (::setresuid(ids.user, ids.user, ids.user) != 0) return fail_errno("setresuid", errno);
    return {};
}

Result<void> become_account(const std::string& account) {
    if (::geteuid() != 0) return {};
    const Result<Ids> ids = ids_of(account);
    if (!ids) return std::unexpected(ids.error());
    if (const Result<void> taken = take_ids(*ids); !taken) return taken;
    return shut_the_doors();
}

std::size_t raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
    const rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : before;
}

}  // namespace secondstep::process
