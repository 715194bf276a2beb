#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/secret.h"

// Pictures of QR codes, read by secondstep-qr-reader: a program without privileges, files and network, since
// decoders of pictures are what pictures are made to attack.
namespace secondstep::tool {

struct Picture {
    int fd;                  // open for reading; read from where it stands
    std::string name;        // for the sentences: "shot.png", "The picture"
    std::size_t most_bytes;  // at most 32 MiB
    // Of the reader's processor time; at most 15 s.
    std::chrono::seconds processor = std::chrono::seconds{15};
};

// The texts of all QR codes in it (of more than sixteen some may be missed), in reading order, none twice;
// never empty. A regular file over `most_bytes` is refused unread. The reader gets the picture, nothing of
// our environment and no other descriptor; started by root it runs as nobody. It is killed after `patience`.
//
// Errors, each with what to do: invalid (no picture, no code in it, no text), too_large (bytes or pixels),
// damaged, not_found (the reader is not installed: which package has it), unsupported (the reader cannot be locked up on this system),
// timed_out, io (the reader was killed by its own limits, or answered what is no answer).
[[nodiscard]] Result<std::vector<Secret>> read_qr_codes(const Picture& picture);
// The same by this reader.
[[nodiscard]] Result<std::vector<Secret>> read_qr_codes(
    const std::string& reader, const Picture& picture,
    std::chrono::milliseconds patience = std::chrono::seconds{20});

}  // namespace secondstep::tool
