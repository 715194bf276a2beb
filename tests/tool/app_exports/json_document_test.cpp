#include "app_exports/json_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/freed_memory.h"

using ::testing::HasSubstr;

namespace secondstep::tool {
namespace {

using Kind = JsonValue::Kind;

std::string problem(std::string_view text) {
    const auto document = JsonDocument::parse(text);
    return document ? "none" : document.error().detail;
}

TEST(JsonDocument, ReadsEveryKindOfValue) {
    const auto document = JsonDocument::parse(
        R"( {"a":"x","b":-1.5e3,"c":true,"d":false,"e":null,"f":[],"g":{},"h":["y",2]} )");
    ASSERT_TRUE(document);
    const JsonValue root = document->root();
    EXPECT_TRUE(root.is(Kind::object));
    EXPECT_EQ(root["a"].word(), "x");
    EXPECT_EQ(root["b"].word(), "-1.5e3");
    EXPECT_EQ(root["c"].word(), "true");
    EXPECT_EQ(root["d"].word(), "false");
    EXPECT_TRUE(root["f"].is(Kind::array));
    EXPECT_TRUE(root["g"].is_empty());
    std::string elements;
    for (const JsonValue element : root["h"])
        elements += std::string(element.word()) + ";";
    EXPECT_EQ(elements, "y;2;");
    std::string names;
    for (const JsonValue member : root)
        names += member.name();
    EXPECT_EQ(names, "abcdefgh");
}

TEST(JsonDocument, TellsWhatIsNotSaidFromWhatHasAnotherForm) {
    const auto document = JsonDocument::parse(R"({"null":null,"array":[6],"object":{}})");
    ASSERT_TRUE(document);
    const JsonValue root = document->root();
    EXPECT_FALSE(root["null"].is_said());
    EXPECT_EQ(root["null"].word(), "");
    EXPECT_FALSE(root["nothing"].is_said());
    EXPECT_TRUE(root["nothing"]["deeper"].is(Kind::absent));
    // "" would mean six digits.
    EXPECT_EQ(root["array"].word(), "[");
    EXPECT_EQ(root["object"].word(), "{");
}

TEST(JsonDocument, TakesEscapesAway) {
    const auto document = JsonDocument::parse(R"(["\"\\\/\b\f\n\r\t","\u00fc\u20ac\uD83D\uDE00","plain"])");
    ASSERT_TRUE(document);
    auto at = document->root().begin();
    EXPECT_EQ((*at).word(), "\"\\/\b\f\n\r\t");
    EXPECT_EQ((*++at).word(), "\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80");
    EXPECT_EQ((*++at).word(), "plain");
}

TEST(JsonDocument, SaysWhatIsWrongAndWhere) {
    EXPECT_EQ(problem("{\n\"a\": 1,\n\"b\": x}"), "line 3: this is not JSON");
    EXPECT_EQ(problem(R"({"a":1,"a":2})"),
              "line 1: an object has the same name twice, and nobody knows which one counts");
    for (const std::string_view cut :
         {"", "{", R"({"a)", R"({"a")", R"({"a":)", R"({"a":1)", R"(["\)", R"(["\u12)"})
        EXPECT_THAT(problem(cut),
                    ::testing::AnyOf(HasSubstr("ends in the middle"), HasSubstr("unknown escape")))
            << cut;
    EXPECT_EQ(problem("[1] [2]"), "line 1: there is something behind the end of the JSON");
    EXPECT_EQ(problem("[\"\xff\"]"), "it is not UTF-8");
    EXPECT_EQ(problem(R"(["\ud800"])"), "line 1: a text in quotes has an unknown escape");
    EXPECT_EQ(problem("[\"a\nb\"]"), "line 1: a text in quotes has a control character");
}

TEST(JsonDocument, TakesWhatTheLibraryTakesAndNothingElse) {
    const std::string_view texts[] = {"0",
                                      "-0",
                                      "01",
                                      "1.",
                                      "1.0",
                                      ".5",
                                      "1e",
                                      "1e+",
                                      "1E-2",
                                      "-",
                                      "+1",
                                      "nul",
                                      "nullx",
                                      "true",
                                      "tru",
                                      "[1,]",
                                      "[,1]",
                                      "[1 2]",
                                      "{}",
                                      "{1:2}",
                                      "{\"a\"}",
                                      "{\"a\":1,}",
                                      "[[[]]]",
                                      "[[]",
                                      "]",
                                      "\"\\x\"",
                                      "\"\\u00g0\"",
                                      "\"\t\"",
                                      "\"\x7f\"",
                                      "\"\\u0000\"",
                                      "\"\\udc00\"",
                                      "\"\\ud83d\\ude00\"",
                                      "\"\\ud83dx\"",
                                      "{\"\":0}",
                                      "  [1]  ",
                                      "[1]x"};
    for (const std::string_view text : texts)
        EXPECT_EQ(JsonDocument::parse(text).has_value(), nlohmann::json::accept(text)) << text;
}

// nlohmann-json frees what is nested that deep by recursion, and so would a tree of pointers.
TEST(JsonDocument, IsNotBroughtDownByDepth) {
    const std::string deep(1'000'000, '[');
    EXPECT_THAT(problem(deep), HasSubstr("nested deeper than 64 levels"));
    std::string bearable(64, '[');
    EXPECT_EQ(problem(bearable + std::string(64, ']')), "none");
    std::string objects;
    for (int i = 0; i < 100'000; ++i)
        objects += "{\"a\":";
    EXPECT_THAT(problem(objects), HasSubstr("nested deeper than 64 levels"));
}

TEST(JsonDocument, HasRoomForSoManyValuesAndNotForMore) {
    std::string many = "[0";
    for (int i = 0; i < 600'000; ++i)
        many += ",0";
    EXPECT_THAT(problem(many + "]"), HasSubstr("more than half a million values"));
    EXPECT_EQ(problem(std::string((33U << 20U), ' ')), "it has more than 32 MiB");
}

TEST(JsonDocument, LeavesNothingOfATextBehind) {
    const std::string key = "JBSWY3DPEHPK3PXP";
    Secret text = Secret::copy_of(
        R"({"plain":"JBSWY3DPEHPK3PXP","escaped":"\u004aBSWY3DPEHPK3PXP","broken":["JBSWY3DPEHPK3PXP)");
    Secret whole = text.clone();
    whole.append("\"]}");
    std::vector<std::string> keys{key};
    testing::FreedMemory freed(std::move(keys));
    {
        const auto document = JsonDocument::parse(whole.text());
        EXPECT_TRUE(document && document->root()["escaped"].word() == key);
        EXPECT_FALSE(JsonDocument::parse(text.text()));
    }
    EXPECT_EQ(freed.blocks_with_a_text(), 0U);
}

}  // namespace
}  // namespace secondstep::tool
