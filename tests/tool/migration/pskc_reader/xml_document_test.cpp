#include "migration/pskc_reader/xml_document.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "base/text.h"

namespace secondstep::pskc_reader {
namespace {

struct Tag {
    std::string_view name;
    std::vector<Attribute> attributes;
    std::string_view text;
    std::uint32_t children = 0;
};

Bytes answer(const std::vector<Tag>& tags) {
    AnswerWriter writer;
    for (const Tag& tag : tags)
        EXPECT_TRUE(writer.element(tag.name, tag.attributes, tag.text, tag.children));
    return std::move(writer).take();
}

auto decoded(ByteView bytes) {
    return XmlDocument::decode(Secret::copy_of(bytes));
}

// Two elements in the root, the first with one of its own.
Bytes small() {
    return answer({{"a", {{"x", "1"}, {"y", "two"}}, " text\n", 2},
                   {"b", {}, "", 1},
                   {"c", {}, "deep", 0},
                   {"b", {}, "2nd", 0}});
}

TEST(XmlDocument, GivesBackWhatWasWritten) {
    const auto document = decoded(small());
    ASSERT_TRUE(document && *document);
    const XmlElement root = (*document)->root();
    EXPECT_EQ(root.name(), "a");
    EXPECT_EQ(root.text().text(), "text");
    EXPECT_EQ(root.attribute("y"), "two");
    EXPECT_EQ(root.attribute("z"), std::nullopt);
    EXPECT_EQ(root.attribute_names(), (std::vector<std::string_view>{"x", "y"}));
    ASSERT_EQ(root.children("b").size(), 2U);
    EXPECT_EQ(root.children()[1].text().text(), "2nd");
    ASSERT_TRUE(root.descendant({"b", "c"}));
    EXPECT_EQ(root.descendant({"b", "c"})->text().text(), "deep");
    EXPECT_FALSE(root.child("c"));
    EXPECT_TRUE(root.children()[1].children().empty());
}

TEST(XmlDocument, LivesOnWhenItIsMoved) {
    auto document = decoded(small());
    ASSERT_TRUE(document && *document);
    const XmlElement root = (*document)->root();
    const XmlDocument moved = std::move(**document);
    EXPECT_EQ(root.attribute("x"), "1");
    EXPECT_EQ(moved.root().children().size(), 2U);
}

TEST(XmlDocument, IsAllOfAnAnswerOrNone) {
    const Bytes whole = small();
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(decoded(ByteView(whole).first(size))) << size;
    Bytes longer = whole;
    longer.push_back(0);
    EXPECT_FALSE(decoded(longer));
}

TEST(XmlDocument, IsNothingElseWhateverByteIsAnother) {
    const Bytes whole = small();
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            Bytes other = whole;
            other[at] = static_cast<std::uint8_t>(other[at] ^ (1U << bit));
            const auto document = decoded(other);
            if (document && *document) {
                EXPECT_FALSE((*document)->root().name().empty());
            }
        }
    }
}

TEST(XmlDocument, HasNoTextThatXmlCannotHave) {
    using namespace std::string_view_literals;
    for (const std::string_view bad : {"\0"sv, "a\x1b[2J"sv, "\xff"sv, "\x7"sv, "\xc3"sv}) {
        EXPECT_FALSE(decoded(answer({{"a", {}, bad, 0}})));
        EXPECT_FALSE(decoded(answer({{bad, {}, "", 0}})));
        EXPECT_FALSE(decoded(answer({{"a", {{bad, ""}}, "", 0}})));
        EXPECT_FALSE(decoded(answer({{"a", {{"x", bad}}, "", 0}})));
    }
    EXPECT_FALSE(decoded(answer({{"", {}, "", 0}})));
    EXPECT_TRUE(decoded(answer({{"a", {}, "\tz\r\n\xc3\xa4", 0}})));
}

TEST(XmlDocument, HasAsManyElementsAsItSays) {
    EXPECT_FALSE(decoded(answer({{"a", {}, "", 1}})));
    EXPECT_FALSE(decoded(answer({{"a", {}, "", 0xffffffff}})));
    EXPECT_FALSE(decoded(answer({{"a", {}, "", 0}, {"b", {}, "", 0}})));
}

TEST(XmlDocument, IsNoDeeperThanItsReaderGoes) {
    const auto chain = [](std::size_t depth) {
        std::vector<Tag> tags(depth, Tag{"a", {}, "", 1});
        tags.back().children = 0;
        return answer(tags);
    };
    EXPECT_TRUE(decoded(chain(most_depth)));
    EXPECT_FALSE(decoded(chain(most_depth + 1)));
}

TEST(XmlDocument, HasAMillionElementsAtMost) {
    AnswerWriter writer;
    ASSERT_TRUE(writer.element("a", {}, "", most_elements));
    for (std::size_t i = 1; i < most_elements; ++i)
        ASSERT_TRUE(writer.element("b", {}, "", 0));
    EXPECT_FALSE(writer.element("b", {}, "", 0));
    EXPECT_FALSE(decoded(std::move(writer).take())) << "with the one too many";
}

TEST(XmlDocument, IsNoRefusal) {
    const auto refused = decoded(encode(Refused{Refusal::not_xml, 7}));
    ASSERT_TRUE(refused && !*refused);
    EXPECT_EQ(refused->error().why, Refusal::not_xml);
    EXPECT_EQ(refused->error().line, 7U);
    Bytes unknown = encode(Refused{Refusal::not_confined, 0});
    EXPECT_TRUE(decoded(unknown));
    ++unknown[4];
    EXPECT_FALSE(decoded(unknown));
    Bytes longer = encode(Refused{Refusal::no_memory, 0});
    longer.push_back(0);
    EXPECT_FALSE(decoded(longer));
}

}  // namespace
}  // namespace secondstep::pskc_reader
