#include "check/remark_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace secondstep::tool {

namespace {

TEST(RemarkText, AMendOfSeveralLinesHasOneForEach) {
    Remark remark{.level = Remark::Level::error,
                  .file = "/p/x",
                  .line = 3,
                  .text = "t",
                  .now = "auth a",
                  .mend = "part\none\ntwo"};
    EXPECT_EQ(place_of(remark), "/p/x:3");
    EXPECT_THAT(lines_below(remark),
                ElementsAre("    now   auth a", "    mend  part", "          one", "          two"));
    remark.line = 0;
    remark.now.clear();
    remark.mend.clear();
    EXPECT_EQ(place_of(remark), "/p/x");
    EXPECT_THAT(lines_below(remark), IsEmpty());
}

TEST(RemarkText, NothingOfAFileReachesTheTerminalAsItIs) {
    const Remark remark{.level = Remark::Level::error,
                        .file = "/p/\x1b",
                        .line = 1,
                        .text = "t",
                        .now = "a\x1b[2J",
                        .mend = "b\x1b\nc"};
    for (const std::string& line : lines_below(remark))
        EXPECT_EQ(line.find('\x1b'), std::string::npos) << line;
    EXPECT_EQ(place_of(remark).find('\x1b'), std::string::npos);
}

}  // namespace

}  // namespace secondstep::tool
