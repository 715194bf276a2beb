#include "dialogue/memory/repeated_codes.h"

#include <gtest/gtest.h>

#include "support/seeded_randomness.h"

namespace secondstep {
namespace {

using std::chrono::seconds;

class RepeatedCodes : public ::testing::Test {
  protected:
    using Use = dialogue::RepeatedCodes::Use;

    bool knows(const Use& use, std::string_view code, seconds later = seconds{0}) {
        return codes_.knows(use, Secret::copy_of(code), now_ + later);
    }
    void add(const Use& use, std::string_view code, seconds later = seconds{0}) {
        codes_.add(use, Secret::copy_of(code), now_ + later, seconds{60});
    }

    testing::SeededRandomness randomness_;
    dialogue::RepeatedCodes codes_{randomness_};
    dialogue::RepeatedCodes::Time now_{std::chrono::hours{1}};
    Use use_{"users/alice/1", "nginx", "192.0.2.7"};
};

TEST_F(RepeatedCodes, AreKnownForTheirUseAndNoOther) {
    add(use_, "123456");
    EXPECT_TRUE(knows(use_, "123456"));
    EXPECT_FALSE(knows(use_, "123457"));
    EXPECT_FALSE(knows({"users/bob/1", "nginx", "192.0.2.7"}, "123456"));
    EXPECT_FALSE(knows({"users/alice/1", "apache", "192.0.2.7"}, "123456"));
    EXPECT_FALSE(knows({"users/alice/1", "nginx", "192.0.2.8"}, "123456"));
    EXPECT_FALSE(knows({"users/alice/1n", "ginx", "192.0.2.7"}, "123456")) << "the same letters in a row";
}

TEST_F(RepeatedCodes, EndAndKnowingThemDoesNotMoveThat) {
    add(use_, "123456");
    add(use_, "123456", seconds{40});
    EXPECT_TRUE(knows(use_, "123456", seconds{59}));
    EXPECT_FALSE(knows(use_, "123456", seconds{60}));
    add(use_, "123456", seconds{70});
    EXPECT_TRUE(knows(use_, "123456", seconds{129}));
}

TEST_F(RepeatedCodes, AreNotKnownToAnotherProcess) {
    add(use_, "123456");
    dialogue::RepeatedCodes other(randomness_);
    EXPECT_FALSE(other.knows(use_, Secret::copy_of(std::string_view("123456")), now_));
}

TEST_F(RepeatedCodes, HaveABoundAndWhatHasEndedMakesRoom) {
    for (unsigned n = 0; n < 65'536; ++n)
        add(use_, std::to_string(n));
    add(use_, "one more");
    EXPECT_FALSE(knows(use_, "one more")) << "asked for a new code; nobody is let in by mistake";
    EXPECT_TRUE(knows(use_, "0"));
    add(use_, "one more", seconds{61});
    EXPECT_TRUE(knows(use_, "one more", seconds{62}));
}

}  // namespace
}  // namespace secondstep
