#include "app_exports/foreign_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tool/app_exports/reading.h"

using ::testing::HasSubstr;
using ::testing::Not;

namespace secondstep::tool {
namespace {

using namespace std::string_literals;

// What is given in the place of an export, and the words that say what it is.
const std::pair<std::string, std::string_view> foreign[] = {
    {"", "it is empty"},
    {" \n\t\n", "it is empty"},
    {"PK\x03\x04 raivo-otp-export.json", "unpack it first"},
    {"-----BEGIN PGP MESSAGE-----\n\nhQ==\n", "gpg --decrypt"},
    {"AUTHENTICATORPRO\x01\x02", "Stratum"},
    {"AuthenticatorPro\x01\x02", "Authenticator Pro"},
    {"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5"s, "keepassxc-cli export --format csv"},
    {"SQLite format 3\0"s, "the database of an app"},
    {"\xac\xed\x00\x05sr"s, "FreeOTP"},
    {"\xff\xfe{\0"s, "UTF-16"},
    {"\xfe\xff\0{"s, "UTF-16"},
    {"\x89PNG\r\n", "--qr"},
    {"\xff\xd8\xff\xe0", "--qr"},
    {"%PDF-1.7", "PDF"},
    {"<?xml version='1.0'?><KeePassFile/>", "XML"},
    {"\x01\x02\x03\0\xff"s, "encrypted backup"},
    {R"({"version":1,"kdfParams":{"memLimit":1,"opsLimit":1,"salt":"x"},"encryptedData":"x","encryptionNonce":"x"})",
     "Ente Auth"},
    {"[]", "an empty list"},
    {"{}", "none of the exports that are known"},
    {R"({"hello":"world"})", "none of the exports that are known"},
    {R"(["JBSWY3DPEHPK3PXP"])", "none of the exports that are known"},
    {R"({"a":})", "it begins like JSON and is none: line 1"},
    {R"({"version":1,"header":{"slots":)", "was not copied whole"},
    {"user,secret\nalice,JBSWY3DPEHPK3PXP\n", "none of the exports that are known"},
    {"JBSWY3DPEHPK3PXP\n", "none of the exports that are known"},
};

TEST(ForeignExport, IsNamedWithWhatToDo) {
    for (const auto& [text, words] : foreign) {
        const auto read = read_export(text);
        EXPECT_THAT(error_of(read), HasSubstr(words)) << text;
        EXPECT_FALSE(is_encrypted_app_export(text)) << text;
    }
}

TEST(ForeignExport, IsNotRepeated) {
    for (const auto& [text, words] : foreign) {
        for (const std::string_view word : {"alice", "hello", "world", "JBSWY3DP"})
            EXPECT_THAT(error_of(read_export(text)), Not(HasSubstr(word))) << text;
    }
}

}  // namespace
}  // namespace secondstep::tool
