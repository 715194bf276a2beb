#include "secondstepd/sparing_warning.h"

#include <gtest/gtest.h>

#include <vector>

namespace secondstep::service {
namespace {

using namespace std::chrono_literals;

class RememberingJournal final : public dialogue::Journal {
  public:
    void decided(const dialogue::Decision&) override {}
    void changed(const dialogue::ChangeEntry&) override {}
    void warn(const std::string& sentence) override { lines.push_back(sentence); }
    std::vector<std::string> lines;
};

TEST(SparingWarning, WritesOnceAPeriodAndCountsTheRest) {
    RememberingJournal journal;
    SparingWarning warning(journal, 10s);
    const SparingWarning::Time begin{};
    for (int i = 0; i < 100; ++i)
        warning.warn("too many", begin + 1ms * i);
    warning.warn("too many", begin + 10s);
    ASSERT_EQ(journal.lines.size(), 2U);
    EXPECT_EQ(journal.lines[0], "too many");
    EXPECT_EQ(journal.lines[1], "too many (99 more such events since the last line)");
}

}  // namespace
}  // namespace secondstep::service
