// Packets of several messages, as a service sends them from version 3 on.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "wire/message.h"

namespace secondstep::wire {
namespace {

Show a_text(std::string_view text) {
    return {.style = Style::info, .text = Secret::copy_of(text)};
}

Bytes packet_of(const std::vector<const Message*>& messages) {
    Secret packet;
    for (const Message* message : messages) {
        if (const auto done = append(packet, *message, protocol_version); !done)
            throw std::runtime_error(done.error().detail);
    }
    return {packet.bytes().begin(), packet.bytes().end()};
}

Errc error_of(ByteView packet) {
    const auto messages = decode_packet(packet);
    if (messages) throw std::runtime_error("decoded");
    return messages.error().code;
}

const Message text = a_text("a");
const Message question = Ask{.echo = true, .text = "?", .combined_length = 6};
const Message verdict = End{.verdict = Verdict::refused};

TEST(Packet, HasItsVersionOnceAndThenTheMessages) {
    EXPECT_EQ(packet_of({&text, &text, &question}),
              (Bytes{3, 3, 1, 0, 1, 'a', 3, 1, 0, 1, 'a', 4, 1, 6, 0, 1, '?'}));
    EXPECT_EQ(packet_of({&text, &verdict}), (Bytes{3, 3, 1, 0, 1, 'a', 5, 2, 0, 0}));
}

TEST(Packet, ComesBackAsItWasAndInItsOrder) {
    const auto messages = decode_packet(packet_of({&text, &question}));
    ASSERT_TRUE(messages);
    ASSERT_EQ(messages->size(), 2U);
    EXPECT_EQ(std::get<Show>(messages->at(0)).text.text(), "a");
    EXPECT_EQ(std::get<Ask>(messages->at(1)).text, "?");
    EXPECT_EQ(std::get<Ask>(messages->at(1)).combined_length, 6);
}

TEST(Packet, MayHoldTextsAlone) {
    EXPECT_EQ(decode_packet(packet_of({&text}))->size(), 1U);
    EXPECT_EQ(decode_packet(packet_of({&text, &text, &text}))->size(), 3U);
}

TEST(Packet, EndsWithAQuestionOrTheVerdict) {
    for (const Message* last : {&question, &verdict}) {
        for (const Message* behind : {&text, &question, &verdict})
            EXPECT_EQ(error_of(packet_of({&text, last, behind})), Errc::damaged);
    }
}

TEST(Packet, WhatAClientSaysIsAlone) {
    const Message hello = Hello{};
    const Message answer = Answer{.kind = AnswerKind::text, .text = Secret::copy_of("492039")};
    for (const Message* clients : {&hello, &answer}) {
        EXPECT_EQ(decode_packet(packet_of({clients}))->size(), 1U);
        EXPECT_EQ(error_of(packet_of({&text, clients})), Errc::damaged);
        EXPECT_EQ(error_of(packet_of({clients, &text})), Errc::damaged);
        EXPECT_EQ(error_of(packet_of({clients, clients})), Errc::damaged);
    }
}

// A service reads one message a packet, whatever a client puts behind it.
TEST(Packet, OfAClientHoldsOneMessage) {
    for (const Message* behind : {&text, &question, &verdict}) {
        const auto message = decode(packet_of({&text, behind}));
        ASSERT_FALSE(message);
        EXPECT_EQ(message.error().code, Errc::damaged);
    }
    EXPECT_TRUE(decode(packet_of({&text})));
}

TEST(Packet, OfAnEarlierVersionHoldsOneMessage) {
    for (const std::uint8_t version : Bytes{1, 2}) {
        Bytes packet = packet_of({&text, &text});
        packet[0] = version;
        EXPECT_EQ(error_of(packet), Errc::damaged);
        packet.resize(6);
        EXPECT_EQ(decode_packet(packet)->size(), 1U);
    }
}

TEST(Packet, EveryTruncationIsDamagedOrHoldsFewerMessages) {
    const Bytes whole = packet_of({&text, &text, &question});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto messages = decode_packet(ByteView(whole).first(size));
        const bool between_messages = size == 6 || size == 11;
        EXPECT_EQ(messages.has_value(), between_messages) << size;
    }
}

TEST(Packet, DamageInAnyMessageIsDamageOfThePacket) {
    const Bytes whole = packet_of({&text, &text, &verdict});
    for (const std::size_t field : {1U, 2U, 3U, 6U, 7U, 8U, 11U, 12U, 13U}) {
        Bytes packet = whole;
        packet[field] = 0xff;
        EXPECT_EQ(error_of(packet), Errc::damaged) << field;
    }
}

TEST(Packet, OfAnUnknownVersionIsUnsupportedWhateverItHolds) {
    Bytes packet = packet_of({&verdict, &text});
    packet[0] = 4;
    EXPECT_EQ(error_of(packet), Errc::unsupported);
    EXPECT_EQ(decode(packet).error().code, Errc::unsupported);
}

TEST(Packet, TakesNoMoreThanItsBoundAndStaysAsItWas) {
    Secret packet;
    ASSERT_TRUE(append(packet, a_text(std::string(4000, 'x')), 3));
    ASSERT_TRUE(append(packet, a_text(std::string(max_message - packet.size() - 4, 'y')), 3));
    EXPECT_EQ(packet.size(), max_message);
    const Secret before = packet.clone();
    const Result<void> done = append(packet, a_text(""), 3);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Errc::too_large);
    EXPECT_TRUE(equal_in_constant_time(packet, before));
    EXPECT_EQ(decode_packet(packet.bytes())->size(), 2U);
}

TEST(Packet, IsAsItWasWhenAMessageIsInvalid) {
    Secret packet;
    ASSERT_TRUE(append(packet, text, 3));
    const End wrong{.verdict = Verdict::refused, .proof = Token::of(Bytes(66, 1)).value()};
    EXPECT_EQ(append(packet, wrong, 3).error().code, Errc::invalid);
    EXPECT_EQ(packet.size(), 6U);
    Secret empty;
    EXPECT_EQ(append(empty, wrong, 3).error().code, Errc::invalid);
    EXPECT_TRUE(empty.empty());
}

}  // namespace
}  // namespace secondstep::wire
