// A store whose accounts were handed over to a fleet.

#include "store/moved_mark.h"

#include "store_fixture.h"

namespace secondstep::testing {
namespace {

constexpr MoveId move{1, 2, 3, 4, 5};

class MovedStore : public StoreFixture {
  protected:
    [[nodiscard]] std::unique_ptr<FileStore> opened_all_the_same() {
        return FileStore::open({.directory = directory_.path(), .also_moved = true}, keyring(), clock_,
                               randomness_)
            .value();
    }
    [[nodiscard]] Result<std::unique_ptr<FileStore>> opened_like_a_service() {
        return FileStore::open({.directory = directory_.path()}, keyring(), clock_, randomness_);
    }
    void expect_unavailable(const auto& result) {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, Errc::io);
        EXPECT_NE(result.error().detail.find("fleet"), std::string::npos);
    }
};

TEST_F(MovedStore, LetsNobodyInWhateverServiceHasItOpen) {
    const Account before = store_->read(alice_).value();
    ASSERT_TRUE(opened_all_the_same()->mark_as_moved(move));
    EXPECT_TRUE(store_->is_moved());
    expect_unavailable(attempt(*store_, totp_answer(*before.credential, clock_.now())));
    expect_unavailable(store_->read(alice_));
    expect_unavailable(store_->begin(alice_));
}

// "Not enrolled" would let in whoever needs no second step, and begin another one beside the fleet's.
TEST_F(MovedStore, SaysOfNobodyThatTheyAreNotEnrolled) {
    ASSERT_TRUE(store_->mark_as_moved(move));
    const RecordName nobody = RecordName::of(name_of("nobody"));
    expect_unavailable(store_->read(nobody));
    expect_unavailable(store_->begin(nobody));
    expect_unavailable(store_->begin_enrollment(nobody));
    expect_unavailable(store_->begin(RecordName::decoy(7)));
    expect_unavailable(store_->begin_enrolling());
    expect_unavailable(store_->for_each([](const AccountName&) { return true; }));
    expect_unavailable(store_->rename({name_of("alice"), name_of("alicia"), uid_t{1004}, {}},
                                      [] { return Result<void>(); }));
    EXPECT_FALSE(std::filesystem::exists(path("users/nobody.state")));
}

TEST_F(MovedStore, HasTheCodesOfTheMachineAllTheSame) {
    ASSERT_TRUE(store_->mark_as_moved(move));
    EXPECT_FALSE(store_->read(RecordName::break_glass()).value().credential);
    EXPECT_TRUE(store_->begin_enrollment(RecordName::break_glass()));
    EXPECT_TRUE(store_->begin(RecordName::break_glass()));
}

TEST_F(MovedStore, IsOpenedAllTheSameAndReadByWhoMovesIt) {
    ASSERT_TRUE(store_->mark_as_moved(move));
    EXPECT_TRUE(opened_like_a_service()) << "its portals are in it";
    const auto mover = opened_all_the_same();
    EXPECT_TRUE(mover->read(alice_).value().credential);
    EXPECT_TRUE(mover->begin(alice_));
    EXPECT_TRUE(mover->create_layout());
    EXPECT_TRUE(store_->create_layout()) << "setup is repeated there";
}

TEST_F(MovedStore, ALoginThatBeganBeforeGoesAlong) {
    auto login = store_->begin(alice_).value();
    ASSERT_TRUE(store_->mark_as_moved(move));
    const auto mover = opened_all_the_same();
    EXPECT_EQ(mover->begin(alice_).error().code, Errc::busy) << "who moves it waits for that login";
    State next = login->account().state;
    next.last_success = clock_.now();
    ASSERT_EQ(login->write_state(next).value(), WriteOutcome::done);
    login.reset();
    EXPECT_EQ(mover->begin(alice_).value()->account().state.last_success, clock_.now());
    expect_unavailable(store_->begin(alice_));
}

TEST_F(MovedStore, KnowsByWhichMovesAndEndsThem) {
    EXPECT_FALSE(store_->moved_mark().value());
    ASSERT_TRUE(store_->mark_as_moved(move));
    ASSERT_TRUE(store_->mark_as_moved({9}));
    ASSERT_TRUE(store_->mark_as_moved(move));
    const MovedMark mark = store_->moved_mark().value().value();
    EXPECT_EQ(mark.moves, (std::vector<MoveId>{{9}, move}));
    EXPECT_EQ(mark.since, clock_.now());
    for (std::uint8_t i = 20; i < 60; ++i)
        ASSERT_TRUE(store_->mark_as_moved({i}));
    EXPECT_EQ(store_->moved_mark().value()->moves.size(), most_moves);
    ASSERT_TRUE(store_->end_move());
    EXPECT_FALSE(store_->is_moved());
    EXPECT_TRUE(store_->read(alice_).value().credential);
}

TEST_F(MovedStore, WhatCannotBeReadAsAMarkIsOneAllTheSame) {
    overwrite(path(moved_file_name), "anything");
    expect_unavailable(store_->read(alice_));
    EXPECT_FALSE(store_->moved_mark());
    std::filesystem::remove(path(moved_file_name));
    std::filesystem::create_symlink("nowhere", path(moved_file_name));
    expect_unavailable(store_->read(alice_));
}

}  // namespace
}  // namespace secondstep::testing
