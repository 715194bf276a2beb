#include "otp/kdf.h"

#include <gtest/gtest.h>

#include <string>

#include "base/text.h"
#include "support/failure.h"

namespace secondstep::otp {
namespace {

std::string shown(const Result<Secret>& secret) {
    return secret ? hex(secret->bytes()) : "refused: " + secret.error().detail;
}

std::string hkdf(std::string_view key, std::string_view salt, std::string_view info, std::size_t size) {
    return shown(hkdf_sha256(from_hex(key).value_or(Bytes{}), from_hex(salt).value_or(Bytes{}),
                             from_hex(info).value_or(Bytes{}), size));
}

// 0x`first`, and so on up to 0x`last`, in hexadecimal.
std::string counting(unsigned first, unsigned last) {
    Bytes bytes;
    for (unsigned b = first; b <= last; ++b)
        bytes.push_back(static_cast<std::uint8_t>(b));
    return hex(bytes);
}

constexpr std::size_t longest_hkdf = 8160;  // 255 * 32

const std::string twenty_two_0b = hex(Bytes(22, 0x0b));

TEST(Kdf, HkdfAgreesWithRfc5869Case1) {
    EXPECT_EQ(hkdf(twenty_two_0b, counting(0x00, 0x0c), counting(0xf0, 0xf9), 42),
              "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
}

TEST(Kdf, HkdfAgreesWithRfc5869Case2) {
    EXPECT_EQ(
        hkdf(counting(0x00, 0x4f), counting(0x60, 0xaf), counting(0xb0, 0xff), 82),
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
        "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
}

TEST(Kdf, HkdfAgreesWithRfc5869Case3) {
    EXPECT_EQ(hkdf(twenty_two_0b, "", "", 42),
              "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(Kdf, HkdfIsItsTwoHalves) {
    const auto extracted = hkdf_extract(as_bytes("key"), as_bytes("salt"));
    ASSERT_TRUE(extracted);
    EXPECT_EQ(shown(hkdf_expand(extracted->bytes(), as_bytes("info"), 77)),
              shown(hkdf_sha256(as_bytes("key"), as_bytes("salt"), as_bytes("info"), 77)));
}

TEST(Kdf, HkdfIsBounded) {
    EXPECT_EQ(hkdf_sha256(as_bytes("key"), {}, {}, longest_hkdf)->size(), 8160U);
    EXPECT_EQ(testing::failure(hkdf_sha256(as_bytes("key"), {}, {}, longest_hkdf + 1)), Errc::invalid);
    EXPECT_TRUE(hkdf_sha256(as_bytes("key"), {}, {}, 0)->empty());
}

TEST(Kdf, ScryptAgreesWithRfc7914) {
    EXPECT_EQ(shown(scrypt({}, {}, {.n = 16, .r = 1, .p = 1}, 64)),
              "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
              "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
    EXPECT_EQ(shown(scrypt(as_bytes("password"), as_bytes("NaCl"), {.n = 1024, .r = 8, .p = 16}, 64)),
              "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
              "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
    EXPECT_EQ(shown(scrypt(as_bytes("pleaseletmein"), as_bytes("SodiumChloride"),
                           {.n = 16384, .r = 8, .p = 1}, 64)),
              "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
              "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887");
}

TEST(Kdf, ScryptRefusesSenselessAndHugeCosts) {
    EXPECT_EQ(testing::failure(scrypt({}, {}, {.n = 15, .r = 8, .p = 1}, 32)),
              Errc::crypto);  // no power of two
    EXPECT_EQ(testing::failure(scrypt({}, {}, {.n = 0, .r = 8, .p = 1}, 32)), Errc::crypto);
    EXPECT_EQ(testing::failure(scrypt({}, {}, {.n = 16384, .r = 0, .p = 1}, 32)), Errc::crypto);
    EXPECT_EQ(testing::failure(scrypt({}, {}, {.n = 1U << 20, .r = 8, .p = 1}, 32)), Errc::invalid);  // 1 GiB
    // 128 * n wraps round to a small number here.
    EXPECT_EQ(testing::failure(scrypt({}, {}, {.n = std::uint64_t{1} << 57, .r = 1, .p = 1}, 32)),
              Errc::invalid);
    EXPECT_EQ(testing::failure(scrypt({}, {}, {.n = UINT64_MAX, .r = UINT32_MAX, .p = UINT32_MAX}, 32)),
              Errc::invalid);
}

TEST(Kdf, Sha256AgreesWithFips180) {
    EXPECT_EQ(hex(*sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hex(*sha256(as_bytes("abc"))),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Kdf, HmacSha256AgreesWithRfc4231Case2) {
    EXPECT_EQ(hex(*hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

}  // namespace
}  // namespace secondstep::otp
