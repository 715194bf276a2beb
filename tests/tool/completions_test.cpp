// What shells offer, asked of the shells themselves with the files that the build made.

#include <gmock/gmock.h>

#include <filesystem>
#include <set>

#include "base/text.h"
#include "tool_world.h"
#include "verb_calls.h"

using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::IsSupersetOf;
using ::testing::Not;

namespace secondstep::testing {

namespace {

using Offers = std::set<std::string>;

Offers lines_in(const Finished& done) {
    EXPECT_EQ(done.err, "");
    const auto lines = lines_of(done.out);
    return {lines.begin(), lines.end()};
}

std::string completion_file(const std::string& shell) {
    return SECONDSTEP_COMPLETIONS "/secondstep." + shell;
}

// With the tool that the build made where a shell looks for it.
ChildProcess::Environment with_the_tool(ChildProcess::Environment environment = {}) {
    const auto directory = std::filesystem::path(SECONDSTEP_TOOL).parent_path();
    environment["PATH"] = directory.string() + ":/usr/bin:/bin";
    return environment;
}

// Each gives what is offered for the last word of a call.
Offers of_bash(const std::string& line) {
    std::string script = "source '" + completion_file("bash") + "'; COMP_WORDS=(";
    std::size_t words = 0;
    for (const std::string_view word : split(line, ' ')) {
        script += " '" + std::string(word) + "'";
        ++words;
    }
    script += "); COMP_CWORD=" + std::to_string(words - 1) +
              "; _secondstep; ((${#COMPREPLY[@]} == 0)) || printf '%s\n' \"${COMPREPLY[@]}\"";
    return lines_in(run_program({"/bin/bash", "--norc", "-c", script}, "", with_the_tool()));
}

Offers of_zsh(const std::string& line) {
    const TemporaryDirectory directory;
    std::filesystem::create_symlink(completion_file("zsh"), directory.file("_secondstep"));
    return lines_in(
        run_program({SECONDSTEP_SOURCE_DIR "/tests/support/zsh-completions", directory.file(""), line}, "",
                    with_the_tool()));
}

Offers of_fish(const std::string& line) {
    const TemporaryDirectory home;
    Offers offers;
    const std::string script = "source '" + completion_file("fish") + "'; complete -C '" + line + "'";
    for (const std::string& each : lines_in(run_program({"/usr/bin/fish", "--no-config", "-c", script}, "",
                                                        with_the_tool({{"HOME", home.file("")}}))))
        offers.insert(each.substr(0, each.find('\t')));
    return offers;
}

struct Shell {
    const char* name;
    Offers (*offers)(const std::string& line);
};

class Completions : public ::testing::TestWithParam<Shell> {
  protected:
    void SetUp() override {
        if (!have_program(GetParam().name)) GTEST_SKIP() << "this machine has no " << GetParam().name;
    }
    static Offers offered(const std::string& line) { return GetParam().offers("secondstep " + line); }
};

TEST_P(Completions, AreAllVerbs) {
    Offers verbs{"help"};
    for (const tool::Command& command : tool::commands())
        verbs.emplace(command.verb);
    Offers offers = offered("");
    std::erase_if(offers, [](const std::string& word) { return word.starts_with("--"); });
    EXPECT_EQ(offers, verbs);
    EXPECT_EQ(offered("re-"), Offers{"re-enroll"});
    EXPECT_THAT(offered("--"), IsSupersetOf({"--config", "--version"}));
    EXPECT_THAT(offered("--config /etc/hosts re-"), Contains("re-enroll"));
    EXPECT_THAT(offered("help adop"), Contains("adopt"));
}

TEST_P(Completions, AreTheOptionsOfEachVerbAndNoOthers) {
    for (const tool::Command& command : tool::commands()) {
        Offers known;
        for (const HelpOption& option : options_of(command))
            known.insert(option.name);
        EXPECT_EQ(offered(std::string(command.verb) + " --"), known) << command.verb;
    }
}

TEST_P(Completions, AreTheWordsThatComeFirst) {
    for (const tool::Command& command : tool::commands()) {
        if (command.first_words.empty()) continue;
        Offers words;
        for (const tool::FirstWord& word : command.first_words)
            words.emplace(word.word);
        EXPECT_THAT(offered(std::string(command.verb) + " "), IsSupersetOf(words)) << command.verb;
    }
}

TEST_P(Completions, AreWhatAVerbIsAbout) {
    for (const std::string call :
         {"enroll roo", "status roo", "status bin roo", "clients drop roo", "devices roo",
          "devices remove roo", "rename roo", "rename bin roo", "export roo", "portal add --share roo"})
        EXPECT_EQ(offered(call), Offers{"root"}) << call;
    for (const std::string call :
         {"doctor roo", "unlock bin roo", "code roo", "portal show roo", "enroll --name roo"})
        EXPECT_THAT(offered(call), Not(Contains("root"))) << call;
}

TEST_P(Completions, AreValuesOfOptions) {
    EXPECT_EQ(offered("enroll --method "), (Offers{"totp", "hotp", "mail", "sms"}));
    EXPECT_EQ(offered("enroll root --algorithm sha2"), Offers{"sha256"});
    EXPECT_EQ(offered("status --group roo"), Offers{"root"});
    EXPECT_THAT(offered("invite root --valid "), Contains("24h"));
    EXPECT_THAT(offered("import oath " SECONDSTEP_SOURCE_DIR "/CONTRI"),
                Contains(EndsWith("CONTRIBUTING.md")));
    EXPECT_THAT(offered("enroll root --save " SECONDSTEP_SOURCE_DIR "/CONTRI"),
                Contains(EndsWith("CONTRIBUTING.md")));
}

TEST_P(Completions, AreServicesOfPamWhereOneIsNamed) {
    if (!std::filesystem::exists("/etc/pam.d/login")) GTEST_SKIP() << "this machine has no PAM services";
    for (const std::string call : {"explain root --service logi", "try --service logi",
                                   "clients drop --service logi", "pam add logi", "pam keep logi"})
        EXPECT_EQ(offered(call), Offers{"login"}) << call;
}

// Names that are in the store alone.
class CompletionsOfPortalUsers : public ToolWorld, public ::testing::WithParamInterface<Shell> {
  protected:
    void SetUp() override {
        if (!have_program(GetParam().name)) GTEST_SKIP() << "this machine has no " << GetParam().name;
    }
    [[nodiscard]] Offers offered(const std::string& line) const {
        return GetParam().offers("secondstep --config " + file("secondstep.conf") + " " + line);
    }
};

TEST_P(CompletionsOfPortalUsers, AreWhereAUserIsNamed) {
    set_up();
    enroll("portal.carla");
    enroll("portal.dora");
    for (const std::string call : {"status portal.c", "disable portal.c", "status root portal.c",
                                   "rename portal.c", "portal add --share portal.c"})
        EXPECT_EQ(offered(call), Offers{"portal.carla"}) << call;
    EXPECT_EQ(offered("status portal."), (Offers{"portal.carla", "portal.dora"}));
    EXPECT_THAT(offered("status "), IsSupersetOf({"portal.carla", "portal.dora", "root"}));
    EXPECT_EQ(offered("doctor portal."), Offers{});
}

// The word of a portal, in the shell of root.
TEST_P(CompletionsOfPortalUsers, AreNotRunByTheShell) {
    const std::string mark = std::filesystem::current_path().string() + "/made-by-a-name";
    std::filesystem::remove(mark);
    const std::string name = "portal.$(touch made-by-a-name)`touch made-by-a-name`;x";
    set_up();
    enroll(name);
    const Offers offers = offered("status portal.");
    ASSERT_EQ(offers.size(), 1U);
    EXPECT_FALSE(std::filesystem::exists(mark)) << "by being offered";
    // As it is inserted; fish alone quotes after it was chosen.
    const std::string offer = *offers.begin();
    const bool raw = std::string(GetParam().name) == "fish";
    EXPECT_EQ(raw ? offer : run_program({"/bin/bash", "--norc", "-c", "printf %s " + offer}).out, name);
    EXPECT_FALSE(std::filesystem::exists(mark)) << "by being inserted";
}

TEST_P(CompletionsOfPortalUsers, OfAStoreThatNobodyHasUsedAreNoneAndMakeNoKey) {
    ASSERT_EQ(tool({"setup", "--no-host-key"}).status, 0);
    EXPECT_EQ(offered("status portal."), Offers{});
    EXPECT_FALSE(std::filesystem::exists(file("host.key")));
}

const auto shells = ::testing::Values(Shell{"bash", of_bash}, Shell{"zsh", of_zsh}, Shell{"fish", of_fish});
const auto name_of_shell = [](const auto& shell) { return std::string(shell.param.name); };
INSTANTIATE_TEST_SUITE_P(Of, Completions, shells, name_of_shell);
INSTANTIATE_TEST_SUITE_P(Of, CompletionsOfPortalUsers, shells, name_of_shell);

}  // namespace

}  // namespace secondstep::testing
