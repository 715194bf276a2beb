#include "migration/formats/pskc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/text.h"
#include "support/failure.h"
#include "tool/migration/formats/reading.h"
#include "tool/migration/formats/xml_of.h"

namespace secondstep::tool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string secret = "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

PskcUnlock with_key(std::string_view digits) {
    auto key = pre_shared_key_of(digits);
    return {.key = key ? std::move(*key) : Secret(), .password = std::nullopt};
}

PskcUnlock with_password(std::string_view text) {
    return {.key = std::nullopt, .password = Secret::copy_of(text)};
}

Result<Reading> read(std::string_view text, const PskcUnlock& unlock = {}) {
    return read_pskc(xml_of(text), "tokens.xml", unlock);
}

// A key package with these elements in Key, of the algorithm hotp or totp.
std::string container(std::string_view kind, std::string_view in_key, std::string_view in_device = {}) {
    return R"(<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"><KeyPackage><DeviceInfo>)" +
           std::string(in_device) +
           R"(</DeviceInfo><Key Id="k1" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:)" +
           std::string(kind) + "\">" + std::string(in_key) + "</Key></KeyPackage></KeyContainer>";
}

// With the usual secret, and `data` beside it in Data.
std::string with_data(std::string_view kind, std::string_view data, std::string_view in_key = {}) {
    return container(kind, "<Data><Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret>" +
                               std::string(data) + "</Data>" + std::string(in_key));
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    const std::size_t at = text.find(what);
    return at == std::string::npos ? "nothing to replace" : text.replace(at, what.size(), with);
}

std::string one(const Result<Reading>& reading) {
    if (!reading) return reading.error().detail;
    const auto all = accounts(reading);
    return all.empty() ? unusable(reading).at(0) : all.at(0);
}

std::string remark(const Result<Reading>& reading) {
    return reading && !reading->accounts.empty() && !reading->accounts[0].remarks.empty()
               ? reading->accounts[0].remarks[0]
               : "none";
}

TEST(Pskc, ReadsThePlainFiguresOfTheRfc) {
    const auto minimal = read(data_file("rfc6030-figure2.xml"));
    EXPECT_EQ(one(minimal),
              ": otpauth://hotp/Issuer-A:token?secret=GEZDGNA&issuer=Issuer-A&counter=0 floor=none");
    EXPECT_THAT(remark(minimal), HasSubstr("32 bits"));
    const auto with_pin = read(data_file("rfc6030-figure5.xml"));
    EXPECT_THAT(accounts(with_pin), ElementsAre(": otpauth://hotp/Issuer:Manufacturer%20987654321" + secret +
                                                "&issuer=Issuer&digits=8&counter=0 floor=none"));
    EXPECT_THAT(unusable(with_pin), ElementsAre(HasSubstr("tokens.xml: key number 2|It is a PIN")));
}

TEST(Pskc, ReadsThePreSharedKeyFigureOfTheRfc) {
    const auto reading = read(data_file("rfc6030-figure6.xml"), with_key("12345678901234567890123456789012"));
    EXPECT_THAT(accounts(reading), ElementsAre(": otpauth://hotp/Issuer:Manufacturer%20987654321" + secret +
                                               "&issuer=Issuer&digits=8&counter=0 floor=none"));
}

// Its secret is 1234567890 1234567890 in hexadecimal, as its errata say.
TEST(Pskc, ReadsThePasswordFigureOfTheRfc) {
    const auto reading = read(data_file("rfc6030-figure7.xml"), with_password("qwerty"));
    ASSERT_TRUE(reading.has_value()) << reading.error().detail;
    ASSERT_EQ(reading->accounts.size(), 1U) << everything_said(reading);
    EXPECT_EQ(hex(reading->accounts[0].tokens[0].token.key.bytes()),
              "3132333435363738393031323334353637383930");
}

TEST(Pskc, ReadsEveryKeySize) {
    for (const std::string bits : {"128", "192", "256"}) {
        std::string key;
        for (unsigned byte = 0; byte < std::stoul(bits) / 8; ++byte)
            key += static_cast<char>(byte);
        const std::string text = data_file("pskc-aes" + bits + ".xml");
        for (const std::string& content : {key, hex(as_bytes(key)) + "\n"}) {
            EXPECT_THAT(
                accounts(read(text, with_key(content))),
                ElementsAre(
                    "alice: otpauth://hotp/Example:alice" + secret + "&issuer=Example&counter=300 floor=299",
                    "bob: otpauth://totp/Example:bob?secret=GA4TQNZWGU2DGMRRGA4TQNZWGU2DGMRR&issuer="
                    "Example&period=60 floor=none"))
                << bits;
        }
    }
}

