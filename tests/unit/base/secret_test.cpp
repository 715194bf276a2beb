#include "base/secret.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <new>
#include <type_traits>
#include <vector>

namespace {

// What one block held at the moment it was freed. Reading it afterwards would be reading freed memory.
struct Watch {
    const void* block = nullptr;
    std::size_t size = 0;
    bool freed = false;
    bool was_zero = false;
};
Watch
    watch;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): operator delete has no other way in

void look_at(const void* block) noexcept {
    if (block == nullptr || block != watch.block) return;
    const auto* bytes = static_cast<const std::uint8_t*>(block);
    watch.freed = true;
    watch.was_zero = std::all_of(bytes, bytes + watch.size, [](std::uint8_t b) { return b == 0; });
    watch.block = nullptr;
}

}  // namespace

// Secret allocates with new[]; both sides are replaced, so that AddressSanitizer sees a matching pair.
void* operator new[](std::size_t size) {
    return ::operator new(size);
}
void operator delete[](void* block) noexcept {
    look_at(block);
    ::operator delete(block);
}
void operator delete[](void* block, std::size_t) noexcept {
    look_at(block);
    ::operator delete(block);
}

namespace secondstep {
namespace {

void watch_memory_of(const Secret& secret) {
    watch = {.block = secret.bytes().data(), .size = secret.size()};
}

// The control of the tests below: without a wipe the watch does see the bytes.
TEST(Secret, WatchSeesMemoryThatIsNotWiped) {
    auto plain = std::make_unique<std::uint8_t[]>(6);
    std::ranges::copy(as_bytes("492039"), plain.get());
    watch = {.block = plain.get(), .size = 6};
    plain.reset();
    ASSERT_TRUE(watch.freed);
    EXPECT_FALSE(watch.was_zero);
}

TEST(Secret, WipesItsMemoryBeforeItIsFreed) {
    {
        const Secret code = Secret::copy_of("492039");
        watch_memory_of(code);
    }
    ASSERT_TRUE(watch.freed);
    EXPECT_TRUE(watch.was_zero);
}

TEST(Secret, WipesTheOldMemoryWhenItGrows) {
    Secret code = Secret::copy_of("492039");
    watch_memory_of(code);
    code.append("-and more than fits into the block that was there");
    ASSERT_TRUE(watch.freed);
    EXPECT_TRUE(watch.was_zero);
    EXPECT_EQ(code.text(), "492039-and more than fits into the block that was there");
}

TEST(Secret, WipesTheOldMemoryWhenItMakesRoom) {
    Secret code = Secret::copy_of("492039");
    watch_memory_of(code);
    code.reserve(6);
    EXPECT_FALSE(watch.freed) << "there is room already";
    code.reserve(64);
    ASSERT_TRUE(watch.freed);
    EXPECT_TRUE(watch.was_zero);
    const std::uint8_t* const memory = code.bytes().data();
    code.append("-and less than there is room for");
    EXPECT_EQ(code.bytes().data(), memory);
    EXPECT_EQ(code.text(), "492039-and less than there is room for");
}

TEST(Secret, WipesTheOldMemoryWhenItIsReplaced) {
    Secret code = Secret::copy_of("492039");
    watch_memory_of(code);
    code = Secret::copy_of("118204");
    ASSERT_TRUE(watch.freed);
    EXPECT_TRUE(watch.was_zero);
    EXPECT_EQ(code.text(), "118204");
}

TEST(Secret, WipesTheTailThatIsCutOff) {
    Secret code = Secret::copy_of("492039");
    const std::uint8_t* const memory = code.bytes().data();
    code.truncate(2);
    EXPECT_EQ(code.text(), "49");
    // The block still belongs to the secret and has its six bytes.
    EXPECT_TRUE(std::all_of(memory + 2, memory + 6, [](std::uint8_t b) { return b == 0; }));
}

TEST(Secret, WipesWhatWasCutOffAndAppendedAgain) {
    Secret code = Secret::copy_of("492039");
    code.truncate(3);
    watch = {.block = code.bytes().data(), .size = 6};
    code.append("118");
    code.wipe();
    ASSERT_TRUE(watch.freed);
    EXPECT_TRUE(watch.was_zero);
    EXPECT_TRUE(code.empty());
}

TEST(Secret, IsEmptyAfterItWasMovedFrom) {
    Secret first = Secret::copy_of("492039");
    const Secret second = std::move(first);
    EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): what this test is about
    EXPECT_EQ(first.text(), "");
    EXPECT_EQ(second.text(), "492039");
    first.append("118204");
    EXPECT_EQ(first.text(), "118204");
}

TEST(Secret, SurvivesAssignmentToItself) {
    Secret code = Secret::copy_of("492039");
    Secret& same = code;
    code = std::move(same);
    EXPECT_EQ(code.text(), "492039");  // NOLINT(bugprone-use-after-move): what this test is about
}

TEST(Secret, CannotBeCopiedByAccident) {
    EXPECT_FALSE(std::is_copy_constructible_v<Secret>);
    EXPECT_FALSE(std::is_copy_assignable_v<Secret>);
    EXPECT_FALSE((std::is_convertible_v<Secret, std::string_view>));
}

TEST(Secret, BeginsWithZeros) {
    const Secret zeros(64);
    EXPECT_EQ(zeros.size(), 64U);
    EXPECT_TRUE(std::ranges::all_of(zeros.bytes(), [](std::uint8_t b) { return b == 0; }));
    EXPECT_TRUE(Secret(0).empty());
}

TEST(Secret, AppendsPiecesAndBytesOfItsOwn) {
    Secret text;
    text.append("");
    text.push_back('a');
    text.append(std::string_view("\0b", 2));
    EXPECT_EQ(text.text(), std::string_view("a\0b", 3));
    for (int i = 0; i < 6; ++i)
        text.append(text.bytes());
    EXPECT_EQ(text.size(), 3U * 64);
    EXPECT_EQ(text.text().substr(189), std::string_view("a\0b", 3));
}

TEST(Secret, CloneIsIndependent) {
    Secret first = Secret::copy_of("492039");
    const Secret second = first.clone();
    first.bytes()[0] = '9';
    EXPECT_EQ(second.text(), "492039");
}

TEST(Secret, ComparesAllBytesAndTheLength) {
    const Secret code = Secret::copy_of("492039");
    EXPECT_TRUE(equal_in_constant_time(code, Secret::copy_of("492039")));
    EXPECT_FALSE(equal_in_constant_time(code, Secret::copy_of("492038")));
    EXPECT_FALSE(equal_in_constant_time(code, Secret::copy_of("892039")));
    EXPECT_FALSE(equal_in_constant_time(code, Secret::copy_of("49203")));
    EXPECT_FALSE(equal_in_constant_time(code, Secret()));
    EXPECT_TRUE(equal_in_constant_time(Secret(), Secret()));
}

}  // namespace
}  // namespace secondstep
