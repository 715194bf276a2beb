#include "policy/local_accounts.h"

#include <gtest/gtest.h>
#include <pwd.h>

#include <fstream>
#include <string>
#include <vector>

#include "policy/name_sources.h"
#include "support/temporary_directory.h"

namespace secondstep {
namespace {

using testing::TemporaryDirectory;

TEST(LocalAccounts, AreReadAsLibcReadsThem) {
    const LocalAccounts accounts = LocalAccounts::parse(
        "root:x:0:0:root:/root:/bin/sh\n"
        "# alice:x:1:1::/:/bin/sh\n"
        "\n"
        "alice:x:1001:1002:Alice,,,:/home/alice:/bin/sh\n"
        "alice:x:0:0:a second line of the name:/root:/bin/sh\n"
        "no line at all\n"
        "broken:x:many:1::/:/bin/sh\n"
        "+nis:x:1003:1003::/:/bin/sh\n"
        "-nis2:x:1004:1004::/:/bin/sh\n"
        "  bob:x:1005:1005::/:/bin/sh\n"
        "last:x:1006:1007::/:/bin/sh");
    ASSERT_TRUE(accounts.find("alice"));
    EXPECT_EQ(accounts.find("alice")->uid, 1001U);
    EXPECT_EQ(accounts.find("alice")->gid, 1002U);
    ASSERT_TRUE(accounts.find("last")) << "a last line without its end";
    EXPECT_EQ(accounts.find("last")->uid, 1006U);
    for (const char* none :
         {"", "ALICE", "Alice", "broken", "+nis", "-nis2", "nis", "no line at all", "alice:x", "# alice"})
        EXPECT_FALSE(accounts.find(none)) << none;
    EXPECT_FALSE(accounts.find(std::string("root\0x", 6)));
}

TEST(LocalAccounts, OfNothingAreNone) {
    EXPECT_FALSE(LocalAccounts::parse("").find("root"));
}

// Whoever this machine's /etc/passwd names gets the same answer as from getpwnam(3).
TEST(LocalAccounts, OfThisMachineAreWhatGetpwnamSays) {
    std::ifstream in("/etc/passwd");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const LocalAccounts accounts = LocalAccounts::parse(text);
    std::size_t compared = 0;
    std::ifstream lines("/etc/passwd");
    for (std::string line; std::getline(lines, line);) {
        const std::string name = line.substr(0, line.find(':'));
        const passwd* const entry = ::getpwnam(name.c_str());
        const auto here = accounts.find(name);
        ASSERT_EQ(entry != nullptr, here.has_value()) << name;
        if (entry == nullptr) continue;
        EXPECT_EQ(here->uid, entry->pw_uid) << name;
        EXPECT_EQ(here->gid, entry->pw_gid) << name;
        ++compared;
    }
    EXPECT_GT(compared, 5U);
}

class LocalAccountOfSources : public ::testing::Test {
  protected:
    void say(const std::string& accounts) const {
        std::ofstream(nsswitch_, std::ios::trunc) << "passwd: " << accounts << "\n";
    }
    void list(const std::string& passwd) const { std::ofstream(passwd_, std::ios::trunc) << passwd; }
    const TemporaryDirectory directory_;
    const std::string nsswitch_ = directory_.file("nsswitch.conf");
    const std::string passwd_ = directory_.file("passwd");
    const NameSources sources_{nsswitch_, passwd_};
};

TEST_F(LocalAccountOfSources, IsAnAnswerWhereFilesComeFirstAndAreBelieved) {
    list("alice:x:1001:1001::/:/bin/sh\n");
    for (const char* first : {"files", "files sss", "files [NOTFOUND=return] sss"}) {
        say(first);
        EXPECT_TRUE(sources_.local_account("alice")) << first;
    }
    for (const char* other :
         {"sss files", "compat", "files [SUCCESS=merge] sss", "files [SUCCESS=continue] sss"}) {
        say(other);
        EXPECT_FALSE(sources_.local_account("alice")) << other;
    }
}

TEST_F(LocalAccountOfSources, FollowsEachChangeOfTheFile) {
    say("files");
    EXPECT_FALSE(sources_.local_account("alice")) << "there is no file";
    list("alice:x:1001:1001::/:/bin/sh\n");
    EXPECT_EQ(sources_.local_account("alice")->uid, 1001U);
    list("alice:x:1002:1001::/:/bin/sh\n");
    EXPECT_EQ(sources_.local_account("alice")->uid, 1002U)
        << "a change within the same moment, of the same size";
    list("bob:x:1002:1001::/:/bin/sh\n");
    EXPECT_FALSE(sources_.local_account("alice"));
}

}  // namespace
}  // namespace secondstep
