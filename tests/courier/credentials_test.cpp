#include "courier/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "support/temporary_directory.h"

namespace secondstep::courier {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(CredentialsTest, ReadsItsFourKeys) {
    const auto found = parse_credentials(
        "# for the relay\n mail_user = robot\nmail_password =  a = b # c \r\n\nsms_user=u\nsms_password=p\n",
        "f");
    ASSERT_TRUE(found.has_value()) << found.error().detail;
    EXPECT_EQ(found->mail_user, "robot");
    EXPECT_EQ(found->mail_password.text(), "a = b # c");
    EXPECT_EQ(found->sms_user, "u");
    EXPECT_EQ(found->sms_password.text(), "p");
}

// The line may be a password whose key was mistyped.
TEST(CredentialsTest, NamesTheLineButNeverRepeatsIt) {
    for (const char* text : {"mail_user = a\nhunter2\n", "mail_user = a\npassword = hunter2\n",
                             "mail_password = x\nmail_password = hunter2\n", "mail_user = a\nsms_user =\n",
                             "mail_user = a\nmail_password = hunter2\x01\n"}) {
        const auto found = parse_credentials(text, "f");
        ASSERT_FALSE(found.has_value()) << text;
        EXPECT_THAT(found.error().detail, HasSubstr("f:2: "));
        EXPECT_THAT(found.error().detail, Not(HasSubstr("hunter2")));
    }
}

class CredentialsFileTest : public ::testing::Test {
  protected:
    void write(mode_t mode) {
        std::ofstream(path_) << "mail_user = robot\nmail_password = secret\n";
        ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
    }
    testing::TemporaryDirectory directory_;
    std::string path_ = directory_.file("credentials");
};

TEST_F(CredentialsFileTest, IsReadWhenItIsItsOwnersAlone) {
    for (const mode_t mode : {0400U, 0600U}) {
        write(mode);
        const auto found = load_credentials(path_, ::geteuid());
        ASSERT_TRUE(found.has_value()) << found.error().detail;
        EXPECT_EQ(found->mail_password.text(), "secret");
        ASSERT_EQ(::unlink(path_.c_str()), 0);
    }
}

TEST_F(CredentialsFileTest, IsRefusedWhenOthersMayReadIt) {
    for (const mode_t mode : {0440U, 0404U, 0620U, 0644U, 0601U}) {
        write(mode);
        const auto found = load_credentials(path_, ::geteuid());
        ASSERT_FALSE(found.has_value()) << mode;
        EXPECT_EQ(found.error().code, Errc::untrusted);
        ASSERT_EQ(::unlink(path_.c_str()), 0);
    }
}

TEST_F(CredentialsFileTest, IsRefusedWhenItIsALinkOrHasASecondName) {
    write(0400);
    const std::string other = directory_.file("other");
    ASSERT_EQ(::symlink(path_.c_str(), other.c_str()), 0);
    EXPECT_FALSE(load_credentials(other, ::geteuid()));
    ASSERT_EQ(::unlink(other.c_str()), 0);
    ASSERT_EQ(::link(path_.c_str(), other.c_str()), 0);
    EXPECT_FALSE(load_credentials(path_, ::geteuid()));
}

TEST_F(CredentialsFileTest, MayBeMissing) {
    const auto found = load_credentials(path_, ::geteuid());
    ASSERT_TRUE(found.has_value());
    EXPECT_TRUE(found->mail_user.empty());
}

}  // namespace
}  // namespace secondstep::courier
