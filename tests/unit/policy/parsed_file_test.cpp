#include "policy/parsed_file.h"

#include <gtest/gtest.h>

#include <ctime>
#include <fstream>

#include "support/fake_clock.h"
#include "support/temporary_directory.h"

namespace secondstep::testing {
namespace {

// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables): a parser is a function
FakeClock* clock_while_parsing = nullptr;
int parsed = 0;
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

// A thread that does not get the processor for a while.
std::string parse_slowly(std::string_view text) {
    ++parsed;
    clock_while_parsing->advance(std::chrono::seconds{10});
    return std::string(text);
}

// What was changed just before it was read may be changed once more without a new time, however late it is when
// it has been read.
TEST(ParsedFile, ThatHadNotSettledWhenItWasReadIsReadAgain) {
    const TemporaryDirectory directory;
    const std::string path = directory.file("passwd");
    std::ofstream(path) << "one";
    FakeClock clock(std::time(nullptr));
    clock_while_parsing = &clock;
    const ParsedFile<std::string> file(path, parse_slowly, clock);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(*file.read().value(), "one");
    EXPECT_EQ(parsed, 2) << "it has settled before the second time";
}

}  // namespace
}  // namespace secondstep::testing
