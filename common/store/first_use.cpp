#include "store/first_use.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "base/bytes.h"
#include "base/file.h"

namespace secondstep {

namespace {

constexpr const char* mark = "unused";
constexpr std::string_view content =
    "Nobody was ever enrolled here. The first enrollment, or the first start of the service, makes the\n"
    "host key and what is sealed with it.\n";

// Without following links. What cannot be looked at is an error.
Result<bool> is_there(int directory, const char* name) {
    struct stat info{};
    if (::fstatat(directory, name, &info, AT_SYMLINK_NOFOLLOW) == 0) return true;
    if (errno == ENOENT) return false;
    return fail_errno(name, errno);
}

}  // namespace

Result<void> mark_unused(const std::string& store) {
    const auto directory = open_directory(store);
    if (!directory) return std::unexpected(directory.error());
    auto made = create_durably(directory->get(), mark, as_bytes(content), S_IRUSR | S_IWUSR);
    if (!made && made.error().code != Errc::exists) return made;
    return {};
}

Result<bool> is_unused(const std::string& store, const std::string& host_key) {
    const auto directory = open_directory(store);
    if (!directory && directory.error().code == Errc::not_found) return false;
    if (!directory) return std::unexpected(directory.error());
    const auto marked = is_there(directory->get(), mark);
    if (!marked || !*marked) return marked;
    const auto has_key = is_there(AT_FDCWD, host_key.c_str());
    if (!has_key || *has_key) return has_key;
    const auto has_accounts = is_there(directory->get(), "users");
    if (!has_accounts) return has_accounts;
    return !*has_accounts;
}

Result<void> end_first_use(int store) {
    const auto removed = remove_durably(store, mark);
    if (!removed) return std::unexpected(removed.error());
    return {};
}

}  // namespace secondstep
