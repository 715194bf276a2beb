#include "pam_change/service_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <filesystem>

#include "support/temporary_directory.h"
#include "tool_world.h"

using ::testing::HasSubstr;

namespace secondstep::testing {

namespace {

namespace fs = std::filesystem;
using tool::ServiceFile;

class ServiceFileTest : public ::testing::Test {
  protected:
    ServiceFileTest() {
        for (const char* name : {"etc", "vendor"}) {
            fs::create_directory(directory_.file(name));
            ::chmod(directory_.file(name).c_str(), 0755);
        }
        write_file(path(), "auth required pam_unix.so\n");
        ::chmod(path().c_str(), 0640);
    }
    [[nodiscard]] std::string path() const { return directory_.file("etc/sshd"); }
    [[nodiscard]] Result<ServiceFile> open(const std::string& name = "sshd") const {
        return ServiceFile::open(name, directory_.file("etc"), directory_.file("vendor"));
    }
    [[nodiscard]] Errc refusal(const std::string& name = "sshd") const {
        const auto opened = open(name);
        return opened ? Errc::io : opened.error().code;
    }
    TemporaryDirectory directory_;
};

TEST_F(ServiceFileTest, KeepsModeAndAttributesAndLeavesNothingBeside) {
    const bool labelled = ::setxattr(path().c_str(), "user.label", "sshd", 4, 0) == 0;
    write_file(directory_.file("etc/.sshd.secondstep-new"), "left behind by a kill");
    const auto file = open();
    ASSERT_TRUE(file) << file.error().detail;
    EXPECT_EQ(file->text(), "auth required pam_unix.so\n");
    const auto replaced = file->replace("new\n");
    ASSERT_TRUE(replaced) << replaced.error().detail;
    EXPECT_EQ(content_of(path()), "new\n");
    EXPECT_EQ(mode_of(path()), 0640U);
    std::array<char, 8> label{};
    if (labelled) {
        EXPECT_EQ(::getxattr(path().c_str(), "user.label", label.data(), label.size()), 4);
    }
    EXPECT_EQ(std::distance(fs::directory_iterator(directory_.file("etc")), fs::directory_iterator()), 1);
}

TEST_F(ServiceFileTest, IsNotReplacedWhereSomebodyHasChangedItMeanwhile) {
    const auto file = open();
    ASSERT_TRUE(file);
    write_file(directory_.file("etc/theirs"), "theirs\n");
    fs::rename(directory_.file("etc/theirs"), path());
    const auto replaced = file->replace("new\n");
    ASSERT_FALSE(replaced);
    EXPECT_EQ(replaced.error().code, Errc::busy);
    EXPECT_EQ(content_of(path()), "theirs\n");
    EXPECT_FALSE(fs::exists(directory_.file("etc/.sshd.secondstep-new")));
}

TEST_F(ServiceFileTest, RefusesLinksAndWhatIsNoName) {
    fs::create_symlink("sshd", directory_.file("etc/linked"));
    EXPECT_EQ(refusal("linked"), Errc::untrusted);
    fs::create_hard_link(path(), directory_.file("etc/twice"));
    EXPECT_EQ(refusal("twice"), Errc::untrusted);
    for (const char* name : {"", ".", "..", "../etc/sshd", "a/b", ".hidden", "a b"})
        EXPECT_EQ(refusal(name), Errc::invalid) << name;
    EXPECT_EQ(refusal("nobody"), Errc::not_found);
}

TEST_F(ServiceFileTest, RefusesADirectoryThatOthersMayWriteTo) {
    ::chmod(directory_.file("etc").c_str(), 0777);
    EXPECT_EQ(refusal(), Errc::untrusted);
}

TEST_F(ServiceFileTest, OfTheVendorIsCopiedAndNotReplacedWhereOneHasAppeared) {
    write_file(directory_.file("vendor/login"), "vendor's\n");
    const auto file = open("login");
    ASSERT_TRUE(file) << file.error().detail;
    EXPECT_TRUE(file->is_vendors());
    EXPECT_EQ(file->path(), directory_.file("etc/login"));
    ASSERT_TRUE(file->replace("ours\n"));
    EXPECT_EQ(content_of(directory_.file("etc/login")), "ours\n");
    EXPECT_EQ(mode_of(directory_.file("etc/login")), 0644U);
    EXPECT_EQ(content_of(directory_.file("vendor/login")), "vendor's\n");
    EXPECT_EQ(file->replace("again\n").error().code, Errc::busy);
}

TEST_F(ServiceFileTest, IsCopiedWithItsMode) {
    const auto file = open();
    ASSERT_TRUE(file);
    const auto directory = open_directory(directory_.file("vendor"));
    ASSERT_TRUE(directory);
    ASSERT_TRUE(file->copy_to(directory->get(), "before"));
    EXPECT_EQ(mode_of(directory_.file("vendor/before")), 0640U);
    EXPECT_EQ(content_of(directory_.file("vendor/before")), file->text());
}

}  // namespace

}  // namespace secondstep::testing
