#include <gmock/gmock.h>

#include <set>

#include "unit/store/killed_process.h"
#include "unit/store/store_fixture.h"

// SIGKILL before and after every system call of every kind of write: the old, or the new,
// and nothing in between.
namespace secondstep {
namespace {

using namespace secondstep::testing;
namespace fs = std::filesystem;

class Kill : public StoreFixture {
  protected:
    Kill() : StoreFixture(memory()) {
        next_.authenticators[0] = sample_authenticator(2);
        for (const auto* folder : {"users", "staging"})
            fs::copy(path(folder), path(folder + std::string(".kept")));
    }

    // The files as they were at the beginning.
    void restore() {
        for (const auto* folder : {"users", "staging"}) {
            for (const auto& entry : fs::directory_iterator(path(folder)))
                fs::remove(entry.path());
            fs::copy(path(folder + std::string(".kept")), path(folder));
        }
    }
    void expect_points(int points, int at_least) {
        if (points < 0) GTEST_SKIP() << "this machine does not let a process trace its own child";
        EXPECT_GT(points, at_least) << "so few system calls? nothing was tested";
    }
    [[nodiscard]] bool logs_in_with(const Credential& credential) {
        return attempt(*opened(), totp_answer(credential, clock_.now())).value() == Reason::right;
    }

