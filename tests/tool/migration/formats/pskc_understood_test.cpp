#include "migration/formats/pskc_understood.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "migration/formats/pskc.h"
#include "tool/migration/formats/reading.h"
#include "tool/migration/formats/xml_of.h"

namespace secondstep::tool {
namespace {

using ::testing::HasSubstr;

const std::string whole =
    R"(<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc" xmlns:v="urn:vendor"><KeyPackage>)"
    R"(<Key Id="k1" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:totp"><AlgorithmParameters>)"
    R"(<Suite>HMAC-SHA1</Suite><ResponseFormat Length="8" Encoding="DECIMAL"/></AlgorithmParameters><Data><Secret>)"
    R"(<PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret><TimeInterval><PlainValue>60</PlainValue>)"
    R"(</TimeInterval></Data><UserId>alice</UserId></Key></KeyPackage></KeyContainer>)";
const std::string right =
    "alice: otpauth://totp/alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=8&period=60 floor=none";

// With `more` behind the first `behind`.
std::string with(std::string_view behind, std::string_view more) {
    std::string text = whole;
    const auto at = text.find(behind);
    EXPECT_NE(at, std::string::npos) << behind;
    return text.insert(at + behind.size(), more);
}

std::string outcome(const std::string& text) {
    const auto reading = read_pskc(xml_of(text), "f", {});
    const auto all = accounts(reading);
    return all.empty() ? unusable(reading).at(0) : all.at(0);
}

TEST(PskcUnderstood, TakesWhatItKnows) {
    EXPECT_EQ(outcome(whole), right);
    EXPECT_EQ(outcome(with("<UserId>alice</UserId>",
                           "<FriendlyName>x</FriendlyName><Extensions><a/></Extensions>")),
              right);
}

TEST(PskcUnderstood, RefusesWhatIsThereTwice) {
    for (const auto& [behind, more] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
             {"</Secret>", "<Secret><PlainValue>MTIzNDU2Nzg=</PlainValue></Secret>"},
             {"</Data>", "<Data><Secret><PlainValue>MTIzNDU2Nzg=</PlainValue></Secret></Data>"},
             {"</Data>", "<Data Name=\"SECRET\"><PlainValue>MTIzNDU2Nzg=</PlainValue></Data>"},
             {"OTA=</PlainValue>", "<PlainValue>MTIzNDU2Nzg=</PlainValue>"},
             {"OTA=</PlainValue>", "<EncryptedValue/>"},
             {"</TimeInterval>", "<TimeInterval><PlainValue>30</PlainValue></TimeInterval>"},
             {">60</PlainValue>", "<PlainValue>30</PlainValue>"},
             {"Encoding=\"DECIMAL\"/>", "<ResponseFormat Length=\"6\"/>"},
             {"</AlgorithmParameters>", "<AlgorithmParameters/>"},
             {"</Suite>", "<Suite>HMAC-SHA256</Suite>"}})
        EXPECT_THAT(outcome(with(behind, more)), HasSubstr("twice")) << more;
}

TEST(PskcUnderstood, RefusesWordsThatMayChangeTheCodes) {
    for (const auto& [behind, more] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
             {"<ResponseFormat", " Digits=\"6\""},
             {"<ResponseFormat", " OTPLength=\"6\""},
             {"<AlgorithmParameters>", "<HashAlgorithm>SHA256</HashAlgorithm>"},
             {"<AlgorithmParameters>", "<TimeStep>30</TimeStep>"},
             {"<Data>", "<Interval><PlainValue>30</PlainValue></Interval>"},
             {"<Data>", "<CounterOffset><PlainValue>30</PlainValue></CounterOffset>"},
             {"</Data>", "<Data Name=\"TIME_STEP\"><PlainValue>30</PlainValue></Data>"},
             {"Id=\"k1\"", " HashAlgo=\"SHA256\""},
             {"<AlgorithmParameters", " Digits=\"6\""}})
        EXPECT_THAT(outcome(with(behind, more)), HasSubstr("is not understood, and it may change the codes"))
            << more;
}

// What a vendor says in a vocabulary of its own is none of PSKC's words, whatever it is called.
TEST(PskcUnderstood, PassesOverOtherVocabularies) {
    for (const auto& [behind, more] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
             {"<Data>", "<v:Secret><v:PlainValue>MTIzNDU2Nzg=</v:PlainValue></v:Secret>"},
             {"<Data>", "<v:TimeInterval><PlainValue>30</PlainValue></v:TimeInterval>"},
             {"<AlgorithmParameters>", "<v:ResponseFormat Length=\"6\"/>"},
             {"<ResponseFormat", " v:Length=\"6\""}})
        EXPECT_EQ(outcome(with(behind, more)), right) << more;
}

}  // namespace
}  // namespace secondstep::tool
