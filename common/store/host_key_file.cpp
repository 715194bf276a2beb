#include "store/host_key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "account/keyring.h"

namespace secondstep {

namespace {

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

std::string name_in_folder(const std::string& path) {
    return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

}  // namespace

HostKeyFile::HostKeyFile(std::string path, uid_t owner, gid_t group)
    : path_(std::move(path)), owner_(owner), group_(group) {}

Result<UniqueFd> HostKeyFile::directory() const {
    return open_directory(folder_of(path_));
}

Result<bool> HostKeyFile::make(Randomness& randomness) const {
    const auto folder = directory();
    if (!folder) return std::unexpected(folder.error());
    const std::string name = name_in_folder(path_);
    bool made = false;
    if (::faccessat(folder->get(), name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) != 0) {
        const Secret content = Keyring::generate(randomness).encode();
        const auto created = create_durably(folder->get(), name, content.bytes(), S_IRUSR);
        if (!created && created.error().code != Errc::exists) return std::unexpected(created.error());
        made = created.has_value();
    }
    const auto handed_over = hand_over(folder->get());
    if (!handed_over) return handed_over;
    return made;
}

Result<bool> HostKeyFile::hand_over() const {
    const auto folder = directory();
    if (!folder) return std::unexpected(folder.error());
    return hand_over(folder->get());
}

Result<bool> HostKeyFile::hand_over(int directory) const {
    const FileTrust trust{.owner = owner_, .root_too = true};
    const auto key = open_trusted(directory, name_in_folder(path_).c_str(), O_RDONLY, trust);
    if (!key) return std::unexpected(key.error());
    struct stat info{};
    if (::fstat(key->get(), &info) != 0) return fail_errno(path_, errno);
    const bool foreign = info.st_uid != owner_;
    if (foreign && ::fchown(key->get(), owner_, group_) != 0) return fail_errno(path_, errno);
    return foreign;
}

}  // namespace secondstep
