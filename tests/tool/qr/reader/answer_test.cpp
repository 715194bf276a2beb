#include "qr/reader/answer.h"

#include <gtest/gtest.h>

#include <utility>

namespace secondstep::qr_reader {
namespace {

Answer answer_of(const std::vector<std::string>& texts) {
    Contents contents;
    for (const std::string& text : texts)
        contents.push_back(Secret::copy_of(text));
    return contents;
}

TEST(Answer, ComesBackAsItWas) {
    const std::string longest(longest_content, 'x');
    const auto back = decode(encode(answer_of({"otpauth://totp/a", "grüße", longest})));
    ASSERT_TRUE(back && *back);
    ASSERT_EQ((*back)->size(), 3U);
    EXPECT_EQ((**back)[0].text(), "otpauth://totp/a");
    EXPECT_EQ((**back)[1].text(), "grüße");
    EXPECT_EQ((**back)[2].text(), longest);
}

TEST(Answer, BringsEveryRefusalBack) {
    for (auto number = std::to_underlying(Refusal::not_a_picture);
         number <= std::to_underlying(Refusal::not_confined); ++number) {
        const auto back = decode(encode(std::unexpected(static_cast<Refusal>(number))));
        ASSERT_TRUE(back && !*back);
        EXPECT_EQ(std::to_underlying(back->error()), number);
    }
}

TEST(Answer, IsNoneWhenCutAnywhereOrFollowedByMore) {
    Bytes bytes = encode(answer_of({"one", "two"}));
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_FALSE(decode(ByteView(bytes).first(size))) << size;
    bytes.push_back(0);
    EXPECT_FALSE(decode(bytes));
}

TEST(Answer, WithARefusalHasNothingMore) {
    Bytes bytes = encode(std::unexpected(Refusal::no_code));
    bytes.push_back(1);
    EXPECT_FALSE(decode(bytes));
}

TEST(Answer, IsNoneWithAnUnknownRefusalAnotherMarkNoCodesOrTooMany) {
    Bytes bytes = encode(answer_of({"one"}));
    for (const auto& [index, value] : {std::pair{0, 'X'}, {4, 11}, {4, 255}, {5, 0}, {5, 65}, {5, 2}}) {
        Bytes changed = bytes;
        changed[static_cast<std::size_t>(index)] = static_cast<std::uint8_t>(value);
        EXPECT_FALSE(decode(changed)) << index << " " << value;
    }
}

TEST(Answer, IsNoneWithATextThatIsEmptyTooLongOrNoUtf8) {
    EXPECT_FALSE(decode(encode(answer_of({""}))));
    EXPECT_FALSE(decode(encode(answer_of({std::string(longest_content + 1, 'x')}))));
    EXPECT_FALSE(decode(encode(answer_of({"\xff"}))));
}

TEST(Answer, AtItsLongestIsWithinItsBound) {
    const std::vector<std::string> most(most_codes, std::string(longest_content, 'x'));
    const Bytes bytes = encode(answer_of(most));
    EXPECT_EQ(bytes.size(), longest_answer);
    EXPECT_TRUE(decode(bytes));
}

}  // namespace
}  // namespace secondstep::qr_reader
