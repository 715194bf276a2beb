#include "fleet/file_records.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "account/keyring.h"
#include "support/temporary_directory.h"
#include "unit/fleet/fleet_records_contract.h"
#include "unit/store/killed_process.h"

namespace secondstep::fleet {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

Keyring sample_ring(std::uint64_t seed) {
    secondstep::testing::SeededRandomness randomness(seed);
    return Keyring::generate(randomness);
}

struct InFiles {
    secondstep::testing::TemporaryDirectory directory{fs::exists("/dev/shm") ? fs::path("/dev/shm")
                                                                             : fs::temp_directory_path()};
    Keyring ring = sample_ring(5);

    [[nodiscard]] std::unique_ptr<FleetRecords> open(const Clock& clock, Randomness& randomness) const {
        return FileFleetRecords::open(directory.path(), true, ring, clock, randomness).value();
    }
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Files, FleetRecordsContract, InFiles);

namespace {

class FleetFiles : public ::testing::Test {
  protected:
    FleetFiles() {
        EXPECT_TRUE(records_->create(sample_identity()));
        EXPECT_TRUE(records_->permit(sample_permission({"web01", "web02", "web03"}, 2)));
        EXPECT_EQ(records_->join(sample_host("web01"), clock_.now()).value(), Joining::registered);
    }
    [[nodiscard]] std::string path(const std::string& name) const {
        return stored_.directory.file("fleet/" + name);
    }
    [[nodiscard]] std::unique_ptr<FleetRecords> view() { return stored_.open(clock_, randomness_); }
    static std::string content_of(const std::string& file) {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    static void write(const std::string& file, const std::string& content) {
        std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
    }

    secondstep::testing::FakeClock clock_{1'800'000'000};
    secondstep::testing::SeededRandomness randomness_{3};
    InFiles stored_;
    std::unique_ptr<FleetRecords> records_ = view();
};

TEST_F(FleetFiles, AreTheOwnersAloneAndSayNothing) {
    for (const char* file : {"identity", "hosts/web01.host", "joins/0100000007.join"}) {
        EXPECT_EQ(fs::status(path(file)).permissions(), fs::perms::owner_read | fs::perms::owner_write)
            << file;
        EXPECT_THAT(content_of(path(file)), Not(HasSubstr("web01"))) << file;
        EXPECT_THAT(content_of(path(file)), Not(HasSubstr("61206b6579"))) << "the key, in hex";
    }
}

TEST_F(FleetFiles, OpenToOthersAreRefused) {
    fs::permissions(path("identity"), fs::perms::group_read, fs::perm_options::add);
    EXPECT_EQ(view()->identity().error().code, Errc::untrusted);
    fs::permissions(path("hosts"), fs::perms::group_exec, fs::perm_options::add);
    EXPECT_EQ(view()->hosts().error().code, Errc::untrusted);
}

TEST_F(FleetFiles, ARecordUnderAnotherNameIsNobodys) {
    fs::copy(path("hosts/web01.host"), path("hosts/web02.host"));
    EXPECT_EQ(view()->host("web02").error().code, Errc::damaged);
    const HostList list = view()->hosts().value();
    EXPECT_EQ(list.hosts.size(), 1U) << "one that nobody can read does not take away the others";
    ASSERT_EQ(list.unreadable.size(), 1U);
    EXPECT_EQ(list.unreadable.front().name, "web02");
}

TEST_F(FleetFiles, AChangedByteIsFound) {
    for (const char* file : {"identity", "hosts/web01.host", "joins/0100000007.join"}) {
        std::string content = content_of(path(file));
        content[content.size() / 2] ^= 1;
        write(path(file), content);
    }
    EXPECT_EQ(view()->identity().error().code, Errc::damaged);
    EXPECT_EQ(view()->host("web01").error().code, Errc::damaged);
    EXPECT_EQ(view()->permissions().error().code, Errc::damaged);
}

TEST_F(FleetFiles, NobodyJoinsWhileAHostCannotBeReadAndItCanBeDropped) {
    write(path("hosts/web01.host"), "rubbish");
    EXPECT_EQ(records_->join(sample_host("web02", 2), clock_.now()).error().code, Errc::damaged);
    EXPECT_TRUE(records_->drop("web01").value());
    EXPECT_EQ(records_->join(sample_host("web02", 2), clock_.now()).value(), Joining::registered);
}

TEST_F(FleetFiles, SealedWithAKeyThatIsGoneAreDamagedAndNotMissing) {
    stored_.ring = sample_ring(6);
    EXPECT_EQ(view()->identity().error().code, Errc::damaged);
    EXPECT_THAT(view()->identity().error().detail, HasSubstr("host.key"));
    EXPECT_EQ(view()->host("web01").error().code, Errc::damaged);
}

TEST_F(FleetFiles, AreNotTakenForAFleetBeforeTheyAreOne) {
    fs::remove(path("identity"));
    EXPECT_FALSE(view()->identity().value());
    EXPECT_TRUE(view()->create(sample_identity())) << "killed before the last step: the same again";
}

TEST_F(FleetFiles, SomebodyElsesLockIsWaitedForAndThenBusy) {
    const auto held = open_directory(path("")).value();
    ASSERT_TRUE(try_lock(held.get()));
    EXPECT_EQ(records_->drop("web01").error().code, Errc::busy);
    EXPECT_TRUE(view()->host("web01").value()) << "readers need no lock";
}

// SIGKILL before and after every system call of a joining: never more hosts than permitted, and no place is gone for
// which there is no host.
TEST_F(FleetFiles, KilledWhileAHostJoinsLeavesBothOrNothing) {
    const fs::path kept = stored_.directory.file("kept");
    fs::copy(path(""), kept, fs::copy_options::recursive);
    const auto prepare = [&] {
        fs::remove_all(path(""));
        fs::copy(kept, stored_.directory.file("fleet"), fs::copy_options::recursive);
    };
    const auto work = [&] { static_cast<void>(records_->join(sample_host("web02", 2), clock_.now())); };
    int without = 0;
    int with = 0;
    const auto check = [&](int n) {
        const auto records = view();
        const HostList list = records->hosts().value();
        ASSERT_TRUE(list.unreadable.empty()) << n;
        const bool joined = list.hosts.size() == 2;
        (joined ? with : without)++;
        const JoinPermission permission = records->permission({1, 0, 0, 0, 7}).value().value();
        EXPECT_EQ(places_left(permission, list.hosts), joined ? 0U : 1U) << n;
        // Whoever asks again gets what was left, and the third nothing in either case.
        EXPECT_EQ(records->join(sample_host("web02", 2), clock_.now()).value(),
                  joined ? Joining::again : Joining::registered)
            << n;
        EXPECT_EQ(records->join(sample_host("web03", 3), clock_.now()).value(), Joining::used_up) << n;
        EXPECT_TRUE(records->drop("web02").value()) << n;
        EXPECT_EQ(records->join(sample_host("web03", 3), clock_.now()).value(), Joining::used_up)
            << n << ": a place is not free again";
    };
    const int points = secondstep::testing::killed_everywhere(prepare, work, check);
    if (points < 0) GTEST_SKIP() << "this machine does not let a process trace its own child";
    EXPECT_GT(points, 20);
    EXPECT_GT(without, 0);
    EXPECT_GT(with, 0);
}

TEST_F(FleetFiles, KilledWhileAHostIsDroppedLeavesItOrItsSpentName) {
    const fs::path kept = stored_.directory.file("kept");
    fs::copy(path(""), kept, fs::copy_options::recursive);
    const auto prepare = [&] {
        fs::remove_all(path(""));
        fs::copy(kept, stored_.directory.file("fleet"), fs::copy_options::recursive);
    };
    int gone = 0;
    const auto check = [&](int n) {
        const auto records = view();
        const bool there = records->host("web01").value().has_value();
        gone += there ? 0 : 1;
        EXPECT_EQ(records->join(sample_host("web01", 9), clock_.now()).value(),
                  there ? Joining::registered_before : Joining::spent)
            << n;
    };
    const auto work = [&] { static_cast<void>(records_->drop("web01")); };
    const int points = secondstep::testing::killed_everywhere(prepare, work, check);
    if (points < 0) GTEST_SKIP() << "this machine does not let a process trace its own child";
    EXPECT_GT(gone, 0);
}

}  // namespace
}  // namespace secondstep::fleet
