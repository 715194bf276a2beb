// The forms in which vendors hand out PSKC: those of the drafts before RFC 6030, and what they make of the
// RFC's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "migration/formats/pskc.h"
#include "tool/migration/formats/reading.h"
#include "tool/migration/formats/xml_of.h"

namespace secondstep::tool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string secret = "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const std::string base64_key = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=";
const std::string usual_algorithm = "urn:ietf:params:xml:ns:keyprov:pskc:totp";

Result<Reading> read(std::string_view text, const PskcUnlock& unlock = {}) {
    return read_pskc(xml_of(text), "tokens.xml", unlock);
}

std::string one(const Result<Reading>& reading) {
    if (!reading) return reading.error().detail;
    const auto all = accounts(reading);
    return all.empty() ? unusable(reading).at(0) : all.at(0);
}

std::string rfc(const std::string& algorithm, const std::string& data, const std::string& in_key = "") {
    return R"(<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"><KeyPackage><DeviceInfo>)"
           R"(<Manufacturer>Acme</Manufacturer><SerialNo>1001</SerialNo></DeviceInfo><Key Id="k1" Algorithm=")" +
           algorithm + "\">" + in_key + "<Data>" + data + "</Data></Key></KeyPackage></KeyContainer>";
}

std::string with_secret(const std::string& value) {
    return rfc(usual_algorithm, "<Secret><PlainValue>" + value + "</PlainValue></Secret>");
}

std::string draft(const std::string& container, const std::string& name_space, const std::string& device,
                  const std::string& key, const std::string& usage, const std::string& data) {
    return "<" + container + " xmlns=\"" + name_space + "\"><Device><" + device +
           "><Manufacturer>Acme</Manufacturer><SerialNo>1001</SerialNo></" + device + "><" + key +
           "><Issuer>Shop</Issuer>" + usage + data + "</" + key.substr(0, key.find(' ')) + "></Device></" +
           container + ">";
}

const std::string named_data = "<Data Name=\"SECRET\"><PlainValue>" + base64_key +
                               "</PlainValue></Data><Data Name=\"COUNTER\"><PlainValue>AAAAAAAAAAw="
                               "</PlainValue></Data>";
const std::string hotp_of_shop =
    ": otpauth://hotp/Shop:Acme%201001" + secret + "&issuer=Shop&digits=8&counter=12 floor=11";

TEST(PskcForms, ReadsTheDraftWithDeviceIdAndNamedData) {
    const auto reading =
        read(draft("KeyContainer", "urn:ietf:params:xml:ns:keyprov:container:1.0", "DeviceId",
                   R"(Key KeyAlgorithm="http://www.ietf.org/keyprov/pskc#hotp" KeyId="1001")",
                   R"(<Usage OTP="true"><ResponseFormat Format="DECIMAL" Length="8"/></Usage>)", named_data));
    EXPECT_EQ(one(reading), hotp_of_shop);
    EXPECT_EQ(reading->accounts.at(0).tokens.at(0).serial, "1001");
}

TEST(PskcForms, ReadsTheFirstDraftOfAll) {
    EXPECT_EQ(one(read(draft("SecretContainer", "http://www.openauthentication.org/OATH/2006/08/PSKC",
                             "DeviceId", R"(Secret SecretAlgorithm="HOTP" SecretId="1001")",
                             R"(<Usage><ResponseFormat format="DECIMAL" length="8"/></Usage>)",
                             "<Data Name=\"SECRET\"><Value>" + base64_key +
                                 "</Value><ValueDigest>WldjTHZw</ValueDigest></Data>"
                                 "<Data Name=\"COUNTER\"><Value>AAAAAAAAAAw=</Value></Data>"))),
              hotp_of_shop);
}

TEST(PskcForms, ReadsTheDraftThatAlmostWasTheRfc) {
    const std::string data =
        "<Data><Secret><PlainValue>\n  " + base64_key +
        "\n</PlainValue></Secret><TimeInterval><PlainValue>60</PlainValue></TimeInterval></Data>";
    EXPECT_EQ(
        one(read(draft("KeyContainer", "urn:ietf:params:xml:ns:keyprov:pskc:1.0", "DeviceInfo",
                       R"(Key KeyAlgorithm="urn:ietf:params:xml:ns:keyprov:pskc#totp" KeyId="1001")",
                       R"(<Usage OTP="true"><ResponseFormat Length="6" Format="DECIMAL"/></Usage>)", data))),
        ": otpauth://totp/Shop:Acme%201001" + secret + "&issuer=Shop&period=60 floor=none");
}

