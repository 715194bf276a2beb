#include "parts/memory_file.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

namespace secondstep::tool {

namespace {

#ifdef MFD_NOEXEC_SEAL
constexpr unsigned never_a_program = MFD_NOEXEC_SEAL;
#else
constexpr unsigned never_a_program = 0x0008U;  // Linux 6.3
#endif

// Systems may demand that no such file is a program (vm.memfd_noexec), older ones do not know the word.
UniqueFd create() {
    UniqueFd fd(::memfd_create("input", MFD_CLOEXEC | never_a_program));
    return fd.valid() || errno != EINVAL ? std::move(fd) : UniqueFd(::memfd_create("input", MFD_CLOEXEC));
}

}  // namespace

Result<MemoryFile> MemoryFile::of(ByteView content) {
    UniqueFd fd = create();
    if (!fd.valid()) return fail_errno("memfd_create", errno);
    MemoryFile file(std::move(fd));
    file.size_ = content.size();
    // Whoever else runs as nobody could open what its reader has open.
    if (::fchmod(file.fd(), 0) != 0) return fail_errno("fchmod", errno);
    if (const auto written = file.write(content, 0); !written) return std::unexpected(written.error());
    return file;
}

// pwrite(2), which leaves the reader's place where it is: at the beginning.
Result<void> MemoryFile::write(ByteView content, off_t at) const {
    while (!content.empty()) {
        const ssize_t size = ::pwrite(fd_.get(), content.data(), content.size(), at);
        if (size < 0 && errno != EINTR) return fail_errno("Writing a file in memory", errno);
        const auto written = static_cast<std::size_t>(std::max<ssize_t>(size, 0));
        content = content.subspan(written);
        at += static_cast<off_t>(written);
    }
    return {};
}

MemoryFile::~MemoryFile() {
    constexpr std::array<std::uint8_t, 65536> zeros{};
    if (!fd_.valid()) return;
    for (std::size_t at = 0; at < size_; at += zeros.size()) {
        const ByteView part = ByteView(zeros).first(std::min(zeros.size(), size_ - at));
        if (!write(part, static_cast<off_t>(at))) return;
    }
}

}  // namespace secondstep::tool
