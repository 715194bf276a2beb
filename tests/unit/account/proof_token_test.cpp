#include "account/proof_token.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/seeded_randomness.h"

namespace secondstep {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class ProofToken : public ::testing::Test {
  protected:
    [[nodiscard]] Token made(Proof proof = Proof::code) const {
        return make_proof_token(ring_, record_, asked_, {proof, id_}, now_).value();
    }
    [[nodiscard]] std::optional<ShownBefore> read(const Token& token, seconds later = seconds{0}) const {
        return read_proof_token(ring_, record_, asked_, token, now_ + later);
    }
    static RecordName record(const char* name) { return RecordName::of(*AccountName::create(name)); }

    testing::SeededRandomness randomness_;
    Keyring ring_ = Keyring::generate(randomness_);
    RecordName record_ = record("alice");
    SentFor asked_{"sshd", "host 192.0.2.7"};
    AttemptId id_ = randomness_.array<16>();
    UnixTime now_ = from_unix(1'800'000'000);
};

TEST_F(ProofToken, SaysWhatWasShownAndWhichWriteItWas) {
    for (const Proof proof : {Proof::code, Proof::recovery_code, Proof::registration_code,
                              Proof::temporary_code, Proof::first_factor}) {
        const auto shown = read(made(proof));
        ASSERT_TRUE(shown);
        EXPECT_EQ(shown->proof, proof);
        EXPECT_EQ(shown->write, id_);
    }
}

TEST_F(ProofToken, ThereIsNoneOfNothing) {
    for (const Proof proof : {Proof::none, Proof::remembered, Proof::exempt})
        EXPECT_EQ(make_proof_token(ring_, record_, asked_, {proof, id_}, now_).error().code, Errc::invalid);
}

TEST_F(ProofToken, HasTheseBytes) {
    const Token token = made();
    ASSERT_EQ(token.bytes().size(), 66U);
    EXPECT_EQ(token.bytes()[0], 1);
    EXPECT_EQ(token.bytes()[1], 1);
    EXPECT_TRUE(std::ranges::equal(token.bytes().subspan(2, 8), ring_.newest().id));
    EXPECT_TRUE(std::ranges::equal(token.bytes().subspan(18, 16), id_));
    EXPECT_EQ(token.bytes()[14], (1'800'000'000 >> 24) & 0xff);
}

TEST_F(ProofToken, IsOfOneAccountServiceAndPlace) {
    const Token token = made();
    EXPECT_FALSE(read_proof_token(ring_, record("bob"), asked_, token, now_));
    EXPECT_FALSE(read_proof_token(ring_, RecordName::decoy(1), asked_, token, now_));
    for (const SentFor& other :
         {SentFor{"sudo", "host 192.0.2.7"}, SentFor{"sshd", "host 192.0.2.8"}, SentFor{"sshd", "uid 1000"},
          SentFor{"sshdh", "ost 192.0.2.7"}, SentFor{"", "sshdhost 192.0.2.7"}})
        EXPECT_FALSE(read_proof_token(ring_, record_, other, token, now_)) << other.service << other.source;
}

TEST_F(ProofToken, IsValidForTenMinutes) {
    EXPECT_TRUE(read(made(), minutes{10}));
    EXPECT_FALSE(read(made(), minutes{10} + seconds{1}));
    EXPECT_TRUE(read(made(), -proof_skew));
    EXPECT_FALSE(read(made(), -proof_skew - seconds{1})) << "from the future";
}

TEST_F(ProofToken, EveryFlippedBitAndEveryOtherLengthIsNone) {
    const Token made = this->made();
    const Bytes token(made.bytes().begin(), made.bytes().end());
    for (std::size_t bit = 0; bit < token.size() * 8; ++bit) {
        Bytes changed = token;
        changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
        EXPECT_FALSE(read(Token::of(changed).value())) << bit;
    }
    for (std::size_t size = 0; size < token.size(); ++size)
        EXPECT_FALSE(read(Token::of(ByteView(token).first(size)).value())) << size;
    Bytes longer = token;
    longer.push_back(0);
    EXPECT_FALSE(read(Token::of(longer).value()));
    EXPECT_FALSE(read(Token{}));
}

// rekey adds a key and drops the old one at its end.
TEST_F(ProofToken, OfAnOldKeyIsGoodWhileThatKeyIsInTheRing) {
    const Token token = made();
    const Keyring other = Keyring::generate(randomness_);
    EXPECT_FALSE(read_proof_token(other, record_, asked_, token, now_));
}

}  // namespace
}  // namespace secondstep