// Of the key's own making: AES-128-CBC with one vector for the file, HMAC-SHA1 of the value itself.
std::string actividentity(const std::string& value, const std::string& digest,
                          const std::string& mac = "hmac-sha1") {
    return R"(<KeyContainer xmlns="urn:ietf:params:xml:ns:keyprov:container:1.0" version="1.0"><EncryptionMethod )"
           R"(Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"><IV>AAECAwQFBgcICQoLDA0ODw==</IV></EncryptionMethod>)"
           R"(<DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#)" +
           mac +
           R"("/><Device><DeviceId><Manufacturer>ActivIdentity</Manufacturer><SerialNo>0950380269</SerialNo></DeviceId>)"
           R"(<Key KeyAlgorithm="http://www.ietf.org/keyprov/pskc#hotp" KeyId="0950380269"><Usage OTP="true">)"
           R"(<ResponseFormat Format="DECIMAL" Length="8"/></Usage><Data Name="SECRET"><Value>)" +
           value + "</Value>" + digest +
           R"(</Data><Data Name="COUNTER"><Value>AAAAAAAAAAw=</Value></Data></Key></Device></KeyContainer>)";
}

TEST(PskcForms, OpensActivIdentitysFiles) {
    const std::string value = "5wgci2UHdatrUNSnFW87HaV5/VWY08IyXyPBmohSoa8=";
    const std::string digest = "<ValueDigest>zdrZbGBj9BDZJzunbfAG3kyZyYc=</ValueDigest>";
    const auto unlock = [](std::string_view digits) {
        return PskcUnlock{.key = std::move(*pre_shared_key_of(digits)), .password = std::nullopt};
    };
    const PskcUnlock key = unlock("12345678901234567890123456789012");
    EXPECT_EQ(protection_of_pskc(xml_of(actividentity(value, digest))), PskcProtection::pre_shared_key);
    EXPECT_EQ(one(read(actividentity(value, digest), key)),
              ": otpauth://hotp/ActivIdentity%200950380269" + secret + "&digits=8&counter=12 floor=11");
    EXPECT_THAT(one(read(actividentity(value, digest), unlock("12345678901234567890123456789013"))),
                HasSubstr("does not fit"));
    EXPECT_THAT(one(read(actividentity("5wgci2UHdatrUNSnFW87HqV5/VWY08IyXyPBmohSoa8=", digest), key)),
                ::testing::AnyOf(HasSubstr("does not fit"), HasSubstr("MAC is wrong")));
    EXPECT_THAT(
        one(read(actividentity(value, "<ValueDigest>zdrZbGBj9BDZJzunbfAG3kyZyYg=</ValueDigest>"), key)),
        HasSubstr("MAC is wrong"));
    EXPECT_THAT(one(read(actividentity(value, ""), key)), HasSubstr("MAC is missing"));
    EXPECT_THAT(one(read(actividentity(value, digest, "hmac-md5"), key)), HasSubstr("MAC is none of"));
    EXPECT_THAT(one(read(actividentity(value, digest))), HasSubstr("encrypted with a pre-shared key"));
}

TEST(PskcForms, NamesTheEncryptionOfBeforeTheRfcThatItDoesNotHave) {
    const std::string text =
        R"(<KeyContainer><EncryptionMethod algorithm="PBE-3DES112-CBC"/><Device/></KeyContainer>)";
    EXPECT_THAT(one(read(text)), HasSubstr("PBE"));
}

TEST(PskcForms, TheAlgorithmIsTheLastWord) {
    const std::string data = "<Secret><PlainValue>" + base64_key + "</PlainValue></Secret>";
    for (const std::string algorithm :
         {"totp", "TOTP", "urn:ietf:params:xml:ns:keyprov:pskc#totp", "http://www.ietf.org/keyprov/pskc#totp",
          "urn:ietf:params:xml:ns:keyprov:pskc:totp"}) {
        EXPECT_EQ(one(read(rfc(algorithm, data))), ": otpauth://totp/Acme%201001" + secret + " floor=none")
            << algorithm;
    }
    EXPECT_THAT(one(read(rfc("urn:ietf:params:xml:ns:keyprov:pskc:ocra", data))),
                HasSubstr("Its algorithm is urn:ietf:params:xml:ns:keyprov:pskc:ocra, and Secondstep has"));
    EXPECT_THAT(one(read(rfc("http://www.yubico.com/#yubikey-aes", data))), HasSubstr("#yubikey-aes"));
    EXPECT_THAT(one(read(rfc("", data))), HasSubstr("does not say what kind"));
    for (const std::string text : {"my password", "urn: x", "totp-sha256", "root:$6$abc"})
        EXPECT_THAT(one(read(rfc(text, data))), HasSubstr("neither hotp nor totp")) << text;
}

