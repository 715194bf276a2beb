#include "portals/page/port.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <fstream>

#include "open_page.h"
#include "support/child_process.h"
#include "support/temporary_directory.h"

namespace secondstep::page {
namespace {

using namespace std::chrono_literals;
using secondstep::testing::OpenPage;
using secondstep::testing::status_in_child;
using secondstep::testing::TemporaryDirectory;
using ::testing::HasSubstr;

int takes_v6_only(const Port& port) {
    int only = -1;
    socklen_t size = sizeof(only);
    ::getsockopt(port.socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only, &size);
    return only;
}

TEST(Port, EveryAddressIsThoseOfIPv4TooWhateverTheSystemSays) {
    const int status = status_in_child([] {
        const bool own_network =
            ::unshare(::geteuid() == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) == 0;
        std::ofstream setting("/proc/sys/net/ipv6/bindv6only");
        setting << "1" << std::flush;
        if (!own_network || !setting) return 77;
        const auto port = take_port("", 0, "");
        return !port ? 2 : takes_v6_only(*port);
    });
    if (status == 77) GTEST_SKIP() << "no network of its own, or no IPv6";
    EXPECT_EQ(status, 0);
}

TEST(Port, OneThatSomebodyHoldsIsSaidToBeTheirs) {
    auto held = take_port("127.0.0.1", 0, "");
    ASSERT_TRUE(held);
    ASSERT_EQ(::listen(held->socket.get(), 1), 0);
    const auto again = take_port("127.0.0.1", held->number, "");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, Errc::exists);
    EXPECT_THAT(again.error().detail,
                HasSubstr("A program of uid " + std::to_string(::geteuid()) + " listens there"));
    EXPECT_THAT(again.error().detail, HasSubstr("port under 1024"));
}

std::uint16_t free_port() {
    const auto port = take_port("127.0.0.1", 0, "");
    return port ? port->number : std::uint16_t{0};
}

UniqueFd takes_the_public_name(std::uint16_t port) {
    UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    const std::string text = "secondstep-page-" + std::to_string(port);
    std::memcpy(&name.sun_path[1], text.data(), text.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + text.size());
    return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&name), size) == 0 ? std::move(socket)
                                                                                     : UniqueFd();
}

// break2 8: the only name by which pages found each other could be taken by anybody.
TEST(Port, ANameThatAnybodyCanTakeStopsNobody) {
    const TemporaryDirectory directory;
    PageOptions options = OpenPage::usual();
    options.linger = 60s;
    options.directory = directory.path();
    options.port = free_port();
    const UniqueFd squatter = takes_the_public_name(options.port);
    ASSERT_TRUE(squatter.valid());
    SystemRandomness randomness;
    ASSERT_TRUE(PicturePage::open(options, SystemClock(), randomness));  // lingers
    const auto second = PicturePage::open(options, SystemClock(), randomness);
    EXPECT_TRUE(second) << second.error().detail;
}

// Their tools have no directory in common.
TEST(Port, APageOfAnotherUserThatOnlyLingersMakesRoomToo) {
    PageOptions options = OpenPage::usual();
    options.linger = 60s;
    options.port = free_port();
    SystemRandomness randomness;
    ASSERT_TRUE(PicturePage::open(options, SystemClock(), randomness));
    const auto second = PicturePage::open(options, SystemClock(), randomness);
    EXPECT_TRUE(second) << second.error().detail;
}

TEST(Port, ADirectoryThatOthersMayWriteToIsNotUsed) {
    const TemporaryDirectory directory;
    const auto own = take_port("127.0.0.1", 0, directory.path());
    ASSERT_TRUE(own);
    EXPECT_TRUE(own->successor_calls.valid());
    ASSERT_EQ(::chmod(directory.path().c_str(), 0777), 0);
    const auto shared = take_port("127.0.0.1", 0, directory.path());
    ASSERT_TRUE(shared);
    EXPECT_FALSE(shared->successor_calls.valid());
    EXPECT_FALSE(take_port("127.0.0.1", 0, "/no/such/directory")->successor_calls.valid());
}

TEST(Port, ADirectoryOfSomebodyElsesIsNotUsed) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give one away";
    const TemporaryDirectory directory;
    constexpr uid_t another = 65533;
    ASSERT_EQ(::chown(directory.path().c_str(), another, another), 0);
    const auto port = take_port("127.0.0.1", 0, directory.path());
    ASSERT_TRUE(port);
    EXPECT_FALSE(port->successor_calls.valid());
}

TEST(Port, ANameThatWasLeftBehindIsTakenOver) {
    const TemporaryDirectory directory;
    std::uint16_t number = 0;
    {
        const auto port = take_port("127.0.0.1", 0, directory.path());
        ASSERT_TRUE(port);
        number = port->number;
    }
    const auto again = take_port("127.0.0.1", number, directory.path());
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->successor_calls.valid());
}

}  // namespace
}  // namespace secondstep::page
