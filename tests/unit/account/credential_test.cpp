#include "account/credential.h"

#include <gtest/gtest.h>

#include "account/text_record.h"
#include "unit/account/format_1.h"
#include "unit/account/sample_account.h"

namespace secondstep {
namespace {

using namespace secondstep::testing;

Credential sent_to_alice() {
    Credential credential = sample_credential("alice", Method::mail);
    credential.authenticators.clear();
    credential.destination = Destination{
        {1, 2, 3, 4, 5, 6, 7, 8}, *delivery::Address::create(delivery::Channel::mail, "alice@example.com")};
    return credential;
}

Credential rich_credential() {
    Credential credential = sample_credential("Anna.Müller", Method::hotp);
    credential.uid.reset();
    for (std::uint8_t i = 2; i <= 4; ++i)
        credential.authenticators.push_back(sample_authenticator(i));
    Authenticator& odd = credential.authenticators[1];
    odd.name = "Täg=1";
    odd.algorithm = otp::Algorithm::sha512;
    odd.digits = otp::Digits::create(8).value();
    odd.period = otp::Period::create(std::chrono::seconds(60)).value();
    odd.floor = UINT64_MAX;
    odd.has_floor = true;
    odd.key = SeededRandomness(9).secret(64);
    odd.added_at = at(-10);
    credential.reserve = {1, 2, 3};
    credential.recovery = sample_recovery_set(16);
    credential.recovery->form = otp::RecoveryCodeForm::long_code;
    return credential;
}

void expect_same(const Credential& a, const Credential& b) {
    EXPECT_EQ(encode(a).text(), encode(b).text());
    EXPECT_EQ(a.account, b.account);
    EXPECT_EQ(a.uid, b.uid);
    EXPECT_EQ(a.enrolled_at, b.enrolled_at);
    EXPECT_EQ(a.method, b.method);
    EXPECT_EQ(a.reserve, b.reserve);
    ASSERT_EQ(a.authenticators.size(), b.authenticators.size());
    for (std::size_t i = 0; i < a.authenticators.size(); ++i) {
        const Authenticator& x = a.authenticators[i];
        const Authenticator& y = b.authenticators[i];
        EXPECT_EQ(x.id, y.id);
        EXPECT_EQ(x.name, y.name);
        EXPECT_EQ(x.algorithm, y.algorithm);
        EXPECT_EQ(x.digits, y.digits);
        EXPECT_EQ(x.period, y.period);
        EXPECT_EQ(x.floor, y.floor);
        EXPECT_EQ(x.has_floor, y.has_floor);
        EXPECT_TRUE(equal_in_constant_time(x.key, y.key));
    }
    ASSERT_EQ(a.recovery.has_value(), b.recovery.has_value());
    if (!a.recovery) return;
    EXPECT_EQ(a.recovery->id, b.recovery->id);
    EXPECT_EQ(a.recovery->form, b.recovery->form);
    EXPECT_TRUE(equal_in_constant_time(a.recovery->pepper, b.recovery->pepper));
    EXPECT_EQ(a.recovery->salt, b.recovery->salt);
    EXPECT_EQ(a.recovery->digests, b.recovery->digests);
}

TEST(Credential, ComesBackFromItsText) {
    Credential without_recovery = sample_credential();
    without_recovery.recovery.reset();
    expect_same(without_recovery, decode_credential(encode(without_recovery)).value());
    expect_same(sample_credential(), decode_credential(encode(sample_credential())).value());
    expect_same(rich_credential(), decode_credential(encode(rich_credential())).value());
}

TEST(Credential, KeepsOneToSixteenScratchCodes) {
    for (const std::size_t codes : {1U, 2U, 16U}) {
        Credential credential = sample_credential();
        credential.recovery = sample_scratch_set(codes);
        expect_same(credential, decode_credential(encode(credential)).value());
    }
}

// The count stands before the form that says how few codes there may be.
TEST(Credential, RefusesTwoCodesOfTheOtherFormsAndFormsItDoesNotKnow) {
    Credential credential = sample_credential();
    credential.recovery = sample_scratch_set(2);
    const std::string text(encode(credential).text());
    const std::string form = "form=scratch\n";
    const std::string body = text.substr(0, text.find("check="));
    const auto with_form = [&](const std::string& other) {
        std::string lines = body;
        lines.replace(lines.find(form), form.size(), "form=" + other + "\n");
        TextRecordWriter out("secondstep-credential", 2);
        for (std::size_t at = lines.find('\n') + 1; at < lines.size(); at = lines.find('\n', at) + 1) {
            const std::string line = lines.substr(at, lines.find('\n', at) - at);
            out.text(line.substr(0, line.find('=')), line.substr(line.find('=') + 1));
        }
        return decode_credential(std::move(out).finish());
    };
    EXPECT_TRUE(with_form("scratch")) << "the control";
    for (const char* other : {"short", "long", "Scratch", "scratch ", "", "unknown", "digits"}) {
        const auto decoded = with_form(other);
        ASSERT_FALSE(decoded) << other;
        EXPECT_EQ(decoded.error().code, Errc::damaged) << other;
    }
}

// Version 1 had one time for all devices, and no reserve.
TEST(Credential, ReadsWhatVersion1Wrote) {
    Credential credential = rich_credential();
    const auto decoded = decode_credential(text_of_version_1(credential));
    ASSERT_TRUE(decoded);
    for (Authenticator& device : credential.authenticators)
        device.added_at = credential.enrolled_at;
    credential.reserve.clear();
    expect_same(*decoded, credential);
}

TEST(Credential, ClonesWhole) {
    expect_same(rich_credential(), rich_credential().clone());
}

TEST(Credential, RefusesEveryFlippedBitOfItsText) {
    const Secret text = encode(rich_credential());
    for_every_flipped_bit(bytes_of(text.bytes()), [](const Bytes& changed, std::size_t bit) {
        EXPECT_FALSE(decode_credential(Secret::copy_of(ByteView(changed)))) << "bit " << bit;
    });
}

TEST(Credential, RefusesEveryTruncationOfItsText) {
    const Secret text = encode(rich_credential());
    for (std::size_t size = 0; size < text.size(); ++size) {
        EXPECT_FALSE(decode_credential(Secret::copy_of(text.bytes().first(size)))) << size;
    }
}

TEST(Credential, SaysThatANewerFormatIsNotDamage) {
    const Secret newer = Secret::copy_of(std::string_view("secondstep-credential 3\nanything"));
    EXPECT_EQ(decode_credential(newer).error().code, Errc::unsupported);
}

// Each changes one thing that encode() writes as it is and that decode must refuse.
TEST(Credential, RefusesImpossibleContents) {
    const auto refused = [](const char* what, void (*change)(Credential&)) {
        Credential credential = sample_credential();
        change(credential);
        const auto decoded = decode_credential(encode(credential));
        ASSERT_FALSE(decoded) << what;
        EXPECT_EQ(decoded.error().code, Errc::damaged) << what;
    };
    refused("no authenticator", [](Credential& c) { c.authenticators.clear(); });
    refused("five authenticators", [](Credential& c) {
        for (std::uint8_t i = 2; i <= 5; ++i)
            c.authenticators.push_back(sample_authenticator(i));
    });
    refused("one id twice", [](Credential& c) { c.authenticators.push_back(sample_authenticator()); });
    refused("an authenticator of a method that has none", [](Credential& c) { c.method = Method::mail; });
    refused("a device name with a line end", [](Credential& c) { c.authenticators[0].name = "a\nkey=00"; });
    refused("a device name of 65 bytes",
            [](Credential& c) { c.authenticators[0].name = std::string(65, 'a'); });
    refused("a device name that is not UTF-8", [](Credential& c) { c.authenticators[0].name = "\xff"; });
    refused("an empty key", [](Credential& c) { c.authenticators[0].key = Secret(); });
    refused("a key of 129 bytes", [](Credential& c) { c.authenticators[0].key = Secret(129); });
    refused("two recovery codes", [](Credential& c) { c.recovery = sample_recovery_set(2); });
    refused("seventeen recovery codes", [](Credential& c) { c.recovery = sample_recovery_set(17); });
    refused("seventeen scratch codes", [](Credential& c) { c.recovery = sample_scratch_set(17); });
    refused("a set without a code", [](Credential& c) { c.recovery = sample_scratch_set(0); });
    refused("a short pepper", [](Credential& c) { c.recovery->pepper = Secret(31); });
    refused("codes that are sent nowhere", [](Credential& c) {
        c.method = Method::mail;
        c.authenticators.clear();
    });
    refused("an address of the other kind", [](Credential& c) {
        c = sent_to_alice();
        c.method = Method::sms;
    });
    refused("an address beside authenticators", [](Credential& c) {
        c.destination = sent_to_alice().destination;
        c.method = Method::mail;
    });
    refused("the uid that means none", [](Credential& c) { c.uid = static_cast<uid_t>(-1); });
}

TEST(Credential, KeepsTheAddressThatCodesAreSentTo) {
    const Credential credential = sent_to_alice();
    const Result<Credential> decoded = decode_credential(encode(credential));
    ASSERT_TRUE(decoded) << decoded.error().detail;
    ASSERT_TRUE(decoded->destination);
    EXPECT_EQ(decoded->destination->address.text(), "alice@example.com");
    EXPECT_EQ(ids_of(*decoded), ids_of(credential));
    EXPECT_EQ(ids_of(*decoded).size(), 1U);
    EXPECT_EQ(credential.clone().destination->address.text(), "alice@example.com");
}

TEST(Method, IsWrittenInWords) {
    for (const Method method : {Method::totp, Method::hotp, Method::mail, Method::sms}) {
        EXPECT_EQ(method_from_text(to_text(method)), method);
    }
    EXPECT_EQ(method_from_text("TOTP"), std::nullopt);
    EXPECT_EQ(method_from_text(""), std::nullopt);
}

}  // namespace
}  // namespace secondstep
