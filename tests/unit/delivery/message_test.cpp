#include "delivery/message.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "sample_message.h"

namespace secondstep::delivery {
namespace {

using testing::code_message;

Message notice_message() {
    Message m = code_message();
    m.purpose = MessagePurpose::notice;
    m.code.wipe();
    m.code = {};
    m.valid = {};
    m.notice = "New recovery codes were made for you.";
    return m;
}

Bytes bytes_of(const Message& message) {
    const auto packet = encode(message);
    return packet ? Bytes(packet->bytes().begin(), packet->bytes().end()) : Bytes{};
}

Errc refusal(const Message& message) {
    const auto packet = encode(message);
    return packet ? Errc::io : packet.error().code;
}

Errc refusal(ByteView packet) {
    const auto message = decode_message(packet);
    return message ? Errc::io : message.error().code;
}

void expect_same(const Message& a, const Message& b) {
    EXPECT_EQ(a.purpose, b.purpose);
    EXPECT_EQ(a.to, b.to);
    EXPECT_EQ(a.user, b.user);
    EXPECT_EQ(a.host, b.host);
    EXPECT_EQ(a.service, b.service);
    EXPECT_EQ(a.contact, b.contact);
    EXPECT_EQ(a.notice, b.notice);
    EXPECT_EQ(a.valid, b.valid);
    EXPECT_EQ(a.code.text(), b.code.text());
}

// The text is written over by one of the same length, so that the packet stays whole.
Bytes with_replaced(Bytes packet, std::string_view text, std::string_view other) {
    const ByteView wanted = as_bytes(text);
    const auto at = std::search(packet.begin(), packet.end(), wanted.begin(), wanted.end());
    EXPECT_NE(at, packet.end());
    EXPECT_EQ(text.size(), other.size());
    std::ranges::copy(as_bytes(other), at);
    return packet;
}

TEST(MessageTest, ComesBackAsItWasSent) {
    const auto code = decode_message(bytes_of(code_message()));
    ASSERT_TRUE(code.has_value()) << code.error().detail;
    expect_same(*code, code_message());
    const auto notice = decode_message(bytes_of(notice_message()));
    ASSERT_TRUE(notice.has_value()) << notice.error().detail;
    expect_same(*notice, notice_message());
}

TEST(MessageTest, LosesNothingOfItsLongestTexts) {
    Message m = notice_message();
    m.notice = std::string(1024, 'n');
    m.contact = std::string(1023, 'c') + "x";
    m.user = std::string(1024, 'u');
    const auto back = decode_message(bytes_of(m));
    ASSERT_TRUE(back.has_value());
    expect_same(*back, m);
}

TEST(MessageTest, RefusesToCutAText) {
    for (std::string Message::* field :
         {&Message::user, &Message::host, &Message::service, &Message::contact, &Message::notice}) {
        Message m = notice_message();
        m.*field = std::string(1025, 'x');
        EXPECT_EQ(refusal(m), Errc::too_large);
    }
    Message m = notice_message();
    m.user = m.host = m.service = m.contact = std::string(1024, 'x');
    EXPECT_EQ(refusal(m), Errc::too_large) << "four long texts are over 4096 bytes together";
}

TEST(MessageTest, RefusesControlCharactersOnBothSides) {
    for (std::string Message::* field :
         {&Message::user, &Message::host, &Message::service, &Message::contact, &Message::notice}) {
        Message m = notice_message();
        m.*field = "a\nb";
        EXPECT_EQ(refusal(m), Errc::invalid);
    }
    EXPECT_EQ(refusal(with_replaced(bytes_of(code_message()), "night", "n\rght")), Errc::damaged);
    EXPECT_EQ(refusal(with_replaced(bytes_of(code_message()), "web01", std::string_view("we\0b1", 5))),
              Errc::damaged);
}

TEST(MessageTest, RefusesAnAddressThatIsNone) {
    EXPECT_EQ(refusal(with_replaced(bytes_of(code_message()), "alice@example", "-lice@example")),
              Errc::damaged);
    EXPECT_EQ(refusal(with_replaced(bytes_of(code_message()), "alice@example", " lice@example")),
              Errc::damaged)
        << "what create() would mend was not written by encode()";
}

TEST(MessageTest, RefusesACodeThatIsNone) {
    for (const char* code : {"", "12345", "123456789", "12345a"}) {
        Message m = code_message();
        m.code = Secret::copy_of(code);
        EXPECT_EQ(refusal(m), Errc::invalid) << code;
    }
    EXPECT_EQ(refusal(with_replaced(bytes_of(code_message()), "012345", "01234x")), Errc::damaged);
}

TEST(MessageTest, CarriesWhatGoesWithItsPurposeOnly) {
    Message with_code = notice_message();
    with_code.code = Secret::copy_of("123456");
    EXPECT_EQ(refusal(with_code), Errc::invalid);
    Message with_notice = code_message();
    with_notice.notice = "x";
    EXPECT_EQ(refusal(with_notice), Errc::invalid);
    Message without_end = code_message();
    without_end.valid = {};
    EXPECT_EQ(refusal(without_end), Errc::invalid);
    Message without_notice = notice_message();
    without_notice.notice.clear();
    EXPECT_EQ(refusal(without_notice), Errc::invalid);
}

TEST(MessageTest, RefusesEveryTruncationAndAnythingLeftOver) {
    Bytes packet = bytes_of(code_message());
    for (std::size_t size = 0; size < packet.size(); ++size)
        EXPECT_EQ(refusal(ByteView(packet).first(size)), Errc::damaged) << size;
    packet.push_back(0);
    EXPECT_EQ(refusal(packet), Errc::damaged);
    EXPECT_EQ(refusal(Bytes(max_message_size + 1, 1)), Errc::damaged);
}

TEST(MessageTest, RefusesUnknownVersionsPurposesAndChannels) {
    Bytes packet = bytes_of(code_message());
    packet[0] = 2;
    EXPECT_EQ(refusal(packet), Errc::unsupported);
    for (const std::size_t at : {1U, 2U}) {
        for (const std::uint8_t value : Bytes{0, 5, 255}) {
            packet = bytes_of(code_message());
            packet[at] = value;
            EXPECT_EQ(refusal(packet), Errc::damaged) << at << " " << +value;
        }
    }
}

Message link(const std::string& text) {
    Message m = code_message();
    m.purpose = MessagePurpose::link;
    m.to = *Address::create(Channel::sms, "+4915123456");
    m.service = "Example Corp";
    m.code = Secret::copy_of(text);
    return m;
}

TEST(MessageTest, ALinkComesBackAsItWasSent) {
    for (const std::string& text : {std::string("https://web01:8443/0123456789abcdef"),
                                    "https://" + std::string(longest_link - 8, 'x')}) {
        const auto back = decode_message(bytes_of(link(text)));
        ASSERT_TRUE(back.has_value()) << back.error().detail;
        expect_same(*back, link(text));
    }
}

TEST(MessageTest, RefusesALinkThatIsNone) {
    for (const std::string& bad :
         {std::string(), std::string("https://"), std::string("http://web01/"), std::string("web01/x"),
          std::string("https://web01/a b"), std::string("https://web01/\n"), std::string("https://wéb01/"),
          std::string("012345"), "https://" + std::string(longest_link - 7, 'x')}) {
        EXPECT_EQ(refusal(link(bad)), Errc::invalid) << bad;
    }
    EXPECT_EQ(refusal(with_replaced(bytes_of(link("https://web01/x")), "https://", "http:///")),
              Errc::damaged);
}

// It works for minutes; a mailbox keeps it for years, and copies it to every device.
TEST(MessageTest, ALinkGoesByTextMessageOnly) {
    Message m = link("https://web01/x");
    m.to = code_message().to;
    EXPECT_EQ(refusal(m), Errc::invalid);
}

TEST(MessageTest, ALinkSaysHowLongItWorks) {
    Message m = link("https://web01/x");
    m.valid = {};
    EXPECT_EQ(refusal(m), Errc::invalid);
}

TEST(MessageTest, ACodeIsNoLink) {
    Message m = code_message();
    m.code = Secret::copy_of("https://web01/x");
    EXPECT_EQ(refusal(m), Errc::invalid);
}

// FORMATS.md; a service and a courier of different versions meet on one machine during an upgrade.
TEST(MessageTest, HasTheBytesThatAreDocumented) {
    const Message m{.purpose = MessagePurpose::code,
                    .to = *Address::create(Channel::sms, "+4915123456"),
                    .user = "u",
                    .host = "h",
                    .service = "s",
                    .contact = "c",
                    .code = Secret::copy_of("123456"),
                    .valid = std::chrono::minutes{258},
                    .notice = {}};
    const std::string_view expected(
        "\x01\x01\x02\x00\x0b+4915123456\x00\x01u\x00\x01h\x00\x01s\x00\x01"
        "c\x00\x00\x01\x02\x00\x06"
        "123456",
        40);
    const Bytes packet = bytes_of(m);
    EXPECT_EQ(std::string(packet.begin(), packet.end()), expected);
}

}  // namespace
}  // namespace secondstep::delivery