TEST(PskcForms, FortyHexadecimalDigitsAreNoBase64) {
    const auto reading = read(with_secret("3132333435363738393031323334353637383930"));
    EXPECT_EQ(one(reading), ": otpauth://totp/Acme%201001" + secret + " floor=none");
    EXPECT_THAT(reading->accounts.at(0).remarks, ElementsAre(HasSubstr("written in hexadecimal")));
    EXPECT_THAT(reading->accounts.at(0).doubt, IsEmpty());
    EXPECT_EQ(one(read(with_secret("31323334 35363738 39303132 33343536 37383930"))), one(reading));
    EXPECT_THAT(one(read(with_secret("DEADBEEF"))), HasSubstr("nobody can tell"));
    EXPECT_THAT(one(read(with_secret("deadbeefdeadbeefdeadbeefdead"))), HasSubstr("nobody can tell"));
    EXPECT_THAT(one(read(with_secret("MTIzNA=="))), HasSubstr("?secret=GEZDGNA"));
}

TEST(PskcForms, CountersAreNumbersHoweverTheyAreWritten) {
    const auto counter = [](const std::string& value) {
        return one(read(rfc("hotp", "<Secret><PlainValue>" + base64_key +
                                        "</PlainValue></Secret><Counter><PlainValue>" + value +
                                        "</PlainValue></Counter>")));
    };
    EXPECT_THAT(counter("831791"), HasSubstr("&counter=831791 "));
    EXPECT_THAT(counter("NzA5Nzkx"), HasSubstr("&counter=709791 ")) << "the digits in base64";
    EXPECT_THAT(counter("AAYxSg=="), HasSubstr("&counter=405834 ")) << "four bytes in base64";
    EXPECT_THAT(counter("AAAAAAAAAAA="), HasSubstr("&counter=0 "));
    EXPECT_THAT(counter("AAAAAAAAAAAA"), HasSubstr("Counter is not a number")) << "nine bytes";
    EXPECT_THAT(counter(""), HasSubstr("Counter is not a number"));
}

TEST(PskcForms, SaysWhatElseItCannotTakeOver) {
    const std::string data = "<Secret><PlainValue>" + base64_key + "</PlainValue></Secret>";
    EXPECT_THAT(one(read(rfc("hotp", "", "<KeyReference>MasterKeyLabel</KeyReference>"))),
                HasSubstr("derived from one that only the vendor has"));
    EXPECT_THAT(
        one(read(rfc(
            "totp", data,
            R"(<AlgorithmParameters><ResponseFormat Length="6" CheckDigit="TRUE"/></AlgorithmParameters>)"))),
        HasSubstr("check digit"));
    const auto later = read(rfc("totp", data + "<Time><PlainValue>1234567</PlainValue></Time>"));
    EXPECT_THAT(later->accounts.at(0).doubt, HasSubstr("Time other than 0"));
    EXPECT_THAT(one(read("<Tokens><Token serial=\"1\"/></Tokens>")), HasSubstr("SafeNet"));
    EXPECT_THAT(one(read("<html/>")), HasSubstr("no KeyContainer"));
}

TEST(PskcForms, RemarksOnAKeyAsLongAsThoseOfAnotherHash) {
    const std::string long_key = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=";
    const auto silent = read(with_secret(long_key));
    EXPECT_THAT(silent->accounts.at(0).remarks, ElementsAre(HasSubstr("as keys for SHA-256 have")));
    const auto named = read(rfc("totp", "<Secret><PlainValue>" + long_key + "</PlainValue></Secret>",
                                "<AlgorithmParameters><Suite>HMAC-SHA256</Suite></AlgorithmParameters>"));
    EXPECT_THAT(named->accounts.at(0).remarks, IsEmpty());
    EXPECT_THAT(one(named), HasSubstr("algorithm=SHA256"));
}

// As Yubico's personalization tool logs them: a device has a key for each slot.
TEST(PskcForms, KnowsTheKeysOfADeviceByTheirIds) {
    const auto package = [](const std::string& slot) {
        return "<KeyPackage><DeviceInfo><Manufacturer>Yubico</Manufacturer><SerialNo>508326</SerialNo></DeviceInfo>"
               "<CryptoModuleInfo><Id>" +
               slot + "</Id></CryptoModuleInfo><Key Id=\"508326:" + slot +
               R"(" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp"><AlgorithmParameters><ResponseFormat Length="6" )"
               R"(Encoding="DECIMAL"/></AlgorithmParameters><Data><Secret><PlainValue>)" +
               base64_key +
               "</PlainValue></Secret><Counter><PlainValue>0</PlainValue></Counter></Data></Key></KeyPackage>";
    };
    const auto reading = read(R"(<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc">)" +
                              package("1") + package("2") + "</KeyContainer>");
    ASSERT_EQ(reading->accounts.size(), 2U) << everything_said(reading);
    EXPECT_EQ(reading->accounts[1].tokens[0].serial, "508326");
    EXPECT_EQ(reading->accounts[1].tokens[0].id, "508326:2");
}

}  // namespace
}  // namespace secondstep::tool
