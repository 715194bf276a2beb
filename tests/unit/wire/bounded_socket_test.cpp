#include "wire/bounded_socket.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstring>
#include <thread>

#include "support/temporary_directory.h"
#include "unit/wire/listener.h"

namespace secondstep::wire {
namespace {

using namespace std::chrono_literals;
using secondstep::testing::Listener;
using secondstep::testing::TemporaryDirectory;

// The socket under test and the other end of it.
struct Ends {
    explicit Ends(std::chrono::milliseconds bound = 180s) {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) std::terminate();
        socket = BoundedSocket(UniqueFd(ends[0]), bound);
        other = UniqueFd(ends[1]);
    }
    void says(const char* text) const {
        ASSERT_EQ(::send(other.get(), text, std::strlen(text), 0), static_cast<ssize_t>(std::strlen(text)));
    }
    BoundedSocket socket;
    UniqueFd other;
};

std::chrono::milliseconds bound_of(const BoundedSocket& socket, int option) {
    timeval time{};
    socklen_t size = sizeof time;
    EXPECT_EQ(::getsockopt(socket.fd(), SOL_SOCKET, option, &time, &size), 0);
    return std::chrono::seconds{time.tv_sec} + std::chrono::milliseconds{time.tv_usec / 1000};
}

std::atomic<int> interruptions = 0;
void interrupt(int /*signal*/) {
    ++interruptions;
}

// While it lives this thread has a handler, without or with SA_RESTART, and somebody who makes use of it.
class Pesterer {
  public:
    explicit Pesterer(int flags = 0) {
        struct sigaction action{};
        action.sa_handler = interrupt;
        action.sa_flags = flags;
        interruptions = 0;
        EXPECT_EQ(::sigaction(SIGUSR1, &action, &before_), 0);
        thread_ = std::thread([this, self = ::pthread_self()] {
            while (!over_) {
                ::pthread_kill(self, SIGUSR1);
                std::this_thread::yield();
            }
        });
    }
    Pesterer(const Pesterer&) = delete;
    Pesterer& operator=(const Pesterer&) = delete;
    ~Pesterer() {
        over_ = true;
        thread_.join();
        ::sigaction(SIGUSR1, &before_, nullptr);
    }

  private:
    struct sigaction before_{};
    std::atomic<bool> over_ = false;
    std::thread thread_;
};

TEST(BoundedSocket, CarriesPacketsBothWays) {
    Ends ends;
    ASSERT_TRUE(ends.socket.send(as_bytes("to")));
    std::array<char, 8> heard{};
    EXPECT_EQ(::recv(ends.other.get(), heard.data(), heard.size(), 0), 2);
    ends.says("fro");
    PacketBuffer packet;
    ASSERT_TRUE(ends.socket.receive(packet));
    EXPECT_TRUE(std::ranges::equal(packet.view(), as_bytes("fro")));
}

TEST(BoundedSocket, RefusesAPathNoSocketCanHave) {
    for (const std::string& path :
         {std::string{}, "/" + std::string(107, 'x'), "/" + std::string(70000, 'x')}) {
        const auto socket = BoundedSocket::connected_to(path, 180s);
        ASSERT_FALSE(socket);
        EXPECT_EQ(socket.error().code, Errc::invalid);
    }
}

TEST(BoundedSocket, IsClosedByAnExecAndStandsAboveTheStandardDescriptors) {
    const TemporaryDirectory directory;
    const Listener listener(directory.file("s"));
    const auto socket = BoundedSocket::connected_to(directory.file("s"), 180s);
    ASSERT_TRUE(socket);
    EXPECT_EQ(::fcntl(socket->fd(), F_GETFD), FD_CLOEXEC);
    EXPECT_GT(socket->fd(), 2);
}

TEST(BoundedSocket, WaitsForABusyServiceButNotForEver) {
    const TemporaryDirectory directory;
    const Listener listener(directory.file("s"), 0);
    const auto first = BoundedSocket::connected_to(directory.file("s"), 180s);
    ASSERT_TRUE(first);
    const auto second = BoundedSocket::connected_to(directory.file("s"), 50ms);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::timed_out);
}

