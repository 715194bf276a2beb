#pragma once

#include <cstddef>
#include <expected>

#include "base/bytes.h"
#include "qr/reader/answer.h"

namespace secondstep::qr_reader {

// The bound unless --most says less. A photo of 200 million pixels is about 30 MiB.
inline constexpr std::size_t most_bytes = 32UL * 1024 * 1024;

// All that `fd` has to give, at most `most` bytes. Refusals: too_large; damaged when it cannot be read.
[[nodiscard]] std::expected<Bytes, Refusal> read_input(int fd, std::size_t most);

}  // namespace secondstep::qr_reader
