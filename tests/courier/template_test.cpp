#include "courier/template.h"

#include <gtest/gtest.h>

namespace secondstep::courier {
namespace {

using enum Placeholder;

constexpr std::array some = {code, to, text};

Values values() {
    Values v;
    v.set(code, "012345");
    v.set(to, "+4915123456");
    v.set(text, "a \"b\" \\ c&d=%\n\x01ä {code}");
    return v;
}

std::string rendered(std::string_view source, Escape escape = Escape::none) {
    const auto made = Template::create(source, some);
    return made ? std::string(made->render(values(), escape).text()) : "refused";
}

TEST(TemplateTest, PutsValuesIntoTheirPlaces) {
    EXPECT_EQ(rendered("{code} is it, {to}: {code}"), "012345 is it, +4915123456: 012345");
    EXPECT_EQ(rendered(""), "");
    EXPECT_EQ(rendered("nothing"), "nothing");
    EXPECT_EQ(rendered("{code}{code}"), "012345012345");
}

TEST(TemplateTest, LeavesBracesThatAreNone) {
    EXPECT_EQ(rendered(R"({"to":"{to}"})"), R"({"to":"+4915123456"})");
    EXPECT_EQ(rendered("{} { code} {code {{code}} }"), "{} { code} {code {012345} }");
}

TEST(TemplateTest, RefusesUnknownPlaceholdersAndListsTheKnown) {
    for (const char* source : {"{user}", "{Code}", "{cod}", "x {code} {login_password}", "{_}"})
        EXPECT_EQ(rendered(source), "refused") << source;
    const auto made = Template::create("{kode}", some);
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error().detail, "something in braces is unknown here; there are {code}, {to}, {text}");
}

// What a value holds is never looked at again: "{code}" inside a text stays as it is.
TEST(TemplateTest, WritesValuesAsTheirPlaceNeedsIt) {
    EXPECT_EQ(rendered("?to={to}&text={text}", Escape::percent),
              "?to=%2B4915123456&text=a%20%22b%22%20%5C%20c%26d%3D%25%0A%01%C3%A4%20%7Bcode%7D");
    EXPECT_EQ(rendered(R"({"t":"{text}"})", Escape::json), R"({"t":"a \"b\" \\ c&d=%\n\u0001ä {code}"})");
    EXPECT_EQ(rendered("{text}"), "a \"b\" \\ c&d=%\n\x01ä {code}");
}

TEST(TemplateTest, KnowsWhatItUsesAndHowItBegins) {
    const auto made = Template::create("https://x/{to}", some);
    EXPECT_TRUE(made->uses(to));
    EXPECT_FALSE(made->uses(code));
    EXPECT_EQ(made->beginning(), "https://x/");
    EXPECT_EQ(Template().beginning(), "");
}

}  // namespace
}  // namespace secondstep::courier