TEST(BoundedSocket, ConnectsWhenABusyServiceFindsTime) {
    const TemporaryDirectory directory;
    const Listener listener(directory.file("s"), 0);
    const auto first = BoundedSocket::connected_to(directory.file("s"), 180s);
    ASSERT_TRUE(first);
    std::thread service([&] { static_cast<void>(listener.accept()); });
    const auto second = BoundedSocket::connected_to(directory.file("s"), 180s);
    EXPECT_TRUE(second);
    service.join();
}

TEST(BoundedSocket, SignalsProlongNoWait) {
    for (const int flags : {0, SA_RESTART}) {
        const TemporaryDirectory directory;
        const Listener listener(directory.file("s"), 0);
        const auto first = BoundedSocket::connected_to(directory.file("s"), 180s);
        const Pesterer pesterer(flags);
        EXPECT_EQ(BoundedSocket::connected_to(directory.file("s"), 200ms).error().code, Errc::timed_out);

        Ends ends(200ms);
        PacketBuffer packet;
        EXPECT_EQ(ends.socket.receive(packet).error().code, Errc::timed_out);
        Result<void> sent;
        for (int i = 0; i < 100000 && sent; ++i)
            sent = ends.socket.send(as_bytes(std::string(8000, 'x')));
        ASSERT_FALSE(sent);
        EXPECT_EQ(sent.error().code, Errc::timed_out);
        EXPECT_GT(interruptions, 0);
    }
}

TEST(BoundedSocket, TellsTheKernelItsBoundOnce) {
    Ends ends;
    ASSERT_TRUE(ends.socket.send(as_bytes("x")));
    EXPECT_EQ(bound_of(ends.socket, SO_SNDTIMEO), 180s);
    EXPECT_EQ(bound_of(ends.socket, SO_RCVTIMEO), 0s) << "nothing was received yet";
    ends.says("x");
    PacketBuffer packet;
    ASSERT_TRUE(ends.socket.receive(packet));
    EXPECT_EQ(bound_of(ends.socket, SO_RCVTIMEO), 180s);
}

TEST(BoundedSocket, AWaitThatSignalsShortenedShortensNoOther) {
    Ends ends;
    PacketBuffer packet;
    {
        std::thread service([&] {
            while (bound_of(ends.socket, SO_RCVTIMEO) == 0s || bound_of(ends.socket, SO_RCVTIMEO) == 180s)
                std::this_thread::yield();
            ends.says("x");
        });
        const Pesterer pesterer;
        EXPECT_TRUE(ends.socket.receive(packet));
        service.join();
    }
    EXPECT_LT(bound_of(ends.socket, SO_RCVTIMEO), 180s);
    ends.says("y");
    ASSERT_TRUE(ends.socket.receive(packet));
    EXPECT_EQ(bound_of(ends.socket, SO_RCVTIMEO), 180s);
}

// To the kernel no time is no bound.
TEST(BoundedSocket, WithoutAnyTimeItWaitsForNothing) {
    Ends ends(0ms);
    PacketBuffer packet;
    EXPECT_EQ(ends.socket.receive(packet).error().code, Errc::timed_out);
    EXPECT_EQ(ends.socket.send(as_bytes("x")).error().code, Errc::timed_out);
}

TEST(BoundedSocket, ServiceThatTakesNothingTimesOut) {
    Ends ends(50ms);
    Result<void> sent;
    for (int i = 0; i < 100000 && sent; ++i)
        sent = ends.socket.send(as_bytes(std::string(8000, 'x')));
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, Errc::timed_out);
}

TEST(BoundedSocket, KnowsAPacketThatWasCut) {
    Ends ends;
    ends.says(std::string(max_message + 1, 'x').c_str());
    PacketBuffer packet;
    EXPECT_EQ(ends.socket.receive(packet).error().code, Errc::damaged);
    ends.says(std::string(max_message, 'x').c_str());
    ASSERT_TRUE(ends.socket.receive(packet));
    EXPECT_EQ(packet.view().size(), max_message);
}

}  // namespace
}  // namespace secondstep::wire
