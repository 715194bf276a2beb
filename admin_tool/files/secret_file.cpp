#include "files/secret_file.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "console/prompt.h"
#include "files/caller_file.h"

namespace secondstep::tool {

Result<Secret> read_secret(int fd, std::size_t most) {
    Secret content;
    Secret buffer(std::min<std::size_t>(most + 1, 65536));
    for (;;) {
        const ssize_t n = ::read(fd, buffer.bytes().data(), buffer.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno("read", errno);
        if (n == 0) return content;
        content.append(ByteView(buffer.bytes()).first(static_cast<std::size_t>(n)));
        if (content.size() > most)
            return fail(Errc::too_large, "more than " + std::to_string(most) + " bytes");
    }
}

OrExit<Secret> first_line_of(const std::string& path) {
    const auto file = open_input(path);
    if (!file) return stop(complain(Exit::unavailable, file.error().detail));
    auto content = read_secret(file->get(), max_line);
    if (!content) return stop(complain(Exit::refused, path + ": " + content.error().detail));
    const std::size_t end = content->text().find_first_of("\r\n");
    if (end != std::string_view::npos) content->truncate(end);
    return std::move(*content);
}

}  // namespace secondstep::tool
