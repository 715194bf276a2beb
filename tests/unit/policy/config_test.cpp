#include "policy/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "support/temporary_directory.h"

namespace secondstep {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::TemporaryDirectory;

std::string problems(const std::string& text) {
    const Result<Config> config = parse_config(text, "c.conf");
    return config ? "none" : config.error().detail;
}

void write(const std::string& path, const std::string& text, mode_t mode = 0644) {
    std::ofstream(path) << text;
    ASSERT_EQ(::chmod(path.c_str(), mode), 0);
}

TEST(Config, AnEmptyTextIsTheDefaults) {
    const Result<Config> config = parse_config("", "c.conf");
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->tries, 3U);
    EXPECT_EQ(config->rules.defaults.action, Action::allow);
}

TEST(Config, ANumberSignInsideALineBelongsToTheValue) {
    const Result<Config> config = parse_config("contact = desk #4, floor #2\n", "c.conf");
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->contact, "desk #4, floor #2");
}

TEST(Config, ANumberSignAtTheStartIsARemark) {
    const Result<Config> config = parse_config("#tries = 9\n  # tries = 8\n\t\n\ntries=2", "c.conf");
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->tries, 2U);
}

TEST(Config, SpacesAroundAndCarriageReturnsDoNotMatterAndAnEqualsSignInTheValueDoes) {
    const Result<Config> config = parse_config("\t tries\t=  2 \r\ncontact = a = b\r\n", "c.conf");
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->tries, 2U);
    EXPECT_EQ(config->contact, "a = b");
}

TEST(Config, AnEmptyValueIsTheDefaultWhereTheDefaultIsEmpty) {
    EXPECT_EQ(problems("issuer =\ncontact=\nportal_services = \n"), "none");
    EXPECT_THAT(problems("tries =\n"), HasSubstr("c.conf:1: tries"));
    EXPECT_THAT(problems("[rule a]\nusers =\naction = require\n"), HasSubstr("c.conf:2: "));
}

TEST(Config, ReportsEveryProblemWithItsLine) {
    const std::string found = problems(
        "tries = 0\nwindow = 2\nfoo = 1\nno equals sign\n= 3\n[rule x]\naction = deny\n[nonsense]\n");
    EXPECT_THAT(found, HasSubstr("c.conf:1: tries: not a number from 1 to 10 (column 9)"));
    EXPECT_THAT(found, Not(HasSubstr("c.conf:2:")));
    EXPECT_THAT(found, HasSubstr("c.conf:3: unknown option; secondstep.conf(5) lists them all (column 1)"));
    EXPECT_THAT(found, HasSubstr("c.conf:4: this is not of the form: key = value (column 1)"));
    EXPECT_THAT(found, HasSubstr("c.conf:5: "));
    EXPECT_THAT(found, HasSubstr("c.conf:7: action: not one of"));
    EXPECT_THAT(found, HasSubstr("c.conf:8: this is not a section"));
}

// --config by sudo may name any file of root's: what stands in it is not to be read off the error.
TEST(Config, NeverRepeatsWhatStandsInTheFile) {
    const std::string word = "Xq7";
    const std::string place = "action = " + word + "\n[rule r" + word + "]\nusers = a, , " + word +
                              "\nnetworks = " + word + "\nmethods = totp, " + word + "\n" + word + " = 1\n" +
                              word + " = 2\n[rule r" + word + "]\n[rule " + word + "!]\n[" + word + "]\n" +
                              word + ":$6$" + word + "\n  tries = " + word + "\n";
    const std::string found = problems(place);
    EXPECT_THAT(found, HasSubstr("c.conf:11: "));
    EXPECT_THAT(found, HasSubstr("c.conf:1: action: not one of allow, require, exempt, enroll (column 10)"));
    EXPECT_THAT(found, Not(HasSubstr(word)));
}

TEST(Config, SaysWhichOfItsOwnOptionsIsMeant) {
    EXPECT_THAT(problems("actoin = allow\n"),
                HasSubstr("c.conf:1: unknown option; did you mean 'action'?; secondstep.conf(5)"));
    EXPECT_THAT(problems("[rule a]\naction = allow\nnetwork = local\n"),
                HasSubstr("did you mean 'networks'?"));
    EXPECT_THAT(problems("key=e28a7f5e9b80\n"), Not(HasSubstr("did you mean")));
}

TEST(Config, OfAFileThatIsNoneTellsTheBeginning) {
    std::string text;
    for (int i = 0; i < 100; ++i)
        text += "x\n";
    const std::string found = problems(text);
    EXPECT_EQ(std::ranges::count(found, '\n'), 20);
    EXPECT_THAT(found, HasSubstr("c.conf:101: 80 more lines up to here"));
}

TEST(Config, ARepeatedOptionIsAnErrorThatNamesTheFirst) {
    EXPECT_THAT(problems("tries = 2\ntries = 2\n"),
                HasSubstr("c.conf:2: this option is there already, at c.conf:1 (column 1)"));
    EXPECT_THAT(problems("[rule a]\nusers = x\nusers = y\naction = allow\n"),
                HasSubstr("c.conf:3: this option is there already"));
    EXPECT_EQ(problems("[rule a]\naction = allow\n[rule b]\naction = allow\n"), "none");
}

