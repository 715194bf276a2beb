#include "dialogue/sending/counted_message.h"

#include <gtest/gtest.h>

namespace secondstep::dialogue {
namespace {

using Count = CountedMessage::Count;

constexpr UnixTime noon{std::chrono::seconds{1'800'000'000}};

class CountedMessages : public ::testing::Test {
  protected:
    CountedMessages() {
        config_.sent_codes_per_account = {{2, std::chrono::minutes{15}}};
        config_.sent_codes_per_host = {{3, std::chrono::minutes{1}}};
    }
    [[nodiscard]] CountedMessage message(SendAsker asker = SendAsker::owner) {
        return {config_, asker, noon, CountedMessage::OfTheHost{&host_, {}}};
    }
    Count sent_to(State& state) { return message().count(state); }

    Config config_;
    HostBudget host_;
};

TEST_F(CountedMessages, AreAsManyAsTheAccountMayBeSent) {
    State state;
    EXPECT_EQ(sent_to(state), Count::counted);
    EXPECT_EQ(sent_to(state), Count::counted);
    const State full = state;
    EXPECT_EQ(sent_to(state), Count::account_used_up);
    EXPECT_EQ(state, full);
}

TEST_F(CountedMessages, AreAsManyAsTheHostMaySendToAll) {
    State states[4];
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(sent_to(states[i]), Count::counted);
    EXPECT_EQ(sent_to(states[3]), Count::host_used_up);
    EXPECT_EQ(states[3], State{});
}

TEST_F(CountedMessages, OfAnAccountThatIsUsedUpDoNotChargeTheHost) {
    State state;
    for (int i = 0; i < 5; ++i)
        static_cast<void>(sent_to(state));
    State other;
    EXPECT_EQ(sent_to(other), Count::counted);
}

// A change may be decided anew on what somebody else wrote first.
TEST_F(CountedMessages, ChargeTheHostOnceHoweverOftenTheyAreCounted) {
    CountedMessage one = message();
    for (int i = 0; i < 5; ++i) {
        State again;
        EXPECT_EQ(one.count(again), Count::counted);
        EXPECT_EQ(again.sends, std::vector{noon});
    }
    State others[3];
    EXPECT_EQ(sent_to(others[0]), Count::counted);
    EXPECT_EQ(sent_to(others[1]), Count::counted);
    EXPECT_EQ(sent_to(others[2]), Count::host_used_up);
}

TEST_F(CountedMessages, ThatDidNotLeaveAreTakenBackFromWhoAskedForThem) {
    State state;
    CountedMessage of_portal = message(SendAsker::portal);
    EXPECT_EQ(sent_to(state), Count::counted);
    EXPECT_EQ(of_portal.count(state), Count::counted);
    of_portal.take_back(state);
    EXPECT_EQ(state.sends, std::vector{noon});
    EXPECT_TRUE(state.portal_sends.empty());
}

TEST_F(CountedMessages, OfTheToolAreBoundByTheAccountAlone) {
    config_.sent_codes_per_host = {{0, std::chrono::minutes{1}}};
    State state;
    EXPECT_EQ((CountedMessage{config_, SendAsker::owner, noon}.count(state)), Count::counted);
    EXPECT_EQ((CountedMessage{config_, SendAsker::owner, noon}.count(state)), Count::counted);
    EXPECT_EQ((CountedMessage{config_, SendAsker::owner, noon}.count(state)), Count::account_used_up);
}

TEST_F(CountedMessages, WithoutABudgetOfTheHostNobodyIsSentAnything) {
    State state;
    CountedMessage one{config_, SendAsker::owner, noon, CountedMessage::OfTheHost{nullptr, {}}};
    EXPECT_EQ(one.count(state), Count::host_used_up);
}

TEST_F(CountedMessages, AreChangesOfTheirOwn) {
    CountedMessage one = message();
    Account account;
    auto counted = one.counted_in(account);
    ASSERT_TRUE(counted);
    EXPECT_EQ(one.outcome(), Count::counted);
    account.state = std::get<WriteState>(*counted).next;
    EXPECT_EQ(account.state.sends, std::vector{noon});
    EXPECT_EQ(std::get<WriteState>(*one.taken_back_from(account)).next, State{});
    config_.sent_codes_per_account = {{0, std::chrono::minutes{15}}};
    EXPECT_TRUE(std::holds_alternative<LeaveAsItIs>(*one.counted_in(account)));
    EXPECT_EQ(one.outcome(), Count::account_used_up);
}

}  // namespace
}  // namespace secondstep::dialogue