TEST(Pskc, ReadsEveryPasswordDerivation) {
    for (const std::string_view prf : {"sha1", "sha256"}) {
        const auto reading =
            read(data_file("pskc-password-" + std::string(prf) + ".xml"), with_password("correct horse"));
        EXPECT_EQ(one(reading),
                  "alice: otpauth://hotp/Example:alice" + secret + "&issuer=Example&counter=300 floor=299");
    }
}

TEST(Pskc, SaysWhatHasToBeAskedFor) {
    EXPECT_EQ(protection_of_pskc(xml_of(data_file("rfc6030-figure5.xml"))), PskcProtection::none);
    EXPECT_EQ(protection_of_pskc(xml_of(data_file("rfc6030-figure6.xml"))), PskcProtection::pre_shared_key);
    EXPECT_EQ(protection_of_pskc(xml_of(data_file("rfc6030-figure7.xml"))), PskcProtection::password);
    EXPECT_THAT(one(read(data_file("rfc6030-figure6.xml"))), HasSubstr("encrypted with a pre-shared key"));
    EXPECT_THAT(one(read(data_file("rfc6030-figure7.xml"))), HasSubstr("encrypted with a password"));
    const std::string certificate = replaced(data_file("rfc6030-figure6.xml"),
                                             "<ds:KeyName>Pre-shared-key</ds:KeyName>", "<ds:X509Data/>");
    EXPECT_EQ(testing::failure(protection_of_pskc(xml_of(certificate))), Errc::unsupported);
}

TEST(Pskc, AnotherKeyOrPasswordDoesNotFit) {
    EXPECT_THAT(one(read(data_file("rfc6030-figure6.xml"), with_key("12345678901234567890123456789013"))),
                HasSubstr("does not fit"));
    EXPECT_THAT(one(read(data_file("rfc6030-figure6.xml"),
                         with_key("123456789012345678901234567890120000000000000000"))),
                HasSubstr("must have 16"));
    EXPECT_THAT(one(read(data_file("rfc6030-figure7.xml"), with_password("qwertz"))),
                HasSubstr("does not fit"));
}

// The cipher text of the secret, its first bytes (the initialization vector) changed: that changes the key's
// first bytes as one likes, unless the MAC is checked.
TEST(Pskc, BelievesNothingWhoseMacIsWrong) {
    const PskcUnlock key = with_key("12345678901234567890123456789012");
    const std::string figure = data_file("rfc6030-figure6.xml");
    EXPECT_THAT(one(read(replaced(figure, "AAECAwQFBgcI", "BBECAwQFBgcI"), key)), HasSubstr("MAC is wrong"));
    EXPECT_THAT(one(read(replaced(figure, "Su+NvtQf", "Su+NvtQg"), key)), HasSubstr("MAC is wrong"));
    EXPECT_THAT(one(read(replaced(figure, "Su+NvtQfmvfJzF6bmQiJqoLRExc=", ""), key)),
                HasSubstr("MAC is wrong"));
    EXPECT_THAT(one(read(replaced(figure, "Su+NvtQfmvfJzF6bmQiJqoLRExc=", "Su8="), key)),
                HasSubstr("MAC is wrong"));
    EXPECT_THAT(one(read(replaced(replaced(figure, "<ValueMAC>", "<V>"), "</ValueMAC>", "</V>"), key)),
                HasSubstr("its MAC is missing"));
    EXPECT_THAT(one(read(replaced(replaced(figure, "<MACMethod ", "<M "), "</MACMethod>", "</M>"), key)),
                HasSubstr("without a MAC"));
}

TEST(Pskc, RefusesOtherEncryption) {
    const PskcUnlock key = with_key("12345678901234567890123456789012");
    const std::string figure = data_file("rfc6030-figure6.xml");
    EXPECT_THAT(one(read(replaced(figure, "xmldsig#hmac-sha1", "xmldsig#hmac-md5"), key)),
                HasSubstr("HMAC-SHA1"));
    EXPECT_THAT(one(read(replaced(figure, "xmlenc#aes128-cbc", "xmlenc#tripledes-cbc"), key)),
                HasSubstr("CBC mode"));
    const std::string password = data_file("rfc6030-figure7.xml");
    EXPECT_THAT(one(read(replaced(password, ">1000<", ">0<"), with_password("qwerty"))),
                HasSubstr("IterationCount"));
    EXPECT_THAT(one(read(replaced(password, ">1000<", ">4000000000<"), with_password("qwerty"))),
                HasSubstr("IterationCount"));
    EXPECT_THAT(one(read(replaced(password, ">16<", ">1000<"), with_password("qwerty"))),
                HasSubstr("KeyLength"));
    EXPECT_THAT(one(read(replaced(password, "#pbkdf2", "#scrypt"), with_password("qwerty"))),
                HasSubstr("PBKDF2"));
}

