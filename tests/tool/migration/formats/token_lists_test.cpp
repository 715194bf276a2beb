// The lists of tokens that vendors and other systems write, which have other columns than our own, or none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "migration/formats/token_csv.h"
#include "tool/migration/formats/reading.h"

namespace secondstep::tool {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const std::string hex_key = "3132333435363738393031323334353637383930";

Result<Reading> read(std::string_view text, std::string_view columns = "") {
    auto choice = columns.empty() ? ColumnChoice{} : ColumnChoice::create(columns);
    if (!choice) return std::unexpected(choice.error());
    return read_token_csv(text, "tokens.csv", *choice);
}

std::string refusal(std::string_view text, std::string_view columns = "") {
    const auto reading = read(text, columns);
    if (!reading) return reading.error().detail;
    return unusable(reading).empty() ? "taken" : unusable(reading).at(0);
}

const ImportedToken& first_token(const Result<Reading>& reading) {
    return reading.value().accounts.at(0).tokens.at(0);
}

TEST(TokenLists, ReadsThoseForEntra) {
    const auto reading = read(
        "upn,serial number,secret key,time interval,manufacturer,model\n"
        "alice@corp.example,2300000001," +
        key + ",60,Acme,C1\n");
    EXPECT_THAT(accounts(reading),
                ElementsAre("alice@corp.example: otpauth://totp/alice%40corp.example?secret=" + key +
                            "&period=60 floor=none"));
    EXPECT_EQ(first_token(reading).name, "Acme C1 2300000001");
    EXPECT_EQ(first_token(reading).serial, "2300000001");
    EXPECT_THAT(reading->remarks, IsEmpty());
}

// Before a user was added to it.
TEST(TokenLists, ADeviceWithoutAUserKeepsItsSerialNumber) {
    const auto reading = read("serial number,secret key,timeinterval,manufacturer,model\n10001001," + key +
                              ",60,Deepnet Security,SafeID/Classic\n");
    EXPECT_THAT(accounts(reading), ElementsAre(HasSubstr(": otpauth://totp/")));
    EXPECT_EQ(reading->accounts.at(0).user, "");
    EXPECT_EQ(first_token(reading).serial, "10001001");
}

TEST(TokenLists, AColumnMoreIsPassedOverWithARemark) {
    const auto reading = read("user,secret,serial,room,colour\nalice," + key + ",1,12,red\n");
    EXPECT_THAT(accounts(reading), ElementsAre(HasSubstr("alice: ")));
    EXPECT_THAT(
        reading->remarks,
        ElementsAre("Columns 4 (room) and 5 (colour) of the first line are not known here and passed over."));
}

TEST(TokenLists, AColumnThatMayMakeOtherCodesIsNot) {
    for (const std::string header :
         {"algorythm", "Algo", "hash function", "hmac", "digit count", "dgits", "code length", "Periode",
          "time steps", "interval (s)", "seconds", "countr", "start counter", "token type", "tpye", "secrets",
          "private key", "epoch", "clock drift"}) {
        EXPECT_THAT(
            refusal("user,secret," + header + "\nalice," + key + ",x\n"),
            AllOf(HasSubstr("column 3 of the first line resembles \""), HasSubstr("--columns ignore=HEADER")))
            << header;
    }
    EXPECT_EQ(refusal("user,secret,Token Type\nalice," + key + ",C200\n", "ignore=token type"), "taken");
    EXPECT_EQ(refusal("user,secret,Token Type\nalice," + key + ",hotp\n", "type=\"Token Type\""), "taken");
}

TEST(TokenLists, AColumnWhoseNameIsAWordOfCodesIsNot) {
    for (const std::string header :
         {"mode", "OTP mode", "otpformat", "encoding", "format", "len", "size", "code size", "t0", "sha",
          "digest", "crypto", "suite", "hotp", "totp", "PIN", "code_size"})
        EXPECT_THAT(refusal("user,secret," + header + "\nalice," + key + ",x\n"),
                    AllOf(HasSubstr("column 3 of the first line"), HasSubstr("--columns ignore=HEADER")))
            << header;
    EXPECT_EQ(refusal("user,secret,pin\nalice," + key + ",x\n", "ignore=pin"), "taken");
    EXPECT_EQ(refusal("user,secret,information,shipping\nalice," + key + ",x,y\n"), "taken");
}

// Whatever it is called, or not called.
TEST(TokenLists, AColumnWhoseValuesAreThoseOfCodesIsNot) {
    for (const std::string value : {"SHA1", "SHA256", "sha-512", "HmacSHA256", "hotp", "TOTP", "6", "7", "8",
                                    "30", "60", "hex", "base32", "decimal"}) {
        for (const std::string header : {"colour", "zz", ""})
            EXPECT_THAT(
                refusal("user,secret," + header + "\nalice," + key + "," + value + "\nbob," + key + ",\n"),
                HasSubstr("column 3 may change the codes, by what stands in it"))
                << value << header;
    }
    EXPECT_EQ(refusal("user,secret,colour\nalice," + key + ",8\n", "ignore=colour"), "taken");
    EXPECT_EQ(refusal("user,secret,colour\nalice," + key + ",8\nbob," + key + ",red\n"), "taken");
}

TEST(TokenLists, ALineWithMoreFieldsThanColumnsIsRefused) {
    const std::string why = "The line has more fields than the list has columns";
    EXPECT_THAT(refusal("user,secret\nalice," + key + ",8,60,SHA256\n"), HasSubstr("csv:2|" + why));
    EXPECT_EQ(refusal("user,secret\nalice," + key + ",,\n"), "taken");
    EXPECT_THAT(refusal("AC1," + hex_key + ",totp,6,30\nAC2," + hex_key + ",totp,6,30,SHA256\n"),
                HasSubstr("csv:2|" + why));
    EXPECT_THAT(refusal("alice," + key + "\nbob," + key + ",8\n", "user=1,secret=2"),
                HasSubstr("csv:2|" + why));
}

TEST(TokenLists, ColumnsCanBeNamed) {
    const auto reading =
        read("Wer,Was,Wie lange\nalice," + key + ",60\n", "user=wer,secret=Was,period=\"wie lange\"");
    EXPECT_THAT(accounts(reading), ElementsAre(HasSubstr("&period=60 ")));
    EXPECT_THAT(refusal("user,secret\nalice," + key + "\n", "digits=otp"), HasSubstr("does not have"));
    EXPECT_THAT(refusal("user,secret\n", "shoe=size"), HasSubstr("NAME=HEADER"));
    EXPECT_THAT(refusal("user,secret\n", "user"), HasSubstr("NAME=HEADER"));
    EXPECT_THAT(refusal("user,secret\n", "user=1,secret=b"), HasSubstr("not both"));
    EXPECT_THAT(refusal("a,b\nalice," + key + "\n", "user=a,user=b"), HasSubstr("user is there twice"));
}

TEST(TokenLists, ColumnsCanBeNumbered) {
    const auto reading = read(key + ",x,alice\n" + key + ",y,bob\n", "user=3,secret=1");
    EXPECT_THAT(accounts(reading), ElementsAre(HasSubstr("alice: "), HasSubstr("bob: ")));
    EXPECT_THAT(refusal("alice\n", "user=1,secret=2"), HasSubstr("key is empty"));
}

TEST(TokenLists, ReadsThoseOfOathTokensWithoutAFirstLine) {
    const auto reading = read("# staff\nAC000001, " + hex_key + ", totp, 6, 30\nAC000002, " + hex_key +
                              ", hotp, 8\nAC000003, " + hex_key + "\nAC000004, " + hex_key +
                              ", ocra, x\nAC000005, " + hex_key + ", hotp, 6, 7\n");
    EXPECT_THAT(accounts(reading), ElementsAre(HasSubstr("totp/"), HasSubstr("hotp/")));
    EXPECT_EQ(first_token(reading).serial, "AC000001");
    EXPECT_THAT(unusable(reading),
                ElementsAre(HasSubstr("csv:4|The line does not say whether"),
                            HasSubstr("csv:5|The token answers"), HasSubstr("csv:6|The fifth field")));
}

TEST(TokenLists, ReadsTheLogOfYubicosTool) {
    const std::string tail = "," + hex_key + ",,,0,0,0,6,0,0,0,0,0,0\n";
    const auto reading = read("LOGGING START,11.12.13 18:55\nOATH-HOTP,11.12.13 18:55,1,," + tail +
                              "OATH-HOTP,11.12.13 18:56,2,cccccccccccc," + tail +
                              "Yubico OTP,12/11/2013 11:10,1,vvgutbiedkvi,ab86c04de6a3," + hex_key +
                              ",,,0,0,0,0,0,0,0,0,0,0\n");
    EXPECT_THAT(accounts(reading), ElementsAre(HasSubstr("?secret=" + key + "&counter=0 floor=none")));
    EXPECT_THAT(unusable(reading), ElementsAre(HasSubstr("csv:3|The YubiKey types an identifier"),
                                               HasSubstr("csv:4|What was programmed")));
    EXPECT_EQ(first_token(reading).id, "line-2");
    EXPECT_THAT(refusal("508326,,0," + hex_key + ",,2013-12-12T08:41:07,\n"), HasSubstr("Yubico format"));
}

TEST(TokenLists, FieldsMayStandBetweenOtherSigns) {
    for (const auto& [text, remark] : {std::pair{"user;secret\nalice;" + key + "\n", "semicolons"},
                                       {"user\tsecret\nalice\t" + key + "\n", "tabs"}}) {
        const auto reading = read(text);
        EXPECT_THAT(accounts(reading), ElementsAre(HasSubstr("alice: "))) << text;
        EXPECT_THAT(reading->remarks, ElementsAre(HasSubstr(remark)));
    }
    EXPECT_THAT(accounts(read("sep=;\r\nuser;secret\r\nalice;" + key + "\r\n")),
                ElementsAre(HasSubstr("alice: ")));
    EXPECT_THAT(accounts(read("user,secret\n\"a;b\"," + key + "\n")), ElementsAre(HasSubstr("a;b: ")));
}

TEST(TokenLists, AHeaderSaysHowKeysAreWritten) {
    const std::string both = "abcdef234567abcdef234567abcdef23";
    const auto reading =
        read("user,secret\nalice," + both + "\nbob,hex:" + both + "\ncarol,base32:" + both + "\n");
    EXPECT_THAT(reading->accounts.at(0).doubt, HasSubstr("as base32 and as hexadecimal"));
    EXPECT_THAT(reading->accounts.at(1).doubt, IsEmpty());
    EXPECT_EQ(reading->accounts.at(1).tokens.at(0).token.key.size(), 16U);
    EXPECT_EQ(reading->accounts.at(2).tokens.at(0).token.key.size(), 20U);
    const auto as_hex = read("user,Secret Key (HEX)\nalice," + both + "\n");
    EXPECT_THAT(as_hex->accounts.at(0).doubt, IsEmpty());
    EXPECT_EQ(first_token(as_hex).token.key.size(), 16U);
    const auto as_base32 = read("user,secret\nalice," + both + "\n", "secret-base32=secret");
    EXPECT_EQ(first_token(as_base32).token.key.size(), 20U);
    EXPECT_THAT(refusal("user,seed (hex)\nalice," + key + "\n"), HasSubstr("looks like base32"));
    EXPECT_THAT(refusal("user,secret,hex\nalice," + key + ",31\n"), HasSubstr("secret is there twice"));
}

TEST(TokenLists, RepeatsNothingOfAFirstLineItDoesNotKnow) {
    for (const std::string text :
         {"SECRETKEY,x\n", "user,SECRETKEY\n", "user,secret,SECRETKEY\n", "SECRETKEY\n"})
        EXPECT_EQ(everything_said(read(text)).find("SECRETKEY"), std::string::npos) << text;
}

}  // namespace
}  // namespace secondstep::tool
