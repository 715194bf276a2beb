#include "migration/formats/source_kind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "tool/migration/formats/reading.h"

namespace secondstep::tool {
namespace {

using ::testing::HasSubstr;

const std::string key = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

struct Sample {
    std::string text;
    SourceKind kind;
    std::string door;  // that reads it; empty: none
};

std::vector<Sample> samples() {
    return {{"", SourceKind::empty, ""},
            {"\xef\xbb\xbf \r\n\n", SourceKind::empty, ""},
            {"# one\n\n  # two\n", SourceKind::comments, ""},
            {"  {\"version\": 1}", SourceKind::json, ""},
            {"[{\"secret\": \"x\"}]", SourceKind::json, ""},
            {"<?xml version=\"1.0\"?>\n<pskc:KeyContainer/>", SourceKind::pskc, "pskc"},
            {"<SecretContainer/>", SourceKind::pskc, "pskc"},
            {"<Tokens><Token serial=\"1\"/></Tokens>", SourceKind::safenet, ""},
            {"<html></html>", SourceKind::xml, ""},
            {"# my phone\notpauth://totp/a?secret=" + key + "\n", SourceKind::otpauth, "otpauth"},
            {"OTPAUTH-MIGRATION://offline?data=x", SourceKind::otpauth, "otpauth"},
            {"phonefactor://activate?code=1&url=x", SourceKind::phone_factor, ""},
            {"HOTP/T30 alice - 00\n", SourceKind::oath_users, "oath"},
            {"HOTP\talice\t-\t00\n", SourceKind::oath_users, "oath"},
            {key + "\n\" RATE_LIMIT 3 30\n\" TOTP_AUTH\n12345678\n", SourceKind::google_authenticator,
             "google-authenticator"},
            {"user,secret\nalice," + key + "\n", SourceKind::csv, "csv"},
            {"user;secret\n", SourceKind::csv, "csv"},
            {"AC000001, 3132, totp, 6, 30\n", SourceKind::csv, "csv"},
            {"jbsw y3dp ehpk 3pxp\n", SourceKind::base32_key, ""},
            {"-----BEGIN CMS-----\n", SourceKind::sealed, ""},
            {"-----BEGIN PGP MESSAGE-----\n", SourceKind::openpgp, ""},
            {"PK\x03\x04zip", SourceKind::archive, ""},
            {"\x1f\x8bgz", SourceKind::archive, ""},
            {"\x89PNG\r\n", SourceKind::picture, ""},
            {"no key here: 1\n", SourceKind::text, ""},
            {std::string("a\0b", 3), SourceKind::binary, ""}};
}

TEST(SourceKind, KnowsEverySourceByItsForm) {
    for (const Sample& sample : samples())
        EXPECT_EQ(kind_of_source(sample.text), sample.kind) << sample.text;
}

TEST(SourceKind, SaysAtEveryDoorWhatIsThereInstead) {
    for (const std::string door : {"google-authenticator", "oath", "pskc", "csv", "otpauth"}) {
        for (const Sample& sample : samples()) {
            const auto said = found_instead(sample.text, door);
            if (sample.door == door) {
                EXPECT_FALSE(said.has_value()) << door << ": " << sample.text;
                continue;
            }
            ASSERT_TRUE(said.has_value()) << door << ": " << sample.text;
            EXPECT_THAT(*said, HasSubstr("no key was found in it: it "));
            EXPECT_EQ(said->find(key), std::string::npos);
            const std::string right = sample.door.empty() ? "" : "import " + sample.door;
            EXPECT_THAT(*said, HasSubstr(right)) << sample.text;
        }
    }
}

TEST(SourceKind, KnowsWhatTheProgramsWrite) {
    EXPECT_EQ(kind_of_source(data_file("google_authenticator.totp")), SourceKind::google_authenticator);
    EXPECT_EQ(kind_of_source(data_file("google_authenticator.hotp")), SourceKind::google_authenticator);
    EXPECT_EQ(kind_of_source(data_file("pam_oath.users")), SourceKind::oath_users);
    for (const std::string name : {"rfc6030-figure2.xml", "rfc6030-figure6.xml", "pskc-aes128.xml"})
        EXPECT_EQ(kind_of_source(data_file(name)), SourceKind::pskc) << name;
}

}  // namespace
}  // namespace secondstep::tool