TEST(Pskc, AnEncryptedFileCutAnywhereIsAnErrorOrUnusable) {
    const PskcUnlock key = with_key("12345678901234567890123456789012");
    const std::string figure = data_file("rfc6030-figure6.xml");
    for (std::size_t size = 0; size + 2 < figure.size(); ++size) {
        const auto reading = read(std::string_view(figure).substr(0, size), key);
        EXPECT_THAT(reading ? accounts(reading) : std::vector<std::string>{}, IsEmpty()) << size;
    }
}

TEST(Pskc, ReadsATimeBasedToken) {
    const auto reading =
        read(with_data("totp",
                       "<Time><PlainValue>0</PlainValue></Time>"
                       "<TimeInterval><PlainValue>60</PlainValue></TimeInterval>"
                       "<TimeDrift><PlainValue>4</PlainValue></TimeDrift>",
                       "<AlgorithmParameters><Suite>HMAC-SHA256</Suite>"
                       "<ResponseFormat Length=\"8\" Encoding=\"DECIMAL\"/></AlgorithmParameters>"
                       "<UserId>alice</UserId>"));
    EXPECT_EQ(one(reading),
              "alice: otpauth://totp/alice" + secret + "&algorithm=SHA256&digits=8&period=60 floor=none");
    EXPECT_THAT(remark(reading), HasSubstr("TimeDrift"));
    EXPECT_EQ(one(read(with_data("totp", ""))), ": otpauth://totp/token" + secret + " floor=none");
}

TEST(Pskc, TheCounterIsTheNextOne) {
    EXPECT_THAT(one(read(with_data("hotp", "<Counter><PlainValue>9</PlainValue></Counter>"))),
                HasSubstr("&counter=9 floor=8"));
    EXPECT_THAT(one(read(with_data("hotp", "<Counter><PlainValue>x</PlainValue></Counter>"))),
                HasSubstr("Counter is not a number"));
    EXPECT_THAT(one(read(with_data("hotp", "<Counter><PlainValue>-1</PlainValue></Counter>"))),
                HasSubstr("Counter is not a number"));
}

TEST(Pskc, TheUserIsTheKeysOrTheDevices) {
    const std::string data =
        "<Data><Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret></Data>";
    const std::string device = "<UserId>CN=bob,DC=example</UserId>";
    EXPECT_THAT(one(read(container("totp", data + "<UserId>UID=alice,DC=example,DC=net</UserId>", device))),
                HasSubstr("alice: "));
    EXPECT_THAT(one(read(container("totp", data, device))), HasSubstr("bob: "));
    EXPECT_THAT(one(read(container("totp", data))), HasSubstr(": otpauth://totp/token?"));
}

TEST(Pskc, ReadsDistinguishedNames) {
    EXPECT_EQ(user_of_distinguished_name("jsmith"), "jsmith");
    EXPECT_EQ(user_of_distinguished_name("UID=jsmith,DC=example,DC=net"), "jsmith");
    EXPECT_EQ(user_of_distinguished_name("cn=J. Smith , uid = js"), "js");
    EXPECT_EQ(user_of_distinguished_name("CN=Smith\\, J\\2e+O=x"), "Smith, J.");
    EXPECT_EQ(user_of_distinguished_name("DC=example"), "");
    EXPECT_EQ(user_of_distinguished_name("CN=\\"), "\\");
    EXPECT_EQ(user_of_distinguished_name(""), "");
}

