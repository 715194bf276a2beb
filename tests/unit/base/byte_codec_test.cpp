#include "base/byte_codec.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/text.h"

namespace secondstep {
namespace {

TEST(ByteCodec, NumbersAreBigEndian) {
    ByteWriter writer;
    writer.u8(0x01);
    writer.u16(0x0203);
    writer.u32(0x04050607);
    writer.u64(0x08090a0b0c0d0e0f);
    writer.i64(-2);
    EXPECT_EQ(hex(writer.view()), "0102030405060708090a0b0c0d0e0ffffffffffffffffe");
}

TEST(ByteCodec, ReadsWhatWasWritten) {
    ByteWriter writer;
    writer.u8(255);
    writer.u16(65535);
    writer.u32(4294967295U);
    writer.u64(std::numeric_limits<std::uint64_t>::max());
    writer.i64(std::numeric_limits<std::int64_t>::min());
    writer.sized("alice");
    writer.sized("");
    writer.raw(Bytes{1, 2, 3});
    writer.zeros(2);
    const Bytes bytes = std::move(writer).take();
    ByteReader reader(bytes);
    EXPECT_EQ(reader.u8(), 255);
    EXPECT_EQ(reader.u16(), 65535);
    EXPECT_EQ(reader.u32(), 4294967295U);
    EXPECT_EQ(reader.u64(), std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(reader.i64(), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(reader.sized(5), "alice");
    EXPECT_EQ(reader.sized(5), "");
    EXPECT_EQ(reader.array<3>(), (std::array<std::uint8_t, 3>{1, 2, 3}));
    EXPECT_FALSE(reader.finished());
    EXPECT_EQ(hex(reader.raw(2)), "0000");
    EXPECT_TRUE(reader.finished());
}

TEST(ByteCodec, AfterAShortReadEverythingIsZero) {
    const Bytes bytes{1, 2, 3};
    ByteReader reader(bytes);
    EXPECT_EQ(reader.u32(), 0U);
    EXPECT_FALSE(reader.ok());
    EXPECT_EQ(reader.u8(), 0);  // although three bytes were there
    EXPECT_EQ(reader.sized(10), "");
    EXPECT_EQ(reader.array<2>(), (std::array<std::uint8_t, 2>{}));
    EXPECT_FALSE(reader.finished());
}

TEST(ByteCodec, EveryTruncationIsNoticed) {
    ByteWriter writer;
    writer.u64(7);
    writer.sized("alice");
    const Bytes bytes = std::move(writer).take();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        ByteReader reader(ByteView(bytes).first(size));
        (void)reader.u64();
        (void)reader.sized(100);
        EXPECT_FALSE(reader.finished()) << size;
    }
}

TEST(ByteCodec, RefusesATextOverItsBound) {
    ByteWriter writer;
    writer.sized("alice");
    ByteReader reader(writer.view());
    EXPECT_EQ(reader.sized(4), "");
    EXPECT_FALSE(reader.ok());
}

TEST(ByteCodec, LeftOverBytesAreNoticed) {
    const Bytes bytes{1, 2};
    ByteReader reader(bytes);
    EXPECT_EQ(reader.u8(), 1);
    EXPECT_TRUE(reader.ok());
    EXPECT_FALSE(reader.finished());
    EXPECT_EQ(reader.remaining(), 1U);
}

}  // namespace
}  // namespace secondstep
