#include "secondstepd/client_line.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <optional>

#include "dialogue/conversation/answer_times.h"
#include "relay/envelope_socket.h"

namespace secondstep::service {
namespace {

// The relay's end of a line to the service, and the service's.
class LineOfTheRelay : public ::testing::Test {
  protected:
    LineOfTheRelay() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
        relay_ = UniqueFd(ends[0]);
        line_.emplace(UniqueFd(ends[1]), ClientLine::Peer::relay);
    }
    void hear_an_answer(std::optional<std::chrono::milliseconds> left) {
        Secret packet = wire::encode(wire::Answer{wire::AnswerKind::text, Secret::copy_of("123456")}).value();
        ASSERT_TRUE(relay::send_envelope(relay_.get(), relay::Answer{{7}, std::move(packet), left}).value());
        ASSERT_TRUE(line_->receive().value());
    }

    UniqueFd relay_;
    std::optional<ClientLine> line_;
};

TEST_F(LineOfTheRelay, WaitsUntilItIsHungUpOnEitherSide) {
    const auto waits = line_->presence();
    hear_an_answer(std::nullopt);
    EXPECT_TRUE(waits());
    relay_ = UniqueFd();
    EXPECT_FALSE(waits());
}

TEST_F(LineOfTheRelay, WaitsForNothingThatWasClosedHere) {
    const auto waits = line_->presence();
    EXPECT_TRUE(waits());
    line_->close();
    EXPECT_FALSE(waits());
}

TEST_F(LineOfTheRelay, WaitsForEachAnswerAsLongAsItsHostSays) {
    const auto waits = line_->presence();
    hear_an_answer(std::chrono::milliseconds{0});
    EXPECT_FALSE(waits()) << "it has given that up";
    hear_an_answer(std::chrono::milliseconds{60'000});
    EXPECT_TRUE(waits());
    hear_an_answer(std::chrono::milliseconds{0});
    hear_an_answer(std::nullopt);
    EXPECT_TRUE(waits()) << "of a version that does not say";
}

// It would be written, and the host would have given it up.
TEST_F(LineOfTheRelay, DoesNotWaitForWhatItWouldHearOfTooLate) {
    const auto waits = line_->presence();
    hear_an_answer(std::chrono::milliseconds{300});
    EXPECT_FALSE(waits());
    // Read right after it was said; the clock of that is not this test's.
    hear_an_answer(dialogue::answer_times::until_it_is_heard + std::chrono::milliseconds{10'000});
    EXPECT_TRUE(waits());
}

}  // namespace
}  // namespace secondstep::service
