#include "relay/frame.h"

#include <gmock/gmock.h>

#include <chrono>
#include <string>

#include "support/failure.h"

namespace secondstep::relay {
namespace {

using testing::failure;

Bytes bytes_of(const Frame& frame) {
    Secret out;
    append(out, frame);
    return {out.bytes().begin(), out.bytes().end()};
}

TEST(Frame, OfEachKindComesBack) {
    const auto carried = take(bytes_of(Carried{7, Secret::copy_of("envelope")})).value().value();
    EXPECT_EQ(std::get<Carried>(carried.frame).conversation, 7U);
    EXPECT_EQ(std::get<Carried>(carried.frame).envelope.text(), "envelope");
    EXPECT_EQ(carried.size, frame_head + 8);
    EXPECT_EQ(std::get<Closed>(take(bytes_of(Closed{0xffffffff})).value()->frame).conversation, 0xffffffffU);
    EXPECT_TRUE(std::holds_alternative<Ping>(take(bytes_of(Ping{})).value()->frame));
    EXPECT_TRUE(std::get<Pong>(take(bytes_of(Pong{true})).value()->frame).can_judge);
    EXPECT_FALSE(std::get<Pong>(take(bytes_of(Pong{false})).value()->frame).can_judge);
}

TEST(Frame, IsLengthTypeConversationPayload) {
    EXPECT_EQ(bytes_of(Carried{0x01020304, Secret::copy_of("ab")}),
              (Bytes{0, 0, 0, 7, 1, 1, 2, 3, 4, 'a', 'b'}));
    EXPECT_EQ(bytes_of(Closed{5}), (Bytes{0, 0, 0, 5, 2, 0, 0, 0, 5}));
    EXPECT_EQ(bytes_of(Ping{}), (Bytes{0, 0, 0, 5, 3, 0, 0, 0, 0}));
    EXPECT_EQ(bytes_of(Pong{true}), (Bytes{0, 0, 0, 6, 4, 0, 0, 0, 0, 1}));
}

// Without it is what version 1 has.
TEST(Protocol, VersionsAreComparedAsNumbers) {
    EXPECT_EQ(version_of(newest_protocol), version_of(previous_protocol) + 1);
    EXPECT_EQ(version_of("secondstep-fleet/10"), 10U) << "and not before 9";
    EXPECT_GE(version_of(newest_protocol), first_in_which_hosts_describe_themselves);
    for (const char* const none :
         {"", "secondstep-fleet/", "secondstep-fleet/x", "secondstep-fleet/3x", "h2", "3"})
        EXPECT_EQ(version_of(none), 0U) << none;
}

TEST(Frame, APongMayTellTheTime) {
    const WallTime time(std::chrono::milliseconds{0x0102030405});
    EXPECT_EQ(bytes_of(Pong{true, time}), (Bytes{0, 0, 0, 14, 4, 0, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(std::get<Pong>(take(bytes_of(Pong{true, time})).value()->frame).clock, time);
    EXPECT_FALSE(std::get<Pong>(take(bytes_of(Pong{true})).value()->frame).clock);
    EXPECT_EQ(failure(take(Bytes{0, 0, 0, 13, 4, 0, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4})), Errc::damaged);
    EXPECT_EQ(failure(take(Bytes{0, 0, 0, 14, 4, 0, 0, 0, 0, 2, 0, 0, 0, 1, 2, 3, 4, 5})), Errc::damaged);
}

TEST(Frame, APingMayTellTheTimeAndTheVersionOfItsProgram) {
    const Ping ping{OwnWord{WallTime(std::chrono::milliseconds{0x0102030405}), "1.2"}};
    EXPECT_EQ(bytes_of(ping), (Bytes{0, 0, 0, 16, 3, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, '1', '.', '2'}));
    const auto word = std::get<Ping>(take(bytes_of(ping)).value()->frame).word;
    ASSERT_TRUE(word);
    EXPECT_EQ(word->clock, ping.word->clock);
    EXPECT_EQ(word->version, "1.2");
    EXPECT_FALSE(std::get<Ping>(take(bytes_of(Ping{})).value()->frame).word);
}

Bytes ping_with(std::string_view version) {
    Bytes bytes{0, 0, 0, static_cast<std::uint8_t>(5 + 8 + version.size()), 3, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                0, 0, 0};
    bytes.insert(bytes.end(), version.begin(), version.end());
    return bytes;
}

// It is shown to people, on a terminal.
TEST(Frame, APingWithAVersionThatCannotBeShownIsDamaged) {
    EXPECT_TRUE(take(ping_with(std::string(32, '9'))));
    for (const std::string_view version :
         {std::string_view(""), std::string_view("1 2"), std::string_view("1.2\n"),
          std::string_view("\x1b[2J"), std::string_view("\0", 1), std::string_view("1.2\x7f"),
          std::string_view("\xc3\xa4"), std::string_view("123456789012345678901234567890123")})
        EXPECT_EQ(failure(take(ping_with(version))), Errc::damaged) << version;
    EXPECT_EQ(failure(take(Bytes{0, 0, 0, 12, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})), Errc::damaged)
        << "a part of a time";
}

// Whoever packages a program may call it what they like; the node would hang up on it.
TEST(Frame, APingNeverSaysAVersionThatCannotBeRead) {
    EXPECT_EQ(bytes_of(Ping{OwnWord{WallTime{}, "1.2 (built by me)"}}), bytes_of(Ping{}));
}

TEST(Frame, IsWaitedForUntilItIsWhole) {
    const Bytes whole = bytes_of(Carried{7, Secret::copy_of("envelope")});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto taken = take(ByteView(whole).first(size));
        ASSERT_TRUE(taken) << size;
        EXPECT_FALSE(*taken) << size;
    }
}

TEST(Frame, IsTakenFromTheFrontOfMore) {
    Secret two;
    append(two, Ping{});
    append(two, Closed{3});
    const auto first = take(two.bytes()).value().value();
    EXPECT_TRUE(std::holds_alternative<Ping>(first.frame));
    const auto second = take(two.bytes().subspan(first.size)).value().value();
    EXPECT_EQ(std::get<Closed>(second.frame).conversation, 3U);
}

TEST(Frame, OfTheLargestSizeIsTaken) {
    EXPECT_TRUE(take(bytes_of(Carried{1, Secret(max_envelope)})).value());
}

// Before anything of it is waited for: a length is a promise to hold so much.
TEST(Frame, OfAnImpossibleLengthIsDamagedByItsHead) {
    EXPECT_EQ(failure(take(Bytes{0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 1})), Errc::damaged);
    EXPECT_EQ(failure(take(bytes_of(Carried{1, Secret(max_envelope + 1)}))), Errc::damaged);
    EXPECT_EQ(failure(take(Bytes{0, 0, 0, 4, 3, 0, 0, 0, 0})), Errc::damaged);
    EXPECT_EQ(failure(take(Bytes{0, 0, 0, 0, 3, 0, 0, 0, 0})), Errc::damaged);
}

TEST(Frame, OfAnUnknownTypeOrWithAnotherPayloadIsDamaged) {
    EXPECT_EQ(failure(take(Bytes{0, 0, 0, 5, 0, 0, 0, 0, 0})), Errc::damaged);
    EXPECT_EQ(failure(take(Bytes{0, 0, 0, 5, 5, 0, 0, 0, 0})), Errc::damaged);
    EXPECT_EQ(failure(take(Bytes{0, 0, 0, 5, 1, 0, 0, 0, 1})), Errc::damaged) << "nothing carried";
    EXPECT_EQ(failure(take(Bytes{0, 0, 0, 6, 2, 0, 0, 0, 1, 0})), Errc::damaged) << "closed, with a payload";
    EXPECT_EQ(failure(take(Bytes{0, 0, 0, 5, 2, 0, 0, 0, 0})), Errc::damaged) << "no conversation closed";
    EXPECT_EQ(failure(take(Bytes{0, 0, 0, 5, 3, 0, 0, 0, 1})), Errc::damaged) << "a ping in a conversation";
    EXPECT_EQ(failure(take(Bytes{0, 0, 0, 6, 3, 0, 0, 0, 0, 0})), Errc::damaged) << "a ping with a payload";
    EXPECT_EQ(failure(take(Bytes{0, 0, 0, 6, 4, 0, 0, 0, 0, 2})), Errc::damaged) << "a pong that is neither";
    EXPECT_EQ(failure(take(Bytes{0, 0, 0, 5, 4, 0, 0, 0, 0})), Errc::damaged) << "a pong of nothing";
    EXPECT_EQ(failure(take(Bytes{0, 0, 0, 6, 4, 0, 0, 0, 9, 1})), Errc::damaged)
        << "a pong in a conversation";
}

}  // namespace
}  // namespace secondstep::relay
