// Values that no app writes, in the place of each one that makes codes: a refusal, never a default.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tool/app_exports/reading.h"

using ::testing::HasSubstr;

namespace secondstep::tool {
namespace {

struct Place {
    std::string_view file;
    std::string_view good;    // what stands there, once
    std::string_view before;  // the part of it that stays
    std::string_view what;    // the value that the message names
};

constexpr Place places[] = {
    {"aegis.json", R"("digits": 8)", R"("digits": )", "the number of digits"},
    {"aegis.json", R"("period": 60)", R"("period": )", "the period"},
    {"aegis.json", R"("counter": 7)", R"("counter": )", "the counter"},
    {"aegis.json", R"("algo": "SHA256")", R"("algo": )", "the algorithm"},
    {"2fas.2fas", R"("digits": 8)", R"("digits": )", "the number of digits"},
    {"2fas.2fas", R"("period": 60)", R"("period": )", "the period"},
    {"2fas.2fas", R"("counter": 7)", R"("counter": )", "the counter"},
    {"2fas.2fas", R"("algorithm": "SHA256")", R"("algorithm": )", "the algorithm"},
    {"freeotp-plus.json", R"("digits": 8)", R"("digits": )", "the number of digits"},
    {"freeotp-plus.json", R"("period": 60)", R"("period": )", "the period"},
    {"freeotp-plus.json", R"("algo": "SHA256")", R"("algo": )", "the algorithm"},
    {"andotp.json", R"("digits": 8)", R"("digits": )", "the number of digits"},
    {"andotp.json", R"("period": 60)", R"("period": )", "the period"},
    {"andotp.json", R"("counter": 7)", R"("counter": )", "the counter"},
    {"andotp.json", R"("algorithm": "SHA256")", R"("algorithm": )", "the algorithm"},
    {"raivo.json", R"("digits": "8")", R"("digits": )", "the number of digits"},
    {"raivo.json", R"("timer": "60")", R"("timer": )", "the period"},
    {"raivo.json", R"("counter": "7")", R"("counter": )", "the counter"},
    {"stratum.json", R"("Digits": 8)", R"("Digits": )", "the number of digits"},
    {"stratum.json", R"("Period": 60)", R"("Period": )", "the period"},
    {"stratum.json", R"("Counter": 7)", R"("Counter": )", "the counter"},
    {"stratum.json", R"("Algorithm": 1)", R"("Algorithm": )", "the algorithm"},
    {"lastpass.json", R"("timeStep": 60)", R"("timeStep": )", "the period"},
    {"lastpass.json", R"("digits": 8)", R"("digits": )", "the number of digits"},
};

TEST(HostileNumbers, AreRefusedWhereverTheyStand) {
    for (const Place& place : places) {
        const std::string whole = export_file(std::string(place.file));
        const auto keys = keys_in(read_export(whole)).size();
        for (const std::string_view value : {"-1", "100000000000000000000", "1.5", "1e3", "true", "[6]", "{}",
                                             "\"x\"", "\" 6\"", "\"0x6\""}) {
            const auto read =
                read_export(replaced(whole, place.good, std::string(place.before) + std::string(value)));
            ASSERT_TRUE(read) << place.file << " " << place.before << value << ": " << error_of(read);
            EXPECT_EQ(read->keys.size(), keys - 1) << place.file << " " << place.before << value;
            EXPECT_THAT(everything_said(read), HasSubstr(place.what))
                << place.file << " " << place.before << value;
        }
    }
}

// "true" is base32 as well.
TEST(HostileNumbers, AreNoKeys) {
    const std::pair<std::string, std::string_view> keys[] = {
        {"aegis.json", R"("secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")"},
        {"2fas.2fas", R"("secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")"},
        {"andotp.json", R"("secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")"},
        {"raivo.json", R"("secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")"}};
    for (const auto& [file, good] : keys) {
        const std::string whole = export_file(file);
        for (const std::string value :
             {"true", "false", "2345672", "234567234567234567234567", "[\"JBSWY3DP\"]"}) {
            const auto read = read_export(replaced(whole, good, R"("secret": )" + value));
            ASSERT_TRUE(read) << file << error_of(read);
            EXPECT_EQ(read->keys.size(), keys_in(read_export(whole)).size() - 1) << file << value;
            EXPECT_EQ(read->numbers.front(), 2U) << file;
        }
    }
}

TEST(HostileNumbers, HaveBoundsOfTheirOwn) {
    const std::string whole = export_file("aegis.json");
    const auto with = [&](std::string_view good, std::string_view bad) {
        return everything_said(read_export(replaced(whole, good, bad)));
    };
    EXPECT_THAT(with(R"("digits": 8)", R"("digits": 100)"), HasSubstr("a code has 4 to 10 digits"));
    EXPECT_THAT(with(R"("digits": 8)", R"("digits": 0)"), HasSubstr("a code has 4 to 10 digits"));
    EXPECT_THAT(with(R"("period": 60)", R"("period": 0)"), HasSubstr("1 to 86400 seconds"));
    EXPECT_THAT(with(R"("period": 60)", R"("period": 86401)"), HasSubstr("1 to 86400 seconds"));
}

// Nothing said is what it means in every app; only a value that is there can be wrong.
TEST(HostileNumbers, AreNotWhatIsLeftOut) {
    const std::string whole = export_file("aegis.json");
    EXPECT_EQ(read_export(replaced(whole, R"("digits": 8)", R"("digits": null)"))->keys.size(), 4U);
}

TEST(HostileNumbers, OfEntriesHaveABound) {
    std::string many = "otpauth://totp/a?secret=JBSWY3DP";
    std::string all;
    for (int i = 0; i < 5001; ++i)
        all += many + "&issuer=" + std::to_string(i) + "\n";
    EXPECT_EQ(error_of(read_export(all)), "it has more than 5000 entries");
    const auto twice = read_export(many + "\n" + many + "\n");
    ASSERT_TRUE(twice);
    EXPECT_EQ(twice->keys.size(), 1U);
    EXPECT_EQ(error_of(read_export(std::string((32U << 20U) + 1, '['))), "it has more than 32 MiB");
}

}  // namespace
}  // namespace secondstep::tool
