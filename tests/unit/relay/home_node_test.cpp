#include "relay/home_node.h"

#include <gmock/gmock.h>

#include <map>
#include <string>
#include <vector>

namespace secondstep::relay {
namespace {

using Names = std::vector<std::string_view>;

std::string_view home_of(const std::string& account, const Names& nodes) {
    return nodes[home_node(account, nodes).value().value()];
}

TEST(HomeNode, IsNobodyWhereThereIsNone) {
    EXPECT_FALSE(home_node("alice", {}).value());
}

TEST(HomeNode, IsTheSameInWhateverOrderTheyAreNamed) {
    for (int i = 0; i < 100; ++i) {
        const std::string account = "user" + std::to_string(i);
        EXPECT_EQ(home_of(account, {"auth1", "auth2", "auth3"}),
                  home_of(account, {"auth3", "auth1", "auth2"}));
    }
}

// What another host, of another release, chooses as well.
TEST(HomeNode, IsWhatItAlwaysWas) {
    const Names nodes{"auth1", "auth2", "auth3"};
    std::string homes;
    for (const char* const account : {"alice", "bob", "carol", "dave", "erin", "root"})
        homes += home_of(account, nodes).back();
    EXPECT_EQ(homes, "222121");
}

TEST(HomeNode, StaysWhenAnotherNodeGoes) {
    const Names all{"auth1", "auth2", "auth3"};
    const Names two{"auth1", "auth3"};
    for (int i = 0; i < 300; ++i) {
        const std::string account = "user" + std::to_string(i);
        if (home_of(account, all) != "auth2") {
            EXPECT_EQ(home_of(account, two), home_of(account, all));
        }
    }
}

TEST(HomeNode, IsEachOfThemAboutAsOften) {
    std::map<std::string_view, int> count;
    for (int i = 0; i < 3000; ++i)
        ++count[home_of("user" + std::to_string(i), {"auth1", "auth2", "auth3"})];
    for (const auto& [name, times] : count)
        EXPECT_NEAR(times, 1000, 150) << name;
    EXPECT_EQ(count.size(), 3U);
}

// Without lengths "a" + "bc" would be "ab" + "c".
TEST(HomeNode, KeepsNamesApart) {
    int differ = 0;
    for (int i = 0; i < 64; ++i) {
        const std::string n = std::to_string(i);
        differ +=
            home_node("x" + n, Names{"a", "b"}).value() != home_node(n, Names{"ax", "bx"}).value() ? 1 : 0;
    }
    EXPECT_GT(differ, 10);
}

}  // namespace
}  // namespace secondstep::relay
