#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stacks/judgement/part_without_use.h"
#include "stacks/judgement/stack_corpus.h"
#include "stacks/judgement/stack_findings.h"

using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace secondstep::tool {

namespace {

// No false alarm, and nothing missed: of real stacks, and of those that real people wrote.
TEST(StackCorpus, HasTheFindingsThatAreExpected) {
    std::vector<std::string> wrong;
    for (const auto& machine : read_corpus()) {
        for (const CorpusService& service : machine) {
            Neighbours neighbours;
            for (const CorpusService& other : machine)
                neighbours.push_back({other.stack, other.before});
            Remarks found = findings_in(service.stack, service.config, service.before, neighbours);
            std::ranges::copy(parts_without_use(service.stack), std::back_inserter(found));
            std::ranges::copy(differences(service, found), std::back_inserter(wrong));
        }
    }
    EXPECT_THAT(wrong, IsEmpty());
}

TEST(StackCorpus, OfAtLeastThirtyStacks) {
    std::size_t services = 0;
    for (const auto& machine : read_corpus())
        services += machine.size();
    EXPECT_GE(read_corpus().size(), 60U);
    EXPECT_GE(services, 200U);
}

TEST(StackCorpus, ADifferenceIsSeen) {
    CorpusService service;
    service.corpus = "c";
    service.service = "x";
    const Remarks found{{.level = Remark::Level::error,
                         .file = "/x",
                         .line = 2,
                         .text = "t",
                         .now = {},
                         .mend = {},
                         .finding = Finding::wrong_code}};
    EXPECT_THAT(differences(service, found), SizeIs(1));
    service.expected.push_back({.level = "error", .places = {"x:2"}, .finding = "wrong-code"});
    EXPECT_THAT(differences(service, found), IsEmpty());
    EXPECT_THAT(differences(service, {}), SizeIs(1));
    service.expected.front().places = {"x:3"};
    EXPECT_THAT(differences(service, found), SizeIs(2));
}

}  // namespace

}  // namespace secondstep::tool
