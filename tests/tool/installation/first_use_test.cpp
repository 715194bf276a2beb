#include <gmock/gmock.h>

#include <filesystem>

#include "tool_world.h"

// A machine, or the image of one, on which the packages are installed and nobody is enrolled yet.
namespace secondstep::testing {

namespace {

using ::testing::HasSubstr;

class FirstUseOfAnImage : public ToolWorld {
  protected:
    FirstUseOfAnImage() {
        const Finished done = tool({"setup", "--no-host-key"});
        EXPECT_EQ(done.status, 0) << done.err;
        EXPECT_THAT(done.out, HasSubstr("come with the first enrollment"));
    }
    [[nodiscard]] bool has_key() const { return std::filesystem::exists(file("host.key")); }
    // What makes one, and ends well.
    void begins_with(const std::vector<std::string>& arguments, std::string_view input = "") {
        EXPECT_FALSE(has_key());
        const Finished done = tool(arguments, input);
        EXPECT_EQ(done.status, 0) << done.err;
        EXPECT_TRUE(has_key());
        EXPECT_THAT(done.err, HasSubstr("keep a copy of it"));
        EXPECT_EQ(tool({"doctor"}).status, 0);
        const Finished again = tool(arguments, input);
        EXPECT_THAT(again.err, ::testing::Not(HasSubstr("keep a copy of it")));
    }
};

TEST_F(FirstUseOfAnImage, HoldsNothingOfThisMachine) {
    EXPECT_FALSE(has_key());
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(file("store")))
        names.push_back(entry.path().filename());
    EXPECT_THAT(names, ::testing::ElementsAre("unused"));
    EXPECT_TRUE(std::filesystem::exists(file("secondstep.conf")));
}

// Whoever looks at an image begins nothing.
TEST_F(FirstUseOfAnImage, IsLookedAtWithoutBeginningIt) {
    EXPECT_EQ(tool({"setup", "--no-host-key"}).status, 0);
    const Finished status = tool({"status"});
    EXPECT_EQ(status.status, 0) << status.err;
    EXPECT_THAT(status.out, HasSubstr("0 accounts: 0 enrolled"));
    const Finished doctor = tool({"doctor"});
    EXPECT_EQ(doctor.status, 0) << doctor.out;
    EXPECT_THAT(doctor.out, HasSubstr("host key: none yet"));
    EXPECT_EQ(tool({"explain", me(), "--service", "sshd"}).status, 0);
    EXPECT_EQ(tool({"disable", me(), "--yes"}).status, 6);
    EXPECT_EQ(tool({"unlock", me()}).status, 6);
    EXPECT_FALSE(has_key());
}

TEST_F(FirstUseOfAnImage, BeginsWithAnEnrollment) {
    begins_with({"enroll", "p.one", "--portal-user", "--no-confirm", "--replace"});
}

TEST_F(FirstUseOfAnImage, BeginsWithAnInvitation) {
    begins_with({"invite", me()});
}

TEST_F(FirstUseOfAnImage, BeginsWithABulkEnrollment) {
    write_file(file("people.csv"), "p.one\np.two\n");
    begins_with({"enroll", "--bulk", file("people.csv"), "--portal-user", "--output", file("secrets.csv")});
}

TEST_F(FirstUseOfAnImage, BeginsWithSetup) {
    set_up();
    EXPECT_TRUE(has_key());
    EXPECT_EQ(tool({"doctor"}).status, 0);
    EXPECT_FALSE(std::filesystem::exists(file("store/unused")));
}

// A key that is there already stays, and the store gets what it needs.
TEST_F(FirstUseOfAnImage, IsOverForAnInstallationWithAKey) {
    set_up();
    std::filesystem::remove(file("store/decoys/07.credential"));
    EXPECT_EQ(tool({"setup", "--no-host-key"}).status, 0);
    EXPECT_EQ(tool({"doctor"}).status, 0);
}

TEST_F(FirstUseOfAnImage, IsNoWayAroundAKeyThatWasLost) {
    enroll("p.one");
    std::filesystem::remove(file("host.key"));
    const Finished setup = tool({"setup", "--no-host-key"});
    EXPECT_EQ(setup.status, 1);
    EXPECT_THAT(setup.err, HasSubstr("sealed with key"));
    const Finished enrolling = tool({"enroll", "p.two", "--portal-user", "--no-confirm"});
    EXPECT_EQ(enrolling.status, 4) << enrolling.err;
    EXPECT_FALSE(has_key());
}

}  // namespace

}  // namespace secondstep::testing
