#include "dialogue/memory/pending_enrollments.h"

#include <gtest/gtest.h>

#include "support/seeded_randomness.h"

namespace secondstep {
namespace {

using dialogue::Enrollment;
using std::chrono::minutes;
using std::chrono::seconds;

class PendingEnrollments : public ::testing::Test {
  protected:
    AuthenticatorId shown(const std::string& name, const std::string& rhost,
                          std::chrono::seconds later = seconds{0}) {
        const auto draft = [this] {
            ++made_;
            return Enrollment::draft({}, randomness_);
        };
        return pending_
            .find_or({RecordName::of(*AccountName::create(name)), "host " + rhost, proof_}, now_ + later,
                     draft)
            .authenticator()
            .id;
    }

    testing::SeededRandomness randomness_;
    dialogue::PendingEnrollments pending_;
    dialogue::PendingEnrollments::Time now_{std::chrono::hours{1}};
    std::string proof_ = "registration-code 1";
    unsigned made_ = 0;
};

TEST_F(PendingEnrollments, AreOfOneProof) {
    const AuthenticatorId first = shown("alice", "192.0.2.7");
    proof_ = "registration-code 2";
    EXPECT_NE(shown("alice", "192.0.2.7"), first);
    proof_ = "registration-code 1";
    EXPECT_EQ(shown("alice", "192.0.2.7"), first);
}

TEST_F(PendingEnrollments, AreOfOneAccountAndOneAddress) {
    EXPECT_NE(shown("alice", "192.0.2.7"), shown("alice", "192.0.2.8"));
    const AuthenticatorId first = shown("alice", "192.0.2.7");
    EXPECT_EQ(shown("alice", "192.0.2.7"), first);
    EXPECT_NE(shown("alice", "203.0.113.7"), first);
    EXPECT_NE(shown("bob", "192.0.2.7"), first);
    EXPECT_EQ(shown("alice", "192.0.2.7"), first);
}

TEST_F(PendingEnrollments, AreKeptForAQuarterOfAnHourFromTheFirstTime) {
    const AuthenticatorId first = shown("alice", "192.0.2.7");
    EXPECT_EQ(shown("alice", "192.0.2.7", minutes{15}), first);
    EXPECT_NE(shown("alice", "192.0.2.7", minutes{15} + seconds{1}), first);
}

TEST_F(PendingEnrollments, AreForgottenFromEverywhereForOneAccount) {
    const AuthenticatorId here = shown("alice", "192.0.2.7");
    const AuthenticatorId there = shown("alice", "203.0.113.7");
    const AuthenticatorId bobs = shown("bob", "192.0.2.7");
    pending_.forget(RecordName::of(*AccountName::create("alice")));
    EXPECT_NE(shown("alice", "192.0.2.7"), here);
    EXPECT_NE(shown("alice", "203.0.113.7"), there);
    EXPECT_EQ(shown("bob", "192.0.2.7"), bobs);
}

TEST_F(PendingEnrollments, OverTheirBoundTheOldestGoes) {
    const AuthenticatorId oldest = shown("user0", "192.0.2.7");
    const AuthenticatorId second = shown("user1", "192.0.2.7");
    for (int n = 2; n < 4096; ++n)
        static_cast<void>(shown("user" + std::to_string(n), "192.0.2.7"));
    EXPECT_EQ(made_, 4096U);
    EXPECT_EQ(shown("user0", "192.0.2.7"), oldest);
    static_cast<void>(shown("another", "192.0.2.7"));
    EXPECT_EQ(shown("user1", "192.0.2.7"), second);
    EXPECT_NE(shown("user0", "192.0.2.7"), oldest);
}

}  // namespace
}  // namespace secondstep
