#include "check/remembered_check.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>

#include "check/content_file.h"
#include "support/temporary_directory.h"
#include "tool_world.h"

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace secondstep::testing {

namespace {

using tool::CheckReport;
using tool::Finding;
using tool::Remark;
using tool::RememberedCheck;

bool always(const std::string& /*service*/) {
    return true;
}
bool never(const std::string& /*service*/) {
    return false;
}

Remark remark(const std::string& text, unsigned line, Remark::Level level = Remark::Level::error) {
    return {.level = level,
            .file = "/etc/pam.d/sshd",
            .line = line,
            .text = text,
            .now = "auth ...",
            .mend = {},
            .finding = Finding::no_code};
}

CheckReport content() {
    CheckReport report;
    report.services = {"sshd", "sudo"};
    report.without_code = {"backup"};
    report.remarks = {remark("known", 3), remark("known", 9, Remark::Level::warning)};
    return report;
}

RememberedCheck remembered() {
    return remembered_after({}, content(), always);
}

std::vector<std::string> worse(const CheckReport& now, bool exists = true) {
    return what_got_worse(remembered(), now, exists ? always : never);
}

TEST(RememberedCheck, HasNothingToSayOfTheSameOrOfLess) {
    EXPECT_THAT(worse(content()), IsEmpty());
    CheckReport mended = content();
    mended.remarks.clear();
    mended.without_code.clear();
    mended.services.emplace_back("login");
    EXPECT_THAT(worse(mended), IsEmpty());
}

TEST(RememberedCheck, DoesNotMindWhereALineStands) {
    CheckReport moved = content();
    for (Remark& each : moved.remarks)
        each.line += 2;
    EXPECT_THAT(worse(moved), IsEmpty());
}

TEST(RememberedCheck, NamesEachNewErrorWarningAndWhatCannotBeRead) {
    CheckReport now = content();
    now.remarks.push_back(remark("one more", 4));
    now.remarks.push_back(remark("one less sure", 0, Remark::Level::warning));
    now.remarks.push_back(remark("cannot be read", 0, Remark::Level::warning));
    now.remarks.back().finding = Finding::unreadable;
    EXPECT_THAT(worse(now), ElementsAre("/etc/pam.d/sshd:4: new error: one more",
                                        "/etc/pam.d/sshd: new warning: one less sure",
                                        "/etc/pam.d/sshd: new warning: cannot be read"));
}

TEST(RememberedCheck, NoticesTheSameFindingASecondTimeAndAnErrorThatWasAWarning) {
    CheckReport now = content();
    now.remarks.push_back(remark("known", 12));
    EXPECT_EQ(worse(now).size(), 1U);
    now = content();
    now.remarks[1].level = Remark::Level::error;
    EXPECT_EQ(worse(now).size(), 1U);
}

TEST(RememberedCheck, NoticesAServiceThatNoLongerAsks) {
    CheckReport now = content();
    now.services = {"sudo"};
    EXPECT_THAT(worse(now), ElementsAre("sshd no longer asks for the second step"));
}

// A program that was removed is no alarm; one that comes back and asks for less is.
TEST(RememberedCheck, NoticesAServiceThatComesBackWithoutIt) {
    CheckReport now = content();
    now.services = {"sudo"};
    EXPECT_THAT(worse(now, false), IsEmpty());
    const RememberedCheck later = remembered_after(remembered(), now, never);
    EXPECT_THAT(what_got_worse(later, now, always), ElementsAre("sshd no longer asks for the second step"));
    EXPECT_THAT(remembered_after(remembered(), now, always).services, ElementsAre("sudo"));
}

TEST(RememberedCheck, NoticesWhomAMatchBlockLetsIn) {
    CheckReport now = content();
    now.without_code.emplace_back("alice");
    EXPECT_THAT(worse(now), ElementsAre(HasSubstr("without a code: alice")));
}

TEST(RememberedCheck, IsReadAsItIsWritten) {
    CheckReport odd = content();
    odd.remarks.push_back(remark("a\nb\tc\x1b", 1));
    const RememberedCheck check = remembered_after({}, odd, always);
    const auto read = tool::remembered_check_of(to_text(check));
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(*read, check);
    EXPECT_THAT(what_got_worse(*read, odd, always), IsEmpty());
    for (unsigned i = 0; i <= static_cast<unsigned>(Finding::unreadable); ++i) {
        RememberedCheck one = check;
        one.remarks[0].finding = static_cast<Finding>(i);
        EXPECT_EQ(tool::remembered_check_of(to_text(one)), one);
    }
}

// A file that ends in the middle would remember less, and everything that it lost would be new.
TEST(RememberedCheck, IsDamagedWhereItIsNotWhole) {
    const std::string text = to_text(remembered());
    for (std::size_t size = 0; size < text.size(); ++size)
        EXPECT_FALSE(tool::remembered_check_of(text.substr(0, size))) << size;
    EXPECT_EQ(tool::remembered_check_of("secondstep-content 2\nend\n").error().code, Errc::unsupported);
    EXPECT_EQ(tool::remembered_check_of("secondstep-content 1\nwhat\tis this\nend\n").error().code,
              Errc::damaged);
}

TEST(ContentFile, IsBelievedWhereItIsOnesOwn) {
    const TemporaryDirectory directory;
    const tool::ContentFile file(directory.file("state"));
    ASSERT_TRUE(file.read());
    EXPECT_FALSE(*file.read());
    ASSERT_TRUE(file.write(remembered()));
    EXPECT_EQ(mode_of(directory.file("state")), 0700U);
    EXPECT_EQ(mode_of(directory.file("state/content")), 0600U);
    EXPECT_EQ(file.read()->value(), remembered());
    const auto is_untrusted = [&file] {
        const auto read = file.read();
        return !read && read.error().code == Errc::untrusted;
    };
    ::chmod(directory.file("state/content").c_str(), 0620);
    EXPECT_TRUE(is_untrusted());
    ::chmod(directory.file("state/content").c_str(), 0600);
    ::chmod(directory.file("state").c_str(), 0720);
    EXPECT_TRUE(is_untrusted());
    EXPECT_FALSE(file.write(remembered()));
}

}  // namespace

}  // namespace secondstep::testing