TEST(Config, ARepeatedRuleIsAnError) {
    EXPECT_THAT(problems("[rule a]\naction = allow\n[rule a]\naction = exempt\n"),
                HasSubstr("c.conf:3: a rule of this name is there already, at c.conf:1"));
}

TEST(Config, ARuleWithoutAnActionIsAnError) {
    EXPECT_THAT(problems("[rule a]\nusers = x\n"), HasSubstr("c.conf:1: this rule has no action"));
}

TEST(Config, ABadSectionDoesNotLendItsLinesToTheOneBefore) {
    const std::string found = problems("tries = 2\n[rules a]\ntries = 5\n");
    EXPECT_THAT(found, HasSubstr("c.conf:2: "));
    EXPECT_THAT(found, HasSubstr("c.conf:3: "));
}

TEST(Config, RefusesRuleNamesThatWouldNotBeOneWordInALog) {
    for (const char* name : {"", "a b", "a]b", "\xc3\xa4"}) {
        EXPECT_THAT(problems("[rule " + std::string(name) + "]\naction = allow\n"), HasSubstr("c.conf:1: "))
            << name;
    }
    EXPECT_THAT(problems("[rule " + std::string(65, 'a') + "]\naction = allow\n"), HasSubstr("1 to 64"));
}

TEST(Config, RefusesControlCharactersNulsAndInvalidUtf8) {
    EXPECT_THAT(problems("contact = a\x1b[2Jb\n"), HasSubstr("c.conf:1: control characters"));
    EXPECT_THAT(problems(std::string("contact = a\0b\n", 14)), HasSubstr("c.conf:1: control characters"));
    EXPECT_THAT(problems("contact = \xff\n"), HasSubstr("c.conf:1: control characters"));
    EXPECT_EQ(problems("contact = Gr\xc3\xbc\xc3\x9f\x65\n"), "none");
}

TEST(Config, ReadsAllConditionsOfARule) {
    const Result<Config> config = parse_config(
        "action = require\n[rule robots]\nusers = svc-*, backup\ngroups = domain users, ! guests\n"
        "services = sshd,sudo\nnetworks = local,10.0.0.0/8\naction = exempt\n",
        "c.conf");
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->rules.defaults.action, Action::require);
    ASSERT_EQ(config->rules.rules.size(), 1U);
    const Rule& rule = config->rules.rules[0];
    EXPECT_EQ(rule.name, "robots");
    EXPECT_EQ(rule.users, (std::vector<std::string>{"svc-*", "backup"}));
    ASSERT_EQ(rule.groups.size(), 2U);
    EXPECT_EQ(rule.groups[0].name, "domain users");
    EXPECT_FALSE(rule.groups[0].negated);
    EXPECT_EQ(rule.groups[1].name, "guests");
    EXPECT_TRUE(rule.groups[1].negated);
    EXPECT_EQ(rule.services, (std::vector<std::string>{"sshd", "sudo"}));
    EXPECT_EQ(rule.networks.size(), 2U);
    EXPECT_EQ(rule.given.action, Action::exempt);
}

TEST(Config, ReadsTheFileAndThenConfDInByteOrder) {
    const TemporaryDirectory directory;
    const std::string path = directory.file("secondstep.conf");
    std::filesystem::create_directory(directory.file("conf.d"));
    write(path, "tries = 2\n[rule first]\naction = allow\n");
    write(directory.file("conf.d/20-b.conf"), "[rule third]\naction = allow\n");
    write(directory.file("conf.d/10-a.conf"), "window = 2\n[rule second]\naction = allow\n");
    write(directory.file("conf.d/30-c.conf.bak"), "nonsense\n");
    write(directory.file("conf.d/.40-d.conf"), "nonsense\n");
    const Result<Config> config = load_config(path);
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->tries, 2U);
    EXPECT_EQ(config->window, 2U);
    ASSERT_EQ(config->rules.rules.size(), 3U);
    EXPECT_EQ(config->rules.rules[0].name, "first");
    EXPECT_EQ(config->rules.rules[1].name, "second");
    EXPECT_EQ(config->rules.rules[2].name, "third");
}

TEST(Config, ARepetitionInConfDIsAnErrorWithBothFiles) {
    const TemporaryDirectory directory;
    const std::string path = directory.file("secondstep.conf");
    std::filesystem::create_directory(directory.file("conf.d"));
    write(path, "tries = 2\n");
    write(directory.file("conf.d/a.conf"), "\ntries = 3\n");
    const Result<Config> config = load_config(path);
    ASSERT_FALSE(config);
    EXPECT_THAT(config.error().detail,
                HasSubstr("conf.d/a.conf:2: this option is there already, at " + path + ":1"));
}

