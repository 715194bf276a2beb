#include "relay/node_journal.h"

#include <gmock/gmock.h>

#include <string>

namespace secondstep::relay::journal {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

const Sparing::Time start{seconds{1000}};
constexpr char node[] = "Node auth1 (192.0.2.11:7464)";

class NodeThatComesAndGoes : public ::testing::Test {
  protected:
    std::string comes() { return journal_.asked(node); }
    std::string goes(seconds after, const std::string& why = "its service is away") {
        return journal_.not_asked(node, why, start + after);
    }
    void comes_and_goes_until_no_more_is_written() {
        for (int i = 0; i < 5; ++i) {
            EXPECT_NE(comes(), "") << i;
            EXPECT_NE(goes(seconds{i}), "") << i;
        }
        EXPECT_NE(comes(), "");
        EXPECT_EQ(goes(seconds{6}), "");
    }

    NodeJournal journal_;
};

TEST_F(NodeThatComesAndGoes, IsWrittenDownOnceEachTime) {
    EXPECT_EQ(comes(), std::string(node) + " is asked from now on");
    EXPECT_EQ(comes(), "");
    EXPECT_EQ(goes(seconds{1}), std::string(node) + " is not asked: its service is away");
    EXPECT_EQ(goes(seconds{2}), "");
    EXPECT_EQ(goes(seconds{3}, "the other end hung up"),
              std::string(node) + " is not asked: the other end hung up");
}

// The last word would be that it is asked.
TEST_F(NodeThatComesAndGoes, AndStaysAwayIsWrittenDownAsSoonAsItMayBe) {
    comes_and_goes_until_no_more_is_written();
    EXPECT_EQ(goes(seconds{59}), "");
    EXPECT_EQ(goes(seconds{60}), "(Another such line was left out.) " + std::string(node) +
                                     " is not asked: its service is away");
    EXPECT_EQ(goes(seconds{61}), "");
}

TEST_F(NodeThatComesAndGoes, IsNotSaidToBeBackWhereNobodyReadThatItWasGone) {
    comes_and_goes_until_no_more_is_written();
    EXPECT_EQ(comes(), "");
    EXPECT_EQ(goes(seconds{7}), "");
    EXPECT_THAT(goes(seconds{70}), HasSubstr("is not asked"));
}

}  // namespace
}  // namespace secondstep::relay::journal
