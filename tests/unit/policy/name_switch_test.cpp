#include "policy/name_switch.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <filesystem>
#include <fstream>

#include "support/counted_system_calls.h"
#include "support/fake_clock.h"
#include "support/temporary_directory.h"

namespace secondstep {
namespace {

using testing::FakeClock;
using testing::TemporaryDirectory;

std::vector<std::string> names(const std::vector<NameSource>& sources) {
    std::vector<std::string> all;
    for (const NameSource& source : sources)
        all.push_back(source.name);
    return all;
}

using Names = std::vector<std::string>;

TEST(NameSwitch, SaysInWhichOrderSourcesAreAsked) {
    const NameSwitch parsed = NameSwitch::parse(
        "# passwd: nis\npasswd:  files [NOTFOUND=return] sss # why\n\ngroup:files\tsystemd\n");
    EXPECT_EQ(names(parsed.accounts), (Names{"files", "sss"}));
    EXPECT_TRUE(parsed.accounts[0].ends_with(NSS_STATUS_NOTFOUND));
    EXPECT_TRUE(parsed.accounts[0].ends_with(NSS_STATUS_SUCCESS));
    EXPECT_FALSE(parsed.accounts[1].ends_with(NSS_STATUS_NOTFOUND));
    EXPECT_EQ(names(parsed.groups), (Names{"files", "systemd"}));
}

TEST(NameSwitch, OfGroupListsEverySourceIsAskedUnlessTheyHaveALineOfTheirOwn) {
    const NameSwitch without = NameSwitch::parse("group: files sss\n");
    EXPECT_EQ(names(without.group_lists), (Names{"files", "sss"}));
    EXPECT_FALSE(without.group_lists[0].ends_with(NSS_STATUS_SUCCESS));
    const NameSwitch with = NameSwitch::parse("group: files sss\ninitgroups: sss\n");
    EXPECT_EQ(names(with.group_lists), (Names{"sss"}));
    EXPECT_TRUE(with.group_lists[0].ends_with(NSS_STATUS_SUCCESS));
}

// Somebody in /etc/passwd would have another uid here than where libc lets another source have the last word.
TEST(NameSwitch, IsReadAsLibcReadsIt) {
    for (const char* const line :
         {"passwd sss files", "passwd\tsss files", " passwd : sss files", "passwd:: sss files"})
        EXPECT_EQ(names(NameSwitch::parse(line).accounts), (Names{"sss", "files"})) << line;
    const NameSwitch parsed =
        NameSwitch::parse("passwd: files [ NOTFOUND = return\tSUCCESS=continue ] sss\n");
    ASSERT_EQ(names(parsed.accounts), (Names{"files", "sss"}));
    EXPECT_TRUE(parsed.accounts[0].ends_with(NSS_STATUS_NOTFOUND));
    EXPECT_FALSE(parsed.accounts[0].ends_with(NSS_STATUS_SUCCESS));
}

TEST(NameSwitch, WithoutALineIsFiles) {
    EXPECT_EQ(names(NameSwitch::parse("hosts: dns\n").accounts), (Names{"files"}));
}

class NameSwitchFiles : public ::testing::Test {
  protected:
    NameSwitchFiles() { later(); }
    // Whatever the file's times are, they are over.
    void later() { clock_.set(std::int64_t{1} << 40); }

    void write(const std::string& accounts) const {
        std::ofstream(path_, std::ios::trunc) << "passwd: " << accounts << "\n";
    }
    // As write(), of the same length, in the same file and with the same time of its change; what the kernel
    // itself notes of it is another one.
    void write_secretly(const std::string& accounts) const {
        struct stat before{};
        ASSERT_EQ(::stat(path_.c_str(), &before), 0);
        struct stat after = before;
        while (after.st_ctim.tv_sec == before.st_ctim.tv_sec &&
               after.st_ctim.tv_nsec == before.st_ctim.tv_nsec) {
            std::ofstream(path_, std::ios::in) << "passwd: " << accounts << "\n";
            const timespec times[]{before.st_atim, before.st_mtim};
            ASSERT_EQ(::utimensat(AT_FDCWD, path_.c_str(), times, 0), 0);
            ASSERT_EQ(::stat(path_.c_str(), &after), 0);
        }
        ASSERT_EQ(after.st_ino, before.st_ino);
        ASSERT_EQ(after.st_size, before.st_size);
        ASSERT_EQ(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
    }
    [[nodiscard]] Names read() const {
        const auto content = file_.read();
        return content ? names((*content)->accounts) : Names{content.error().detail};
    }
    // How often the file is opened when it is read twice more.
    [[nodiscard]] unsigned opened() const {
        const auto calls = testing::counted_system_calls([this] { return read().size() == read().size(); });
        if (!calls) return 99;
        const auto found = calls->find(SYS_openat);
        return found == calls->end() ? 0 : found->second;
    }

    TemporaryDirectory directory_;
    std::string path_ = directory_.file("nsswitch.conf");
    FakeClock clock_;
    NameSwitchFile file_{path_, clock_};
};

TEST_F(NameSwitchFiles, AreReadOnceWhileNobodyChangesThem) {
    write("files");
    EXPECT_EQ(read(), Names{"files"});
    EXPECT_EQ(opened(), 0U);
}

TEST_F(NameSwitchFiles, AreReadAgainWhenAnotherTakesTheirPlaceOrTheyGo) {
    write("files");
    EXPECT_EQ(read(), Names{"files"});
    std::filesystem::rename(path_, directory_.file("old"));
    EXPECT_EQ(read(), Names{"files"}) << "what libc does without a file";
    write("nis");
    EXPECT_EQ(read(), Names{"nis"});
    std::filesystem::rename(directory_.file("old"), path_);
    EXPECT_EQ(read(), Names{"files"});
    write("nis sss");
    EXPECT_EQ(read(), (Names{"nis", "sss"}));
}

TEST_F(NameSwitchFiles, AreReadAgainWhenOnlyTheKernelTellsThatTheyWereChanged) {
    write("files");
    EXPECT_EQ(read(), Names{"files"});
    write_secretly("winbi");
    EXPECT_EQ(read(), Names{"winbi"});
}

// Changed again within one step of the kernel's clock they would look the same.
TEST_F(NameSwitchFiles, AreNotBelievedBeforeTheirTimesHaveSettled) {
    write("files");
    struct stat status{};
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    clock_.set(status.st_ctim.tv_sec + 1);
    EXPECT_EQ(read(), Names{"files"});
    EXPECT_EQ(opened(), 2U);
    later();
    EXPECT_EQ(read(), Names{"files"});
    EXPECT_EQ(opened(), 0U);
}

TEST_F(NameSwitchFiles, ThatCannotBeReadSayNothing) {
    std::filesystem::create_directory(path_);
    const auto content = file_.read();
    ASSERT_FALSE(content);
    EXPECT_EQ(content.error().code, Errc::io);
}

}  // namespace
}  // namespace secondstep
