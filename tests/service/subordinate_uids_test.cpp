#include "secondstepd/subordinate_uids.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "support/temporary_directory.h"

namespace secondstep::testing {
namespace {

class SubordinateUidsTest : public ::testing::Test {
  protected:
    void write(const std::string& text) const { std::ofstream(path_) << text; }
    TemporaryDirectory directory_;
    std::string path_ = directory_.file("subuid");
    service::SubordinateUids uids_{path_};
};

TEST_F(SubordinateUidsTest, AllRangesOfOneOwnerCountAsTheFirst) {
    write("alice:300000:10\nbob:200000:1\nalice:100000:65536\n1001:400000:2");
    EXPECT_EQ(uids_.counted_as(99'999), 99'999U);
    EXPECT_EQ(uids_.counted_as(100'000), 100'000U);
    EXPECT_EQ(uids_.counted_as(165'535), 100'000U);
    EXPECT_EQ(uids_.counted_as(165'536), 165'536U);
    EXPECT_EQ(uids_.counted_as(300'009), 100'000U);
    EXPECT_EQ(uids_.counted_as(200'000), 200'000U);
    EXPECT_EQ(uids_.counted_as(400'001), 400'000U)
        << "an owner may be a number, and the last line may have no end";
}

TEST_F(SubordinateUidsTest, WhatIsNoRangeIsPassedOver) {
    write(
        "\n# a comment\nalice\nalice:x:1\nalice:1:\nalice:5:0\n:::\nbob:99999999999:2\nlast:4294967290:100\n");
    EXPECT_EQ(uids_.counted_as(1), 1U);
    EXPECT_EQ(uids_.counted_as(5), 5U);
    EXPECT_EQ(uids_.counted_as(4'294'967'295U), 4'294'967'290U);
    EXPECT_EQ(uids_.counted_as(0), 0U);
}

TEST_F(SubordinateUidsTest, AreReadAgainWhenTheFileHasChanged) {
    EXPECT_EQ(uids_.counted_as(100'001), 100'001U) << "there is no such file";
    write("alice:100000:65536\n");
    EXPECT_EQ(uids_.counted_as(100'001), 100'000U);
    write("alice:100001:65536\nbob:1000000:65536\n");
    EXPECT_EQ(uids_.counted_as(100'002), 100'001U);
    std::filesystem::remove(path_);
    EXPECT_EQ(uids_.counted_as(100'002), 100'001U) << "and kept when it cannot be read";
}

}  // namespace
}  // namespace secondstep::testing
