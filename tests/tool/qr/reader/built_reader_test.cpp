#include "tool/confined/built_reader.h"

namespace secondstep {
namespace {

class BuiltQrReader : public testing::BuiltReader {
  protected:
    BuiltQrReader() : BuiltReader(SECONDSTEP_QR_READER, 640UL * 1024 * 1024) {}
};

TEST_F(BuiltQrReader, IsLockedUpBeforeTheFirstByte) {
    expect_locked_up();
}

TEST_F(BuiltQrReader, AnswersWhenThereIsNothing) {
    ASSERT_TRUE(is_locked_up());
    EXPECT_EQ(answer_to_nothing().substr(0, 5), std::string("SQR1\1", 5));
}

}  // namespace
}  // namespace secondstep
