#include "relay/journal.h"

#include <gmock/gmock.h>

#include <string>

namespace secondstep::relay::journal {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

const Sparing::Time start{seconds{1000}};

TEST(SparingJournal, WritesFiveLinesOfOneSubjectAMinute) {
    Sparing sparing;
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(sparing.admit("192.0.2.1", "a line", start), "a line");
    EXPECT_EQ(sparing.admit("192.0.2.1", "a line", start), "");
    EXPECT_EQ(sparing.admit("192.0.2.2", "of another", start), "of another");
}

TEST(SparingJournal, SaysAfterwardsHowManyWereLeftOut) {
    Sparing sparing;
    for (int i = 0; i < 8; ++i)
        static_cast<void>(sparing.admit("192.0.2.1", "a line", start));
    EXPECT_EQ(sparing.admit("192.0.2.1", "a line", start + seconds{60}),
              "(3 such lines were left out.) a line");
}

TEST(SparingJournal, WritesFiftyLinesOfAllAMinute) {
    Sparing sparing;
    int written = 0;
    for (int i = 0; i < 1000; ++i)
        written += sparing.admit("address " + std::to_string(i), "a line", start).empty() ? 0 : 1;
    EXPECT_EQ(written, 50);
}

}  // namespace
}  // namespace secondstep::relay::journal
