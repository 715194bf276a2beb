#include "pam_change/pending_change.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>

#include "support/temporary_directory.h"
#include "tool_world.h"

using ::testing::HasSubstr;

namespace secondstep::testing {

namespace {

namespace fs = std::filesystem;
using tool::PendingChange;
using tool::PendingChanges;
using tool::ServiceFile;

class PendingChangeTest : public ::testing::Test {
  protected:
    PendingChangeTest() {
        for (const char* name : {"etc", "vendor"}) {
            fs::create_directory(directory_.file(name));
            ::chmod(directory_.file(name).c_str(), 0755);
        }
        write_file(directory_.file("etc/sshd"), "old\n");
        write_file(directory_.file("vendor/login"), "vendor's\n");
        ::chmod(directory_.file("etc/sshd").c_str(), 0640);
    }
    [[nodiscard]] std::string state() const { return directory_.file("state"); }
    [[nodiscard]] Result<ServiceFile> open(const std::string& name) const {
        return ServiceFile::open(name, directory_.file("etc"), directory_.file("vendor"));
    }
    [[nodiscard]] PendingChange change(const std::string& service, std::optional<std::string> before) const {
        return {.service = service,
                .path = directory_.file("etc/" + service),
                .way = tool::RestoreWay::at,
                .made = from_unix(1764400000),
                .due = from_unix(1764400600),
                .before = std::move(before),
                .after = "new\nwithout an end",
                .log = "/var/log/auth.log 17 4711"};
    }
    TemporaryDirectory directory_;
};

TEST_F(PendingChangeTest, IsRememberedWithEveryByteAndTheModeOfTheFile) {
    const auto changes = PendingChanges::open(state());
    ASSERT_TRUE(changes) << changes.error().detail;
    EXPECT_EQ(mode_of(state()), 0700U);
    EXPECT_FALSE(*changes->pending());
    const auto begun = changes->begin(change("sshd", "old\n"), *open("sshd"));
    ASSERT_TRUE(begun) << begun.error().detail;
    const auto read = changes->pending();
    ASSERT_TRUE(read && *read);
    EXPECT_EQ((*read)->service, "sshd");
    EXPECT_EQ((*read)->path, directory_.file("etc/sshd"));
    EXPECT_EQ((*read)->way, tool::RestoreWay::at);
    EXPECT_EQ(to_unix((*read)->made), 1764400000);
    EXPECT_EQ(to_unix((*read)->due), 1764400600);
    EXPECT_EQ((*read)->before, "old\n");
    EXPECT_EQ((*read)->after, "new\nwithout an end");
    EXPECT_EQ((*read)->log, "/var/log/auth.log 17 4711");
    EXPECT_EQ(mode_of(state() + "/pending/before"), 0640U);
}

TEST_F(PendingChangeTest, OfTheVendorsFileHasNoneFromBefore) {
    const auto changes = PendingChanges::open(state());
    ASSERT_TRUE(changes->begin(change("login", std::nullopt), *open("login")));
    const auto read = changes->pending();
    ASSERT_TRUE(read && *read);
    EXPECT_FALSE((*read)->before);
    EXPECT_TRUE(fs::exists(state() + "/pending/created"));
}

TEST_F(PendingChangeTest, IsOneAtATime) {
    const auto changes = PendingChanges::open(state());
    ASSERT_TRUE(changes->begin(change("sshd", "old\n"), *open("sshd")));
    const auto second = changes->begin(change("login", std::nullopt), *open("login"));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::exists);
    EXPECT_EQ((*changes->pending())->service, "sshd");
    EXPECT_FALSE(fs::exists(state() + "/pending.new"));
}

TEST_F(PendingChangeTest, IsMadeByOneToolAtATime) {
    const auto first = PendingChanges::open(state());
    ASSERT_TRUE(first);
    const auto second = PendingChanges::open(state());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::busy);
    EXPECT_TRUE(PendingChanges::look(state()));
}

TEST_F(PendingChangeTest, ThatEndedIsABackup) {
    const auto changes = PendingChanges::open(state());
    ASSERT_TRUE(changes->begin(change("sshd", "old\n"), *open("sshd")));
    EXPECT_FALSE(changes->has_backup("sshd", "old\n"));
    ASSERT_TRUE(changes->end(change("sshd", "old\n"), "kept"));
    EXPECT_FALSE(*changes->pending());
    EXPECT_TRUE(changes->has_backup("sshd", "old\n"));
    EXPECT_FALSE(changes->has_backup("sshd", "new\nwithout an end"));
    EXPECT_FALSE(changes->has_backup("login", "old\n"));
    EXPECT_EQ(content_of(state() + "/backup/1764400000-sshd-kept/before"), "old\n");
}

TEST_F(PendingChangeTest, ThatWasHalfMadeIsNone) {
    const auto changes = PendingChanges::open(state());
    fs::create_directory(state() + "/pending.new");
    write_file(state() + "/pending.new/service", "sshd\n");
    EXPECT_FALSE(*changes->pending());
    EXPECT_TRUE(changes->begin(change("sshd", "old\n"), *open("sshd")));
}

TEST_F(PendingChangeTest, ThatLacksAFileIsDamagedAndNotNone) {
    const auto changes = PendingChanges::open(state());
    ASSERT_TRUE(changes->begin(change("sshd", "old\n"), *open("sshd")));
    fs::remove(state() + "/pending/before");
    const auto read = changes->pending();
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Errc::damaged);
}

// Whoever may write there says what root's script writes, and where.
TEST_F(PendingChangeTest, IsNotBelievedWhereOthersMayWrite) {
    fs::create_directory(state());
    ::chmod(state().c_str(), 0770);
    const auto changes = PendingChanges::open(state());
    ASSERT_FALSE(changes);
    EXPECT_EQ(changes.error().code, Errc::untrusted);
    fs::rename(state(), directory_.file("elsewhere"));
    ::chmod(directory_.file("elsewhere").c_str(), 0700);
    fs::create_directory_symlink(directory_.file("elsewhere"), state());
    EXPECT_FALSE(PendingChanges::open(state()));
}

}  // namespace

}  // namespace secondstep::testing
