// Those who come without the link, or with a broken browser, or to do harm.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <functional>
#include <thread>

#include "open_page.h"

namespace secondstep::page {
namespace {

using namespace std::chrono_literals;
using secondstep::testing::connect_to;
using secondstep::testing::form_with;
using secondstep::testing::good_picture;
using secondstep::testing::is_hung_up;
using secondstep::testing::OpenPage;
using secondstep::testing::TlsClient;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

PageOptions impatient() {
    PageOptions options = OpenPage::usual();
    options.patience = 2s;  // long beside what a busy machine needs for a handshake
    return options;
}

TEST(HostileClients, WhoSaysNothingIsSentAway) {
    OpenPage page(impatient());
    const UniqueFd silent = connect_to(page.port());
    EXPECT_TRUE(is_hung_up(silent.get()));
    EXPECT_EQ(page.upload(good_picture).status, 200);
}

TEST(HostileClients, WhoStopsInTheMiddleOfAHeadIsSentAway) {
    OpenPage page(impatient());
    TlsClient client(page.port());
    client.send("GET " + page.path() + " HTTP/1.1\r\nHost:");
    EXPECT_EQ(client.read_to_end(), "");
}

TEST(HostileClients, AHeadThatDripsIsNotProgress) {
    OpenPage page(impatient());
    TlsClient client(page.port());
    client.send("GET " + page.path() + " HTTP/1.1\r\n");
    bool open = true;
    for (int i = 0; open && i < 2000; ++i) {
        open = client.try_send("X: y\r\n");
        ::usleep(5000);  // less than the patience, many times
    }
    EXPECT_FALSE(open);
}

TEST(HostileClients, WhoStopsInTheMiddleOfABodyIsSentAway) {
    OpenPage page(impatient());
    TlsClient client(page.port());
    client.send(page.upload_head(1000) + "--");
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_EQ(page.upload(good_picture).status, 200);
}

// --- places ---

std::string loopback(unsigned number) {
    return "127.0.0." + std::to_string(number);
}

PageOptions crowded() {
    PageOptions options = OpenPage::usual();
    options.grace = 1s;  // long beside what a busy machine needs for a handshake
    return options;
}

// Strangers who come back as soon as they are hung up, in a thread of their own.
class Strangers {
  public:
    enum class Way { silent, slow };
    Strangers(std::uint16_t port, const std::vector<std::string>& addresses, Way way) {
        for (const std::string& address : addresses)
            threads_.emplace_back([=, this] { come_again_and_again(port, address, way); });
        while (came_ < addresses.size())
            std::this_thread::yield();
    }
    Strangers(const Strangers&) = delete;
    Strangers& operator=(const Strangers&) = delete;
    ~Strangers() { over_ = true; }  // before the threads, which are joined then

    [[nodiscard]] unsigned visits() const { return came_; }