TEST(Pskc, SaysWhatCannotBeCarriedOver) {
    EXPECT_THAT(
        one(read(with_data("ocra", ""))),
        HasSubstr("tokens.xml: key number 1|Its algorithm is urn:ietf:params:xml:ns:keyprov:pskc:ocra"));
    EXPECT_THAT(one(read(with_data("hotp", "", "<Policy><PINPolicy PINUsageMode=\"Append\"/></Policy>"))),
                HasSubstr("PIN"));
    for (const std::string_view format :
         {"Length=\"5\" Encoding=\"DECIMAL\"", "Length=\"0\"", "Length=\"6\" Encoding=\"HEXADECIMAL\"",
          "Length=\"6\" CheckDigits=\"true\"", "Length=\"x\""}) {
        EXPECT_THAT(one(read(with_data("hotp", "",
                                       "<AlgorithmParameters><ResponseFormat " + std::string(format) +
                                           "/></AlgorithmParameters>"))),
                    HasSubstr("code"))
            << format;
    }
    EXPECT_THAT(
        one(read(with_data("totp", "", "<AlgorithmParameters><Suite>MD5</Suite></AlgorithmParameters>"))),
        HasSubstr("The algorithm is md5"));
    for (const std::string_view interval : {"0", "14", "121", "4294967326", "x"}) {
        EXPECT_THAT(one(read(with_data("totp", "<TimeInterval><PlainValue>" + std::string(interval) +
                                                   "</PlainValue></TimeInterval>"))),
                    ::testing::AnyOf(HasSubstr("The period is "), HasSubstr("Its codes last "),
                                     HasSubstr("TimeInterval is not a number")))
            << interval;
    }
    EXPECT_THAT(one(read(container("hotp", ""))), HasSubstr("no Secret"));
    EXPECT_THAT(one(read(container("hotp", "<Data><Secret><PlainValue/></Secret></Data>"))),
                HasSubstr("key is empty"));
    EXPECT_THAT(one(read(container("hotp", "<Data><Secret><PlainValue>!</PlainValue></Secret></Data>"))),
                HasSubstr("not base64"));
    EXPECT_THAT(one(read(container("hotp", "<Data><Secret><PlainValue>" + std::string(1336, 'A') +
                                               "</PlainValue></Secret></Data>"))),
                HasSubstr("longer than 128 bytes"));
    EXPECT_THAT(one(read(container("hotp", "<Data><Secret><EncryptedValue/></Secret></Data>"))),
                HasSubstr("says nothing of a key"));
    EXPECT_THAT(
        remark(read(with_data("totp", "", "<Policy><ExpiryDate>2006-05-31T00:00:00Z</ExpiryDate></Policy>"))),
        HasSubstr("2006-05-31"));
}

std::string refused(std::string_view text) {
    const auto reading = read(text);
    return reading ? "accepted" : reading.error().detail;
}

TEST(Pskc, RefusesBillionLaughs) {
    std::string text = "<!DOCTYPE x [<!ENTITY a0 \"ha\">";
    for (int i = 1; i < 30; ++i) {
        const std::string before = "&a" + std::to_string(i - 1) + ";";
        text += "<!ENTITY a" + std::to_string(i) + " \"";
        for (int j = 0; j < 10; ++j)
            text += before;
        text += "\">";
    }
    text += "]><KeyContainer>&a29;</KeyContainer>";
    EXPECT_THAT(refused(text), HasSubstr("DOCTYPE"));
}

TEST(Pskc, RefusesExternalEntities) {
    EXPECT_THAT(
        refused("<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><KeyContainer>&a;</KeyContainer>"),
        HasSubstr("DOCTYPE"));
    EXPECT_THAT(refused("<!DOCTYPE KeyContainer SYSTEM \"http://127.0.0.1:1/x.dtd\"><KeyContainer/>"),
                HasSubstr("DOCTYPE"));
    EXPECT_THAT(refused("<KeyContainer>&a;</KeyContainer>"), HasSubstr("not XML"));
}

TEST(Pskc, RefusesNestingAndSize) {
    std::string nested;
    for (int i = 0; i < 3'000'000; ++i)
        nested += "<a>";
    EXPECT_THAT(refused(nested), HasSubstr("not XML"));
    nested.resize(std::size_t{100} << 20, 'x');
    EXPECT_THAT(refused(nested), HasSubstr("32 MiB"));
}

TEST(Pskc, RefusesWhatIsNoContainer) {
    for (const std::string_view text : {"", "x", "<a/>", "<KeyContainer>", "<KeyContainer/>x", "\xff\xfe<"}) {
        EXPECT_NE(refused(text), "accepted") << text;
    }
    EXPECT_THAT(accounts(read("<KeyContainer/>")), IsEmpty());
}

TEST(Pskc, SaysNoSecret) {
    const std::string text = with_data("SECRET", "");
    EXPECT_EQ(everything_said(read(text)).find("MTIz"), std::string::npos);
    EXPECT_EQ(everything_said(read(replaced(text, "MTIz", "MTIz!"))).find("MTIz"), std::string::npos);
    EXPECT_EQ(everything_said(read("<KeyContainer>SECRET<")).find("SECRET"), std::string::npos);
}

TEST(Pskc, APreSharedKeyIsHexadecimalOrRaw) {
    EXPECT_EQ(pre_shared_key_of("12345678901234567890123456789012")->size(), 16U);
    EXPECT_EQ(pre_shared_key_of("12345678901234567890123456789012\r\n")->size(), 16U);
    EXPECT_EQ(pre_shared_key_of("0123456789abcdef")->text(), "0123456789abcdef");
    EXPECT_EQ(pre_shared_key_of("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")->size(), 32U);
    EXPECT_EQ(testing::failure(pre_shared_key_of("short")), Errc::invalid);
    EXPECT_EQ(testing::failure(pre_shared_key_of("")), Errc::invalid);
}

}  // namespace
}  // namespace secondstep::tool
