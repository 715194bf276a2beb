#include "wire/outbox.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/freed_memory.h"

namespace secondstep::wire {
namespace {

Show a_text(std::size_t size, char symbol = 'x') {
    return {.style = Style::info, .text = Secret::copy_of(std::string(size, symbol))};
}

const Ask question{.text = "Verification code: "};
const End verdict{.verdict = Verdict::accepted};

// Sends what is due; how many messages each packet held.
std::vector<std::size_t> packets_of(Outbox& outbox) {
    std::vector<std::size_t> sizes;
    for (; outbox.due(); outbox.sent()) {
        const auto messages = decode_packet(outbox.packet().bytes());
        sizes.push_back(messages ? messages->size() : 0);
    }
    return sizes;
}

using Sizes = std::vector<std::size_t>;

TEST(Outbox, ATextWaitsForTheQuestionOrTheVerdict) {
    Outbox outbox;
    for (const Message& last : {Message(Ask(question)), Message(End(verdict))}) {
        ASSERT_TRUE(outbox.put(a_text(3)));
        EXPECT_FALSE(outbox.due());
        EXPECT_FALSE(outbox.empty());
        ASSERT_TRUE(outbox.put(a_text(4)));
        EXPECT_FALSE(outbox.due());
        ASSERT_TRUE(outbox.put(last));
        EXPECT_EQ(packets_of(outbox), Sizes{3});
        EXPECT_TRUE(outbox.empty());
    }
}

TEST(Outbox, AQuestionAloneIsDue) {
    Outbox outbox;
    EXPECT_FALSE(outbox.due());
    ASSERT_TRUE(outbox.put(question));
    EXPECT_EQ(packets_of(outbox), Sizes{1});
}

TEST(Outbox, InAnEarlierVersionEveryMessageIsDue) {
    for (const std::uint8_t version : {std::uint8_t{1}, std::uint8_t{2}}) {
        Outbox outbox;
        outbox.speak(version);
        for (const Message& message : {Message(a_text(3)), Message(Ask(question)), Message(End(verdict))}) {
            ASSERT_TRUE(outbox.put(message));
            EXPECT_TRUE(outbox.due());
            EXPECT_EQ(outbox.packet().bytes()[0], version);
            EXPECT_EQ(packets_of(outbox), Sizes{1});
        }
    }
}

TEST(Outbox, WhatHasNoRoomGoesIntoThePacketBehind) {
    Outbox outbox;
    ASSERT_TRUE(outbox.put(a_text(5000, 'a')));
    ASSERT_TRUE(outbox.put(a_text(5000, 'b')));
    ASSERT_TRUE(outbox.due()) << "before anything more is put";
    EXPECT_EQ(outbox.packet().bytes()[10], 'a') << "in the order in which they were put";
    outbox.sent();
    EXPECT_FALSE(outbox.due()) << "the second text waits for what follows it";
    EXPECT_EQ(outbox.packet().bytes()[10], 'b');
    ASSERT_TRUE(outbox.put(question));
    EXPECT_EQ(packets_of(outbox), Sizes{2});
}

TEST(Outbox, AQuestionWithoutRoomIsDueInAPacketOfItsOwn) {
    Outbox outbox;
    ASSERT_TRUE(outbox.put(a_text(max_text)));
    EXPECT_FALSE(outbox.due());
    ASSERT_TRUE(outbox.put(question));
    EXPECT_EQ(packets_of(outbox), (Sizes{1, 1}));
    EXPECT_TRUE(outbox.empty());
}

TEST(Outbox, TakesNothingBehindWhatIsDue) {
    Outbox outbox;
    ASSERT_TRUE(outbox.put(question));
    EXPECT_EQ(outbox.put(a_text(1)).error().code, Errc::invalid);
    EXPECT_EQ(packets_of(outbox), Sizes{1});
    ASSERT_TRUE(outbox.put(a_text(5000)));
    ASSERT_TRUE(outbox.put(a_text(5000)));
    EXPECT_EQ(outbox.put(verdict).error().code, Errc::invalid);
}

TEST(Outbox, ATextMayGoBeforeItIsDue) {
    Outbox outbox;
    ASSERT_TRUE(outbox.put(a_text(3)));
    EXPECT_EQ(decode_packet(outbox.packet().bytes())->size(), 1U);
    outbox.sent();
    EXPECT_TRUE(outbox.empty());
    EXPECT_FALSE(outbox.due());
    ASSERT_TRUE(outbox.put(verdict));
    EXPECT_EQ(packets_of(outbox), Sizes{1});
}

TEST(Outbox, WhatCannotBeSaidChangesNothing) {
    Outbox outbox;
    EXPECT_EQ(outbox.put(a_text(max_text + 1)).error().code, Errc::too_large);
    EXPECT_TRUE(outbox.empty());
    ASSERT_TRUE(outbox.put(a_text(3)));
    EXPECT_EQ(outbox.put(a_text(max_text + 1)).error().code, Errc::too_large);
    const End wrong{.verdict = Verdict::refused, .proof = Token::of(Bytes(66, 1)).value()};
    EXPECT_EQ(outbox.put(wrong).error().code, Errc::invalid);
    EXPECT_FALSE(outbox.due());
    ASSERT_TRUE(outbox.put(verdict));
    EXPECT_EQ(packets_of(outbox), Sizes{2});
}

// A text may be a key. Each packet grows, is sent or dropped, and another one follows.
TEST(Outbox, LeavesNothingOfATextInMemoryThatItGaveBack) {
    static constexpr std::string_view key = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    const std::vector<std::string> texts{std::string(key)};
    const secondstep::testing::FreedMemory freed(texts);
    const auto put = [](Outbox& outbox) {
        ASSERT_TRUE(outbox.put(Show{.text = Secret::copy_of(key)}));
        ASSERT_TRUE(outbox.put(a_text(5000)));
        ASSERT_TRUE(outbox.put(Show{.text = Secret::copy_of(key)}));
        ASSERT_TRUE(outbox.put(question));
    };
    Outbox outbox;
    put(outbox);
    for (; outbox.due(); outbox.sent()) {
    }
    put(outbox);
    outbox.drop();
    {
        Outbox never_sent;
        put(never_sent);
    }
    EXPECT_EQ(freed.blocks_with_a_text(), 0U);
}

TEST(Outbox, WhatNobodyTakesIsDropped) {
    Outbox outbox;
    ASSERT_TRUE(outbox.put(a_text(5000)));
    ASSERT_TRUE(outbox.put(question));
    ASSERT_TRUE(outbox.put(a_text(5000)).error().code == Errc::invalid);
    outbox.drop();
    EXPECT_FALSE(outbox.due());
    EXPECT_TRUE(outbox.empty());
}

}  // namespace
}  // namespace secondstep::wire
