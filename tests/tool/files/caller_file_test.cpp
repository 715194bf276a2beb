#include "files/caller_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "support/failing_system_call.h"
#include "tool_world.h"

namespace secondstep::tool {

namespace {

using secondstep::testing::content_of;
using secondstep::testing::holds_while_failing;
using secondstep::testing::let_fail;
using secondstep::testing::mode_of;
using secondstep::testing::write_file;

class CallerFiles : public ::testing::Test {
  protected:
    [[nodiscard]] std::string file(const std::string& name) const { return directory_.file(name); }
    secondstep::testing::TemporaryDirectory directory_;
};

// Without the other end somebody would wait for ever.
TEST_F(CallerFiles, AreNoPipesOrDevicesByTheirName) {
    ASSERT_EQ(::mkfifo(file("pipe").c_str(), 0600), 0);
    for (const std::string& path : {file("pipe"), std::string("/dev/tty"), std::string("/dev/zero")})
        EXPECT_FALSE(open_input(path)) << path;
    EXPECT_TRUE(open_input("/dev/null"));
}

TEST_F(CallerFiles, AreNeverMadeOverAnother) {
    write_file(file("there"), "somebody's");
    const auto made = CallerFile::create(file("there"), CallerFile::Appears::at_once);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::exists);
}

// In a folder that others may write the name can be taken between the look and the opening: a link to a file
// of root's, or a file whose owner reads the recovery codes afterwards. The look finds nothing here.
TEST_F(CallerFiles, AreNotOpenedWhenTheNameWasTakenAfterTheLook) {
    write_file(file("there"), "somebody's");
    ::chmod(file("there").c_str(), 0644);
    EXPECT_TRUE(holds_while_failing(SYS_newfstatat, ENOENT, [this] {
        const auto made = CallerFile::create(file("there"), CallerFile::Appears::at_once);
        return !made && made.error().code == Errc::exists;
    }));
    EXPECT_EQ(content_of(file("there")), "somebody's");
    EXPECT_EQ(mode_of(file("there")), 0644U);
}

TEST_F(CallerFiles, AreNobodyElsesBeforeTheirModeIsSet) {
    EXPECT_TRUE(holds_while_failing(SYS_fchmod, EPERM, [this] {
        ::umask(0);
        return !CallerFile::create(file("codes"), CallerFile::Appears::at_once);
    }));
    EXPECT_EQ(mode_of(file("codes")), 0600U);
}

}  // namespace

}  // namespace secondstep::tool
