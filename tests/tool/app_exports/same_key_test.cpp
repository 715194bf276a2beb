// The same accounts in the exports of all apps: whatever app somebody comes from, the codes are the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <utility>

#include "encoding/base32.h"
#include "support/freed_memory.h"
#include "tool/app_exports/reading.h"

using ::testing::Each;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace secondstep::tool {
namespace {

std::string bytes_of(std::string_view base32) {
    const auto key = otp::base32_decode(base32);
    return key ? hex(key->bytes()) : "no key";
}

const std::string acme =
    "Acme: alice, totp, 6 digits, every 30 s, sha1, " + bytes_of("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP");
const std::string zoe = "Zo\xc3\xab & S\xc3\xb6hne: bob@example.org, totp, 8 digits, every 60 s, sha256, " +
                        bytes_of("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
const std::string gate =
    "Gate: carol, hotp, 6 digits, next 7, sha1, " + bytes_of("MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK");
const std::string steam = "Steam: dora, totp, 5 letters of Steam, every 30 s, sha1, " +
                          bytes_of("ONSWG4TFOQXG64RAONSWG4TFOQXG64RA");

struct Sample {
    std::string file;
    std::string_view app;
    std::vector<std::string> keys;
};

const std::vector<Sample>& samples() {
    static const std::vector<Sample> all{
        {"aegis.json", "Aegis", {acme, zoe, gate, steam}},
        {"aegis-encrypted.json", "Aegis", {acme, zoe, gate, steam}},
        {"otpclient-aegis.json", "Aegis", {acme, zoe, gate, steam}},
        {"2fas.2fas", "2FAS", {acme, zoe, gate, steam}},
        {"2fas-encrypted.2fas", "2FAS", {acme, zoe, gate, steam}},
        {"freeotp-plus.json", "FreeOTP+", {acme, zoe, gate, steam}},
        {"andotp.json", "andOTP", {acme, zoe, gate, steam}},
        {"stratum.json", "Stratum", {acme, zoe, gate, steam}},
        {"ente.txt", "an app, as a list of addresses", {acme, zoe, gate, steam}},
        {"raivo.json", "Raivo", {acme, zoe, gate}},
        {"bitwarden.json", "Bitwarden", {acme, zoe, steam}},
        {"bitwarden.csv", "Bitwarden", {acme, zoe, steam}},
        {"proton-authenticator.json", "Proton Authenticator", {acme, zoe, steam}},
        {"proton-pass.json", "Proton Pass", {acme, zoe}},
        {"proton-pass.csv", "Proton Pass", {acme, zoe}},
        {"lastpass.json", "LastPass Authenticator", {acme, zoe}},
    };
    return all;
}

bool is_encrypted(const Sample& sample) {
    return sample.file.find("encrypted") != std::string::npos;
}

Result<AppExport> read(const Sample& sample) {
    return read_export(export_file(sample.file),
                       is_encrypted(sample) ? std::optional(password_of_files) : std::nullopt);
}

TEST(SameKey, ComesOutOfTheExportOfEveryApp) {
    for (const Sample& sample : samples()) {
        SCOPED_TRACE(sample.file);
        const auto found = read(sample);
        EXPECT_THAT(keys_in(found), ElementsAreArray(sample.keys));
        if (!found) continue;
        EXPECT_EQ(found->app, sample.app);
        EXPECT_THAT(found->passed_over, IsEmpty());
        for (const otp::DescribedKey& key : found->keys) {
            for (const otp::Remark& remark : key.remarks)
                EXPECT_FALSE(remark.in_doubt) << remark.sentence;
        }
    }
}

TEST(SameKey, IsAskedForAPasswordWhereTheExportHasOneAndNowhereElse) {
    for (const Sample& sample : samples())
        EXPECT_EQ(is_encrypted_app_export(export_file(sample.file)), is_encrypted(sample)) << sample.file;
}

TEST(SameKey, IsTriedWithEverySampleThatLiesThere) {
    std::set<std::string> tried{"README.md", "make-exports", "keepassxc.csv", "otpclient-andotp.json.aes",
                                "otpclient-freeotpplus.txt"};  // in tests of their own
    for (const Sample& sample : samples())
        tried.insert(sample.file);
    for (const auto& entry :
         std::filesystem::directory_iterator(SECONDSTEP_SOURCE_DIR "/tests/data/app_exports"))
        EXPECT_TRUE(tried.contains(entry.path().filename())) << entry.path();
}

// Windows and its editors add one, and end lines with two characters.
TEST(SameKey, IsTheSameBehindAByteOrderMark) {
    for (const Sample& sample : samples()) {
        if (is_encrypted(sample)) continue;
        EXPECT_THAT(keys_in(read_export("\xef\xbb\xbf" + export_file(sample.file))),
                    ElementsAreArray(sample.keys))
            << sample.file;
    }
}

// Cut anywhere, a file gives the keys that are whole in it, or nothing: never another key.
TEST(SameKey, IsNeverAnotherOneInAFileThatWasCut) {
    for (const Sample& sample : samples()) {
        if (is_encrypted(sample)) continue;
        const std::string whole = export_file(sample.file);
        const std::set<std::string> right(sample.keys.begin(), sample.keys.end());
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const auto found = read_export(std::string_view(whole).substr(0, size));
            if (!found) continue;
            // Of a list line by line the last one may be cut where a name or "digits=8" would follow; JSON never ends
            // well before its end.
            const bool by_lines = sample.file.ends_with(".csv") || sample.file.ends_with(".txt");
            ASSERT_TRUE(by_lines || size + 1 == whole.size()) << sample.file << " at " << size;
            for (std::size_t i = 0; i + 1 < found->keys.size(); ++i)
                ASSERT_TRUE(right.contains(text_of(found->keys[i]))) << sample.file << " at " << size;
        }
    }
}

TEST(SameKey, IsLeftNowhereInMemory) {
    for (const Sample& sample : samples()) {
        const Secret text = Secret::copy_of(export_file(sample.file));
        const Secret password = Secret::copy_of(password_of_files);
        std::vector<std::string> keys{"JBSWY3DPEHPK3PXP", "GEZDGNBVGY3TQOJQ"};
        testing::FreedMemory freed(std::move(keys));
        EXPECT_TRUE(read_app_export(text.text(), &password)) << sample.file;
        EXPECT_EQ(freed.blocks_with_a_text(), 0U) << sample.file;
    }
}

TEST(SameKey, StandsInNoMessage) {
    for (const Sample& sample : samples()) {
        std::string text = export_file(sample.file);
        for (const std::string_view key :
             {"JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"}) {
            EXPECT_THAT(everything_said(read(sample)), ::testing::Not(HasSubstr(key)));
            // One that cannot be read.
            const std::string broken = std::string(key) + "!1089";
            const auto found = read_export(replaced(text, key, broken));
            EXPECT_THAT(everything_said(found), ::testing::Not(HasSubstr(key.substr(0, 8)))) << sample.file;
        }
    }
}

}  // namespace
}  // namespace secondstep::tool
