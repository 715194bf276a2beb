// secondstep.conf(5), compared with the table of options.

#include <gmock/gmock.h>

#include <map>

#include "base/text.h"
#include "policy/options.h"
#include "support/manual_page.h"

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace secondstep {
namespace {

using testing::ManualPage;

constexpr std::string_view section_of(Option::Scope scope) {
    return scope == Option::Scope::rule ? "RULES" : "OPTIONS";
}

// What stands below each option of a section: "tries = N" is an entry of one, "remember , repeat" of two.
std::map<std::string, std::string> told_in(std::string_view section) {
    std::map<std::string, std::string> told;
    for (const ManualPage::Item& item : ManualPage("secondstep.conf.5").items_of(section)) {
        const std::string_view names = std::string_view(item.heading).substr(0, item.heading.find(" = "));
        for (const std::string_view name : split(names, ',')) {
            const std::string key(trimmed(name));
            EXPECT_FALSE(told.contains(key)) << key << " stands twice in secondstep.conf(5), " << section;
            told[key] = item.text;
        }
    }
    return told;
}

TEST(OptionsManual, ListsEveryOptionAndNothingElse) {
    std::map<std::string, std::map<std::string, std::string>> left;
    for (const auto scope : {Option::Scope::global, Option::Scope::rule})
        left[std::string(section_of(scope))] = told_in(section_of(scope));
    for (const Option& option : option_table()) {
        EXPECT_EQ(left[std::string(section_of(option.scope))].erase(std::string(option.name)), 1U)
            << option.name << " is missing in secondstep.conf(5), " << section_of(option.scope);
    }
    for (const auto& [section, told] : left)
        EXPECT_THAT(told, IsEmpty()) << "secondstep.conf(5), " << section;
}

TEST(OptionsManual, NamesEveryDefault) {
    auto told = told_in(section_of(Option::Scope::global));
    for (const Option& option : option_table()) {
        if (option.scope != Option::Scope::global) continue;
        const std::string value(option.default_value);
        const std::string& text = told[std::string(option.name)];
        if (value.empty())
            EXPECT_THAT(text, HasSubstr("Default: ")) << option.name << " in secondstep.conf(5)";
        else
            EXPECT_THAT(text, AnyOf(HasSubstr("Default: " + value), HasSubstr(value + " (default)")))
                << option.name << " in secondstep.conf(5)";
    }
}

}  // namespace
}  // namespace secondstep
