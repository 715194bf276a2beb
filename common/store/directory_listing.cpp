#include "store/directory_listing.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>

#include "base/file.h"

namespace secondstep {
namespace {

struct CloseDirectory {
    void operator()(DIR* stream) const { ::closedir(stream); }
};
using Stream = std::unique_ptr<DIR, CloseDirectory>;

// Through a description of its own: a duplicate of `directory` would share its position with other threads.
Result<Stream> stream_of(int directory) {
    auto fd = open_directory_at(directory, ".");
    if (!fd) return std::unexpected(std::move(fd.error()));
    Stream stream(::fdopendir(fd->get()));
    if (!stream) return fail_errno("fdopendir", errno);
    static_cast<void>(fd->release());
    return stream;
}

}  // namespace

Result<void> for_each_name(int directory, const std::function<bool(std::string_view)>& visit) {
    const auto stream = stream_of(directory);
    if (!stream) return std::unexpected(stream.error());
    while (true) {
        errno = 0;
        // The stream is ours alone. NOLINTNEXTLINE(concurrency-mt-unsafe)
        const dirent* const entry = ::readdir(stream->get());
        if (entry == nullptr) break;
        const std::string_view name = entry->d_name;
        if (name != "." && name != ".." && !visit(name)) return {};
    }
    if (errno != 0) return fail_errno("readdir", errno);
    return {};
}

bool is_there(int directory, const std::string& name) {
    struct stat ignored{};
    return ::fstatat(directory, name.c_str(), &ignored, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

}  // namespace secondstep
