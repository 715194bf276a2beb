#include <gtest/gtest.h>

#include <set>

#include "account/seal.h"
#include "account/text_record.h"
#include "otp/kdf.h"
#include "unit/account/sample_account.h"

namespace secondstep {
namespace {

using namespace secondstep::testing;

Keyring generated(std::uint64_t seed = 1) {
    SeededRandomness randomness(seed);
    return Keyring::generate(randomness);
}

// As `rekey` writes it: the newest first.
Secret with_keys(const std::vector<const Keyring::Key*>& keys) {
    TextRecordWriter out("secondstep-keyring", 1);
    out.number("keys", keys.size());
    for (const Keyring::Key* key : keys) {
        out.hex("id", key->id);
        out.hex("key", key->key.bytes());
    }
    return std::move(out).finish();
}

TEST(Keyring, ComesBackFromItsFile) {
    const Keyring ring = generated();
    const Keyring back = Keyring::parse(ring.encode()).value();
    EXPECT_EQ(back.newest().id, ring.newest().id);
    EXPECT_TRUE(equal_in_constant_time(back.newest().key, ring.newest().key));
    EXPECT_EQ(ring.newest().key.size(), 32U);
    EXPECT_EQ(back.encode().text(), ring.encode().text());
}

TEST(Keyring, KeepsSeveralKeysWithTheNewestFirst) {
    const Keyring old_ring = generated(1);
    const Keyring new_ring = generated(2);
    const Keyring both = Keyring::parse(with_keys({&new_ring.newest(), &old_ring.newest()})).value();
    EXPECT_EQ(both.newest().id, new_ring.newest().id);
    ASSERT_NE(both.find(old_ring.newest().id), nullptr);
    EXPECT_EQ(both.find(KeyId{}), nullptr);
}

TEST(Keyring, RefusesARepeatedKeyNoKeyAndTooMany) {
    const Keyring ring = generated();
    EXPECT_EQ(Keyring::parse(with_keys({&ring.newest(), &ring.newest()})).error().code, Errc::damaged);
    EXPECT_EQ(Keyring::parse(with_keys({})).error().code, Errc::damaged);
    std::vector<Keyring> rings;
    std::vector<const Keyring::Key*> keys;
    for (std::uint64_t i = 0; i < 17; ++i)
        rings.push_back(generated(i));
    for (const Keyring& one : rings)
        keys.push_back(&one.newest());
    EXPECT_EQ(Keyring::parse(with_keys(keys)).error().code, Errc::damaged);
    keys.pop_back();
    EXPECT_TRUE(Keyring::parse(with_keys(keys)));
}

TEST(Keyring, RefusesEveryFlippedBitAndEveryTruncation) {
    const Secret text = generated().encode();
    for_every_flipped_bit(bytes_of(text.bytes()), [](const Bytes& changed, std::size_t bit) {
        EXPECT_FALSE(Keyring::parse(Secret::copy_of(ByteView(changed)))) << "bit " << bit;
    });
    for (std::size_t size = 0; size < text.size(); ++size) {
        EXPECT_FALSE(Keyring::parse(Secret::copy_of(text.bytes().first(size)))) << size;
    }
}

TEST(Keyring, SaysThatANewerFormatIsNotDamage) {
    EXPECT_EQ(Keyring::parse(Secret::copy_of(std::string_view("secondstep-keyring 2\n"))).error().code,
              Errc::unsupported);
}

// What is sealed and signed on disks was so with HKDF over the key itself.
TEST(Keyring, DerivesAKeyForEachPurposeWithHkdf) {
    const Keyring ring = generated();
    for (const std::string purpose : {"secondstep decoy", "secondstep state users/al", ""}) {
        const auto whole = otp::hkdf_sha256(ring.newest().key.bytes(), {}, as_bytes(purpose), 32);
        EXPECT_EQ(ring.newest().derive(purpose).value().text(), whole.value().text()) << purpose;
    }
}

TEST(Keyring, GivesEveryRecordAStateKeyOfItsOwn) {
    const Keyring ring = generated();
    const auto key_of = [&](const RecordName& name) {
        return std::string(Keyring::state_mac_key(ring.newest(), name).value().text());
    };
    const std::set<std::string> keys{key_of(RecordName::of(name_of("alice"))),
                                     key_of(RecordName::of(name_of("bob"))),
                                     key_of(RecordName::of(name_of("07"))), key_of(RecordName::decoy(7))};
    EXPECT_EQ(keys.size(), 4U);
}

TEST(Keyring, ChoosesTheSameDecoyForANameAndSpreadsThem) {
    const Keyring ring = generated();
    EXPECT_EQ(ring.decoy_number("mallory").value(), ring.decoy_number("mallory").value());
    std::set<std::uint8_t> numbers;
    for (int i = 0; i < 2000; ++i)
        numbers.insert(ring.decoy_number("user" + std::to_string(i)).value());
    EXPECT_GT(numbers.size(), 250U);
    bool differs = false;
    for (std::uint64_t seed = 2; seed < 12; ++seed) {
        differs = differs ||
                  generated(seed).decoy_number("mallory").value() != ring.decoy_number("mallory").value();
    }
    EXPECT_TRUE(differs) << "whoever knows the names must not be able to compute the decoys";
}

}  // namespace
}  // namespace secondstep
