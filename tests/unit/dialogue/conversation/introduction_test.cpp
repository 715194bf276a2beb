#include "dialogue/conversation/introduction.h"

#include <gtest/gtest.h>

#include "dialogue/conversation/guest.h"

namespace secondstep::dialogue {
namespace {

Introduction full() {
    Introduction full;
    full.caller = Caller::trusted;
    full.peer = 33;
    full.account = "alice";
    full.uid = 1000;
    full.policy.action = Action::enroll;
    full.policy.enroll_until = from_unix(1'800'000'000);
    full.policy.enrollment = EnrollmentProof::open;
    full.policy.methods = {"totp", "sms"};
    full.policy.remember = std::chrono::hours{8};
    full.policy.repeat = std::chrono::minutes{30};
    full.policy.combined_digits = 8;
    full.policy.allow_self_disable = true;
    full.policy.rule = "staff";
    full.in_doubt = true;
    full.open_question = "the group staff does not exist";
    full.may_disable_own_step = true;
    full.tries_used = 2;
    return full;
}

void expect_same(const Introduction& one, const Introduction& other) {
    EXPECT_EQ(one.caller, other.caller);
    EXPECT_EQ(one.peer, other.peer);
    EXPECT_EQ(one.account, other.account);
    EXPECT_EQ(one.uid, other.uid);
    EXPECT_EQ(static_cast<const Terms&>(one.policy), static_cast<const Terms&>(other.policy));
    EXPECT_EQ(one.policy.rule, other.policy.rule);
    EXPECT_EQ(one.in_doubt, other.in_doubt);
    EXPECT_EQ(one.open_question, other.open_question);
    EXPECT_EQ(one.may_disable_own_step, other.may_disable_own_step);
    EXPECT_EQ(one.tries_used, other.tries_used);
}

TEST(Introduction, ComesBackAsItWas) {
    for (const Introduction& one : {full(), Introduction{}}) {
        const Result<Introduction> back = decode_introduction(encode(one));
        ASSERT_TRUE(back) << back.error().detail;
        expect_same(one, *back);
    }
}

TEST(Introduction, EveryTruncationAndExtensionIsDamage) {
    const Bytes whole = encode(full());
    for (std::size_t size = 1; size < whole.size(); ++size)
        EXPECT_EQ(decode_introduction(ByteView(whole).first(size)).error().code, Errc::damaged) << size;
    Bytes longer = whole;
    longer.push_back(0);
    EXPECT_EQ(decode_introduction(longer).error().code, Errc::damaged);
}

TEST(Introduction, AnotherVersionIsUnsupported) {
    Bytes newer = encode(full());
    newer.front() = 2;
    EXPECT_EQ(decode_introduction(newer).error().code, Errc::unsupported);
}

// Whatever one byte is changed to, it is read strictly or means something else; it never means more than there is.
TEST(Introduction, NoChangedByteIsMoreThanTheBoundsAllow) {
    const Bytes whole = encode(full());
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (int value = 0; value < 256; ++value) {
            Bytes changed = whole;
            changed[at] = static_cast<std::uint8_t>(value);
            const Result<Introduction> read = decode_introduction(changed);
            if (!read) continue;
            EXPECT_LE(read->policy.remember, std::chrono::hours{24});
            EXPECT_LE(read->policy.repeat, std::chrono::hours{24});
            EXPECT_GE(read->policy.combined_digits, 6U);
            EXPECT_LE(read->policy.combined_digits, 8U);
        }
    }
}

TEST(Introduction, AWordThatIsTooLongIsCut) {
    Introduction wordy;
    wordy.open_question = std::string(5000, 'x');
    wordy.policy.rule = std::string(5000, 'r');
    const Result<Introduction> back = decode_introduction(encode(wordy));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->open_question->size(), 512U);
    EXPECT_EQ(back->policy.rule.size(), 80U);
}

TEST(Guest, AWriteIdIsOneHostsAlone) {
    const AttemptId minted{1, 2, 3};
    const WriteUse use{Purpose::authenticate, Task::none, "sshd"};
    EXPECT_EQ(*write_id_at("web01", use, minted), *write_id_at("web01", use, minted));
    EXPECT_NE(*write_id_at("web01", use, minted), *write_id_at("web02", use, minted));
    EXPECT_NE(*write_id_at("web01", use, minted), minted);
}

TEST(Guest, AWriteIdIsOfOneUse) {
    const AttemptId minted{1, 2, 3};
    const AttemptId id = *write_id_at("web01", {Purpose::authenticate, Task::none, "sshd"}, minted);
    EXPECT_NE(id, *write_id_at("web01", {Purpose::authenticate, Task::none, "sudo"}, minted));
    EXPECT_NE(id, *write_id_at("web01", {Purpose::manage, Task::none, "sshd"}, minted));
    EXPECT_NE(id, *write_id_at("web01", {Purpose::authenticate, Task::disable, "sshd"}, minted));
    EXPECT_NE(id, *write_id_at("web01s", {Purpose::authenticate, Task::none, "shd"}, minted))
        << "nothing runs together";
}

}  // namespace
}  // namespace secondstep::dialogue
