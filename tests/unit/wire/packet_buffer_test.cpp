#include "wire/packet_buffer.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <new>

#include "base/file.h"

namespace secondstep::wire {
namespace {

// A buffer in memory of the test, which is looked at before and after.
class PacketBufferTest : public ::testing::Test {
  protected:
    PacketBufferTest() {
        std::ranges::fill(memory_, std::byte{0xee});
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) std::terminate();
        from_ = UniqueFd(ends[0]);
        to_ = UniqueFd(ends[1]);
        buffer_ = ::new (memory_.data()) PacketBuffer;
    }
    void says(std::string_view text) const {
        ASSERT_EQ(::send(to_.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
    }
    [[nodiscard]] std::ptrdiff_t bytes_with(std::byte value) const {
        return std::count(memory_.begin(), memory_.begin() + max_message, value);
    }

    alignas(PacketBuffer) std::array<std::byte, sizeof(PacketBuffer)> memory_{};
    UniqueFd from_;
    UniqueFd to_;
    PacketBuffer* buffer_ = nullptr;
};

TEST_F(PacketBufferTest, WipesWhatWasReceivedAndTouchesNothingElse) {
    says("492039");
    ASSERT_EQ(buffer_->fill_from(from_.get(), 0), 6);
    EXPECT_TRUE(std::ranges::equal(buffer_->view(), as_bytes("492039")));
    EXPECT_EQ(bytes_with(std::byte{0xee}), static_cast<std::ptrdiff_t>(max_message) - 6);
    std::destroy_at(buffer_);
    EXPECT_EQ(bytes_with(std::byte{0}), 6);
    EXPECT_EQ(bytes_with(std::byte{0xee}), static_cast<std::ptrdiff_t>(max_message) - 6);
}

TEST_F(PacketBufferTest, WipesWhatWasThereBeforeTheNextPacket) {
    says("JBSWY3DPEHPK3PXP");
    ASSERT_EQ(buffer_->fill_from(from_.get(), 0), 16);
    says("ok");
    ASSERT_EQ(buffer_->fill_from(from_.get(), 0), 2);
    EXPECT_EQ(bytes_with(std::byte{0}), 14);
    EXPECT_EQ(buffer_->fill_from(from_.get(), MSG_DONTWAIT), -1);
    EXPECT_EQ(errno, EAGAIN);
    EXPECT_TRUE(buffer_->view().empty());
    EXPECT_EQ(bytes_with(std::byte{0}), 16);
    std::destroy_at(buffer_);
}

TEST_F(PacketBufferTest, SaysHowLongAPacketWasThatDidNotFit) {
    says(std::string(max_message + 9, 'x'));
    EXPECT_EQ(buffer_->fill_from(from_.get(), 0), static_cast<ssize_t>(max_message) + 9);
    EXPECT_EQ(buffer_->view().size(), max_message);
    std::destroy_at(buffer_);
    EXPECT_EQ(bytes_with(std::byte{0}), static_cast<std::ptrdiff_t>(max_message));
}

}  // namespace
}  // namespace secondstep::wire
