// A store and a host key that do not belong together.

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/text.h"
#include "tool_world.h"

namespace secondstep::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class ForeignKey : public ToolWorld {
  protected:
    ForeignKey() {
        set_up();
        enroll("alice");
        enroll("bob");
        key_ = hex(load_keyring(file("host.key")).value().newest().id);
        fs::rename(file("host.key"), file("kept.key"));
    }
    void put_back() { fs::rename(file("kept.key"), file("host.key")); }
    // What a setup without the refusal did.
    void make_another_key() {
        write_file(file("host.key"), Keyring::generate(randomness_).encode().text());
        ::chmod(file("host.key").c_str(), 0400);
    }
    std::string key_;
};

TEST_F(ForeignKey, SetupMakesNoNewKeyOverASealedStoreAndNamesTheOneThatIsMissing) {
    const Finished done = tool({"setup"});
    EXPECT_EQ(done.status, 1) << done.out;
    EXPECT_THAT(done.err, HasSubstr("2 accounts are sealed with key " + key_));
    EXPECT_THAT(done.err, HasSubstr("setup --new-key"));
    EXPECT_FALSE(fs::exists(file("host.key")));
    put_back();
    EXPECT_EQ(tool({"setup"}).status, 0);
    EXPECT_TRUE(account("alice").credential);
}

TEST_F(ForeignKey, SetupRefusesAKeyThatDoesNotOpenTheStoreToo) {
    make_another_key();
    const std::string before = content_of(file("host.key"));
    EXPECT_EQ(tool({"setup"}).status, 1);
    EXPECT_EQ(content_of(file("host.key")), before);
}

TEST_F(ForeignKey, ANewKeyIsAskedForAndMovesTheAccountsAside) {
    EXPECT_EQ(tool({"setup", "--new-key"}).status, 1) << "nobody said yes";
    EXPECT_FALSE(fs::exists(file("host.key")));
    const Finished done = tool({"setup", "--new-key", "--yes"});
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("moved to " + file("store") + "/aside"));
    EXPECT_THAT(done.out, HasSubstr("Keep a copy of " + file("host.key")));
    EXPECT_FALSE(account("alice").credential);
    EXPECT_TRUE(fs::exists(file("store/aside/" + key_ + "/users/alice.credential")));
    enroll("alice");
    EXPECT_EQ(json({"doctor"})["errors"], 0);
}

TEST_F(ForeignKey, DoctorSaysItOnceForAllAndNeverAdvisesToReplace) {
    make_another_key();
    const Finished found = tool({"doctor"});
    EXPECT_THAT(found.out, HasSubstr("2 accounts are sealed with key " + key_));
    EXPECT_THAT(found.out, Not(HasSubstr("--replace")));
    EXPECT_THAT(found.out, Not(HasSubstr("alice")));
    EXPECT_THAT(found.out, Not(HasSubstr("decoys do not open")));
    const Finished enrolling = tool({"enroll", "alice", "--portal-user", "--replace", "--no-confirm"});
    EXPECT_EQ(enrolling.status, 4);
    EXPECT_THAT(enrolling.err, Not(HasSubstr("--replace")));
    EXPECT_THAT(enrolling.err, HasSubstr("restore host.key"));
    EXPECT_THAT(enrolling.out, Not(HasSubstr("Key:"))) << "nothing is shown for nothing";
}

TEST_F(ForeignKey, DoctorSaysThatItIsLostAndNeverThatSetupMakesAnother) {
    const Finished found = tool({"doctor"});
    EXPECT_EQ(found.status, 4);
    EXPECT_THAT(found.out,
                HasSubstr("error    host key: " + file("host.key") +
                          ": No such file or directory\n"
                          "         mend: restore it from a backup; for an empty start: secondstep "
                          "setup --new-key\n"));
    EXPECT_THAT(found.out, Not(HasSubstr("alice")));
    EXPECT_THAT(found.out, Not(HasSubstr("--replace")));
}

// The reverse: the decoys were made with a key that was in between.
TEST_F(ForeignKey, SetupSaysThatItMendedTheDecoys) {
    fs::remove_all(file("store/decoys"));
    make_another_key();
    fs::rename(file("store/users"), file("users"));
    fs::create_directory(file("store/users"));
    ::chmod(file("store/users").c_str(), 0700);
    ASSERT_EQ(tool({"setup"}).status, 0);
    fs::remove(file("store/users"));
    fs::rename(file("users"), file("store/users"));
    fs::remove(file("host.key"));
    put_back();
    EXPECT_THAT(tool({"doctor"}).out, HasSubstr("256 of 256 decoys do not open"));
    const Finished mended = tool({"setup"});
    EXPECT_THAT(mended.out, HasSubstr("256 decoys"));
    EXPECT_THAT(mended.out, Not(HasSubstr("nothing changed")));
    EXPECT_THAT(tool({"doctor"}).out, Not(HasSubstr("do not open")));
    EXPECT_THAT(tool({"setup"}).out, HasSubstr("nothing changed"));
}

}  // namespace
}  // namespace secondstep::testing
