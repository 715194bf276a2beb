#include "account/seal.h"

#include <gtest/gtest.h>

#include "account/text_record.h"
#include "unit/account/sample_account.h"

namespace secondstep {
namespace {

using namespace secondstep::testing;

const RecordName alice = RecordName::of(name_of("alice"));

class Seal : public ::testing::Test {
  protected:
    SeededRandomness randomness_{3};
    Keyring ring_ = Keyring::generate(randomness_);
    Secret text_ = encode(sample_credential());
    Bytes sealed_ = seal(text_, alice, ring_, randomness_).value();
};

TEST_F(Seal, OpensToWhatWasSealed) {
    EXPECT_EQ(unseal(sealed_, alice, ring_).value().text(), text_.text());
}

TEST_F(Seal, ShowsNothingOfWhatIsInside) {
    const std::string_view all(reinterpret_cast<const char*>(sealed_.data()), sealed_.size());
    EXPECT_EQ(all.find("alice"), std::string_view::npos);
    EXPECT_EQ(all.find("totp"), std::string_view::npos);
}

TEST_F(Seal, IsDifferentEveryTime) {
    const Bytes again = seal(text_, alice, ring_, randomness_).value();
    EXPECT_NE(again, sealed_);
    const auto ciphertext = [](const Bytes& all) { return Bytes(all.begin() + 36, all.end()); };
    EXPECT_NE(ciphertext(again), ciphertext(sealed_));
}

TEST_F(Seal, RefusesEveryFlippedBit) {
    for_every_flipped_bit(sealed_, [&](const Bytes& changed, std::size_t bit) {
        EXPECT_FALSE(unseal(changed, alice, ring_)) << "bit " << bit;
    });
}

TEST_F(Seal, RefusesEveryTruncationAndAnythingLonger) {
    for (std::size_t size = 0; size < sealed_.size(); ++size) {
        EXPECT_EQ(unseal(ByteView(sealed_).first(size), alice, ring_).error().code, Errc::damaged) << size;
    }
    sealed_.push_back(0);
    EXPECT_EQ(unseal(sealed_, alice, ring_).error().code, Errc::damaged);
    EXPECT_EQ(unseal(Bytes(max_sealed_size + 1), alice, ring_).error().code, Errc::damaged);
}

TEST_F(Seal, RefusesACopyUnderAnotherName) {
    EXPECT_EQ(unseal(sealed_, RecordName::of(name_of("bob")), ring_).error().code, Errc::damaged);
    const Bytes of_07 = seal(text_, RecordName::of(name_of("07")), ring_, randomness_).value();
    EXPECT_EQ(unseal(of_07, RecordName::decoy(7), ring_).error().code, Errc::damaged);
}

TEST_F(Seal, SaysThatAKeyIsMissing) {
    const Keyring other = Keyring::generate(randomness_);
    const auto opened = unseal(sealed_, alice, other);
    EXPECT_EQ(opened.error().code, Errc::not_found);
    EXPECT_NE(opened.error().detail.find("restore host.key"), std::string::npos);
}

TEST_F(Seal, OpensWithAnOldKeyOfTheRing) {
    const Keyring newer = Keyring::generate(randomness_);
    TextRecordWriter file("secondstep-keyring", 1);
    file.number("keys", 2);
    for (const Keyring* const ring : std::array<const Keyring*, 2>{&newer, &ring_}) {
        file.hex("id", ring->newest().id);
        file.hex("key", ring->newest().key.bytes());
    }
    const Keyring both = Keyring::parse(std::move(file).finish()).value();
    EXPECT_EQ(unseal(sealed_, alice, both).value().text(), text_.text());
    const Bytes with_newest = seal(text_, alice, both, randomness_).value();
    EXPECT_TRUE(unseal(with_newest, alice, newer));
    EXPECT_EQ(unseal(with_newest, alice, ring_).error().code, Errc::not_found);
}

TEST_F(Seal, SaysThatANewerFormatIsNotDamage) {
    sealed_[11] = 2;
    EXPECT_EQ(unseal(sealed_, alice, ring_).error().code, Errc::unsupported);
    sealed_[11] = 0;
    EXPECT_EQ(unseal(sealed_, alice, ring_).error().code, Errc::damaged);
}

TEST_F(Seal, RefusesToSealNothingAndTooMuch) {
    EXPECT_EQ(seal(Secret(), alice, ring_, randomness_).error().code, Errc::too_large);
    EXPECT_EQ(seal(Secret(max_sealed_size), alice, ring_, randomness_).error().code, Errc::too_large);
}

}  // namespace
}  // namespace secondstep
