#include "store/uid_index.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "store/directory_listing.h"

namespace secondstep {
namespace {

using Folder = StoreDirectories::Folder;

// No uid's: it is looked for where nobody's uid may be, and never made.
constexpr const char* nobodys = "none";

std::string file_of(const AccountName& account) {
    return RecordName::of(account).stem();
}

}  // namespace

Result<std::vector<AccountName>> UidIndex::names_of(std::optional<uid_t> uid) const {
    const auto index = directories_.folder(Folder::uids);
    std::vector<AccountName> names;
    if (!index && index.error().code == Errc::io) {
        const auto there = directories_.has(Folder::uids);
        if (there && !*there) return names;
    }
    if (!index) return std::unexpected(index.error());
    const std::string of_uid = uid ? std::to_string(*uid) : std::string(nobodys);
    const auto folder = open_directory_at(*index, of_uid.c_str());
    if (!folder && folder.error().code == Errc::not_found) return names;
    if (!folder) return std::unexpected(folder.error());
    const auto listed = for_each_name(folder->get(), [&names](std::string_view name) {
        if (auto account = account_of_stem(name)) names.push_back(std::move(*account));
        return true;
    });
    if (!listed) return std::unexpected(listed.error());
    return names;
}

Result<bool> UidIndex::has(uid_t uid, const AccountName& account) const {
    const auto there = directories_.has(Folder::uids);
    if (!there || !*there) return there;
    const auto index = directories_.folder(Folder::uids);
    if (!index) return std::unexpected(index.error());
    const std::string path = std::to_string(uid) + "/" + file_of(account);
    struct stat status{};
    if (::fstatat(*index, path.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return true;
    if (errno == ENOENT) return false;
    return fail_errno("uids/" + path, errno);
}

// False: the folder of the uid was taken out just now, by somebody who took the last name out of it.
Result<bool> UidIndex::add_once(int index, const std::string& of_uid, const std::string& name,
                                Flush flush) const {
    if (::mkdirat(index, of_uid.c_str(), S_IRWXU) != 0 && errno != EEXIST)
        return fail_errno("uids/" + of_uid, errno);
    const std::string path = of_uid + "/" + name;
    const bool made = ::mknodat(index, path.c_str(), S_IFREG | S_IRUSR | S_IWUSR, 0) == 0;
    if (!made && errno == ENOENT) return false;
    if (!made && errno != EEXIST) return fail_errno("uids/" + path, errno);
    if (flush == Flush::by_the_caller) return true;
    const auto folder = open_directory_at(index, of_uid.c_str());
    if (!folder && folder.error().code == Errc::not_found) return false;
    if (!folder) return std::unexpected(folder.error());
    // Also when somebody else made the folder: they may have been killed before they flushed it.
    auto flushed = fsync_directory(folder->get());
    if (flushed) flushed = fsync_directory(index);
    if (!flushed) return std::unexpected(flushed.error());
    return true;
}

Result<void> UidIndex::add(uid_t uid, const AccountName& account, Flush flush) const {
    auto index = directories_.folder(Folder::uids);
    if (!index) {
        if (const auto made = directories_.create(Folder::uids); !made) return made;
        index = directories_.folder(Folder::uids);
    }
    if (!index) return std::unexpected(index.error());
    constexpr int times = 100;
    for (int i = 0; i < times; ++i) {
        const auto added = add_once(*index, std::to_string(uid), file_of(account), flush);
        if (!added) return std::unexpected(added.error());
        if (*added) return {};
    }
    return fail(Errc::io, "uids/" + std::to_string(uid) + " vanishes as often as it is made.");
}

Result<void> UidIndex::remove(uid_t uid, const AccountName& account) const {
    const auto there = directories_.has(Folder::uids);
    if (!there) return std::unexpected(there.error());
    if (!*there) return {};
    const auto index = directories_.folder(Folder::uids);
    if (!index) return std::unexpected(index.error());
    const std::string of_uid = std::to_string(uid);
    const std::string path = of_uid + "/" + file_of(account);
    if (::unlinkat(*index, path.c_str(), 0) != 0 && errno != ENOENT) return fail_errno("uids/" + path, errno);
    const bool emptied = ::unlinkat(*index, of_uid.c_str(), AT_REMOVEDIR) == 0;
    if (emptied || errno == ENOTEMPTY || errno == EEXIST || errno == ENOENT) return {};
    return fail_errno("uids/" + of_uid, errno);
}

}  // namespace secondstep