TEST(Config, ACandidateStandsForTheFileAndNotForConfD) {
    const TemporaryDirectory directory;
    const std::string path = directory.file("secondstep.conf");
    std::filesystem::create_directory(directory.file("conf.d"));
    write(path, "tries = 99\n");
    write(directory.file("conf.d/a.conf"), "window = 2\n");
    const Result<Config> config = load_candidate(path, "tries = 2\n", "candidate");
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->tries, 2U);
    EXPECT_EQ(config->window, 2U);
    const Result<Config> bad = load_candidate(path, "window = 3\ntries = 0\n", "candidate");
    ASSERT_FALSE(bad);
    EXPECT_THAT(bad.error().detail, HasSubstr("candidate:2: tries"));
    EXPECT_THAT(bad.error().detail, HasSubstr("this option is there already, at candidate:1"));
    EXPECT_TRUE(load_candidate(directory.file("absent/secondstep.conf"), "tries = 2\n", "candidate"));
}

TEST(Config, AMissingFileIsNotFound) {
    const TemporaryDirectory directory;
    const Result<Config> config = load_config(directory.file("secondstep.conf"));
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().code, Errc::not_found);
    EXPECT_THAT(config.error().detail, HasSubstr("secondstep.conf"));
}

class UntrustedFile : public ::testing::TestWithParam<mode_t> {};

TEST_P(UntrustedFile, WhichOthersMayWriteIsRefused) {
    const TemporaryDirectory directory;
    const std::string path = directory.file("secondstep.conf");
    write(path, "tries = 2\n", GetParam());
    const Result<Config> config = load_config(path);
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().code, Errc::untrusted);
    write(path, "tries = 2\n", 0644);
    EXPECT_TRUE(load_config(path));
}

INSTANTIATE_TEST_SUITE_P(Config, UntrustedFile, ::testing::Values(mode_t{0664}, mode_t{0646}, mode_t{0666}));

TEST(Config, AFragmentWhichOthersMayWriteIsRefused) {
    const TemporaryDirectory directory;
    write(directory.file("secondstep.conf"), "tries = 2\n");
    std::filesystem::create_directory(directory.file("conf.d"));
    write(directory.file("conf.d/a.conf"), "window = 2\n", 0666);
    const Result<Config> config = load_config(directory.file("secondstep.conf"));
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().code, Errc::untrusted);
    EXPECT_THAT(config.error().detail, HasSubstr("conf.d/a.conf"));
}

TEST(Config, ADirectoryInWhichOthersMayReplaceTheFileIsRefused) {
    const TemporaryDirectory directory;
    write(directory.file("secondstep.conf"), "tries = 2\n");
    ASSERT_EQ(::chmod(directory.path().c_str(), 0777), 0);
    const Result<Config> config = load_config(directory.file("secondstep.conf"));
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().code, Errc::untrusted);
    ASSERT_EQ(::chmod(directory.path().c_str(), 01777),
              0);  // as /tmp: nobody but the owner may rename the file
    EXPECT_TRUE(load_config(directory.file("secondstep.conf")));
}

TEST(Config, ALinkIsNotFollowed) {
    const TemporaryDirectory directory;
    write(directory.file("real.conf"), "tries = 2\n");
    ASSERT_EQ(::symlink("real.conf", directory.file("secondstep.conf").c_str()), 0);
    EXPECT_FALSE(load_config(directory.file("secondstep.conf")));
}

TEST(Config, AFileOfSomebodyElseIsRefused) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to give a file away";
    const TemporaryDirectory directory;
    const std::string path = directory.file("secondstep.conf");
    write(path, "tries = 2\n");
    ASSERT_EQ(::chown(path.c_str(), 65534, 65534), 0);
    const Result<Config> config = load_config(path);
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().code, Errc::untrusted);
}

// By it the tool sees whether the service has read what the files hold now.
TEST(Config, AFingerprintTellsOneTextOfTheFilesFromAnother) {
    const TemporaryDirectory directory;
    const std::string path = directory.file("secondstep.conf");
    const auto of = [&](const std::string& text) {
        std::ofstream(path) << text;
        return load_config(path)->fingerprint;
    };
    const std::string first = of("tries = 3\n");
    EXPECT_NE(first, "");
    EXPECT_EQ(of("tries = 3\n"), first);
    EXPECT_NE(of("tries = 4\n"), first);
    std::filesystem::create_directory(directory.file("conf.d"));
    EXPECT_EQ(of("tries = 3\n"), first);
    std::ofstream(directory.file("conf.d/a.conf")) << "window = 2\n";
    EXPECT_NE(of("tries = 3\n"), first) << "conf.d counts";
    EXPECT_EQ(parse_config("tries = 3\n", "c")->fingerprint, "");
}

TEST(Config, ARuleKnowsWhereItStands) {
    EXPECT_EQ(parse_config("tries = 3\n\n[rule a]\naction = allow\n", "c")->rules.rules.at(0).place, "c:3");
}

}  // namespace
}  // namespace secondstep
