#pragma once

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"

namespace secondstep::tool {

// Bytes that a program gets as a file and that lie on no disk; wiped at the end.
class MemoryFile {
  public:
    // Open at its beginning. Errors: io.
    [[nodiscard]] static Result<MemoryFile> of(ByteView content);

    MemoryFile(MemoryFile&&) noexcept = default;
    MemoryFile& operator=(MemoryFile&&) = delete;
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile();

    [[nodiscard]] int fd() const { return fd_.get(); }

  private:
    explicit MemoryFile(UniqueFd fd) : fd_(std::move(fd)) {}
    [[nodiscard]] Result<void> write(ByteView content, off_t at) const;

    UniqueFd fd_;
    std::size_t size_ = 0;
};

}  // namespace secondstep::tool
