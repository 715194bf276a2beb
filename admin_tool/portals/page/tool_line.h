#pragma once

#include "base/error.h"
#include "base/secret.h"
#include "portals/page/frame.h"

namespace secondstep::page {

// The tool's end of its line to the page's process, blocking.

struct Frame {
    FrameKind kind;
    Secret content;
};

// Errors: interrupted is said by `busy` (a signal was handled before anything of a frame had come), closed,
// damaged (no such kind, or larger than what it may be), io.
[[nodiscard]] Result<Frame> receive_frame(int line);
// Errors: closed, io.
[[nodiscard]] Result<void> send_frame(int line, FrameKind kind, ByteView content);

}  // namespace secondstep::page
