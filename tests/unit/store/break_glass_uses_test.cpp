#include "store/break_glass_uses.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>

#include "support/temporary_directory.h"

namespace secondstep {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

BreakGlassUse use_at(std::int64_t second, std::string host = {}) {
    return {.id = {static_cast<std::uint8_t>(second)},
            .host = std::move(host),
            .at = from_unix(1'800'000'000 + second),
            .account = "root",
            .service = "sshd",
            .from = "192.0.2.7",
            .left = 7};
}

class Uses : public ::testing::Test {
  protected:
    Uses() { ::chmod(directory_.path().c_str(), 0700); }
    testing::TemporaryDirectory directory_;
    BreakGlassUses uses_ = BreakGlassUses::untold(directory_.path());
};

TEST_F(Uses, AreNoneUntilThereIsOne) {
    EXPECT_THAT(uses_.all().value(), IsEmpty());
    EXPECT_FALSE(uses_.has(use_at(1)).value());
    EXPECT_TRUE(uses_.remove(use_at(1)));
    EXPECT_FALSE(std::filesystem::exists(directory_.file("untold"))) << "whoever looks makes nothing";
}

TEST_F(Uses, AreThereUntilTheyAreRemovedTheOldestFirst) {
    ASSERT_TRUE(uses_.add(use_at(2)));
    ASSERT_TRUE(uses_.add(use_at(1)));
    ASSERT_TRUE(uses_.add(use_at(2)));
    EXPECT_TRUE(uses_.has(use_at(2)).value());
    EXPECT_THAT(BreakGlassUses::untold(directory_.path()).all().value(), ElementsAre(use_at(1), use_at(2)))
        << "after a restart, too";
    ASSERT_TRUE(uses_.remove(use_at(1)));
    EXPECT_THAT(uses_.all().value(), ElementsAre(use_at(2)));
}

TEST_F(Uses, OfHostsAreTheirOwnWhateverTheyAreCalled) {
    const auto told = BreakGlassUses::told(directory_.path());
    ASSERT_TRUE(told.add(use_at(1, "web01")));
    ASSERT_TRUE(told.add(use_at(1, "web01.example")));
    EXPECT_THAT(told.all().value(), ::testing::SizeIs(2));
    EXPECT_THAT(uses_.all().value(), IsEmpty()) << "another folder";
    for (int i = 2; i < 200; ++i)
        ASSERT_TRUE(told.add(use_at(i, "web01")));
    EXPECT_TRUE(told.has(use_at(1, "web01.example")).value())
        << "one that has many costs no other one its own";
    EXPECT_FALSE(told.has(use_at(1, "web01")).value());
    EXPECT_THAT(told.all().value(), ::testing::SizeIs(BreakGlassUses::most + 1));
}

TEST_F(Uses, ThatAreDamagedAreLeftOut) {
    ASSERT_TRUE(uses_.add(use_at(1)));
    ASSERT_TRUE(uses_.add(use_at(2)));
    for (const auto& entry : std::filesystem::directory_iterator(directory_.file("untold"))) {
        std::filesystem::resize_file(entry.path(), 20);
        break;
    }
    EXPECT_THAT(uses_.all().value(), ::testing::SizeIs(1));
}

TEST_F(Uses, HaveFieldsOfOneLine) {
    BreakGlassUse long_one = use_at(1);
    long_one.from = "a\nhost=web02\n" + std::string(1000, 'x');
    ASSERT_TRUE(uses_.add(long_one));
    const auto kept = uses_.all().value();
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(kept[0].host, "");
    EXPECT_LE(kept[0].from.size(), BreakGlassUses::longest_text + 8);
}

TEST_F(Uses, InAFolderThatOthersMayChangeAreNotBelieved) {
    ASSERT_TRUE(uses_.add(use_at(1)));
    ::chmod(directory_.file("untold").c_str(), 0777);
    EXPECT_EQ(uses_.all().error().code, Errc::untrusted);
}

}  // namespace
}  // namespace secondstep
