// What hosts may move, and what is on its way to one.

#include "fleet/file_moves.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/fake_clock.h"
#include "support/temporary_directory.h"
#include "unit/account/sample_account.h"

namespace secondstep::testing {
namespace {

namespace fs = std::filesystem;

class FileMovesTest : public ::testing::Test {
  protected:
    FileMovesTest() {
        fs::create_directory(directory_.file("fleet"));
        fs::permissions(directory_.file("fleet"), fs::perms::owner_all);
    }
    [[nodiscard]] std::unique_ptr<fleet::FileMoves> opened() {
        return fleet::FileMoves::open(directory_.path(), true, ring_, clock_, randomness_).value();
    }
    [[nodiscard]] fleet::Move move_of(const std::string& host, std::uint8_t id) {
        return {.id = {id},
                .host = host,
                .direction = fleet::Direction::to_files,
                .secret = randomness_.secret(fleet::move_secret_size),
                .since = at(0),
                .end = at(60),
                .came_by = {7}};
    }
    [[nodiscard]] static fleet::MovingAccount account(std::string_view name) {
        return {sample_credential(name), enrolled_state()};
    }
    FakeClock clock_{noon};
    SeededRandomness randomness_{3};
    Keyring ring_ = Keyring::generate(randomness_);
    TemporaryDirectory directory_;
};

TEST_F(FileMovesTest, AreOnePermissionForEachHost) {
    const auto moves = opened();
    EXPECT_FALSE(moves->of_host("web01").value());
    EXPECT_TRUE(moves->hosts().value().empty());
    EXPECT_TRUE(moves->away("web01").value().empty());
    EXPECT_FALSE(fs::exists(directory_.file("fleet/moves"))) << "whoever only looks makes nothing";
    const fleet::Move first = move_of("web01", 1);
    ASSERT_TRUE(moves->put(first));
    ASSERT_TRUE(moves->put(move_of("web02", 2)));
    const auto read = moves->of_host("web01").value();
    ASSERT_TRUE(read);
    EXPECT_EQ(read->id, first.id);
    EXPECT_EQ(read->direction, first.direction);
    EXPECT_EQ(read->end, first.end);
    EXPECT_EQ(read->came_by, first.came_by);
    EXPECT_TRUE(equal_in_constant_time(read->secret, first.secret));
    EXPECT_EQ(moves->by_id({2}).value()->host, "web02");
    ASSERT_TRUE(moves->put(move_of("web01", 3)));
    EXPECT_FALSE(moves->by_id({1}).value());
    ASSERT_TRUE(moves->remove("web01"));
    EXPECT_FALSE(moves->of_host("web01").value());
    EXPECT_FALSE(moves->put(move_of("../web01", 4)));
}

TEST_F(FileMovesTest, KeepWhatIsAway) {
    const auto moves = opened();
    EXPECT_TRUE(moves->away("web01").value().empty());
    ASSERT_TRUE(moves->put_away("web01", account("Anna.B")));
    ASSERT_TRUE(moves->put_away("web01", account("alice")));
    EXPECT_EQ(moves->away("web01").value(), (std::vector{name_of("Anna.B"), name_of("alice")}));
    EXPECT_EQ(moves->account_away("web01", name_of("alice")).value().credential.account, name_of("alice"));
    ASSERT_TRUE(moves->forget_away("web01", name_of("alice")));
    EXPECT_EQ(moves->away("web01").value().size(), 1U);
}

// Nobody who can write there gives one host's accounts to another, or one permission another's name.
TEST_F(FileMovesTest, OpenInTheirPlaceAlone) {
    const auto moves = opened();
    const std::string folder = directory_.file("fleet/moves");
    ASSERT_TRUE(moves->put(move_of("web01", 1)));
    fs::copy_file(folder + "/web01.move", folder + "/web02.move");
    EXPECT_EQ(moves->of_host("web02").error().code, Errc::damaged);
    ASSERT_TRUE(moves->put_away("web01", account("alice")));
    ASSERT_TRUE(moves->put_away("web02", account("carol")));
    fs::copy_file(folder + "/web01.away/alice.account", folder + "/web02.away/alice.account");
    fs::copy_file(folder + "/web01.away/alice.account", folder + "/web01.away/bob.account");
    EXPECT_FALSE(moves->account_away("web02", name_of("alice")));
    EXPECT_FALSE(moves->account_away("web01", name_of("bob")));
    EXPECT_TRUE(moves->account_away("web01", name_of("alice")));
}

TEST_F(FileMovesTest, AreNothingWhereThereIsNoFleet) {
    fs::remove(directory_.file("fleet"));
    EXPECT_EQ(fleet::FileMoves::open(directory_.path(), true, ring_, clock_, randomness_).error().code,
              Errc::not_found);
}

}  // namespace
}  // namespace secondstep::testing
