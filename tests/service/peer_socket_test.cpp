#include "secondstepd/peer_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace secondstep::service {
namespace {

TEST(PeerSocket, SaysWhoMadeTheOtherEnd) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
    const UniqueFd ours(ends[0]);
    const UniqueFd its(ends[1]);
    const Result<uid_t> peer = peer_uid(ours.get());
    ASSERT_TRUE(peer);
    EXPECT_EQ(*peer, ::geteuid());
}

// Linux answers for a socket that has no other end, and its answer is uid -1: setresuid(2)'s "do not change",
// and in some tables everybody.
TEST(PeerSocket, TakesNobodyForNoUid) {
    const UniqueFd alone(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    const Result<uid_t> peer = peer_uid(alone.get());
    ASSERT_FALSE(peer);
    EXPECT_EQ(peer.error().code, Errc::io);
}

TEST(PeerSocket, IsASocket) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const UniqueFd from(ends[0]);
    const UniqueFd to(ends[1]);
    EXPECT_FALSE(peer_uid(from.get()));
}

}  // namespace
}  // namespace secondstep::service
