#include "store/owned_folder.h"

#include <sys/stat.h>

#include <cerrno>
#include <utility>

namespace secondstep {

Result<void> check_owned_folder(int fd, const std::string& name, uid_t owner) {
    struct stat status{};
    if (::fstat(fd, &status) != 0) return fail_errno(name, errno);
    if (status.st_uid != owner) {
        return fail(Errc::untrusted, name + " belongs to uid " + std::to_string(status.st_uid) +
                                         ", must belong to uid " + std::to_string(owner) + ".");
    }
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return fail(Errc::untrusted, name + " is open to others; mend with: chmod 0700 " + name);
    }
    return {};
}

Result<UniqueFd> open_owned_folder(int directory, const char* name, uid_t owner) {
    auto fd = open_directory_at(directory, name);
    if (!fd) return fd;
    if (const auto trusted = check_owned_folder(fd->get(), name, owner); !trusted)
        return std::unexpected(trusted.error());
    return fd;
}

}  // namespace secondstep