    Credential old_ = sample_credential();
    Credential next_ = sample_credential();
};

// Each round is a process of its own, and the allocator and the sanitizers do not make the same calls in
// every one: the n-th call of one round may lie before the write and the n-1st of another behind it. So each
// round is judged alone.

TEST_F(Kill, InAnEnrollmentLeavesTheOldOrTheNewCredential) {
    int old_ones = 0;
    int new_ones = 0;
    const auto work = [&] {
        const auto transaction = store_->begin(alice_);
        static_cast<void>((*transaction)->write_credential(next_, enrolled_state()));
    };
    const auto check = [&](int n) {
        const auto account = opened()->read(alice_);
        ASSERT_TRUE(account) << n << ": " << account.error().detail;
        EXPECT_FALSE(account->state_damaged) << n;
        EXPECT_TRUE(account->state.enrolled) << n;
        const bool is_new = account->credential->authenticators[0].id == next_.authenticators[0].id;
        (is_new ? new_ones : old_ones)++;
        EXPECT_TRUE(logs_in_with(is_new ? next_ : old_)) << n;
    };
    expect_points(killed_everywhere([&] { restore(); }, work, check), 20);
    EXPECT_GT(old_ones, 0);
    EXPECT_GT(new_ones, 0);
}

TEST_F(Kill, InALoginLeavesTheOldOrTheNewState) {
    const auto work = [&] { static_cast<void>(attempt(*store_, totp_answer(old_, clock_.now()))); };
    bool seen_unused = false;
    bool seen_used = false;
    const auto check = [&](int n) {
        const auto account = opened()->read(alice_);
        ASSERT_TRUE(account) << n << ": " << account.error().detail;
        EXPECT_FALSE(account->state_damaged) << n;
        const AuthenticatorUse* const use = find_use(account->state, old_.authenticators[0].id);
        const bool unused = use == nullptr || !use->used;
        (unused ? seen_unused : seen_used) = true;
        EXPECT_EQ(logs_in_with(old_), unused) << n;
    };
    expect_points(killed_everywhere([&] { restore(); }, work, check), 15);
    EXPECT_TRUE(seen_unused);
    EXPECT_TRUE(seen_used);
}

TEST_F(Kill, InAFirstEnrollmentLeavesNobodyOrSomebodyWhole) {
    const RecordName bob = RecordName::of(name_of("bob"));
    const Credential of_bob = sample_credential("bob");
    const auto work = [&] {
        const auto transaction = store_->begin_enrollment(bob);
        static_cast<void>((*transaction)->write_credential(of_bob, enrolled_state()));
    };
    bool enrolled = false;
    const auto check = [&](int n) {
        const auto account = opened()->read(bob);
        ASSERT_TRUE(account) << n << ": " << account.error().detail;
        EXPECT_EQ(account->credential.has_value(), account->state.enrolled) << n;
        enrolled = enrolled || account->credential.has_value();
        EXPECT_TRUE(opened()->begin_enrollment(bob)) << n << ": can be repeated";
    };
    expect_points(killed_everywhere([&] { restore(); }, work, check), 30);
    EXPECT_TRUE(enrolled);
}

TEST_F(Kill, InARemovalLeavesSomebodyEnrolledUntilNobodyIs) {
    const auto work = [&] { static_cast<void>(store_->begin(alice_).value()->remove_credential(State{})); };
    bool gone = false;
    const auto check = [&](int n) {
        const auto account = opened()->read(alice_);
        ASSERT_TRUE(account) << n << ": " << account.error().detail;
        EXPECT_EQ(account->credential.has_value(), account->state.enrolled) << n;
        gone = gone || !account->credential;
    };
    expect_points(killed_everywhere([&] { restore(); }, work, check), 15);
    EXPECT_TRUE(gone);
}

TEST_F(Kill, InABatchLeavesEveryAccountWholeOrNotEnrolled) {
    std::vector<NewAccount> accounts;
    for (const auto* name : {"ann", "ben", "cem"})
        accounts.push_back({sample_credential(name), enrolled_state()});
    const auto no_record = [] { return Result<void>{}; };
    const auto work = [&] { static_cast<void>(store_->enroll_batch(accounts, no_record)); };
    bool all = false;
    const auto check = [&](int n) {
        std::size_t enrolled = 0;
        for (const auto& one : accounts) {
            const auto account = opened()->read(RecordName::of(one.credential.account));
            ASSERT_TRUE(account) << n << ": " << account.error().detail;
            EXPECT_EQ(account->credential.has_value(), account->state.enrolled) << n;
            enrolled += account->credential ? 1U : 0U;
        }
        all = all || enrolled == accounts.size();
        const auto again = opened()->enroll_batch(accounts, no_record);
        ASSERT_TRUE(again) << n << ": " << again.error().detail;
        EXPECT_EQ(again->passed_over.size(), enrolled)
            << n << ": what was enrolled is passed over, the rest is made now";
        EXPECT_TRUE(fs::is_empty(path("staging"))) << n;
    };
    expect_points(killed_everywhere([&] { restore(); }, work, check), 100);
    EXPECT_TRUE(all);
}

// As a list with more people than a batch has: the second batch is staged before the first one is committed.
TEST_F(Kill, InSeveralBatchesLeavesEveryAccountWholeOrNotEnrolled) {
    std::vector<NewAccount> first;
    std::vector<NewAccount> second;
    for (const auto* name : {"ann", "ben"})
        first.push_back({sample_credential(name), enrolled_state()});
    for (const auto* name : {"cem", "dora"})
        second.push_back({sample_credential(name), enrolled_state()});
    const auto no_record = [] { return Result<void>{}; };
    const auto work = [&] {
        const auto enrolling = store_->begin_enrolling().value();
        auto staged = enrolling->stage(first).value();
        auto next = enrolling->stage(second).value();
        static_cast<void>(enrolling->commit(std::move(staged), no_record));
        static_cast<void>(enrolling->commit(std::move(next), no_record));
        static_cast<void>(enrolling->confirm());
    };
    std::set<std::size_t> seen;
    const auto check = [&](int n) {
        std::size_t enrolled = 0;
        for (const auto* batch : {&first, &second}) {
            for (const NewAccount& one : *batch) {
                const auto account = opened()->read(RecordName::of(one.credential.account));
                ASSERT_TRUE(account) << n << ": " << account.error().detail;
                EXPECT_EQ(account->credential.has_value(), account->state.enrolled) << n;
                enrolled += account->credential ? 1U : 0U;
            }
        }
        seen.insert(enrolled);
        ASSERT_TRUE(opened()->enroll_batch(first, no_record)) << n;
        EXPECT_TRUE(fs::is_empty(path("staging"))) << n;
    };
    expect_points(killed_everywhere([&] { restore(); }, work, check), 100);
    // Between two renamings of one batch lies no other call, and which number they have differs from round to round (of
    // the threads that help, too): those points are looked for by what is called there. Two files for each of four.
    seen.clear();
    expect_points(killed_everywhere([&] { restore(); }, work, check, enters_a_renaming), 8);
    EXPECT_THAT(seen, ::testing::ElementsAre(0U, 1U, 2U, 3U, 4U));
}

}  // namespace
}  // namespace secondstep
