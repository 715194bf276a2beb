#include "process/command_line.h"

#include <gmock/gmock.h>

#include <vector>

using ::testing::HasSubstr;

namespace secondstep::process {
namespace {

class CommandLine : public ::testing::Test {
  protected:
    // "" if all of it was understood.
    std::string refusal(std::vector<const char*> words) {
        words.insert(words.begin(), "program");
        const auto parsed =
            parse_command_line(static_cast<int>(words.size()), words.data(), options, "program");
        return parsed ? "" : parsed.error().detail;
    }

    std::string path = "as before";
    std::string other;
    bool flag = false;
    std::vector<CommandLineOption> options{{"path", "PATH", "a place", &path},
                                           {"other", "X", "another", &other},
                                           {"flag", "", "a switch", &flag}};
};

TEST_F(CommandLine, WithoutAWordChangesNothing) {
    EXPECT_EQ(refusal({}), "");
    EXPECT_EQ(path, "as before");
    EXPECT_FALSE(flag);
    EXPECT_EQ(refusal({"--"}), "") << "where options end, as for getopt(3)";
    EXPECT_TRUE(parse_command_line(0, nullptr, options, "program").has_value()) << "started without a name";
}

TEST_F(CommandLine, TakesAValueAsAWordOfItsOwnOrBehindAnEqualsSign) {
    EXPECT_EQ(refusal({"--path", "/a", "--flag", "--other=b=c"}), "");
    EXPECT_EQ(path, "/a");
    EXPECT_EQ(other, "b=c");
    EXPECT_TRUE(flag);
}

TEST_F(CommandLine, TakesAValueWhateverItLooksLike) {
    EXPECT_EQ(refusal({"--path", "--flag", "--other", "-"}), "");
    EXPECT_EQ(path, "--flag");
    EXPECT_EQ(other, "-");
    EXPECT_FALSE(flag);
}

TEST_F(CommandLine, SaysWhatIsWrongAndWhereHelpIs) {
    const std::string help = "; see: program --help";
    EXPECT_EQ(refusal({"--fla"}), "unrecognised option '--fla'" + help) << "an abbreviation";
    EXPECT_EQ(refusal({"--Flag=1"}), "unrecognised option '--Flag'" + help);
    EXPECT_EQ(refusal({"-f"}), "unrecognised option '-f'" + help);
    EXPECT_EQ(refusal({"--", "--flag"}), "unrecognised option '--'" + help);
    EXPECT_EQ(refusal({"--=x"}), "unrecognised option '--'" + help);
    EXPECT_EQ(refusal({"word"}), "'word' is not an option" + help);
    EXPECT_EQ(refusal({""}), "'' is not an option" + help);
    EXPECT_EQ(refusal({"--path"}), "option '--path' needs a value: PATH" + help);
    EXPECT_EQ(refusal({"--flag=yes"}), "option '--flag' does not take any arguments" + help);
}

TEST_F(CommandLine, RefusesAnEmptyValueWhichIsAVariableThatWasNotSet) {
    EXPECT_THAT(refusal({"--path="}), HasSubstr("option '--path' has an empty value"));
    EXPECT_THAT(refusal({"--path", ""}), HasSubstr("option '--path' has an empty value"));
}

TEST_F(CommandLine, RefusesAnOptionThatIsGivenTwice) {
    EXPECT_THAT(refusal({"--path=a", "--path", "a"}),
                HasSubstr("'--path' cannot be specified more than once"));
    EXPECT_THAT(refusal({"--flag", "--flag"}), HasSubstr("'--flag' cannot be specified more than once"));
}

TEST_F(CommandLine, ShowsNothingThatMovesACursor) {
    EXPECT_EQ(refusal({"--\x1b[2J"}).find('\x1b'), std::string::npos);
}

TEST_F(CommandLine, DescribesEachOptionInLinesThatFitAScreen) {
    const std::string meaning =
        "what is said of it in many words, so that it does not fit into one line of a terminal";
    const std::vector<CommandLineOption> described_options{
        {"path", "PATH", meaning, &path}, {"an-option-with-a-long-name", "PLACE", "short", &other}};
    EXPECT_EQ(described(described_options),
              "Options:\n"
              "  --path PATH           what is said of it in many words, so that it does not\n"
              "                        fit into one line of a terminal\n"
              "  --an-option-with-a-long-name PLACE short\n");
}

}  // namespace
}  // namespace secondstep::process
