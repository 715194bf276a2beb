#include "dialogue/messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/text.h"
#include "dialogue/damage.h"

namespace secondstep {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> all_texts(const std::string& contact) {
    return {messages::not_accepted(),
            messages::help(contact),
            messages::recovery_code_accepted(9, 10, contact),
            messages::recovery_code_accepted(3, 10, contact),
            messages::recovery_code_accepted(1, 10, contact),
            messages::recovery_code_accepted(0, 10, contact)};
}

const std::string long_contacts[] = {"", "night desk, 1234", std::string(120, 'w'),
                                     "w " + std::string(119, 'x'), "\xe5\xa4\x9c" + std::string(100, 'y'),
                                     // 40 wide characters are 80 columns.
                                     [] {
                                         std::string wide;
                                         for (int i = 0; i < 40; ++i)
                                             wide += "\xe5\xa4\x9c";
                                         return wide;
                                     }(),
                                     "two\nlines\x1b[2J and more"};

TEST(Messages, HaveAtMost72Columns) {
    for (const std::string& contact : long_contacts) {
        for (const std::string& text : all_texts(contact)) {
            for (const std::string_view line : split(text, '\n'))
                EXPECT_LE(display_width(line), 72U) << line;
        }
    }
}

TEST(Messages, HaveNoControlCharactersButNewlines) {
    for (const std::string& contact : long_contacts) {
        for (const std::string& text : all_texts(contact)) {
            EXPECT_TRUE(is_valid_utf8(text)) << text;
            for (const std::string_view line : split(text, '\n'))
                EXPECT_FALSE(has_control_characters(line)) << line;
        }
    }
}

TEST(Messages, OfSeveralLinesBeginWithANewlineAndDoNotEndWithOne) {
    for (const std::string& text : all_texts("desk")) {
        EXPECT_TRUE(text.starts_with('\n'));
        EXPECT_FALSE(text.ends_with('\n'));
    }
}

TEST(Messages, TheFirstPromptIsTheOneAutomationMatches) {
    EXPECT_EQ(messages::code_prompt, "Verification code: ");
}

TEST(Messages, ARefusalSaysWhatToDo) {
    const std::string text = messages::not_accepted();
    for (const char* words : {"Not accepted.", "Each code works once", "wait", "recovery code", "? = help"}) {
        EXPECT_THAT(text, HasSubstr(words));
    }
}

TEST(Messages, HelpNamesTheContactInFull) {
    EXPECT_THAT(messages::help("night desk, +49 30 1234"), HasSubstr("night desk"));
    EXPECT_THAT(messages::help("night desk, +49 30 1234"), HasSubstr("1234"));
    EXPECT_THAT(messages::help(""), HasSubstr("Ask the administrator."));
    std::string letters = messages::help(std::string(120, 'w'));
    EXPECT_GE(std::count(letters.begin(), letters.end(), 'w'), 120);
}

TEST(Messages, SayHowManyRecoveryCodesAreLeft) {
    EXPECT_EQ(messages::recovery_code_accepted(9, 10, ""), "\nAccepted. 9 recovery codes left.");
    EXPECT_THAT(messages::recovery_code_accepted(1, 10, ""), HasSubstr("1 recovery code left."));
    EXPECT_THAT(messages::recovery_code_accepted(0, 10, ""), HasSubstr("No recovery codes left."));
}

TEST(Messages, SayWhereNewRecoveryCodesComeFromWhenTheyRunOut) {
    const std::string advice = "secondstep recovery-codes";
    EXPECT_THAT(messages::recovery_code_accepted(4, 10, "desk"), Not(HasSubstr(advice)));
    EXPECT_THAT(messages::recovery_code_accepted(3, 10, "desk"), HasSubstr(advice));
    EXPECT_THAT(messages::recovery_code_accepted(3, 10, "desk"), HasSubstr("desk"));
    EXPECT_THAT(messages::recovery_code_accepted(2, 3, "desk"), Not(HasSubstr(advice)));
    EXPECT_THAT(messages::recovery_code_accepted(0, 3, "desk"), HasSubstr(advice));
}

TEST(Messages, ADecoysDamageAsksNothingOfAnybody) {
    EXPECT_THAT(dialogue::damage_notice(""), Not(HasSubstr("secondstep recovery-codes")));
    EXPECT_THAT(dialogue::damage_notice("alice"), HasSubstr("secondstep recovery-codes --renew alice"));
}

}  // namespace
}  // namespace secondstep
