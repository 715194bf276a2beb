#include "enrollment/enrollment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "otp/hotp.h"
#include "otp/otpauth_uri.h"
#include "support/seeded_randomness.h"

namespace secondstep::dialogue {
namespace {

using secondstep::testing::SeededRandomness;
using ::testing::HasSubstr;

constexpr UnixTime now = UnixTime{std::chrono::seconds{1'800'000'000}};  // the first second of a time step

Secret code_at(const Authenticator& device, UnixTime time) {
    return *otp::hotp(device.key, otp::time_step(time, device.period), device.digits, device.algorithm);
}
Secret code_of_counter(const Authenticator& device, std::uint64_t counter) {
    return *otp::hotp(device.key, counter, device.digits, device.algorithm);
}

class Enrollment_ : public ::testing::Test {
  protected:
    Enrollment draft(EnrollmentOptions options = {}) {
        options.issuer = "web01";
        options.label_account = "alice";
        return Enrollment::draft(options, randomness_);
    }
    SeededRandomness randomness_{7};
};
using EnrollmentDraft = Enrollment_;
using EnrollmentConfirm = Enrollment_;

TEST_F(EnrollmentDraft, KeysAreAsLongAsTheHashAndNeverShorterThan160Bits) {
    EXPECT_EQ(draft().authenticator().key.size(), 20U);
    EXPECT_EQ(draft({.algorithm = otp::Algorithm::sha256}).authenticator().key.size(), 32U);
    EXPECT_EQ(draft({.algorithm = otp::Algorithm::sha512}).authenticator().key.size(), 64U);
}

TEST_F(EnrollmentDraft, EveryDraftHasItsOwnKeyAndId) {
    const Enrollment a = draft();
    const Enrollment b = draft();
    EXPECT_FALSE(equal_in_constant_time(a.authenticator().key, b.authenticator().key));
    EXPECT_NE(a.authenticator().id, b.authenticator().id);
}

TEST_F(EnrollmentDraft, TheUriSaysWhatTheAuthenticatorIs) {
    EnrollmentOptions options;
    options.method = Method::hotp;
    options.counter = 41;
    options.digits = *otp::Digits::create(8);
    const Enrollment hotp = draft(options);
    const Result<Secret> uri = hotp.uri();
    ASSERT_TRUE(uri) << uri.error().detail;
    const Result<otp::DescribedKey> parsed = otp::parse_otpauth_uri(uri->text());
    ASSERT_TRUE(parsed) << parsed.error().detail;
    EXPECT_EQ(parsed->key.issuer, "web01");
    EXPECT_EQ(parsed->key.account, "alice");
    EXPECT_TRUE(equal_in_constant_time(parsed->key.key, hotp.authenticator().key));
    EXPECT_EQ(parsed->key.form.symbols(), 8U);
    EXPECT_EQ(std::get<otp::HotpMoving>(parsed->key.moving).counter, 41U);
    EXPECT_THAT(std::string(draft().uri()->text()), HasSubstr("otpauth://totp/"));
}

TEST_F(EnrollmentDraft, TheKeyIsReadInGroupsOfFour) {
    const std::string text(draft().key_text().text());
    EXPECT_EQ(text.size(), 32U + 7U);
    for (std::size_t i = 4; i < text.size(); i += 5)
        EXPECT_EQ(text[i], ' ');
}

TEST_F(EnrollmentDraft, ACounterThatStartsLaterLeavesNoEarlierOneValid) {
    EnrollmentOptions options;
    options.method = Method::hotp;
    EXPECT_FALSE(draft(options).authenticator().has_floor);
    options.counter = 100;
    EXPECT_TRUE(draft(options).authenticator().has_floor);
    EXPECT_EQ(draft(options).authenticator().floor, 99U);
    EXPECT_FALSE(draft().authenticator().has_floor);
}

TEST_F(EnrollmentConfirm, ARightCodeBecomesTheFloor) {
    for (const int steps : {-1, 0, 1}) {
        Enrollment enrollment = draft();
        const UnixTime time = now + std::chrono::seconds{30 * steps};
        const auto outcome = enrollment.confirm(code_at(enrollment.authenticator(), time), 1, now);
        ASSERT_TRUE(outcome);
        EXPECT_TRUE(std::holds_alternative<Enrollment::Confirmed>(*outcome)) << steps;
        EXPECT_TRUE(enrollment.authenticator().has_floor);
        EXPECT_EQ(enrollment.authenticator().floor, otp::time_step(time, otp::thirty_seconds()));
    }
}

TEST_F(EnrollmentConfirm, SpacesInTheCodeDoNotMatter) {
    Enrollment enrollment = draft();
    const std::string code(code_at(enrollment.authenticator(), now).text());
    const auto outcome =
        enrollment.confirm(Secret::copy_of(code.substr(0, 3) + " " + code.substr(3)), 1, now);
    EXPECT_TRUE(std::holds_alternative<Enrollment::Confirmed>(*outcome));
}

TEST_F(EnrollmentConfirm, ACodeOfAnotherMomentSaysHowFarTheClockIsOff) {
    for (const std::int64_t minutes : {-720, -240, -4, -1, 1, 4, 240, 720}) {
        Enrollment enrollment = draft();
        const std::chrono::seconds off = std::chrono::minutes{minutes};
        const auto outcome = enrollment.confirm(code_at(enrollment.authenticator(), now + off), 1, now);
        ASSERT_TRUE(outcome);
        const auto* clock_off = std::get_if<Enrollment::ClockOff>(&*outcome);
        ASSERT_NE(clock_off, nullptr) << minutes;
        EXPECT_EQ(clock_off->offset, off);
        EXPECT_FALSE(enrollment.authenticator().has_floor) << "nothing was confirmed";
    }
}

TEST_F(EnrollmentConfirm, BeyondTwelveHoursACodeIsWrong) {
    Enrollment enrollment = draft({.digits = *otp::Digits::create(8)});
    for (const std::int64_t minutes : {-721, 721}) {
        const auto code = code_at(enrollment.authenticator(), now + std::chrono::minutes{minutes});
        EXPECT_TRUE(std::holds_alternative<Enrollment::Wrong>(*enrollment.confirm(code, 1, now)));
    }
}

TEST_F(EnrollmentConfirm, OtherPeriodsHashesAndLengthsWork) {
    EnrollmentOptions options;
    options.algorithm = otp::Algorithm::sha512;
    options.digits = *otp::Digits::create(8);
    options.period = *otp::Period::create(std::chrono::seconds{60});
    Enrollment enrollment = draft(options);
    const auto off =
        enrollment.confirm(code_at(enrollment.authenticator(), now - std::chrono::minutes{10}), 1, now);
    EXPECT_EQ(std::get<Enrollment::ClockOff>(*off).offset, std::chrono::minutes{-10});
    const auto right = enrollment.confirm(code_at(enrollment.authenticator(), now), 1, now);
    EXPECT_TRUE(std::holds_alternative<Enrollment::Confirmed>(*right));
}

TEST_F(EnrollmentConfirm, WhatIsNoCodeIsWrong) {
    Enrollment enrollment = draft();
    const std::string code(code_at(enrollment.authenticator(), now).text());
    for (const std::string& typed : {std::string(), code.substr(1), code + "0", std::string("abcdef")}) {
        EXPECT_TRUE(
            std::holds_alternative<Enrollment::Wrong>(*enrollment.confirm(Secret::copy_of(typed), 1, now)));
    }
    EXPECT_FALSE(enrollment.authenticator().has_floor);
}

TEST_F(EnrollmentConfirm, RightAfter1970TheSearchDoesNotWrapAround) {
    Enrollment enrollment = draft();
    const auto outcome =
        enrollment.confirm(code_at(enrollment.authenticator(), from_unix(3600)), 10, from_unix(5));
    EXPECT_EQ(std::get<Enrollment::ClockOff>(*outcome).offset, std::chrono::seconds{3600});
}

TEST_F(EnrollmentConfirm, ACounterMayBeTenAhead) {
    EnrollmentOptions options;
    options.method = Method::hotp;
    options.counter = 5;
    Enrollment enrollment = draft(options);
    EXPECT_TRUE(std::holds_alternative<Enrollment::Wrong>(
        *enrollment.confirm(code_of_counter(enrollment.authenticator(), 16), 1, now)));
    EXPECT_TRUE(std::holds_alternative<IgnoredOptions>(
        *enrollment.confirm(code_of_counter(enrollment.authenticator(), 4), 1, now)))
        << "as of an app that begins at 0";
    EXPECT_TRUE(std::holds_alternative<Enrollment::Confirmed>(
        *enrollment.confirm(code_of_counter(enrollment.authenticator(), 15), 1, now)));
    EXPECT_EQ(enrollment.authenticator().floor, 15U);
}

TEST(EnrollmentRecoverySet, HasAsManyDistinctCodesAsAskedThatAreItsOwn) {
    SeededRandomness randomness;
    const auto made = make_recovery_set(16, otp::RecoveryCodeForm::long_code, randomness);
    ASSERT_TRUE(made);
    std::set<std::string> texts;
    for (std::size_t i = 0; i < made->codes.size(); ++i) {
        texts.emplace(made->codes[i].text());
        const auto normalized = otp::normalize_recovery_code(made->codes[i].text());
        EXPECT_EQ(*otp::recovery_digest(*normalized, made->set.pepper.bytes(), made->set.salt),
                  made->set.digests[i]);
    }
    EXPECT_EQ(texts.size(), 16U);
    EXPECT_EQ(made->set.pepper.size(), 32U);
    EXPECT_FALSE(make_recovery_set(2, otp::RecoveryCodeForm::long_code, randomness));
    EXPECT_FALSE(make_recovery_set(17, otp::RecoveryCodeForm::long_code, randomness));
}

// A generator that says the same thing again and again for a while.
class Stuttering final : public Randomness {
  public:
    void fill(MutableByteView out) override {
        ++calls_;
        const auto value = static_cast<std::uint8_t>(calls_ < 12 ? 7 : calls_);
        for (std::uint8_t& byte : out)
            byte = value;
    }

  private:
    unsigned calls_ = 0;
};

TEST(EnrollmentRecoverySet, EqualCodesAreMadeAgain) {
    Stuttering randomness;
    const auto made = make_recovery_set(3, otp::RecoveryCodeForm::long_code, randomness);
    ASSERT_TRUE(made);
    EXPECT_EQ(std::set<Digest>(made->set.digests.begin(), made->set.digests.end()).size(), 3U);
}

std::vector<Secret> secrets(const std::vector<std::string>& texts) {
    std::vector<Secret> out;
    for (const std::string& text : texts)
        out.push_back(Secret::copy_of(text));
    return out;
}

TEST(ScratchSet, HasTheCodesThatWereBroughtEachOnce) {
    SeededRandomness randomness;
    const auto set = make_scratch_set(secrets({"12345678", "87654321", "12345678", "00000000"}), randomness);
    ASSERT_TRUE(set) << set.error().detail;
    EXPECT_EQ(set->form, otp::RecoveryCodeForm::scratch_code);
    ASSERT_EQ(set->digests.size(), 3U) << "what is there twice would work twice";
    const char* const kept[] = {"12345678", "87654321", "00000000"};
    for (std::size_t i = 0; i < 3; ++i) {
        const auto code = otp::normalize_scratch_code(kept[i]);
        EXPECT_EQ(*otp::recovery_digest(*code, set->pepper.bytes(), set->salt), set->digests[i]);
    }
    const auto other = make_scratch_set(secrets({"12345678"}), randomness);
    ASSERT_TRUE(other) << "one is enough";
    EXPECT_NE(other->id, set->id);
    EXPECT_NE(other->digests[0], set->digests[0]) << "of another set it is another digest";
}

TEST(ScratchSet, IsNotMadeOfAnythingElse) {
    SeededRandomness randomness;
    for (const char* bad : {"", "1234567", "123456789", "1234 5678", "1234-5678", "12345678\n", "1234567a",
                            "7K3M-9QXT-2HVB-W4ZD"}) {
        const auto set = make_scratch_set(secrets({"12345678", bad}), randomness);
        ASSERT_FALSE(set) << bad;
        EXPECT_EQ(set.error().code, Errc::invalid) << bad;
    }
    EXPECT_FALSE(make_scratch_set({}, randomness));
    std::vector<std::string> many;
    for (int i = 0; i < 16; ++i)
        many.push_back(std::to_string(10000000 + i));
    many.push_back(many.front());
    EXPECT_TRUE(make_scratch_set(secrets(many), randomness));
    many.emplace_back("99999999");
    EXPECT_FALSE(make_scratch_set(secrets(many), randomness));
    EXPECT_FALSE(make_recovery_set(5, otp::RecoveryCodeForm::scratch_code, randomness)) << "none are made";
}

Credential credential_with(SeededRandomness& randomness) {
    Credential credential{*AccountName::create("alice"), 1000, now, Method::totp, {}, {}};
    credential.authenticators.push_back(Enrollment::draft({}, randomness).authenticator().clone());
    credential.recovery = std::move(make_recovery_set(3, otp::RecoveryCodeForm::long_code, randomness)->set);
    return credential;
}

TEST(EnrollmentState, IsEnrolledAndNotForcedAndKeepsFailures) {
    SeededRandomness randomness;
    State before;
    before.enrollment_forced = true;
    before.strangers = {42, now, now};
    before.own_uid.count = 3;
    before.known.push_back({own_uid_source(), now, {}});
    const State after = state_after_enrollment(before, credential_with(randomness), {});
    EXPECT_TRUE(after.enrolled);
    EXPECT_FALSE(after.enrollment_forced);
    EXPECT_EQ(after.strangers, before.strangers);
    EXPECT_EQ(after.own_uid, before.own_uid);
    EXPECT_EQ(after.known, before.known);
}

TEST(EnrollmentState, ANewSetHasNoUsedCodesAndTheSameSetKeepsThem) {
    SeededRandomness randomness;
    const Credential credential = credential_with(randomness);
    State before;
    before.recovery = {.id = credential.recovery->id, .used = 5, .last_judged = now};
    EXPECT_EQ(state_after_enrollment(before, credential, {}).recovery, before.recovery);
    const Credential renewed = credential_with(randomness);
    const State after = state_after_enrollment(before, renewed, {});
    EXPECT_EQ(after.recovery.id, renewed.recovery->id);
    EXPECT_EQ(after.recovery.used, 0U);
}

TEST(EnrollmentState, WhatAnAuthenticatorUsedUpStaysUsedUp) {
    SeededRandomness randomness;
    const Credential credential = credential_with(randomness);
    State before;
    before.uses.push_back(
        {.id = credential.authenticators[0].id, .used = true, .last = 99, .last_success = now});
    const State after = state_after_enrollment(before, credential, {});
    EXPECT_EQ(after.uses, before.uses);
    EXPECT_EQ(state_after_enrollment(State{}, credential, {}).uses.size(), 1U);
}

}  // namespace
}  // namespace secondstep::dialogue
