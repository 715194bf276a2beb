#include "secondstepd/first_login.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "service/installation.h"
#include "store/first_use.h"
#include "support/seeded_randomness.h"

// The first login on a machine where nobody is enrolled yet. As root only: the key's directory is root's.
namespace secondstep::service {
namespace {

using secondstep::testing::Installation;

class FirstLoginTest : public ::testing::Test {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "the host key's directory is root's";
        std::filesystem::remove_all(store());
        std::filesystem::remove(key());
        std::filesystem::create_directory(store());
        std::filesystem::permissions(store(), std::filesystem::perms::owner_all);
    }
    [[nodiscard]] std::string store() const { return installation_.file("first-store"); }
    [[nodiscard]] std::string key() const { return installation_.file("first.key"); }
    [[nodiscard]] Config config() const {
        Config config;
        config.store = store();
        config.host_key = key();
        config.service_account = "nobody";
        return config;
    }

    Installation installation_;
    secondstep::testing::SeededRandomness randomness_{7};
};

TEST_F(FirstLoginTest, MakesTheKeyOfTheAccount) {
    ASSERT_TRUE(mark_unused(store()));
    ASSERT_TRUE(FirstLogin::prepare(config(), randomness_));
    EXPECT_TRUE(std::filesystem::exists(key()));
    struct stat info{};
    ASSERT_EQ(::stat(key().c_str(), &info), 0);
    EXPECT_NE(info.st_uid, 0U);
}

TEST_F(FirstLoginTest, MakesNothingForAStoreThatDoesNotSayThatItIsUnused) {
    ASSERT_TRUE(FirstLogin::prepare(config(), randomness_));
    EXPECT_FALSE(std::filesystem::exists(key()));
}

TEST_F(FirstLoginTest, MakesNothingBesideAccountsWhoseKeyWasLost) {
    ASSERT_TRUE(mark_unused(store()));
    std::filesystem::create_directory(store() + "/users");
    ASSERT_TRUE(FirstLogin::prepare(config(), randomness_));
    EXPECT_FALSE(std::filesystem::exists(key()));
}

}  // namespace
}  // namespace secondstep::service
