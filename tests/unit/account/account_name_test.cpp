#include "account/account_name.h"

#include <gmock/gmock.h>

#include <climits>
#include <set>

namespace secondstep {
namespace {

using namespace std::string_literals;

std::string stem(std::string_view name) {
    return RecordName::of(AccountName::create(name).value()).stem();
}

TEST(AccountName, AcceptsWhatLoginNamesLookLike) {
    for (const auto* name :
         {"alice", "Anna.B", "web-01_svc", "müller", "DOMAIN\\bob", "a b", "x@example.org", "...", "0"}) {
        EXPECT_TRUE(AccountName::create(name)) << name;
    }
}

TEST(AccountName, RefusesWithASentence) {
    const std::set<std::string> bad{"",
                                    "a/b",
                                    ".",
                                    "..",
                                    "-rf",
                                    "a\nb",
                                    "a\0b"s,
                                    "a\x7f",
                                    "a\x1b[m",
                                    "\xff\xfe",
                                    "\xc3",
                                    "a\xc2\x85",
                                    std::string(81, 'a')};
    for (const std::string& name : bad) {
        const auto created = AccountName::create(name);
        ASSERT_FALSE(created) << name;
        EXPECT_EQ(created.error().code, Errc::invalid);
        EXPECT_THAT(created.error().detail, ::testing::MatchesRegex("The user name .*\\."));
    }
    EXPECT_TRUE(AccountName::create(std::string(80, 'a')));
}

TEST(RecordName, EncodesEveryByteThatIsNotPlain) {
    EXPECT_EQ(stem("alice"), "alice");
    EXPECT_EQ(stem("Anna.B"), "%41nna%2E%42");
    EXPECT_EQ(stem("a%41"), "a%2541");
    EXPECT_EQ(stem("web-01_x"), "web-01_x");
    EXPECT_EQ(stem("ü"), "%C3%BC");
}

TEST(RecordName, FitsAFileNameWhateverTheName) {
    EXPECT_LE(stem(std::string(80, 'A')).size() + std::string(".credential").size(), std::size_t{NAME_MAX});
}

TEST(RecordName, NeverMakesOneStemOfTwoNames) {
    std::set<std::string> stems;
    const std::set<std::string> names{"a", "A", "%61", "a%", "a%61", "aA", "a.", "a%2E", "ä", "a\xcc\x88"};
    for (const std::string& name : names)
        stems.insert(stem(name));
    EXPECT_EQ(stems.size(), names.size());
}

TEST(RecordName, DecoysAndUsersNeverShareASealedName) {
    EXPECT_EQ(RecordName::decoy(7).sealed_name(), "decoys/07");
    EXPECT_EQ(RecordName::decoy(255).stem(), "ff");
    EXPECT_EQ(RecordName::of(AccountName::create("07").value()).sealed_name(), "users/07");
    EXPECT_TRUE(RecordName::decoy(7).is_decoy());
}

TEST(AccountOfStem, IsTheInverseOfRecordName) {
    const std::set<std::string> names{"alice", "Anna.B", "a%41", "ü", "a b", "x@y", std::string(80, 'Z')};
    for (const std::string& name : names) {
        const auto back = account_of_stem(stem(name));
        ASSERT_TRUE(back) << name;
        EXPECT_EQ(back->text(), name);
    }
}

TEST(AccountOfStem, RefusesWhatRecordNameNeverMakes) {
    for (const auto* name :
         {"", "Alice", "%61", "%4", "%", "a%4g", "%c3%bc", "a.b", ".new-00", "%2F", "%00", "%2D"}) {
        EXPECT_FALSE(account_of_stem(name)) << name;
    }
}

}  // namespace
}  // namespace secondstep
