#include "secondstepd/cached_people.h"

#include <gtest/gtest.h>

#include <atomic>

namespace secondstep::service {
namespace {

using namespace std::chrono_literals;

class CountingPeople final : public People {
  public:
    using People::find;
    Result<LookedUp> find(const std::string& name, const std::vector<std::string>& groups,
                          const Early&) const override {
        ++asked;
        if (name == "ghost") return LookedUp{};
        if (name == "broken") return fail(Errc::io, "the name service is away");
        if (name == "halfway") return LookedUp{Person{name, uid}, {{}, {}, "the directory is away"}};
        return LookedUp{Person{name, uid}, {groups, groups}};
    }
    std::optional<Person> find_here(const std::string& name) const override {
        return name == "local" ? std::optional(Person{name, 500}) : std::nullopt;
    }
    mutable std::atomic<int> asked = 0;
    std::atomic<uid_t> uid = 1000;
};

CachedPeople::Time fake_now;

class CachedPeopleTest : public ::testing::Test {
  protected:
    CachedPeopleTest() { fake_now = CachedPeople::Time{}; }
    CountingPeople name_service_;
    CachedPeople people_{name_service_, 5s, [] { return fake_now; }};
};

TEST_F(CachedPeopleTest, AnswersTheSecondQuestionFromMemory) {
    EXPECT_EQ(people_.find("alice", {"staff"}).value().person->uid, 1000U);
    EXPECT_EQ(people_.find("alice", {"staff"}).value().person->uid, 1000U);
    EXPECT_EQ(name_service_.asked, 1);
}

// Nobody else has to be asked about them, so nobody's directory is waited for.
TEST_F(CachedPeopleTest, KnowsTheAccountsOfThisMachineButNotTheirGroups) {
    {
        const auto pin = people_.peek("local", {});
        ASSERT_NE(pin, nullptr);
        EXPECT_EQ(people_.find("local", {}).value().person->uid, 500U);
    }
    EXPECT_EQ(people_.peek("local", {"staff"}), nullptr);
    EXPECT_EQ(people_.peek("alice", {}), nullptr);
    EXPECT_EQ(name_service_.asked, 0);
}

TEST_F(CachedPeopleTest, AsksAgainAfterFiveSeconds) {
    EXPECT_TRUE(people_.find("alice", {}).has_value());
    fake_now += 5s;
    name_service_.uid = 2000;
    EXPECT_EQ(people_.peek("alice", {}), nullptr);
    EXPECT_EQ(people_.find("alice", {}).value().person->uid, 2000U);
}

TEST_F(CachedPeopleTest, TheAgeCountsFromTheQuestionNotFromTheLastUse) {
    for (int second = 0; second < 7; ++second) {
        EXPECT_TRUE(people_.find("alice", {}).has_value());
        fake_now += 1s;
    }
    EXPECT_EQ(name_service_.asked, 2);
}

// A name that nobody has must not answer slower at the second attempt than one that somebody has.
TEST_F(CachedPeopleTest, RemembersThatThereIsNobody) {
    EXPECT_FALSE(people_.find("ghost", {}).value().person);
    EXPECT_NE(people_.peek("ghost", {}), nullptr);
    EXPECT_FALSE(people_.find("ghost", {}).value().person);
    EXPECT_EQ(name_service_.asked, 1);
}

TEST_F(CachedPeopleTest, NeverRemembersAFailure) {
    EXPECT_FALSE(people_.find("broken", {}).has_value());
    EXPECT_EQ(people_.peek("broken", {}), nullptr);
    EXPECT_FALSE(people_.find("broken", {}).has_value());
    EXPECT_EQ(name_service_.asked, 2);
}

// A directory that was away for one login must not shut out, or exempt, whoever comes next.
TEST_F(CachedPeopleTest, NeverRemembersGroupsThatCouldNotBeTold) {
    EXPECT_TRUE(people_.find("halfway", {"staff"}).value().person);
    EXPECT_EQ(people_.peek("halfway", {"staff"}), nullptr);
    EXPECT_EQ(people_.find("halfway", {"staff"}).value().membership.failure, "the directory is away");
    EXPECT_EQ(name_service_.asked, 2);
}

TEST_F(CachedPeopleTest, AsksAgainForOtherGroups) {
    EXPECT_TRUE(people_.find("alice", {"staff"}).has_value());
    EXPECT_EQ(people_.peek("alice", {"admins"}), nullptr);
    EXPECT_EQ(people_.find("alice", {"admins"}).value().membership.groups,
              std::vector<std::string>{"admins"});
}

TEST_F(CachedPeopleTest, APinAnswersWhateverHappensToTheCache) {
    EXPECT_TRUE(people_.find("alice", {}).has_value());
    const auto pin = people_.peek("alice", {});
    ASSERT_NE(pin, nullptr);
    people_.forget_everybody();
    fake_now += 1h;
    EXPECT_TRUE(people_.find("alice", {}).has_value());
    EXPECT_EQ(name_service_.asked, 1);
}

TEST_F(CachedPeopleTest, APinAnswersForItsNameOnly) {
    EXPECT_TRUE(people_.find("alice", {}).has_value());
    const auto pin = people_.peek("alice", {});
    EXPECT_EQ(people_.find("bob", {}).value().person->name, "bob");
}

TEST_F(CachedPeopleTest, NothingIsPinnedAfterThePin) {
    EXPECT_TRUE(people_.find("alice", {}).has_value());
    static_cast<void>(people_.peek("alice", {}));
    people_.forget_everybody();
    EXPECT_TRUE(people_.find("alice", {}).has_value());
    EXPECT_EQ(name_service_.asked, 2);
}

TEST_F(CachedPeopleTest, IsBounded) {
    for (std::size_t i = 0; i <= CachedPeople::max_entries; ++i) {
        EXPECT_TRUE(people_.find("user" + std::to_string(i), {}).has_value());
    }
    EXPECT_EQ(people_.peek("user0", {}), nullptr);
    EXPECT_NE(people_.peek("user1", {}), nullptr);
}

}  // namespace
}  // namespace secondstep::service
