#include "portals/page/picture_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

#include "open_page.h"
#include "support/temporary_directory.h"

namespace secondstep::page {
namespace {

using namespace std::chrono_literals;
using secondstep::testing::good_picture;
using secondstep::testing::OpenPage;
using secondstep::testing::Response;
using secondstep::testing::TlsClient;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr std::size_t mebibyte = std::size_t{1024} * 1024;

TEST(PicturePage, ShowsTheFormToWhoeverKnowsTheLink) {
    OpenPage page;
    const Response response = page.get(page.path());
    EXPECT_EQ(response.status, 200);
    EXPECT_THAT(response.body, HasSubstr("<h1 tabindex=\"-1\">QR code for Example Corp</h1>"));
    EXPECT_THAT(response.body, HasSubstr("type=\"file\""));
}

TEST(PicturePage, TheLinkHas128RandomBits) {
    OpenPage one;
    OpenPage other;
    EXPECT_THAT(std::string(one.page().link().text()),
                StartsWith("https://web01:" + std::to_string(one.port())));
    EXPECT_THAT(one.path(), SizeIs(33));
    EXPECT_NE(one.path(), other.path());
}

TEST(PicturePage, NobodyElseLearnsAnything) {
    OpenPage page;
    const std::string path = page.path();
    std::string wrong = path;
    wrong.back() = wrong.back() == '0' ? '1' : '0';
    const Response nothing = page.get("/");
    for (const std::string& target : {wrong, path + "/", path + "?x", path.substr(0, 32), "/" + path,
                                      std::string("/favicon.ico"), path.substr(1), "http://web01" + path}) {
        const Response response = page.get(target);
        EXPECT_EQ(response.status, 404) << target;
        EXPECT_EQ(response.body, nothing.body) << target;
    }
    EXPECT_THAT(nothing.body, Not(HasSubstr("Example")));
    EXPECT_THAT(nothing.body, Not(HasSubstr("Secondstep")));
}

TEST(PicturePage, TheBodyOfAStrangerIsNotRead) {
    OpenPage page;
    EXPECT_EQ(page.ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n").status, 404);
    EXPECT_EQ(page.ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000000\r\n\r\n").status, 404)
        << "413 would tell that something is there";
}

TEST(PicturePage, TellsBrowsersToKeepItToThemselves) {
    OpenPage page;
    for (const std::string& target : {page.path(), std::string("/")}) {
        const Response response = page.get(target);
        EXPECT_EQ(response.header("Cache-Control"), "no-store");
        EXPECT_EQ(response.header("X-Content-Type-Options"), "nosniff");
        EXPECT_EQ(response.header("Referrer-Policy"), "same-origin");
        EXPECT_THAT(response.header("Content-Security-Policy"), HasSubstr("default-src 'none'"));
        EXPECT_THAT(response.header("Content-Security-Policy"), HasSubstr("frame-ancestors 'none'"));
        EXPECT_THAT(response.header("Permissions-Policy"), HasSubstr("camera=()"));
        EXPECT_EQ(response.header("Content-Type"), "text/html; charset=utf-8");
        EXPECT_EQ(response.header("Strict-Transport-Security"), "");
        EXPECT_EQ(response.header("Server"), "");
        EXPECT_EQ(response.header("Content-Encoding"), "");
    }
}

TEST(PicturePage, TakesAPicture) {
    OpenPage page;
    const Response response = page.upload(good_picture);
    EXPECT_EQ(response.status, 200);
    EXPECT_THAT(response.body, HasSubstr("The picture was accepted"));
    EXPECT_THAT(response.body, HasSubstr("Example Corp: &lt;alice&gt;"));
    EXPECT_EQ(page.end(), PicturePage::End::accepted);
    EXPECT_THAT(page.pictures(), ElementsAre(std::string(good_picture)));
}

TEST(PicturePage, ALinkTakesOnePicture) {
    OpenPage page;
    ASSERT_EQ(page.upload(good_picture).status, 200);
    ASSERT_EQ(page.end(), PicturePage::End::accepted);
    for (const Response& response : {page.upload(good_picture), page.get(page.path())}) {
        EXPECT_EQ(response.status, 410);
        EXPECT_THAT(response.body, HasSubstr("This link was used already"));
    }
    EXPECT_EQ(page.get("/").status, 404);
    EXPECT_THAT(page.pictures(), SizeIs(1));
}

TEST(PicturePage, OpeningItUsesNothingUp) {
    OpenPage page;
    for (int i = 0; i < 12; ++i)
        EXPECT_EQ(page.get(page.path()).status, 200);
    EXPECT_EQ(page.ask("HEAD " + page.path() + " HTTP/1.1\r\nHost: x\r\n\r\n").body, "");
    EXPECT_EQ(page.upload(good_picture).status, 200);
}

TEST(PicturePage, AWrongPictureMayBeFollowedByTheRightOne) {
    OpenPage page;
    const Response refused = page.upload("a cat");
    EXPECT_EQ(refused.status, 422);
    EXPECT_THAT(refused.body, HasSubstr("There is no QR code in it &amp; nothing else."));
    EXPECT_THAT(refused.body, HasSubstr("type=\"file\""));
    EXPECT_EQ(page.upload(good_picture).status, 200);
    EXPECT_EQ(page.end(), PicturePage::End::accepted);
    EXPECT_THAT(page.pictures(), ElementsAre("a cat", std::string(good_picture)));
}

TEST(PicturePage, TenWrongPicturesCloseTheLink) {
    OpenPage page;
    for (int i = 1; i < 10; ++i)
        EXPECT_EQ(page.upload("a cat").status, 422) << i;
    const Response last = page.upload("a cat");
    EXPECT_EQ(last.status, 410);
    EXPECT_THAT(last.body, HasSubstr("This link was closed"));
    EXPECT_EQ(page.end(), PicturePage::End::exhausted);
    EXPECT_EQ(page.upload(good_picture).status, 410);
    EXPECT_THAT(page.pictures(), SizeIs(10));
}

TEST(PicturePage, UploadsThatAreNoFormsCountToo) {
    OpenPage page;
    for (int i = 1; i < 10; ++i) {
        EXPECT_EQ(page.ask("POST " + page.path() +
                           " HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc")
                      .status,
                  422)
            << i;
    }
    EXPECT_EQ(page.ask(page.upload_head(100 * mebibyte)).status, 410);
    EXPECT_EQ(page.end(), PicturePage::End::exhausted);
    EXPECT_THAT(page.pictures(), IsEmpty());
}

TEST(PicturePage, RefusesTheLengthOfWhatIsTooLargeWithoutReadingIt) {
    OpenPage page;
    for (const std::size_t size : {10 * mebibyte + 4097, 2048 * mebibyte, std::size_t{1} << 62}) {
        const Response response = page.ask(page.upload_head(size) + "only the beginning");
        EXPECT_EQ(response.status, 413) << size;
        EXPECT_THAT(response.body, HasSubstr("larger than 10 MiB"));
    }
    EXPECT_EQ(page.upload(good_picture).status, 200);
}

TEST(PicturePage, TheLargestPictureHas10MiB) {
    OpenPage page;
    EXPECT_EQ(page.upload(std::string(10 * mebibyte, 'x')).status, 422) << "looked at, and not accepted";
    EXPECT_THAT(page.pictures().at(0), SizeIs(10 * mebibyte));
    const Response response = page.upload(std::string(10 * mebibyte + 1, 'x'));
    EXPECT_EQ(response.status, 413);
    EXPECT_THAT(page.pictures(), SizeIs(1));
}

TEST(PicturePage, WhatDoesNotSayHowLargeItIsIsBoundedToo) {
    OpenPage page;
    TlsClient client(page.port());
    client.send("POST " + page.path() + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "100000\r\n" + std::string(mebibyte, 'x') + "\r\n";
    for (int i = 0; i < 12; ++i)
        static_cast<void>(client.try_send(chunk));
    EXPECT_EQ(client.response().status, 413);
    EXPECT_THAT(page.pictures(), IsEmpty());
}

TEST(PicturePage, TakesAFormInChunks) {
    OpenPage page;
    const std::string form = secondstep::testing::form_with(good_picture);
    std::string chunks;
    for (const char c : form)
        chunks += std::string("1\r\n") + c + "\r\n";
    EXPECT_EQ(page.ask("POST " + page.path() +
                       " HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=" +
                       std::string(secondstep::testing::boundary) + "\r\nTransfer-Encoding: chunked\r\n\r\n" +
                       chunks + "0\r\n\r\n")
                  .status,
              200);
}

TEST(PicturePage, SaysThatItGoesOnToWhoAsks) {
    OpenPage page;
    const std::string form = secondstep::testing::form_with(good_picture);
    TlsClient client(page.port());
    client.send(page.upload_head(form.size(), "Expect: 100-continue\r\n"));
    client.send(form);
    EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));
}

TEST(PicturePage, AnotherPageCannotSendWithSomebodysBrowser) {
    OpenPage page;
    for (const char* header :
         {"Sec-Fetch-Site: cross-site\r\n", "Sec-Fetch-Site: same-site\r\n", "Sec-Fetch-Site: none\r\n",
          "Origin: https://evil.example\r\n", "Origin: null\r\n"}) {
        EXPECT_EQ(page.upload(good_picture, header).status, 403) << header;
    }
    EXPECT_THAT(page.pictures(), IsEmpty());
    EXPECT_EQ(
        page.upload(good_picture, "Sec-Fetch-Site: same-origin\r\nOrigin: https://" + page.host() + "\r\n")
            .status,
        200);
}

TEST(PicturePage, KnowsNoOtherMethods) {
    OpenPage page;
    for (const char* method : {"PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW"}) {
        EXPECT_EQ(page.ask(method + (" " + page.path()) + " HTTP/1.1\r\nHost: x\r\n\r\n").status, 405)
            << method;
        EXPECT_EQ(page.ask(method + std::string(" / HTTP/1.1\r\nHost: x\r\n\r\n")).status, 404) << method;
    }
}

TEST(PicturePage, SaysWhenItHasExpired) {
    page::PageOptions options = OpenPage::usual();
    options.validity = 0ms;
    options.linger = 20s;
    OpenPage page(options);
    EXPECT_EQ(page.end(), PicturePage::End::expired);
    for (const Response& response : {page.upload(good_picture), page.get(page.path())}) {
        EXPECT_EQ(response.status, 410);
        EXPECT_THAT(response.body, HasSubstr("This link has expired"));
    }
    EXPECT_EQ(page.get("/").status, 404);
    EXPECT_THAT(page.pictures(), IsEmpty());
}

TEST(PicturePage, AnUploadThatBeganInTimeAndEndedLateIsRefused) {
    page::PageOptions options = OpenPage::usual();
    options.validity = 1500ms;
    OpenPage page(options);
    const std::string form = secondstep::testing::form_with(good_picture);
    TlsClient client(page.port());
    client.send(page.upload_head(form.size()) + form.substr(0, 20));
    EXPECT_EQ(page.end(), PicturePage::End::expired);
    client.send(form.substr(20));
    const Response response = client.response();
    EXPECT_EQ(response.status, 410);
    EXPECT_THAT(response.body, HasSubstr("This link has expired"));
    EXPECT_THAT(page.pictures(), IsEmpty());
}

// The certificate is what protects the link on its way: what is shown beside it must be what is served.
TEST(PicturePage, ServesTheCertificateWhoseFingerprintItShows) {
    OpenPage page;
    std::string shown = page.page().fingerprint();
    EXPECT_THAT(shown, SizeIs(95));
    std::erase(shown, ':');
    std::ranges::transform(shown, shown.begin(), [](char c) { return static_cast<char>(std::tolower(c)); });
    EXPECT_EQ(TlsClient(page.port()).fingerprint(), shown);
    EXPECT_TRUE(page.page().self_signed());
}

TEST(PicturePage, SpeaksTls12AndNewerOnly) {
    OpenPage page;
    EXPECT_EQ(TlsClient(page.port(), TLS1_3_VERSION).version(), "TLSv1.3");
    EXPECT_EQ(TlsClient(page.port(), TLS1_2_VERSION).version(), "TLSv1.2");
    EXPECT_ANY_THROW(TlsClient(page.port(), TLS1_1_VERSION));
}

TEST(PicturePage, TwoPagesCannotShareAPort) {
    OpenPage page;
    page::PageOptions options = OpenPage::usual();
    options.port = page.port();
    SystemRandomness randomness;
    const auto second = PicturePage::open(options, SystemClock(), randomness);
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().detail,
                HasSubstr("cannot listen on 127.0.0.1 port " + std::to_string(page.port())));
    EXPECT_EQ(page.get(page.path()).status, 200);
}

TEST(PicturePage, AnAddressThatIsNoneIsNotEveryAddress) {
    page::PageOptions options = OpenPage::usual();
    options.address = "127.0.0.l";
    SystemRandomness randomness;
    const auto page = PicturePage::open(options, SystemClock(), randomness);
    ASSERT_FALSE(page);
    EXPECT_THAT(page.error().detail, HasSubstr("cannot listen on 127.0.0.l"));
}

TEST(PicturePage, APageWhoseToolIsGoneSaysSoAndMakesRoomForTheNext) {
    const secondstep::testing::TemporaryDirectory directory;
    page::PageOptions options = OpenPage::usual();
    options.linger = 60s;
    options.directory = directory.path();
    SystemRandomness randomness;
    std::string link;
    {
        const auto first = PicturePage::open(options, SystemClock(), randomness);
        ASSERT_TRUE(first);
        options.port = first->port();
        link = first->link().text();
    }
    Response late;
    do {  // the page hears of it a moment later
        TlsClient client(options.port);
        client.send("GET " + link.substr(link.rfind('/')) + " HTTP/1.1\r\nHost: x\r\n\r\n");
        late = client.response();
    } while (late.status == 200);
    EXPECT_EQ(late.status, 410);
    EXPECT_THAT(late.body, HasSubstr("nobody waits"));
    OpenPage second(options);
    EXPECT_EQ(second.port(), options.port);
    EXPECT_EQ(second.get(second.path()).status, 200);
    EXPECT_EQ(second.get(link.substr(link.rfind('/'))).status, 404);
}

TEST(PicturePage, AHandledSignalEndsTheWait) {
    SystemRandomness randomness;
    auto page = PicturePage::open(OpenPage::usual(), SystemClock(), randomness);
    ASSERT_TRUE(page);
    struct sigaction handled{};
    handled.sa_handler = [](int) {};
    ::sigaction(SIGALRM, &handled, nullptr);
    itimerval soon{.it_interval = {.tv_sec = 0, .tv_usec = 100'000},
                   .it_value = {.tv_sec = 0, .tv_usec = 100'000}};
    ::setitimer(ITIMER_REAL, &soon, nullptr);
    const auto end = page->wait([](ByteView) { return PictureVerdict{}; });
    soon = {};
    ::setitimer(ITIMER_REAL, &soon, nullptr);
    ASSERT_TRUE(end);
    EXPECT_EQ(*end, PicturePage::End::interrupted);
}

TEST(PicturePage, APageThatDiedIsAnError) {
    SystemRandomness randomness;
    auto page = PicturePage::open(OpenPage::usual(), SystemClock(), randomness);
    ASSERT_TRUE(page);
    ASSERT_EQ(::kill(page->process(), SIGKILL), 0);
    const auto end = page->wait([](ByteView) { return PictureVerdict{}; });
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().code, Errc::closed);
}

}  // namespace
}  // namespace secondstep::page
