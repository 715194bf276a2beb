#include "store/randomness_stock.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <thread>
#include <vector>

namespace secondstep {
namespace {

// Counts up, and how often it was asked.
class Counting final : public Randomness {
  public:
    void fill(MutableByteView out) override {
        ++asked;
        for (std::uint8_t& byte : out)
            byte = static_cast<std::uint8_t>(next_++ * 40503U >> 8U);
    }
    unsigned asked = 0;

  private:
    std::uint32_t next_ = 0;
};

TEST(RandomnessStock, AsksForManyAtOnce) {
    Counting from;
    RandomnessStock stock(from);
    for (int i = 0; i < 1000; ++i)
        static_cast<void>(stock.array<16>());
    EXPECT_EQ(from.asked, 1U);
    static_cast<void>(stock.secret(1000));
    EXPECT_EQ(from.asked, 2U);
}

// Each byte of what it took is given out once.
TEST(RandomnessStock, GivesNothingTwice) {
    Counting from;
    RandomnessStock stock(from);
    Bytes given(16384);
    std::size_t at = 0;
    for (std::size_t size = 1; at < given.size(); ++size) {
        const std::size_t part = std::min(size, given.size() - at);
        stock.fill(MutableByteView(given).subspan(at, part));
        at += part;
    }
    EXPECT_EQ(from.asked, 1U);
    Bytes taken(16384);
    Counting again;
    again.fill(taken);
    std::ranges::sort(given);
    std::ranges::sort(taken);
    EXPECT_EQ(given, taken);
}

TEST(RandomnessStock, FillsNothingAndMoreThanItHolds) {
    SystemRandomness system;
    RandomnessStock stock(system);
    stock.fill({});
    Bytes bytes(100'000);
    stock.fill(bytes);
    for (std::size_t i = 0; i + 64 <= bytes.size(); i += 64) {
        const ByteView part = ByteView(bytes).subspan(i, 64);
        ASSERT_FALSE(std::ranges::all_of(part, [](std::uint8_t b) { return b == 0; })) << "at " << i;
    }
}

TEST(RandomnessStock, GivesSeveralThreadsDifferentBytes) {
    SystemRandomness system;
    RandomnessStock stock(system);
    std::array<std::vector<std::array<std::uint8_t, 16>>, 4> drawn;
    {
        std::vector<std::jthread> threads;
        for (auto& mine : drawn) {
            threads.emplace_back([&stock, &mine] {
                for (int i = 0; i < 2000; ++i)
                    mine.push_back(stock.array<16>());
            });
        }
    }
    std::set<std::array<std::uint8_t, 16>> all;
    for (const auto& mine : drawn)
        all.insert(mine.begin(), mine.end());
    EXPECT_EQ(all.size(), 8000U);
}

}  // namespace
}  // namespace secondstep
