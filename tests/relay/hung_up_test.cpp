// What an end said before it hung up, with something unread: Linux tells of that (ECONNRESET) before it is read.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <chrono>

#include "relay/envelope_socket.h"
#include "relay/packet_peer.h"
#include "relay/speech.h"

namespace secondstep::testing {
namespace {

TEST(HungUp, TheVerdictIsReadBeforeTheEnd) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
    const UniqueFd ours(ends[0]);
    PacketPeer theirs{UniqueFd(ends[1])};
    ASSERT_TRUE(relay::send_envelope(ours.get(), answer_of("123456")));
    theirs.send(relay::Said{Secret::copy_of("the verdict")});
    theirs.hang_up();
    auto verdict = relay::receive_envelope(ours.get());
    ASSERT_TRUE(verdict) << verdict.error().detail;
    EXPECT_EQ(said(*verdict), "the verdict");
    const auto end = relay::receive_envelope(ours.get());
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().code, Errc::closed);
}

}  // namespace
}  // namespace secondstep::testing
