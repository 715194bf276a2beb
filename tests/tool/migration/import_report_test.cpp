#include "migration/import_report.h"

#include <gtest/gtest.h>

namespace secondstep::tool {
namespace {

using Outcome = ImportReport::Outcome;

Exit after(const std::vector<Outcome>& outcomes, bool dry_run = false) {
    ImportReport report(dry_run, false);
    for (const Outcome outcome : outcomes)
        report.add({outcome, "alice", "tokens.csv:2", "totp, 1 device", {}});
    return report.finish();
}

TEST(ImportReport, SuccessIsThatSomethingHappened) {
    EXPECT_EQ(after({}), Exit::refused);
    EXPECT_EQ(after({Outcome::left_out}), Exit::refused);
    EXPECT_EQ(after({Outcome::imported}), Exit::done);
    EXPECT_EQ(after({Outcome::imported}, true), Exit::done) << "would be";
    EXPECT_EQ(after({Outcome::unchanged, Outcome::left_out}), Exit::done);
    EXPECT_EQ(after({Outcome::moved_on}), Exit::done);
    EXPECT_EQ(after({Outcome::imported, Outcome::not_imported}), Exit::refused);
}

}  // namespace
}  // namespace secondstep::tool