  private:
    void come_again_and_again(std::uint16_t port, const std::string& address, Way way) {
        while (!over_) {
            try {
                way == Way::silent ? say_nothing(port, address) : say_little(port, address);
            } catch (const std::runtime_error&) {  // hung up in the handshake, or waits too long
            }
        }
    }
    void say_nothing(std::uint16_t port, const std::string& address) {
        const UniqueFd socket = connect_to(port, address);
        ++came_;
        std::array<char, 1> byte{};
        while (!over_) {
            if (::recv(socket.get(), byte.data(), byte.size(), MSG_DONTWAIT) >= 0 || errno != EAGAIN) return;
            ::usleep(1000);
        }
    }
    // break2: the answer is read, and then a body drips that nobody wants.
    void say_little(std::uint16_t port, const std::string& address) {
        ++came_;
        TlsClient client(port, 0, address);
        client.send("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 60000000\r\n\r\n");
        while (!over_ && client.try_send("x"))
            ::usleep(20'000);
    }

    std::atomic<bool> over_ = false;
    std::atomic<unsigned> came_ = 0;
    std::vector<std::jthread> threads_;
};

std::vector<std::string> sixteen_of_four_addresses() {
    std::vector<std::string> addresses;
    for (unsigned i = 0; i < 16; ++i)
        addresses.push_back(loopback(2 + i % 4));
    return addresses;
}

// One look, nine wrong pictures, the right one.
unsigned successes_of_eleven(OpenPage& page, const std::string& from) {
    const auto count = [](const std::function<int()>& status, int wanted) {
        try {
            return status() == wanted ? 1U : 0U;
        } catch (const std::runtime_error&) {  // hung up
            return 0U;
        }
    };
    unsigned successes = count(
        [&] { return page.ask("GET " + page.path() + " HTTP/1.1\r\nHost: x\r\n\r\n", from).status; }, 200);
    for (int i = 0; i < 9; ++i)
        successes += count([&] { return page.upload("a cat", "", from).status; }, 422);
    return successes + count([&] { return page.upload(good_picture, "", from).status; }, 200);
}

TEST(HostileClients, SixteenSilentStrangersKeepNobodyOut) {
    OpenPage page(crowded());
    const Strangers strangers(page.port(), sixteen_of_four_addresses(), Strangers::Way::silent);
    EXPECT_GE(successes_of_eleven(page, loopback(9)), 10U);
    EXPECT_THAT(page.crowds(), ::testing::Not(IsEmpty()));
    EXPECT_THAT(page.crowds().at(0), ::testing::StartsWith("127.0.0."));
}

TEST(HostileClients, SixteenSlowStrangersKeepNobodyOut) {
    OpenPage page(crowded());
    const Strangers strangers(page.port(), sixteen_of_four_addresses(), Strangers::Way::slow);
    EXPECT_GE(successes_of_eleven(page, loopback(9)), 10U);
}

// A program of another user of the very machine from which the owner comes: they wait for each other.
TEST(HostileClients, StrangersOfOnesOwnAddressKeepNobodyOutEither) {
    PageOptions options = crowded();
    OpenPage page(options);
    const Strangers strangers(page.port(), std::vector<std::string>(16, loopback(9)), Strangers::Way::silent);
    EXPECT_EQ(page.upload(good_picture, "", loopback(9)).status, 200);
}

TEST(HostileClients, OneAddressHasFourPlaces) {
    PageOptions options = OpenPage::usual();
    options.grace = 60s;
    OpenPage page(options);
    std::vector<UniqueFd> strangers;
    for (int i = 0; i < 12; ++i)
        strangers.push_back(connect_to(page.port(), loopback(2)));
    EXPECT_EQ(page.upload(good_picture, "", loopback(9)).status, 200);
}

// Who has shown the link is not hung up for others, and not for time either while an upload goes on.
TEST(HostileClients, AnUploadIsNotHungUpForOthers) {
    PageOptions options = OpenPage::usual();
    options.grace = 0ms;
    options.life = 1s;
    OpenPage page(options);
    const std::string form = form_with(good_picture);
    TlsClient owner(page.port(), 0, loopback(9));
    owner.send(page.upload_head(form.size(), "Expect: 100-continue\r\n"));
    ASSERT_THAT(owner.read_some(), HasSubstr("100 Continue"));
    std::vector<UniqueFd> strangers;
    for (unsigned i = 0; i < 40; ++i)
        strangers.push_back(connect_to(page.port(), i % 2 == 0 ? loopback(9) : loopback(20 + i)));
    const auto end = std::chrono::steady_clock::now() + 2s;
    std::size_t sent = 0;
    for (; std::chrono::steady_clock::now() < end && sent + 1 < form.size(); ++sent) {
        owner.send(form.substr(sent, 1));
        ::usleep(20'000);
    }
    owner.send(form.substr(sent));
    EXPECT_EQ(owner.response().status, 200);
}

TEST(HostileClients, ALifeIsBoundedAsAWhole) {
    PageOptions options = OpenPage::usual();
    options.life = 1s;
    options.patience = 60s;
    OpenPage page(options);
    const UniqueFd silent = connect_to(page.port());
    EXPECT_TRUE(is_hung_up(silent.get()));
    TlsClient knows_the_link(page.port());
    knows_the_link.send("GET " + page.path() + " HTTP/1.1\r\nHost:");
    EXPECT_EQ(knows_the_link.read_to_end(), "");
}

TEST(HostileClients, WhatStrangersSendIsNotDrained) {
    PageOptions options = OpenPage::usual();
    options.farewell = options.patience = options.life = 60s;  // not what ends it
    OpenPage page(options);
    TlsClient stranger(page.port());
    stranger.send("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 60000000\r\n\r\n");
    EXPECT_TRUE(stranger.is_reset());
}

TEST(HostileClients, WhatIsDrainedIsBoundedInTimeAndSize) {
    PageOptions options = OpenPage::usual();
    options.farewell = 1s;
    options.patience = 60s;
    OpenPage page(options);
    TlsClient drips(page.port());
    drips.send(page.upload_head(60'000'000));
    EXPECT_TRUE(drips.is_reset());
    TlsClient pours(page.port());
    pours.send(page.upload_head(60'000'000));
    const std::string mebibyte(std::size_t{1} << 20, 'x');
    int poured = 0;
    while (poured < 60 && pours.try_send(mebibyte))
        ++poured;
    EXPECT_LT(poured, 40) << "MiB, with what the buffers of both sides hold";
}

// --- garbage ---

TEST(HostileClients, WhatIsNoTlsIsSentAway) {
    OpenPage page;
    const UniqueFd plain = connect_to(page.port());
    const std::string request = "GET " + page.path() + " HTTP/1.1\r\nHost: x\r\n\r\n";
    ASSERT_GT(::send(plain.get(), request.data(), request.size(), 0), 0);
    std::string answer(4096, '\0');
    const ssize_t size = ::recv(plain.get(), answer.data(), answer.size(), MSG_WAITALL);
    answer.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    EXPECT_EQ(answer.find("HTTP"), std::string::npos) << answer;
    EXPECT_EQ(page.get(page.path()).status, 200);
}

TEST(HostileClients, WhatIsNoHttpIsABadRequest) {
    OpenPage page;
    for (const std::string& garbage :
         {std::string("\x00\x01\x02\xff garbage\r\n\r\n", 17), std::string("GET\r\n\r\n"),
          "GET " + page.path() + " HTTP/9.9\r\n\r\n", "GET " + page.path() + " HTTP/1.1\r\nNo colon\r\n\r\n",
          "POST " + page.path() + " HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
          "POST " + page.path() + " HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
          "GET " + page.path() + " HTTP/1.1\r\nX: " + std::string(10000, 'x') + "\r\n\r\n",
          "GET /" + std::string(10000, 'x') + " HTTP/1.1\r\n\r\n"}) {
        EXPECT_EQ(page.ask(garbage).status, 400) << garbage.substr(0, 60);
    }
    EXPECT_EQ(page.upload(good_picture).status, 200);
}

TEST(HostileClients, AnOldVersionOfHttpIsAnswered) {
    OpenPage page;
    TlsClient client(page.port());
    client.send("GET " + page.path() + " HTTP/1.0\r\n\r\n");
    const auto response = client.response();
    EXPECT_EQ(response.status, 200);
    EXPECT_THAT(response.head, ::testing::StartsWith("HTTP/1.0 200"));
}

TEST(HostileClients, ASecondRequestBehindTheFirstIsNotAnswered) {
    OpenPage page;
    const std::string request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    TlsClient client(page.port());
    client.send(request + request);
    const std::string answer = client.read_to_end();
    EXPECT_EQ(answer.find("HTTP/1.1 404"), 0U);
    EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos);
    EXPECT_THAT(answer, HasSubstr("Connection: close"));
}

TEST(HostileClients, ATransferThatIsBothIsRefused) {
    OpenPage page;
    const auto response =
        page.ask("POST " + page.path() +
                 " HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "0\r\n\r\n");
    EXPECT_EQ(response.status, 400);
    EXPECT_THAT(page.pictures(), IsEmpty());
}

TEST(HostileClients, HalfAnUploadIsNoUpload) {
    OpenPage page;
    {
        const std::string form = form_with(good_picture);
        TlsClient client(page.port());
        client.send(page.upload_head(form.size()) + form.substr(0, form.size() - 1));
    }
    EXPECT_EQ(page.upload("a cat").status, 422);
    EXPECT_THAT(page.pictures(), ::testing::ElementsAre("a cat"));
}

// Two telephones with one link: one picture at a time, and the first that is accepted wins.
TEST(HostileClients, OfManyAtOnceOneIsAccepted) {
    OpenPage page;
    std::vector<std::future<int>> uploads;
    for (int i = 0; i < 8; ++i)
        uploads.push_back(std::async(std::launch::async, [&] { return page.upload(good_picture).status; }));
    std::vector<int> statuses;
    for (auto& upload : uploads)
        statuses.push_back(upload.get());
    EXPECT_EQ(std::ranges::count(statuses, 200), 1);
    EXPECT_EQ(std::ranges::count(statuses, 410), 7);
    EXPECT_THAT(page.pictures(), ::testing::SizeIs(1));
}

}  // namespace
}  // namespace secondstep::page
