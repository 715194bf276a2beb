// Those who come without the link, or with a broken browser, or to do harm.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

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

TEST(HostileClients, ThereIsRoomForSixteen) {
    OpenPage page;
    std::vector<std::unique_ptr<TlsClient>> guests;
    for (int i = 0; i < 16; ++i)
        guests.push_back(std::make_unique<TlsClient>(page.port()));
    const UniqueFd seventeenth = connect_to(page.port());
    EXPECT_TRUE(is_hung_up(seventeenth.get()));
    const std::string request = "GET " + page.path() + " HTTP/1.1\r\nHost: x\r\n\r\n";
    guests[3]->send(request);
    EXPECT_EQ(guests[3]->response().status, 200);
    guests.erase(guests.begin() + 3);
    for (bool has_room = false; !has_room;) {  // as soon as the page has seen that one left
        try {
            has_room = page.get(page.path()).status == 200;
        } catch (const std::runtime_error&) {
        }
    }
    for (const auto& guest : guests) {
        guest->send(request);
        EXPECT_EQ(guest->response().status, 200);
    }
}

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
