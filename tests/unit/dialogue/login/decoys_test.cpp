// Names without enrollment share 256 decoys, and nothing that can be timed: simulated time, counted waits.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dialogue/make_dialogue.h"
#include "dialogue/memory/decoy_loans.h"
#include "unit/dialogue/login_world.h"

namespace secondstep {
namespace {

using dialogue::DecoyLoans;
using dialogue::Step;
using ::testing::Contains;
using testing::LoginWorld;
using ::testing::Not;
using testing::SeededRandomness;
using ::testing::StartsWith;
using testing::Transcript;
using testing::Typed;

constexpr const char* wrong_recovery_code = "0123-4567-89AB-CDEF-GHJK-MNPQ";

class Decoys : public ::testing::Test {
  protected:
    Decoys() {
        world_.configure("action = require\n");
        world_.add_enrolled("alice", 1000);
    }
    [[nodiscard]] std::uint8_t number_of(const std::string& name) const {
        return world_.keyring->decoy_number(name).value();
    }
    // Two names that nobody has and that would have the same decoy.
    [[nodiscard]] std::pair<std::string, std::string> two_that_share() const {
        for (int i = 0;; ++i) {
            const std::string other = "name" + std::to_string(i);
            if (number_of(other) == number_of("mallory")) return {"mallory", other};
        }
    }
    [[nodiscard]] static std::string locked(std::uint8_t number) {
        return RecordName::decoy(number).sealed_name();
    }
    LoginWorld world_;
};

TEST_F(Decoys, ManyNamesInOneSecondSeeWhatOneWithAnAccountSees) {
    const std::vector<Typed> answers{wrong_recovery_code, "123456", wrong_recovery_code};
    const std::vector<std::string> steps = world_.login("alice", answers).steps;
    for (int i = 0; i < 600; ++i) {
        dialogue::Request request = world_.request("name" + std::to_string(i));
        request.rhost = "198.51." + std::to_string(i % 200) + "." + std::to_string(i / 200);
        ASSERT_EQ(world_.login(request, answers).steps, steps) << i;
    }
}

TEST_F(Decoys, ANameDoesNotWaitForTheLockOfAnother) {
    const auto [one, other] = two_that_share();
    const std::vector<Typed> answers{"123456", wrong_recovery_code, testing::no_answer};
    const std::vector<std::string> steps = world_.login("alice", answers).steps;
    const auto loan = world_.memory.decoy_loans.lend(one, number_of(one));
    world_.store->locked.insert(locked((*loan)->number()));
    EXPECT_EQ(world_.login(other, answers).steps, steps);
    EXPECT_THAT(steps, Not(Contains(StartsWith("wait"))));
}

// As two logins of one account wait for each other.
TEST_F(Decoys, ANameWaitsForItsOwnLockAsAnAccountDoes) {
    const std::vector<Typed> answers{"123456", testing::no_answer};
    world_.store->locked.insert(RecordName::of(*AccountName::create("alice")).sealed_name());
    const Transcript account = world_.login("alice", answers);
    EXPECT_THAT(account.steps, Contains("wait 20"));
    const auto loan = world_.memory.decoy_loans.lend("mallory", number_of("mallory"));
    world_.store->locked.insert(locked((*loan)->number()));
    const Transcript none = world_.login("mallory", answers);
    EXPECT_EQ(none.steps, account.steps);
    EXPECT_EQ(none.verdict, account.verdict);
}

// Borrowing takes a moment too.
TEST_F(Decoys, WhoHasAnAccountBorrowsOneAsWell) {
    world_.store->locked.insert(RecordName::of(*AccountName::create("alice")).sealed_name());
    const auto dialogue = dialogue::make_dialogue(world_.ports(), world_.request("alice"));
    Step step = dialogue->begin();
    while (!std::holds_alternative<dialogue::Ask>(step)) {
        if (const auto* work = std::get_if<dialogue::Work>(&step)) work->job();
        step = dialogue->resume(dialogue::Resumption::done);
    }
    const std::uint8_t hers = number_of("alice");
    EXPECT_EQ((*world_.memory.decoy_loans.lend("mallory", hers))->number(), hers)
        << "nobody has it while she types";
    step = dialogue->answer(Secret::copy_of(std::string_view("123456")));
    ASSERT_TRUE(std::holds_alternative<dialogue::Wait>(step)) << "for the lock of her record";
    EXPECT_NE((*world_.memory.decoy_loans.lend("mallory", hers))->number(), hers);
}

TEST_F(Decoys, ARecordThatIsBeingWrittenIsWaitedForByBoth) {
    world_.store->busy_reads = 1;
    const Transcript account = world_.login("alice", {"123456", testing::no_answer});
    EXPECT_THAT(account.steps, Contains("wait 5"));
    world_.add_person("bob", 1001);
    for (const char* name : {"bob", "mallory"}) {
        world_.store->busy_reads =
            std::string_view(name) == "bob" ? 1 : 2;  // mallory's own record is not hers
        EXPECT_EQ(world_.login(name, {"123456", testing::no_answer}).steps, account.steps) << name;
    }
}

// --- the loans ---

TEST(DecoyLoans, AreThePreferredOneOrTheNextThatNobodyHas) {
    SeededRandomness randomness;
    DecoyLoans loans(randomness);
    const auto a = loans.lend("a", 7).value();
    const auto b = loans.lend("b", 7).value();
    EXPECT_EQ(a->number(), 7);
    EXPECT_EQ(b->number(), 8);
    EXPECT_EQ(loans.lend("c", 255).value()->number(), 255);
    EXPECT_EQ(loans.lend("a", 7).value()->number(), 7) << "the same name has the same one";
}

TEST(DecoyLoans, AreGivenBack) {
    SeededRandomness randomness;
    DecoyLoans loans(randomness);
    auto first = loans.lend("a", 7).value();
    auto second = loans.lend("a", 7).value();
    first.reset();
    EXPECT_EQ(loans.lend("b", 7).value()->number(), 8) << "one of them still has it";
    second.reset();
    EXPECT_EQ(loans.lend("b", 7).value()->number(), 7);
}

TEST(DecoyLoans, WhenAllAreLentTheyAreSharedEvenly) {
    SeededRandomness randomness;
    DecoyLoans loans(randomness);
    std::vector<std::shared_ptr<DecoyLoans::Loan>> all;
    std::vector<int> users(256);
    for (int i = 0; i < 512; ++i) {
        all.push_back(loans.lend("name" + std::to_string(i), 9).value());
        ++users[all.back()->number()];
    }
    EXPECT_THAT(users, ::testing::Each(2));
}

}  // namespace
}  // namespace secondstep
