#include "migration/pskc_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "support/child_process.h"
#include "support/failing_system_call.h"
#include "support/failure.h"

namespace secondstep::tool {
namespace {

using namespace std::chrono_literals;
using ::testing::AnyOf;
using testing::failure;
using ::testing::HasSubstr;
using ::testing::Not;

Result<pskc_reader::XmlDocument> read_built(std::string_view xml) {
    return read_pskc_file(SECONDSTEP_PSKC_READER, Secret::copy_of(xml));
}

Result<pskc_reader::XmlDocument> misbehaving(std::string_view wish,
                                             std::chrono::milliseconds patience = 10s) {
    return read_pskc_file(SECONDSTEP_MISBEHAVING_READER, Secret::copy_of(wish), patience);
}

std::string sentence(const Result<pskc_reader::XmlDocument>& document) {
    return document ? "it was read" : document.error().detail;
}

TEST(PskcFile, IsTakenApartByTheBuiltProgram) {
    const auto document = read_built("<a x='1'><b>text</b></a>");
    ASSERT_TRUE(document) << document.error().detail;
    EXPECT_EQ(document->root().name(), "a");
    EXPECT_EQ(document->root().child("b")->text().text(), "text");
}

TEST(PskcFile, ThatCannotBeReadIsTheFilesFault) {
    for (const std::string_view bad : {"", "<a>\n<b></a>", "<!DOCTYPE a><a/>"}) {
        const auto document = read_built(bad);
        ASSERT_FALSE(document);
        EXPECT_TRUE(is_fault_of_file(document.error())) << document.error().detail;
    }
    EXPECT_EQ(sentence(read_built("<a>\n<b></a>")), "this is not XML, or not all of it (line 2)");
    EXPECT_THAT(sentence(read_built("<!DOCTYPE a><a/>")), HasSubstr("DOCTYPE"));
    EXPECT_EQ(failure(read_built(std::string(pskc_reader::most_bytes + 1, ' '))), Errc::too_large);
}

// The largest that is read, and of nothing but elements, which is what costs memory; and on a busy machine time.
TEST(PskcFile, OfThirtyTwoMegabytesIsReadOrRefused) {
    std::string text = "<a>";
    while (text.size() + 600 < pskc_reader::most_bytes)
        text +=
            "<Key><Data><Secret><PlainValue>" + std::string(500, 'A') + "</PlainValue></Secret></Data></Key>";
    EXPECT_EQ(sentence(read_built(text + "</a>")), "it was read");
    std::string dense = "<a>";
    dense.resize(pskc_reader::most_bytes - 4);
    for (std::size_t at = 3; at + 4 <= dense.size(); at += 4)
        dense.replace(at, 4, "<b/>");
    const auto document = read_built(dense.substr(0, (dense.size() - 3) / 4 * 4 + 3) + "</a>");
    EXPECT_THAT(failure(document), AnyOf(Errc::too_large, Errc::no_space, Errc::timed_out))
        << sentence(document);
}

TEST(PskcFile, IsReadByAProgramThatHasNothingElse) {
    const std::string nobody = std::to_string(::getuid() == 0 ? 65534 : ::getuid());
    const UniqueFd left_open(::dup(STDIN_FILENO));  // without O_CLOEXEC
    const auto document = misbehaving("who");
    ASSERT_TRUE(document) << document.error().detail;
    const Secret who = document->root().text();
    EXPECT_THAT(std::string(who.text()), HasSubstr("uid " + nobody + " " + nobody + " "));
    EXPECT_THAT(std::string(who.text()), HasSubstr("environment empty descriptors 0 1 2 blocked 0"));
}

TEST(PskcFile, WhoseReaderFailsIsAnError) {
    for (const char* const wish : {"die", "garbage", "nothing", "answer and die", "answer and fail",
                                   "answer and say more", "talk for ever"}) {
        const auto document = misbehaving(wish);
        EXPECT_EQ(failure(document), Errc::io) << wish;
        EXPECT_FALSE(is_fault_of_file(document.error())) << wish;
    }
    EXPECT_THAT(sentence(misbehaving("die")), HasSubstr("killed by signal 31"));
    EXPECT_THAT(sentence(misbehaving("garbage")), Not(HasSubstr("otpauth")));
    EXPECT_THAT(sentence(misbehaving("talk for ever")), HasSubstr("answers without end"));
}

TEST(PskcFile, WhoseReaderTakesTooLongIsGivenUpAndTheReaderIsGone) {
    EXPECT_EQ(failure(misbehaving("too long")), Errc::timed_out);
    for (const char* const wish : {"hang", "answer and hang"}) {
        EXPECT_EQ(failure(misbehaving(wish, 200ms)), Errc::timed_out) << wish;
        EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "there is still a child";
    }
}

TEST(PskcFile, WithoutAReaderIsAnErrorOfItsOwn) {
    EXPECT_EQ(failure(read_pskc_file("/nonexistent/reader", Secret::copy_of("<a/>"))), Errc::not_found);
}

TEST(PskcFile, IsNotReadWhereTheReaderCannotBeLockedUp) {
    EXPECT_EQ(testing::status_in_child([] {
                  if (!testing::let_fail(SYS_setrlimit, EPERM) || !testing::let_fail(SYS_prlimit64, EPERM))
                      return 99;
                  return failure(read_built("<a/>")) == Errc::unsupported ? 0 : 1;
              }),
              0);
}

}  // namespace
}  // namespace secondstep::tool
