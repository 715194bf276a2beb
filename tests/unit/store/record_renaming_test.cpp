#include "store/record_renaming.h"

#include <gmock/gmock.h>
#include <sys/syscall.h>

#include <array>

#include "support/failing_system_call.h"
#include "unit/store/killed_process.h"
#include "unit/store/store_fixture.h"

namespace secondstep {
namespace {

using namespace secondstep::testing;
using ::testing::ElementsAre;
namespace fs = std::filesystem;

// alice is renamed to eve.
class Renaming : public StoreFixture {
  protected:
    Renaming() : StoreFixture(memory()) {
        State used = enrolled_state();
        used.recovery = {.id = old_.recovery->id, .used = 0b101};
        used.strangers = {3, at(0), never};
        used.temporary = {.given = true, .until = at(60)};
        used.notice = {.change = Change::enrolled, .when = at(0), .from = "somewhere"};
        used.last_success = at(0);
        write(used);
        for (const auto* folder : {"users", "uids"})
            fs::copy(path(folder), path(folder + std::string(".kept")), fs::copy_options::recursive);
    }
    void restore() {
        for (const auto* folder : {"users", "uids"}) {
            for (const auto& entry : fs::directory_iterator(path(folder)))
                fs::remove_all(entry.path());
            fs::copy(path(folder + std::string(".kept")), path(folder), fs::copy_options::recursive);
        }
    }
    [[nodiscard]] static FileStore::Renaming renaming() {
        return {name_of("alice"), name_of("eve"), uid_t{4242}, {Change::renamed, at(0), "the administrator"}};
    }
    [[nodiscard]] static Result<void> rename(const FileStore& store) {
        return store.rename(renaming(), [] { return Result<void>{}; });
    }
    // How many of the two names a code could be used for, and neither of them is "not enrolled" wrongly.
    [[nodiscard]] std::size_t usable(int n) {
        std::size_t count = 0;
        for (const RecordName& name : {alice_, eve_}) {
            const auto account = opened()->read(name);
            EXPECT_FALSE(account && account->state_damaged) << n;
            if (!account || !account->credential) continue;
            ++count;
            EXPECT_EQ(account->state.recovery.used, 0b101U) << n;
        }
        return count;
    }
    void expect_renamed() {
        const auto eve = opened()->read(eve_);
        ASSERT_TRUE(eve) << eve.error().detail;
        ASSERT_TRUE(eve->credential);
        EXPECT_EQ(eve->credential->account.text(), "eve");
        EXPECT_EQ(eve->credential->uid, uid_t{4242});
        EXPECT_TRUE(eve->state.enrolled);
        EXPECT_EQ(eve->state.recovery.used, 0b101U);
        EXPECT_EQ(eve->state.strangers.count, 3U);
        EXPECT_FALSE(eve->state.temporary.given) << "bound to the old name";
        EXPECT_EQ(eve->state.notice.from, "the administrator");
        const auto alice = opened()->read(alice_);
        ASSERT_TRUE(alice) << alice.error().detail;
        EXPECT_FALSE(alice->credential);
        State nothing;
        nothing.generation = alice->state.generation;
        nothing.uses = alice->state.uses;
        EXPECT_EQ(alice->state, nothing) << "who gets the name next learns nothing";
        EXPECT_THAT(opened()->names_enrolled_for(4242).value(), ElementsAre(name_of("eve")));
        EXPECT_FALSE(opened()->is_half_renamed(name_of("alice"), name_of("eve")).value());
    }

