#include "check/content_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace secondstep::tool {

namespace {

constexpr const char* name = "content";
constexpr off_t largest = 4 << 20;

}  // namespace

Result<UniqueFd> ContentFile::open() const {
    auto directory = open_directory_at(AT_FDCWD, directory_.c_str());
    struct stat about{};
    if (!directory) return directory;
    if (::fstat(directory->get(), &about) != 0) return fail_errno(directory_, errno);
    if (about.st_uid != ::geteuid() || (about.st_mode & 0077U) != 0)
        return fail(Errc::untrusted, directory_ + " must be root's alone: chown root and chmod 0700 it");
    return directory;
}

Result<std::optional<RememberedCheck>> ContentFile::read() const {
    const auto directory = open();
    if (!directory && directory.error().code == Errc::not_found) return std::nullopt;
    if (!directory) return std::unexpected(directory.error());
    const FileTrust trust{.owner = ::geteuid(), .max_size = largest};
    const auto file = open_trusted(directory->get(), name, O_RDONLY, trust);
    if (!file && file.error().code == Errc::not_found) return std::nullopt;
    if (!file) return std::unexpected(file.error());
    const auto content = read_whole(file->get(), static_cast<std::size_t>(largest));
    if (!content) return std::unexpected(content.error());
    auto check = remembered_check_of(std::string(content->begin(), content->end()));
    if (!check) return fail(check.error().code, directory_ + "/" + name + ": " + check.error().detail);
    return std::optional(std::move(*check));
}

Result<void> ContentFile::write(const RememberedCheck& check) const {
    if (::mkdir(directory_.c_str(), 0700) != 0 && errno != EEXIST) return fail_errno(directory_, errno);
    const auto directory = open();
    if (!directory) return std::unexpected(directory.error());
    const std::string text = to_text(check);
    const ByteView bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    const auto placed = write_durably(directory->get(), name, bytes, 0600);
    return placed ? Result<void>{} : std::unexpected(placed.error());
}

}  // namespace secondstep::tool
