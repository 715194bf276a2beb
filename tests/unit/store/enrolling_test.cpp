#include "store/enrolling.h"

#include <sys/syscall.h>

#include "support/failing_system_call.h"
#include "unit/store/store_fixture.h"

namespace secondstep {
namespace {

using namespace secondstep::testing;
namespace fs = std::filesystem;

class SeveralBatches : public StoreFixture {
  protected:
    static std::vector<NewAccount> accounts(std::initializer_list<const char*> names) {
        std::vector<NewAccount> all;
        for (const char* name : names)
            all.push_back({sample_credential(name), enrolled_state()});
        return all;
    }
    static Result<void> no_record() { return {}; }
    [[nodiscard]] bool enrolled(const char* name) const {
        return store_->read(RecordName::of(name_of(name))).value().credential.has_value();
    }
    [[nodiscard]] std::size_t staged() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(path("staging")), {}));
    }
};

TEST_F(SeveralBatches, OneIsStagedBeforeTheOneBeforeIsCommitted) {
    const auto first = accounts({"ann", "ben"});
    const auto second = accounts({"cem"});
    const auto enrolling = store_->begin_enrolling().value();
    auto staged_first = enrolling->stage(first).value();
    auto staged_second = enrolling->stage(second).value();
    EXPECT_EQ(staged(), 6U);
    ASSERT_TRUE(enrolling->commit(std::move(staged_first), no_record));
    EXPECT_TRUE(enrolled("ann"));
    EXPECT_FALSE(enrolled("cem"));
    EXPECT_EQ(staged(), 2U);
    ASSERT_TRUE(enrolling->commit(std::move(staged_second), no_record));
    EXPECT_TRUE(enrolled("cem"));
    EXPECT_EQ(enrolling->confirm(), Placed::durably);
    EXPECT_EQ(staged(), 0U);
}

TEST_F(SeveralBatches, OneThatIsNotCommittedLeavesNothing) {
    const auto before = everything();
    const auto enrolling = store_->begin_enrolling().value();
    const auto all = accounts({"ann", "ben"});
    {
        const auto batch = enrolling->stage(all).value();
        EXPECT_EQ(staged(), 4U);
    }
    EXPECT_EQ(staged(), 0U);
    EXPECT_FALSE(enrolled("ann"));
}

TEST_F(SeveralBatches, SomebodyInTwoOfThemIsEnrolledOnce) {
    const auto first = accounts({"ann"});
    const auto second = accounts({"ann", "ben"});
    const auto enrolling = store_->begin_enrolling().value();
    auto staged_first = enrolling->stage(first).value();
    auto staged_second = enrolling->stage(second).value();
    ASSERT_TRUE(enrolling->commit(std::move(staged_first), no_record));
    const auto outcome = enrolling->commit(std::move(staged_second), no_record).value();
    ASSERT_EQ(outcome.passed_over.size(), 1U);
    EXPECT_EQ(outcome.passed_over[0].text(), "ann");
    EXPECT_TRUE(enrolled("ben"));
    EXPECT_EQ(staged(), 0U);
}

TEST_F(SeveralBatches, NobodyElseEnrollsAnyMeanwhile) {
    const auto enrolling = store_->begin_enrolling().value();
    EXPECT_EQ(opened()->begin_enrolling().error().code, Errc::busy);
}

TEST_F(SeveralBatches, ADiskThatFailsAtTheEndConfirmsNothing) {
    const auto all = accounts({"ann"});
    const auto store = opened();
    constexpr long harmless = SYS_acct;
    EXPECT_TRUE(holds_while_failing(harmless, EIO, [&] {
        const auto enrolling = store->begin_enrolling().value();
        const auto outcome = enrolling->commit(enrolling->stage(all).value(), no_record);
        return outcome && !outcome->unconfirmed && let_fail(SYS_syncfs, EIO) &&
               enrolling->confirm() == Placed::unconfirmed;
    }));
    EXPECT_TRUE(enrolled("ann"));
}

}  // namespace
}  // namespace secondstep
