// What the guide tells people to write is what the corpus has walked through.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "stacks/judgement/stack_corpus.h"
#include "stacks/judgement/stack_findings.h"

namespace secondstep::tool {
namespace {

using Lines = std::vector<std::string>;

std::string path(const std::string& file) {
    return std::string(SECONDSTEP_SOURCE_DIR) + "/" + file;
}

// Those that begin with this word, each with one blank between its words.
Lines lines_of(const std::string& file, const std::string& first_word) {
    std::ifstream stream(path(file));
    Lines found;
    for (std::string line; std::getline(stream, line);) {
        std::istringstream words(line);
        std::string normal;
        for (std::string word; words >> word;)
            normal += (normal.empty() ? "" : " ") + word;
        if (normal.starts_with(first_word + " ")) found.push_back(normal);
    }
    return found;
}

const std::string guide = "etc/guides/fedora.md";
const std::string profile = "tests/data/stacks/rhel9-own-authselect-profile-enroll/";

TEST(FedoraGuide, HasTheLinesThatWereWalkedThrough) {
    Lines in_guide = lines_of(guide, "auth");
    ASSERT_EQ(in_guide.size(), 14U);
    const std::string finger = in_guide.back();
    in_guide.pop_back();
    EXPECT_EQ(lines_of(profile + "password-auth", "auth"), in_guide);
    in_guide.insert(in_guide.begin() + 3, finger);  // "behind the third one"
    EXPECT_EQ(lines_of(profile + "system-auth", "auth"), in_guide);
}

TEST(FedoraGuide, HasTheAccountLineAndTheExceptionForJobs) {
    const Lines account = lines_of(guide, "account");
    ASSERT_EQ(account.size(), 1U);
    for (const char* const file : {"password-auth", "system-auth"})
        EXPECT_EQ(lines_of(profile + file, "account").at(0), account.front());
    EXPECT_EQ(lines_of(profile + "secondstep.conf", "services"), lines_of(guide, "services"));
}

// Of a line behind the substack.
Remarks found_in_sshd() {
    for (const auto& machine : read_corpus())
        for (const CorpusService& each : machine)
            if (each.corpus == "rhel9-substack-line" && each.service == "sshd")
                return findings_in(each.stack, each.config, each.before, {});
    return {};
}

TEST(FedoraGuide, QuotesWhatCheckConfigSaysOfALineBehindTheSubstack) {
    std::ostringstream text;
    text << std::ifstream(path(guide)).rdbuf();
    const Remarks found = found_in_sshd();
    ASSERT_FALSE(found.empty());
    EXPECT_THAT(text.str(), ::testing::HasSubstr("error: " + found.front().text));
}

}  // namespace
}  // namespace secondstep::tool
