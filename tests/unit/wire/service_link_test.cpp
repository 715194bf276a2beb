#include "wire/service_link.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "support/ordinary_user.h"
#include "support/temporary_directory.h"
#include "unit/wire/listener.h"

namespace secondstep::wire {
namespace {

using namespace std::chrono_literals;
using secondstep::testing::Listener;

// A connected pair: the link under test and the raw socket of a service.
struct Pair {
    explicit Pair(std::chrono::milliseconds timeout = 180s)
        : listener(directory.file("s")), link(opened(timeout)) {
        service = listener.accept();
    }
    ServiceLink opened(std::chrono::milliseconds timeout) const {
        Result<ServiceLink> result =
            ServiceLink::open({.socket = directory.file("s"), .answer_timeout = timeout});
        if (!result) throw std::runtime_error(result.error().detail);
        return std::move(*result);
    }
    void says(ByteView packet) const {
        ASSERT_EQ(::send(service.get(), packet.data(), packet.size(), 0), packet.size());
    }

    secondstep::testing::TemporaryDirectory directory;
    Listener listener;
    ServiceLink link;
    UniqueFd service;
};

TEST(ServiceLink, WaitsTenSecondsByDefault) {
    EXPECT_EQ(ServiceLink::Options{}.answer_timeout, 10s);
}

TEST(ServiceLink, CarriesMessagesBothWays) {
    Pair pair;
    ASSERT_TRUE(pair.link.send(Answer{.kind = AnswerKind::text, .text = Secret::copy_of("492039")}));
    Bytes room(max_message);
    const ssize_t size = ::recv(pair.service.get(), room.data(), room.size(), 0);
    ASSERT_GT(size, 0);
    const auto got = decode(ByteView(room).first(static_cast<std::size_t>(size)));
    ASSERT_TRUE(got);
    EXPECT_EQ(std::get<Answer>(*got).text.text(), "492039");

    pair.says(Bytes{1, 5, 2});
    const auto end = pair.link.receive();
    ASSERT_TRUE(end);
    EXPECT_EQ(std::get<End>(*end).verdict, Verdict::refused);
}

TEST(ServiceLink, MissingSocketIsUnreachable) {
    const secondstep::testing::TemporaryDirectory directory;
    ASSERT_EQ(::chmod(directory.path().c_str(), 0755), 0);
    const secondstep::testing::OrdinaryUser guard;  // root would start a service
    const auto link = ServiceLink::open({.socket = directory.file("none")});
    ASSERT_FALSE(link);
    EXPECT_EQ(link.error().code, Errc::unreachable);
}

TEST(ServiceLink, SocketNobodyListensOnIsUnreachable) {
    const secondstep::testing::TemporaryDirectory directory;
    ASSERT_EQ(::chmod(directory.path().c_str(), 0755), 0);
    {
        const Listener gone(directory.file("s"));
    }
    ASSERT_EQ(::chmod(directory.file("s").c_str(), 0777), 0);
    const secondstep::testing::OrdinaryUser guard;  // root would start a service
    const auto link = ServiceLink::open({.socket = directory.file("s")});
    ASSERT_FALSE(link);
    EXPECT_EQ(link.error().code, Errc::unreachable);
}

TEST(ServiceLink, SilentServiceTimesOut) {
    Pair pair(50ms);
    const auto message = pair.link.receive();
    ASSERT_FALSE(message);
    EXPECT_EQ(message.error().code, Errc::timed_out);
}

TEST(ServiceLink, HangUpIsClosedAndRaisesNoSignal) {
    Pair pair;
    pair.service = UniqueFd{};
    const auto message = pair.link.receive();
    ASSERT_FALSE(message);
    EXPECT_EQ(message.error().code, Errc::closed);
    const auto sent = pair.link.send(Answer{});  // SIGPIPE would end this program
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, Errc::closed);
}

// --- services of before ---

// Takes the connections one after the other; of each, the first packet, and answers with the next of `said`.
struct OlderService {
    explicit OlderService(std::vector<Bytes> said)
        : listener(directory.file("s")), thread([this, answers = std::move(said)] {
              for (const Bytes& answer : answers) {
                  const UniqueFd peer = listener.accept();
                  Bytes room(max_message);
                  const ssize_t size = ::recv(peer.get(), room.data(), room.size(), 0);
                  room.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
                  heard.push_back(room);
                  ::send(peer.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
              }
          }) {}
    Result<Message> greeted() {
        Result<ServiceLink> link = ServiceLink::open({.socket = directory.file("s")});
        if (!link) return std::unexpected(link.error());
        Hello hello;
        hello.purpose = Purpose::account;
        hello.user = "alice";
        hello.proof = Token::of(Bytes(66, 1)).value();
        hello.nobody_there = true;
        Result<Message> first = link->greet(std::move(hello));
        thread.join();
        return first;
    }

    secondstep::testing::TemporaryDirectory directory;
    Listener listener;
    std::vector<Bytes> heard;
    std::thread thread;
};

TEST(ServiceLink, AnOlderServiceIsGreetedOnceMoreInItsOwnVersion) {
    OlderService service({Bytes{1, 5, 7}, Bytes{1, 5, 3}});
    const auto first = service.greeted();
    ASSERT_TRUE(first);
    EXPECT_EQ(std::get<End>(*first).verdict, Verdict::not_needed);
    ASSERT_EQ(service.heard.size(), 2U);
    EXPECT_EQ(service.heard[0].at(0), 3);
    EXPECT_EQ(service.heard[1].at(0), 1);
    const auto again = decode(service.heard[1]);
    ASSERT_TRUE(again) << "as an older service reads it";
    EXPECT_EQ(std::get<Hello>(*again).user, "alice");
    EXPECT_TRUE(std::get<Hello>(*again).proof.empty());
}

TEST(ServiceLink, AServiceOfTheVersionBeforeHearsWhatItUnderstands) {
    OlderService service({Bytes{2, 5, 7, 0, 0}, Bytes{2, 5, 3, 0, 0}});
    const auto first = service.greeted();
    ASSERT_TRUE(first);
    EXPECT_EQ(std::get<End>(*first).verdict, Verdict::not_needed);
    ASSERT_EQ(service.heard.size(), 2U);
    EXPECT_EQ(service.heard[1].at(0), 2);
    const auto again = decode(service.heard[1]);
    ASSERT_TRUE(again) << "as that service reads it";
    EXPECT_FALSE(std::get<Hello>(*again).proof.empty());
    EXPECT_TRUE(std::get<Hello>(*again).nobody_there);
}

TEST(ServiceLink, AnOlderServiceThatIsMisconfiguredSaysSoOnceMore) {
    OlderService service({Bytes{1, 5, 7}, Bytes{1, 5, 7}});
    const auto first = service.greeted();
    ASSERT_TRUE(first);
    EXPECT_EQ(std::get<End>(*first).verdict, Verdict::misconfigured);
}

TEST(ServiceLink, AServiceOfOurVersionIsNotGreetedAgain) {
    OlderService service({Bytes{3, 5, 7, 0, 0}});
    const auto first = service.greeted();
    ASSERT_TRUE(first);
    EXPECT_EQ(std::get<End>(*first).verdict, Verdict::misconfigured);
    EXPECT_EQ(service.heard.size(), 1U);
}

TEST(ServiceLink, AnOlderServiceThatRefusesIsBelieved) {
    OlderService service({Bytes{1, 5, 2}});
    const auto first = service.greeted();
    ASSERT_TRUE(first);
    EXPECT_EQ(std::get<End>(*first).verdict, Verdict::refused);
}

// --- packets of several messages ---

TEST(ServiceLink, GivesTheMessagesOfAPacketOneAfterTheOther) {
    Pair pair;
    pair.says(Bytes{3, 3, 1, 0, 1, 'a', 3, 2, 0, 1, 'b', 4, 0, 0, 0, 1, '?'});
    pair.service = UniqueFd{};  // so that the socket is not read in between: it has nothing but the hang-up
    for (const char* text : {"a", "b"}) {
        const auto show = pair.link.receive();
        ASSERT_TRUE(show);
        EXPECT_EQ(std::get<Show>(*show).text.text(), text);
    }
    const auto ask = pair.link.receive();
    ASSERT_TRUE(ask);
    EXPECT_EQ(std::get<Ask>(*ask).text, "?");
    EXPECT_EQ(pair.link.receive().error().code, Errc::closed);
}

TEST(ServiceLink, NothingOfAPacketIsGivenWhenItsEndIsDamaged) {
    Pair pair;
    pair.says(Bytes{3, 3, 1, 0, 1, 'a', 5, 9, 0, 0});
    EXPECT_EQ(pair.link.receive().error().code, Errc::damaged);
}

TEST(ServiceLink, AnOlderServiceIsKnownByAPacketOfItsOwn) {
    OlderService service({Bytes{2, 3, 1, 0, 1, 'a', 5, 7, 0, 0}});
    EXPECT_EQ(service.greeted().error().code, Errc::damaged) << "version 2 has one message a packet";
    EXPECT_EQ(service.heard.size(), 1U);
}

TEST(ServiceLink, TakesWhatItHasNotGivenAlongWhenItMoves) {
    Pair pair;
    pair.says(Bytes{3, 3, 1, 0, 1, 'a', 5, 2, 0, 0});
    ASSERT_TRUE(pair.link.receive());
    ServiceLink moved = std::move(pair.link);
    pair.link = std::move(moved);
    const auto end = pair.link.receive();
    ASSERT_TRUE(end);
    EXPECT_EQ(std::get<End>(*end).verdict, Verdict::refused);
}

TEST(ServiceLink, WhatWasSentBeforeTheHangUpArrives) {
    Pair pair;
    pair.says(Bytes{1, 5, 4});
    pair.service = UniqueFd{};
    EXPECT_FALSE(pair.link.send(Answer{}));
    const auto end = pair.link.receive();
    ASSERT_TRUE(end);
    EXPECT_EQ(std::get<End>(*end).verdict, Verdict::unavailable);
}

TEST(ServiceLink, TooLongPacketIsDamagedThoughItsBeginningIsWhole) {
    Pair pair;
    // Its first 8192 bytes are exactly one message: without the length of the whole
    // packet it would pass for it.
    Bytes packet{1, 4, 0, 0, 0x1f, 0xfa};
    packet.resize(max_message + 1, 'x');
    ASSERT_TRUE(decode(ByteView(packet).first(max_message)));
    pair.says(packet);
    const auto message = pair.link.receive();
    ASSERT_FALSE(message);
    EXPECT_EQ(message.error().code, Errc::damaged);
}

TEST(ServiceLink, GarbageIsDamaged) {
    Pair pair;
    pair.says(as_bytes("\x01\x05garbage"));
    const auto message = pair.link.receive();
    ASSERT_FALSE(message);
    EXPECT_EQ(message.error().code, Errc::damaged);
}

TEST(ServiceLink, MovesAndClosesOnce) {
    Pair pair;
    {
        ServiceLink moved = std::move(pair.link);
        EXPECT_TRUE(moved.send(End{}));
    }
    Bytes room(16);
    EXPECT_EQ(::recv(pair.service.get(), room.data(), room.size(), 0), 5);
    EXPECT_EQ(::recv(pair.service.get(), room.data(), room.size(), 0), 0);  // closed
}

}  // namespace
}  // namespace secondstep::wire
