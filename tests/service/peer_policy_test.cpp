#include "secondstepd/peer_policy.h"

#include <gtest/gtest.h>

#include <vector>

namespace secondstep::service {
namespace {

using dialogue::Caller;

const std::vector<TrustedCaller> nginx_and_mail{{.uid = 33, .service = "nginx"},
                                                {.uid = 8, .service = "mail"}};

wire::Hello hello(const std::string& service, Purpose purpose = Purpose::authenticate) {
    wire::Hello h;
    h.user = "alice";
    h.service = service;
    h.purpose = purpose;
    return h;
}

TEST(PeerPolicy, RootMayAskForAnybody) {
    EXPECT_EQ(decide_caller(0, {}, hello("sshd")), Caller::root);
}

TEST(PeerPolicy, AnOrdinaryUidAsksForItself) {
    EXPECT_EQ(decide_caller(1000, nginx_and_mail, hello("nginx")), Caller::own_uid);
}

TEST(PeerPolicy, ATrustedCallerIsAPortalOnItsService) {
    EXPECT_EQ(decide_caller(33, nginx_and_mail, hello("nginx")), Caller::trusted);
}

TEST(PeerPolicy, ATrustedCallerIsAnOrdinaryUidOnEveryOtherService) {
    EXPECT_EQ(decide_caller(33, nginx_and_mail, hello("mail")), Caller::own_uid);
    EXPECT_EQ(decide_caller(33, nginx_and_mail, hello("")), Caller::own_uid);
    EXPECT_EQ(decide_caller(33, nginx_and_mail, hello("nginx2")), Caller::own_uid);
}

TEST(PeerPolicy, RootAsksInTheAccountPhase) {
    EXPECT_EQ(decide_caller(0, nginx_and_mail, hello("sshd", Purpose::account)), Caller::root);
}

TEST(PeerPolicy, NothingIsDueInAnOrdinaryUidsAccountPhase) {
    for (const uid_t uid : {33U, 1000U}) {
        const auto decision = decide_caller(uid, nginx_and_mail, hello("nginx", Purpose::account));
        ASSERT_FALSE(decision.has_value());
        EXPECT_EQ(decision.error(), Verdict::not_needed);
    }
}

TEST(PeerPolicy, EverybodyManagesOnlyWhatIsHisOwn) {
    for (const uid_t uid : {0U, 33U, 1000U})
        EXPECT_EQ(decide_caller(uid, nginx_and_mail, hello("nginx", Purpose::manage)), Caller::own_uid);
}

TEST(PeerPolicy, TrustForOneServiceGivesTheGreaterLimit) {
    EXPECT_EQ(rank_of(0, nginx_and_mail), Limits::Rank::root);
    EXPECT_EQ(rank_of(8, nginx_and_mail), Limits::Rank::trusted);
    EXPECT_EQ(rank_of(1000, nginx_and_mail), Limits::Rank::user);
}

}  // namespace
}  // namespace secondstep::service
