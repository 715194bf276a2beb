#include "app_exports/aegis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/freed_memory.h"
#include "tool/app_exports/reading.h"

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

namespace secondstep::tool {
namespace {

std::string encrypted() {
    return export_file("aegis-encrypted.json");
}

// A vault of one entry: `info` and what else it has.
std::string vault(std::string_view type, std::string_view info, std::string_view version = "3") {
    return R"({"version":1,"header":{"slots":null,"params":null},"db":{"version":)" + std::string(version) +
           R"(,"entries":[{"type":")" + std::string(type) +
           R"(","name":"alice","issuer":"Acme","info":{"secret":"JBSWY3DPEHPK3PXP",)" + std::string(info) +
           "}}]}}";
}

TEST(Aegis, IsOpenedWithItsPassword) {
    EXPECT_THAT(keys_in(read_export(encrypted(), password_of_files)), SizeIs(4));
}

TEST(Aegis, SaysThatThePasswordIsWrong) {
    const auto read = read_export(encrypted(), "pass phrase");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Errc::not_allowed);
    EXPECT_EQ(read.error().detail, "the password is wrong");
    EXPECT_EQ(error_of(read_export(encrypted())), "it is encrypted with a password");
}

TEST(Aegis, IsNotOpenedWhenItsContentWasChanged) {
    const std::string text = encrypted();
    const std::string mark = "\"db\": \"";
    const auto at = text.find(mark) + mark.size() + 40;
    std::string changed = text;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(error_of(read_export(changed, password_of_files)),
              "the password is right, and the content was changed or cut");
}

TEST(Aegis, CannotBeOpenedWithTheTelephonesSlotAlone) {
    const std::string text = replaced(encrypted(), "\"type\": 1", "\"type\": 2");
    EXPECT_FALSE(is_encrypted_app_export(text));  // no password would help
    EXPECT_THAT(error_of(read_export(text)), HasSubstr("let Aegis export it with a password"));
}

// N * r * p of the app's own files is 2^18. Each of these would take libcrypto minutes, or gigabytes.
TEST(Aegis, RefusesACostThatNoAppAskedFor) {
    const auto with = [](std::string_view what, std::string_view value) {
        return error_of(read_export(replaced(encrypted(), what, value), password_of_files));
    };
    const auto too_much = HasSubstr("16 times the work");
    EXPECT_THAT(with("\"n\": 32768", "\"n\": 1048576"), too_much);
    EXPECT_THAT(with("\"n\": 32768", "\"n\": 9223372036854775808"), too_much);
    EXPECT_THAT(with("\"r\": 8", "\"r\": 4294967295"), too_much);
    EXPECT_THAT(with("\"p\": 1", "\"p\": 65536"), too_much);
    const auto damaged = HasSubstr("scrypt's N, r or p is missing or damaged");
    for (const std::string_view n :
         {"0", "1", "3", "-2", "2.0", "\"x\"", "null", "[]", "18446744073709551616"})
        EXPECT_THAT(with("\"n\": 32768", "\"n\": " + std::string(n)), damaged) << n;
    EXPECT_THAT(with("\"r\": 8", "\"r\": 0"), damaged);
    EXPECT_THAT(with("\"p\": 1", "\"p\": 0"), damaged);
    // 256 MiB and more, within the work.
    const std::string memory = replaced(encrypted(), "\"n\": 32768", "\"n\": 2");
    EXPECT_THAT(error_of(read_export(replaced(memory, "\"r\": 8", "\"r\": 2097152"), password_of_files)),
                too_much);
}

TEST(Aegis, RefusesMoreSlotsThanAnybodyHasPasswords) {
    const std::string text = encrypted();
    const auto begin = text.find("{", text.find("\"type\": 1") - 8);
    const auto end = text.find("}", text.find("is_backup")) + 1;
    std::string slots;
    for (int i = 0; i < 9; ++i)
        slots += "," + text.substr(begin, end - begin);
    EXPECT_THAT(error_of(read_export(std::string(text).insert(end, slots), "wrong")),
                HasSubstr("the list of its passwords"));
}

TEST(Aegis, SaysWhichPartIsMissing) {
    for (const std::string_view part : {"\"nonce\"", "\"tag\"", "\"salt\"", "\"params\"", "\"key_params\""}) {
        const std::string text = encrypted();
        // The last one that belongs to the password.
        const auto at = text.rfind(part);
        const auto read =
            read_export(std::string(text).replace(at, part.size(), "\"else\""), password_of_files);
        EXPECT_THAT(error_of(read), HasSubstr("missing or damaged")) << part;
    }
}

TEST(Aegis, TakesTheVersionsThatItKnows) {
    for (const std::string_view version : {"1", "2", "3"})
        EXPECT_THAT(keys_in(read_export(vault("totp", R"("algo":"SHA1","digits":6,"period":30)", version))),
                    SizeIs(1));
    EXPECT_THAT(error_of(read_export(vault("totp", R"("algo":"SHA1","digits":6,"period":30)", "4"))),
                HasSubstr("a newer Aegis"));
    EXPECT_THAT(
        error_of(read_export(replaced(vault("totp", R"("digits":6)"), "\"version\":1", "\"version\":2"))),
        HasSubstr("a newer Aegis"));
}

TEST(Aegis, NamesTheTypesThatSecondstepDoesNotSpeak) {
    const auto yandex =
        read_export(vault("yandex", R"("algo":"SHA256","digits":8,"period":30,"pin":"1234")"));
    EXPECT_THAT(error_of(yandex), HasSubstr("Yandex Key"));
    const auto motp = read_export(vault("motp", R"("algo":"MD5","digits":6,"period":10,"pin":"1234")"));
    EXPECT_THAT(error_of(motp), HasSubstr("Mobile-OTP"));
    EXPECT_THAT(error_of(motp), HasSubstr("Entry 1 (Acme: alice)"));
    EXPECT_THAT(error_of(motp), ::testing::Not(HasSubstr("1234")));
}

TEST(Aegis, OffersTheOthersBesideOneThatItRefuses) {
    const std::string two = replaced(export_file("aegis.json"), "\"digits\": 8", "\"digits\": 100");
    const auto read = read_export(two);
    ASSERT_TRUE(read);
    EXPECT_THAT(read->keys, SizeIs(3));
    EXPECT_THAT(read->passed_over, ElementsAre(HasSubstr("Entry 2 (Zo")));
}

TEST(Aegis, SaysThatThereIsNothingInIt) {
    const std::string empty =
        R"({"version":1,"header":{"slots":null,"params":null},"db":{"version":3,"entries":[]}})";
    EXPECT_EQ(error_of(read_export(empty)),
              "it is an export of Aegis, and there is no key of a second factor in it");
    EXPECT_THAT(error_of(read_export(replaced(empty, "[]", "{}"))), HasSubstr("has no list of accounts"));
}

TEST(Aegis, LeavesNoKeyBehind) {
    const Secret text = Secret::copy_of(encrypted());
    std::vector<std::string> keys{"JBSWY3DPEHPK3PXP", "GEZDGNBVGY3TQOJQ"};
    testing::FreedMemory freed(std::move(keys));
    EXPECT_TRUE(read_export(text.text(), password_of_files));
    EXPECT_EQ(freed.blocks_with_a_text(), 0U);
}

}  // namespace
}  // namespace secondstep::tool
