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

std::vector<std::string> first_fields(std::string_view text) {
    CsvReader reader(text);
    const auto record = reader.next();
    return record ? record->fields : std::vector<std::string>{};
}

TEST(CsvReader, SeesWhatStandsBetweenTheFields) {
    using Fields = std::vector<std::string>;
    EXPECT_EQ(first_fields("a;b;c\n1,2\n"), (Fields{"a", "b", "c"}));
    EXPECT_EQ(first_fields("a\tb\n"), (Fields{"a", "b"}));
    EXPECT_EQ(first_fields("a;b\tc\n"), (Fields{"a;b", "c"}));
    EXPECT_EQ(first_fields("a;b,c\n"), (Fields{"a;b", "c"})) << "a comma decides";
    EXPECT_EQ(first_fields("\"a,b\";c\n"), (Fields{"a,b", "c"})) << "not one in quotes";
    EXPECT_EQ(first_fields("sep=;\r\na;b\r\n"), (Fields{"a", "b"}));
    EXPECT_EQ(first_fields("SEP=,\na;b,c\n"), (Fields{"a;b", "c"}));
    EXPECT_EQ(first_fields("sep=;"), (Fields{}));
    EXPECT_EQ(first_fields("sep=x\n"), (Fields{"sep=x"}));
}

TEST(CsvReader, NamesUtf16) {
    const std::string text(
        "\xff\xfe"
        "a\0,\0b\0\n\0",
        10);
    CsvReader reader(text);
    const auto record = reader.next();
    ASSERT_TRUE(record);
    EXPECT_NE(record->problem.find("UTF-16"), std::string::npos);
    EXPECT_FALSE(reader.next());
}

TEST(CsvReader, SaysThatTheFileCouldNotBeRead) {
    CsvReader reader(-1);
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.failed());
}

}  // namespace
}  // namespace secondstep::tool
