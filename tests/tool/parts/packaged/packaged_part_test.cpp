#include <gtest/gtest.h>

#include "parts/part.h"

namespace secondstep::tool {
namespace {

TEST(PackagedPart, IsMissedWithTheNameOfItsPackage) {
    EXPECT_EQ(not_installed(Part::qr_reader),
              "The reader of pictures is not installed: apt install secondstep-qr.");
    EXPECT_EQ(not_installed(Part::pskc_reader),
              "The reader of PSKC files is not installed: apt install secondstep-import.");
    EXPECT_EQ(not_installed(Part::courier),
              "The courier, which sends messages, is not installed: apt install secondstep-courier.");
    EXPECT_EQ(not_installed(Part::relay),
              "The relay, which speaks to the other machines of a fleet, is not installed: apt install "
              "secondstep-fleet.");
    EXPECT_EQ(where_from(Part::qr_reader), "package secondstep-qr");
}

TEST(PackagedPart, IsInstalledWhereItsProgramIs) {
    EXPECT_EQ(program_of(Part::courier), "/nonexistent/secondstep-courier");
    EXPECT_FALSE(is_installed(Part::courier));
}

}  // namespace
}  // namespace secondstep::tool