    Credential old_ = sample_credential();
    RecordName eve_ = RecordName::of(name_of("eve"));
};

// Under the new name it was asked for as well, since the account was renamed: a rename clears no counter.
TEST_F(Renaming, GuessesUnderEitherNameCountOn) {
    State guessed;
    guessed.strangers = {5, at(0), never};
    guessed.own_uid = {2, at(0), never};
    guessed.trusted_callers = {4, at(0), never};
    ASSERT_TRUE(store_->begin_enrollment(eve_).value()->write_state(guessed));
    ASSERT_TRUE(rename(*store_));
    const State state = opened()->read(eve_).value().state;
    EXPECT_EQ(state.strangers.count, 5U) << "of 3 and 5";
    EXPECT_EQ(state.own_uid.count, 2U);
    EXPECT_EQ(state.trusted_callers.count, 4U);
}

TEST_F(Renaming, GivesTheWholeRecordToTheNewName) {
    const auto done = rename(*opened());
    ASSERT_TRUE(done) << done.error().detail;
    expect_renamed();
}

TEST_F(Renaming, TheCodesGoOnUnderTheNewNameAndEndUnderTheOld) {
    const auto answer = [&] { return totp_answer(old_, clock_.now()); };
    ASSERT_EQ(attempt(*opened(), answer()).value(), Reason::right);
    ASSERT_TRUE(rename(*opened()));
    EXPECT_FALSE(opened()->read(alice_)->credential) << "nobody is enrolled as alice";
    alice_ = eve_;
    EXPECT_EQ(attempt(*opened(), answer()).value(), Reason::replayed);
    clock_.advance(std::chrono::seconds{30});
    EXPECT_EQ(attempt(*opened(), answer()).value(), Reason::right);
}

TEST_F(Renaming, IsRefusedWhereSomebodyIsEnrolledOrNobodyIs) {
    enroll(sample_credential("eve"));
    const auto before = everything();
    EXPECT_EQ(rename(*opened()).error().code, Errc::exists);
    EXPECT_EQ(everything(), before);
    const FileStore::Renaming of_nobody{name_of("nobody"), name_of("new"), std::nullopt, {}};
    EXPECT_EQ(opened()->rename(of_nobody, [] { return Result<void>{}; }).error().code, Errc::not_found);
}

TEST_F(Renaming, KilledAnywhereLeavesExactlyOneNameEnrolledAndCanBeFinished) {
    std::array<bool, 2> seen{};
    const auto work = [&] { static_cast<void>(rename(*store_)); };
    const auto check = [&](int n) {
        EXPECT_EQ(usable(n), 1U) << n;
        const auto eve = opened()->read(eve_);
        seen.at(eve && eve->credential ? 1 : 0) = true;
        const bool finished = eve && eve->credential && opened()->read(alice_) &&
                              !opened()->is_half_renamed(name_of("alice"), name_of("eve")).value();
        const auto again = rename(*opened());
        if (!finished) {
            EXPECT_TRUE(again) << n << ": " << again.error().detail;
        }
        expect_renamed();
    };
    const int points = killed_everywhere([&] { restore(); }, work, check);
    if (points < 0) GTEST_SKIP() << "this machine does not let a process trace its own child";
    EXPECT_GT(points, 60);
    EXPECT_THAT(seen, ElementsAre(true, true));
}

TEST_F(Renaming, AFailureOfAnyKindOfCallLeavesExactlyOneNameEnrolled) {
    int failures = 0;
    for (const long call : {SYS_openat, SYS_fsync, SYS_fdatasync, SYS_write, SYS_pwrite64, SYS_renameat,
                            SYS_renameat2, SYS_mkdirat, SYS_flock, SYS_getrandom}) {
        restore();
        const bool failed = holds_while_failing(call, EIO, [&] { return !rename(*store_).has_value(); });
        failures += failed ? 1 : 0;
        EXPECT_EQ(usable(static_cast<int>(call)), 1U) << call;
        static_cast<void>(rename(*opened()));
        expect_renamed();
    }
    EXPECT_GT(failures, 5) << "hardly anything failed: nothing was tested";
}

TEST_F(Renaming, WhatBearsTheNameTooIsMovedAfterTheCommitAndAgainWhenItIsFinished) {
    int calls = 0;
    const auto fails = [&]() -> Result<void> {
        ++calls;
        EXPECT_EQ(usable(0), 1U);
        return fail(Errc::io, "no");
    };
    EXPECT_FALSE(store_->rename(renaming(), fails));
    EXPECT_TRUE(opened()->is_half_renamed(name_of("alice"), name_of("eve")).value());
    ASSERT_FALSE(opened()->read(alice_)) << "unavailable, and never not enrolled";
    ASSERT_TRUE(rename(*opened()));
    EXPECT_EQ(calls, 1);
    expect_renamed();
}

TEST_F(Renaming, AFileOnItsWayIsBoundToTheTwoNames) {
    static_cast<void>(store_->rename(renaming(), []() -> Result<void> { return fail(Errc::io, "no"); }));
    fs::copy_file(path("users/eve.credential"), path("users/mallory.credential"));
    fs::copy_file(path("users/eve.state"), path("users/mallory.state"));
    EXPECT_FALSE(opened()->read(RecordName::of(name_of("mallory"))));
    const std::string whole = content_of(path("users/eve.credential"));
    for (std::size_t cut = 0; cut < whole.size(); cut += 7) {
        overwrite(path("users/eve.credential"), whole.substr(0, cut));
        EXPECT_FALSE(opened()->read(eve_)) << cut;
    }
}

}  // namespace
}  // namespace secondstep
