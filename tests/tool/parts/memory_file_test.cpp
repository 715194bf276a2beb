#include "parts/memory_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "base/text.h"

namespace secondstep::tool {
namespace {

TEST(MemoryFile, IsReadFromItsBeginning) {
    const std::string content(200000, 'k');
    const auto file = MemoryFile::of(as_bytes(content));
    ASSERT_TRUE(file);
    std::string read(content.size() + 1, '\0');
    std::size_t size = 0;
    for (ssize_t more = 1; more > 0; size += static_cast<std::size_t>(more))
        more = ::read(file->fd(), read.data() + size, read.size() - size);
    read.resize(size);
    EXPECT_EQ(read, content);
}

TEST(MemoryFile, IsOpenedByNobodyElse) {
    const auto file = MemoryFile::of(as_bytes("key"));
    struct stat status{};
    ASSERT_EQ(::fstat(file->fd(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0U);
}

TEST(MemoryFile, IsWipedAtItsEnd) {
    const std::string content(200000, 'k');
    UniqueFd left;
    {
        const auto file = MemoryFile::of(as_bytes(content));
        ASSERT_TRUE(file);
        left = UniqueFd(::dup(file->fd()));
    }
    std::string read(content.size(), 'x');
    EXPECT_EQ(::pread(left.get(), read.data(), read.size(), 0), static_cast<ssize_t>(read.size()));
    EXPECT_EQ(read, std::string(content.size(), '\0'));
}

}  // namespace
}  // namespace secondstep::tool
