#include "tool/confined/built_reader.h"

namespace secondstep {
namespace {

class BuiltPskcReader : public testing::BuiltReader {
  protected:
    BuiltPskcReader() : BuiltReader(SECONDSTEP_PSKC_READER, 1024UL * 1024 * 1024) {}
};

TEST_F(BuiltPskcReader, IsLockedUpBeforeTheFirstByte) {
    expect_locked_up();
}

TEST_F(BuiltPskcReader, AnswersWhenThereIsNothing) {
    ASSERT_TRUE(is_locked_up());
    EXPECT_EQ(answer_to_nothing().substr(0, 8), std::string("SPX1\1\0\0\0", 8));
}

}  // namespace
}  // namespace secondstep
