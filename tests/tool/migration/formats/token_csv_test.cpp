#include "migration/formats/token_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "migration/formats/gathered_accounts.h"
#include "tool/migration/formats/reading.h"

namespace secondstep::tool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const std::string all_columns = "user,secret,type,algorithm,digits,period,counter,name\n";

Result<Reading> read(std::string_view text) {
    return read_token_csv(text, "tokens.csv");
}

TEST(TokenCsv, ReadsUserAndSecret) {
    EXPECT_THAT(
        accounts(read("user,secret\nalice," + key + "\nbob,3132333435363738393031323334353637383930\n")),
        ElementsAre("alice: otpauth://totp/alice?secret=" + key + " floor=none",
                    "bob: otpauth://totp/bob?secret=" + key + " floor=none"));
}

TEST(TokenCsv, ReadsEveryColumnInAnyOrder) {
    EXPECT_THAT(
        accounts(read("\xef\xbb\xbfName, Secret ,counter,USER,type,digits,algorithm,period\r\n"
                      "phone,\"gezd gnbv gy3t qojq gezd gnbv gy3t qojq\",7,alice,HOTP,8,SHA256,\r\n"
                      ",gezdgnbvgy3tqojqgezdgnbvgy3tqojq,,bob,totp,7,sha512,60")),
        ElementsAre(
            "alice: otpauth://hotp/alice?secret=" + key + "&algorithm=SHA256&digits=8&counter=7 floor=6",
            "bob: otpauth://totp/bob?secret=" + key + "&algorithm=SHA512&digits=7&period=60 floor=none"));
}

TEST(TokenCsv, TheFirstLineMustNameTheColumns) {
    EXPECT_THAT(accounts(read("name me,colour\n")), ElementsAre(HasSubstr("known are user, secret, type,")));
    EXPECT_THAT(accounts(read("user\n")), ElementsAre(HasSubstr("column secret is missing")));
    EXPECT_THAT(accounts(read("secret\n")), ElementsAre(HasSubstr("column user is missing")));
    EXPECT_THAT(accounts(read("user,secret,user\n")), ElementsAre(HasSubstr("user is there twice")));
    EXPECT_THAT(accounts(read("")), ElementsAre(HasSubstr("nothing to read")));
    EXPECT_THAT(accounts(read("alice," + key + "\n")), ElementsAre(HasSubstr("first line names no column")));
}

TEST(TokenCsv, NamesTheLineThatIsBroken) {
    const auto reading =
        read(all_columns + "a," + key + ",totp,md5\nb," + key + ",,,0\nc," + key + ",,,,0\nd,\ne,0x" +
             std::string(2000, 'a') + "\nf," + key + ",motp\n," + key + "\ng," + key + ",hotp,,,,x\nh," +
             key + "\ni,otpauth://totp/a?secret=MY\nj\"," + key + "\nk,\"" + key);
    EXPECT_THAT(accounts(reading), ElementsAre(HasSubstr("h:"), HasSubstr("j\":")));
    EXPECT_THAT(
        unusable(reading),
        ElementsAre(HasSubstr("csv:2|The algorithm is md5"), HasSubstr("csv:3|The number of digits is 0"),
                    HasSubstr("csv:4|The period is 0"), HasSubstr("csv:5|The key is empty"),
                    HasSubstr("csv:6|The key is longer than 128"),
                    HasSubstr("csv:7|The codes are those of Mobile-OTP"),
                    HasSubstr("csv:8|The user is missing"), HasSubstr("csv:9|The counter is no number"),
                    HasSubstr("csv:11|The key is a URI"), HasSubstr("csv:13|It cannot be read: a quote")));
}

TEST(TokenCsv, WhatIsWrittenIsReadAgain) {
    ImportedToken totp{.token = {.issuer = {},
                                 .account = "al,ice",
                                 .key = Secret::copy_of("12345678901234567890"),
                                 .algorithm = otp::Algorithm::sha256,
                                 .form = *otp::Digits::create(8),
                                 .moving = otp::TotpMoving{*otp::Period::create(std::chrono::seconds(60))}},
                       .name = "my \"old\" phone, blue",
                       .floor = std::nullopt};
    const ImportedToken hotp = token_of({.key = {.issuer = {},
                                                 .account = "bob",
                                                 .key = Secret::copy_of("xyz"),
                                                 .moving = otp::HotpMoving{UINT64_MAX}},
                                         .remarks = {}});
    const std::string text = std::string(token_csv_header()) +
                             std::string(token_csv_row("al,ice", totp).text()) +
                             std::string(token_csv_row("bob", hotp).text());
    const auto reading = read(text);
    EXPECT_THAT(accounts(reading), ElementsAre("al,ice: " + text_of(totp), "bob: " + text_of(hotp)));
    EXPECT_THAT(unusable(reading), IsEmpty());
    EXPECT_EQ(reading->accounts.at(0).tokens.at(0).name, "my \"old\" phone, blue");
}

TEST(TokenCsv, SaysNoSecret) {
    for (const std::string& text :
         {std::string("user,SECRETKEY\n"), all_columns + "a,SECRETKEY0\n",
          all_columns + "a," + key + ",SECRETKEY\n", std::string("user,secret\n\"SECRETKEY")}) {
        EXPECT_EQ(everything_said(read(text)).find("SECRETKEY"), std::string::npos) << text;
    }
}

}  // namespace
}  // namespace secondstep::tool
