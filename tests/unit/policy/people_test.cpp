#include "policy/people.h"

#include <grp.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

namespace secondstep {
namespace {

std::string name_of_gid(gid_t gid) {
    const group* entry = ::getgrgid(gid);
    return entry == nullptr ? std::string() : entry->gr_name;
}

TEST(People, FindsRootByItsCanonicalName) {
    const auto found = NameServicePeople().find("root", {});
    ASSERT_TRUE(found) << found.error().detail;
    ASSERT_TRUE(found->person);
    EXPECT_EQ(found->person->name, "root");
    EXPECT_EQ(found->person->uid, 0U);
    EXPECT_TRUE(found->membership.groups.empty());
}

TEST(People, FindsWhoRunsThisWithHisPrimaryGroup) {
    const passwd* self = ::getpwuid(::getuid());
    if (self == nullptr) GTEST_SKIP() << "this uid has no name";
    const std::string name = self->pw_name;
    const std::string group = name_of_gid(self->pw_gid);
    if (group.empty()) GTEST_SKIP() << "the primary group has no name";
    const auto found = NameServicePeople().find(name, {group, "secondstep-no-such-group"});
    ASSERT_TRUE(found) << found.error().detail;
    ASSERT_TRUE(found->person);
    EXPECT_EQ(found->person->uid, ::getuid());
    EXPECT_EQ(found->membership.in(group), Certainty::yes);
    EXPECT_EQ(found->membership.in("secondstep-no-such-group"), Certainty::cannot_tell);
    EXPECT_EQ(found->membership.failure, "");
}

TEST(People, AGroupOneIsNotInIsKnownAndNotHis) {
    const group* foreign = ::getgrnam("nogroup");
    if (foreign == nullptr) GTEST_SKIP() << "no group nogroup here";
    const auto found = NameServicePeople().find("root", {"nogroup"});
    ASSERT_TRUE(found && found->person);
    EXPECT_EQ(found->membership.in("nogroup"), Certainty::no);
}

TEST(People, WhoDoesNotExistIsNobodyAndNotAnError) {
    for (const char* name : {"secondstep-no-such-user", "", "root ", "ro:ot", "root\nroot"}) {
        const auto found = NameServicePeople().find(name, {});
        ASSERT_TRUE(found) << name << ": " << found.error().detail;
        EXPECT_FALSE(found->person) << name;
    }
}

TEST(People, ANameWithANulIsNotTheNameBeforeIt) {
    const auto found = NameServicePeople().find(std::string("root\0x", 6), {});
    ASSERT_TRUE(found);
    EXPECT_FALSE(found->person);
}

TEST(People, ForNobodyAGroupThatDoesNotExistIsSaidAllTheSame) {
    const auto found =
        NameServicePeople().find("secondstep-no-such-user", {"root", "secondstep-no-such-group"});
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(found->membership.in("root"), Certainty::no);
    EXPECT_EQ(found->membership.in("secondstep-no-such-group"), Certainty::cannot_tell);
}

}  // namespace
}  // namespace secondstep
