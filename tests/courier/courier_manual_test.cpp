// courier.conf(5), compared with the table of options.

#include <gmock/gmock.h>

#include <map>

#include "courier/courier_options.h"
#include "courier/options.h"
#include "support/lines_too_long.h"
#include "support/manual_page.h"

using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace secondstep::courier {
namespace {

using testing::ManualPage;

// What stands below "name = VALUE" in a section, by "[mail] name".
std::map<std::string, std::string> told() {
    std::map<std::string, std::string> all;
    const ManualPage page("courier.conf.5");
    for (const std::string section : {"mail", "sms"}) {
        for (const ManualPage::Item& item : page.items_of("OPTIONS OF [" + section + "]")) {
            const std::string name = "[" + section + "] " + item.heading.substr(0, item.heading.find(" = "));
            EXPECT_FALSE(all.contains(name)) << name << " stands twice in courier.conf(5)";
            all[name] = item.text;
        }
    }
    return all;
}

// The meaning of an option ends there where the manual page may go on with a comma.
std::string without_full_stop(std::string_view meaning) {
    return std::string(meaning.substr(0, meaning.find_last_not_of('.') + 1));
}

TEST(CourierManual, IsSummedUpInEightyColumns) {
    EXPECT_EQ(testing::lines_too_long(usage()), "");
}

TEST(CourierManual, ListsEveryOptionWithMeaningDefaultAndExampleAndNothingElse) {
    auto left = told();
    for (const CourierOption& option : courier_option_table()) {
        const std::string name = "[" + std::string(option.section) + "] " + std::string(option.name);
        ASSERT_TRUE(left.contains(name)) << name << " is missing in courier.conf(5)";
        const std::string text = left[name];
        const std::string value(option.default_value.empty() ? "empty" : option.default_value);
        EXPECT_THAT(text, HasSubstr(without_full_stop(option.meaning))) << name;
        EXPECT_THAT(text, HasSubstr("Default: " + value + ".")) << name;
        EXPECT_THAT(text, HasSubstr("Example: " + std::string(option.example) + ".")) << name;
        left.erase(name);
    }
    EXPECT_THAT(left, IsEmpty()) << "courier.conf(5)";
}

}  // namespace
}  // namespace secondstep::courier
