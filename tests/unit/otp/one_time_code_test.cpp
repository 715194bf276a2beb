#include "otp/one_time_code.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "support/pasted_forms.h"
#include "support/seeded_randomness.h"

namespace secondstep::otp {
namespace {

TEST(OneTimeCode, IsTwoGroupsOfFiveThatCanBeReadOut) {
    testing::SeededRandomness randomness(1);
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const std::string code(make_one_time_code(randomness).text());
        ASSERT_EQ(code.size(), 11U);
        EXPECT_EQ(code[5], '-');
        EXPECT_EQ(code.find_first_of("ILOUabcdefghijklmnopqrstuvwxyz"), std::string::npos) << code;
        EXPECT_TRUE(seen.insert(code).second);
    }
}

TEST(OneTimeCode, IsReadBackHoweverItIsTyped) {
    for (const auto* typed : {"7K3M9-QXT0H", "7k3m9 qxtoh", " 7K3M9QXT0H ", "7k-3m-9q-xt-0h"}) {
        const auto code = normalize_one_time_code(typed);
        ASSERT_TRUE(code) << typed;
        EXPECT_EQ(code->symbols.text(), "7K3M9QXT0H");
    }
}

TEST(OneTimeCode, LayoutDoesNotMatter) {
    for (const testing::PastedForm& form : testing::pasted_forms("7K3M9-QXT0H")) {
        const auto code = normalize_one_time_code(form.text);
        ASSERT_TRUE(code) << form.name;
        EXPECT_EQ(code->symbols.text(), "7K3M9QXT0H") << form.name;
    }
}

TEST(OneTimeCode, IsNothingElse) {
    for (const auto* typed : {"", "492039", "7K3M9-QXT0", "7K3M9-QXT0HH", "7K3M9-QXTUH", "7K3M9-QXT0H\b",
                              "7K3M-9QXT-2HVB-W4ZD"}) {
        EXPECT_FALSE(normalize_one_time_code(typed)) << typed;
    }
}

}  // namespace
}  // namespace secondstep::otp
