#include "otp/hmac.h"

#include <gtest/gtest.h>

#include <string>

#include "base/text.h"
#include "support/failure.h"

namespace secondstep::otp {
namespace {

std::string mac(Algorithm algorithm, const Bytes& key, ByteView message) {
    std::array<std::uint8_t, longest_hmac> out{};
    const auto size = hmac(algorithm, key, {message}, out);
    return size ? hex(ByteView(out).first(*size)) : "refused: " + size.error().detail;
}

struct Vector {
    Bytes key;
    Bytes message;
    std::string_view sha256;
    std::string_view sha512;
};

Bytes text(std::string_view characters) {
    const ByteView bytes = as_bytes(characters);
    return {bytes.begin(), bytes.end()};
}

// RFC 4231 section 4, cases 1 to 4, 6 and 7; case 5 is about truncation, see below.
std::vector<Vector> rfc_4231() {
    return {
        {Bytes(20, 0x0b), text("Hi There"),
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
         "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
         "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"},
        {text("Jefe"), text("what do ya want for nothing?"),
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
         "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
         "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
        {Bytes(20, 0xaa), Bytes(50, 0xdd), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
         "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
         "bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb"},
        {from_hex("0102030405060708090a0b0c0d0e0f10111213141516171819").value_or(Bytes{}), Bytes(50, 0xcd),
         "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
         "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3db"
         "a91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd"},
        {Bytes(131, 0xaa), text("Test Using Larger Than Block-Size Key - Hash Key First"),
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
         "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
         "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"},
        {Bytes(131, 0xaa),
         text("This is a test using a larger than block-size key and a larger than block-size data. "
              "The key needs to be hashed before being used by the HMAC algorithm."),
         "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
         "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944"
         "b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58"},
    };
}

TEST(Hmac, AgreesWithRfc4231) {
    for (const Vector& vector : rfc_4231()) {
        EXPECT_EQ(mac(Algorithm::sha256, vector.key, vector.message), vector.sha256);
        EXPECT_EQ(mac(Algorithm::sha512, vector.key, vector.message), vector.sha512);
    }
    const Bytes key(20, 0x0c);
    const Bytes message = text("Test With Truncation");
    EXPECT_EQ(mac(Algorithm::sha256, key, message).substr(0, 32), "a3b6167473100ee06e0c796c2955552b");
    EXPECT_EQ(mac(Algorithm::sha512, key, message).substr(0, 32), "415fad6271580a531d4179bc891d87a6");
}

// RFC 2202 section 3, cases 1, 2 and 6.
TEST(Hmac, AgreesWithRfc2202) {
    EXPECT_EQ(mac(Algorithm::sha1, Bytes(20, 0x0b), as_bytes("Hi There")),
              "b617318655057264e28bc0b6fb378c8ef146be00");
    EXPECT_EQ(mac(Algorithm::sha1, text("Jefe"), as_bytes("what do ya want for nothing?")),
              "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    EXPECT_EQ(mac(Algorithm::sha1, Bytes(80, 0xaa),
                  as_bytes("Test Using Larger Than Block-Size Key - Hash Key First")),
              "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}

TEST(Hmac, AnEmptyKeyIsNotTheKeyBefore) {
    const std::string with_key = mac(Algorithm::sha256, text("Jefe"), as_bytes("x"));
    EXPECT_NE(mac(Algorithm::sha256, {}, as_bytes("x")), with_key);
    EXPECT_EQ(mac(Algorithm::sha256, {}, {}),
              "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Hmac, PartsAreReadOneAfterTheOther) {
    std::array<std::uint8_t, longest_hmac> whole{};
    std::array<std::uint8_t, longest_hmac> parts{};
    const auto key = as_bytes("Jefe");
    ASSERT_TRUE(hmac(Algorithm::sha256, key, {as_bytes("abc")}, whole).has_value());
    ASSERT_TRUE(
        hmac(Algorithm::sha256, key, {as_bytes("a"), as_bytes(""), as_bytes("bc")}, parts).has_value());
    EXPECT_EQ(whole, parts);
}

TEST(Hmac, RefusesATooSmallBuffer) {
    std::array<std::uint8_t, 31> out{};
    EXPECT_EQ(testing::failure(hmac(Algorithm::sha256, as_bytes("Jefe"), {as_bytes("x")}, out)),
              Errc::crypto);
}

}  // namespace
}  // namespace secondstep::otp
