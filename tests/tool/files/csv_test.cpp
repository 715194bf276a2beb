#include "files/csv.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"

namespace secondstep::tool {
namespace {

TEST(CsvReader, ReadsTheSameOfATextAndOfADescriptor) {
    const std::string text = "\xef\xbb\xbfuser,name\r\n\r\nalice,\"a \"\"phone\"\"\"\n";
    const UniqueFd file(::memfd_create("text", MFD_CLOEXEC));
    ASSERT_EQ(::pwrite(file.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
    CsvReader from_text(text);
    CsvReader from_descriptor(file.get());
    for (CsvReader* reader : {&from_text, &from_descriptor}) {
        EXPECT_EQ(reader->next()->fields, (std::vector<std::string>{"user", "name"}));
        const auto record = reader->next();
        EXPECT_EQ(record->fields, (std::vector<std::string>{"alice", "a \"phone\""}));
        EXPECT_EQ(record->line, 3U);
        EXPECT_FALSE(reader->next());
        EXPECT_FALSE(reader->failed());
    }
}

TEST(CsvReader, SaysThatTheFileCouldNotBeRead) {
    CsvReader reader(-1);
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.failed());
}

}  // namespace
}  // namespace secondstep::tool
