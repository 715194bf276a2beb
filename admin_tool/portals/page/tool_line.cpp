#include "portals/page/tool_line.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstdint>

#include "portals/page/site.h"

namespace secondstep::page {

namespace {

std::unexpected<Error> ended() {
    return fail(Errc::closed, "The process that shows the page for pictures has ended.");
}

enum class Interruption { ends_it, is_ignored };

Result<void> receive_all(int line, MutableByteView into, Interruption interruption) {
    for (std::size_t have = 0; have < into.size();) {
        const ssize_t size = ::recv(line, into.data() + have, into.size() - have, 0);
        if (size > 0) {
            have += static_cast<std::size_t>(size);
        } else if (size == 0 || errno == ECONNRESET) {
            return ended();
        } else if (errno != EINTR) {
            return fail_errno("Reading from the page for pictures", errno);
        } else if (have == 0 && interruption == Interruption::ends_it) {
            return fail(Errc::busy, "Interrupted.");
        }
    }
    return {};
}

std::size_t most_of(FrameKind kind) {
    return kind == FrameKind::picture ? most_picture_bytes : longest_sentence;
}

Result<void> send_all(int line, ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t size = ::send(line, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (size >= 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(size));
        } else if (errno == EPIPE || errno == ECONNRESET) {
            return ended();
        } else if (errno != EINTR) {
            return fail_errno("Writing to the page for pictures", errno);
        }
    }
    return {};
}

}  // namespace

Result<Frame> receive_frame(int line) {
    std::array<std::uint8_t, frame_head_size> bytes{};
    if (Result<void> got = receive_all(line, bytes, Interruption::ends_it); !got)
        return std::unexpected(got.error());
    const std::optional<FrameHead> head = decode_frame_head(bytes);
    if (!head || head->size > most_of(head->kind))
        return fail(Errc::damaged, "The page for pictures said something that it cannot say.");
    Frame frame{head->kind, Secret(head->size)};
    if (Result<void> got = receive_all(line, frame.content.bytes(), Interruption::is_ignored); !got)
        return std::unexpected(got.error());
    return frame;
}

Result<void> send_frame(int line, FrameKind kind, ByteView content) {
    const auto head = encode({kind, static_cast<std::uint32_t>(content.size())});
    if (Result<void> sent = send_all(line, head); !sent) return sent;
    return send_all(line, content);
}

}  // namespace secondstep::page
