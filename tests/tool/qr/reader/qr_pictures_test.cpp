#include "qr/qr_pictures.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <functional>

#include "base/file.h"
#include "base/text.h"
#include "support/child_process.h"
#include "support/failing_system_call.h"
#include "support/failure.h"
#include "support/temporary_directory.h"
#include "tool/qr/reader/made_files.h"

namespace secondstep::tool {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using testing::failure;
using testing::FileBytes;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::size_t mebibyte = 1024UL * 1024;

UniqueFd in_memory(ByteView bytes) {
    UniqueFd fd(::memfd_create("picture", MFD_CLOEXEC));
    EXPECT_EQ(::write(fd.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    ::lseek(fd.get(), 0, SEEK_SET);
    return fd;
}

Result<std::vector<Secret>> read_built(ByteView bytes, std::size_t most = 32 * mebibyte) {
    const UniqueFd fd = in_memory(bytes);
    return read_qr_codes(SECONDSTEP_QR_READER, {.fd = fd.get(), .name = "shot.png", .most_bytes = most});
}

Result<std::vector<Secret>> read_misbehaving(std::string_view wish,
                                             std::chrono::milliseconds patience = 10s) {
    const UniqueFd fd = in_memory(as_bytes(wish));
    return read_qr_codes(SECONDSTEP_MISBEHAVING_READER,
                         {.fd = fd.get(), .name = "shot.png", .most_bytes = 1000}, patience);
}

std::string sentence(const Result<std::vector<Secret>>& result) {
    return result ? "it was read" : result.error().detail;
}

TEST(QrPictures, GiveTheTextsOfTheirCodes) {
    const auto texts = read_built(png_file(testing::page_with("otpauth://totp/a?secret=JBSWY3DPEHPK3PXP")));
    ASSERT_TRUE(texts) << texts.error().detail;
    ASSERT_EQ(texts->size(), 1U);
    EXPECT_EQ(texts->front().text(), "otpauth://totp/a?secret=JBSWY3DPEHPK3PXP");
}

TEST(QrPictures, WithoutACodeSayWhatToDo) {
    const auto texts = read_built(png_file(testing::Canvas(300, 300, 255)));
    EXPECT_EQ(failure(texts), Errc::invalid);
    EXPECT_THAT(sentence(texts),
                AllOf(HasSubstr("No QR code was found in shot.png"), HasSubstr("setup key")));
}

TEST(QrPictures, ThatAreNoneSaySo) {
    EXPECT_THAT(sentence(read_built(as_bytes("%PDF-1.4"))), HasSubstr("shot.png is a PDF document"));
    EXPECT_THAT(sentence(read_built(as_bytes("otpauth://totp/a?secret=JBSWY3DPEHPK3PXP"))),
                HasSubstr("shot.png is a text, not a picture"));
    EXPECT_THAT(sentence(read_built({})), HasSubstr("neither PNG nor JPEG"));
}

// 13 KB took 15 s: three of so many corners are more than a library can try.
TEST(QrPictures, FullOfWhatLooksLikeCornersCostNextToNothing) {
    const UniqueFd fd = in_memory(png_file(testing::page_of_corners(120)));
    const auto texts =
        read_qr_codes(SECONDSTEP_QR_READER,
                      {.fd = fd.get(), .name = "shot.png", .most_bytes = 32 * mebibyte, .processor = 1s});
    EXPECT_EQ(failure(texts), Errc::too_large);
    EXPECT_THAT(sentence(texts), HasSubstr("or what looks like them: cut it down"));
}

TEST(QrPictures, ThatCostTooMuchAreSaidToTakeTooLong) {
    EXPECT_EQ(failure(read_misbehaving("too long")), Errc::timed_out);
    EXPECT_THAT(sentence(read_misbehaving("too long")), HasSubstr("shot.png takes too long to read"));
}

TEST(QrPictures, ThatAreBombsAreRefusedAtOnce) {
    const auto texts = read_built(testing::png_claiming(50000, 50000));
    EXPECT_EQ(failure(texts), Errc::too_large);
    EXPECT_THAT(sentence(texts), HasSubstr("too many pixels"));
}

TEST(QrPictures, WithABombBesideThePixelsAreRead) {
    // Five hundred texts of 8 MB, which is what libpng allows by itself, are 4 GB.
    const FileBytes file =
        testing::with_inflating_texts(png_file(testing::page_with("text")), 500, 7'900'000);
    EXPECT_LT(file.size(), 8 * mebibyte);
    EXPECT_TRUE(read_built(file)) << sentence(read_built(file));
}

TEST(QrPictures, OfTwoGigabytesAreRefusedUnread) {
    const testing::TemporaryDirectory directory;
    const UniqueFd fd(::open(directory.file("large").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    ASSERT_EQ(::ftruncate(fd.get(), 2L << 30), 0);
    // With a program that does not exist: it is not even looked for.
    const auto texts =
        read_qr_codes("/nonexistent", {.fd = fd.get(), .name = "large.png", .most_bytes = 10 * mebibyte});
    EXPECT_EQ(failure(texts), Errc::too_large);
    EXPECT_THAT(sentence(texts), HasSubstr("large.png is too large: a picture may have at most 10 MiB."));
    EXPECT_EQ(::lseek(fd.get(), 0, SEEK_CUR), 0);
}

TEST(QrPictures, WithoutEndAreReadUpToTheBound) {
    const UniqueFd zeros(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
    const auto texts =
        read_qr_codes(SECONDSTEP_QR_READER, {.fd = zeros.get(), .name = "The picture", .most_bytes = 1000});
    EXPECT_THAT(sentence(texts),
                HasSubstr("The picture is too large: a picture may have at most 1000 bytes."));
}

TEST(QrPictures, OfExactlyTheBoundAreRead) {
    const FileBytes file = png_file(testing::page_with("text"));
    EXPECT_TRUE(read_built(file, file.size()));
    EXPECT_EQ(failure(read_built(file, file.size() - 1)), Errc::too_large);
}

TEST(QrPictures, AreNoDirectories) {
    const testing::TemporaryDirectory directory;
    const UniqueFd fd(::open(directory.path().c_str(), O_RDONLY | O_CLOEXEC));
    EXPECT_THAT(
        sentence(read_qr_codes(SECONDSTEP_QR_READER, {.fd = fd.get(), .name = "dir", .most_bytes = 1000})),
        HasSubstr("is a directory"));
}

TEST(QrPictures, AreReadByAProgramThatHasNothingElse) {
    const std::string nobody = std::to_string(::getuid() == 0 ? 65534 : ::getuid());
    sigset_t blocked;
    sigset_t before;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &blocked, &before);
    const UniqueFd left_open(::dup(STDIN_FILENO));  // without O_CLOEXEC
    const auto texts = read_misbehaving("who");
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    ASSERT_TRUE(texts) << texts.error().detail;
    const std::string who(texts->front().text());
    EXPECT_THAT(who, HasSubstr("uid " + nobody + " " + nobody + " "));
    EXPECT_THAT(who, HasSubstr("environment empty descriptors 0 1 2 blocked 0"));
    if (::getuid() == 0) {
        EXPECT_THAT(who, HasSubstr("gid 65534 groups 0 "));
    }
}

TEST(QrPictures, AreReadWhenTheCallerHasClosedItsStandardDescriptors) {
    const FileBytes file = png_file(testing::page_with("text"));
    const auto without_descriptors = [](const std::function<bool()>& read) {
        return testing::status_in_child([&] {
            for (const int fd : {0, 1, 2})
                ::close(fd);
            return read() ? 0 : 1;  // the picture is 0 now
        });
    };
    EXPECT_EQ(without_descriptors([&] { return read_built(file).has_value(); }), 0);
    EXPECT_EQ(without_descriptors([] {
                  const auto who = read_misbehaving("who");
                  return who && who->front().text().contains(" descriptors 0 1 2 blocked");
              }),
              0);
}

TEST(QrPictures, WhoseReaderIsKilledAreAnError) {
    for (const char* const wish : {"die", "answer and die", "answer and fail", "garbage", "nothing"}) {
        EXPECT_EQ(failure(read_misbehaving(wish)), Errc::io) << wish;
    }
    EXPECT_THAT(sentence(read_misbehaving("die")), HasSubstr("killed by signal 31"));
    EXPECT_EQ(failure(read_misbehaving("too long")), Errc::timed_out);
}

TEST(QrPictures, WhoseReaderTalksForEverAreAnError) {
    EXPECT_EQ(failure(read_misbehaving("talk for ever")), Errc::io);
}

TEST(QrPictures, WhoseReaderHangsAreGivenUpAndTheReaderIsGone) {
    for (const char* const wish : {"hang", "answer and hang"}) {
        EXPECT_EQ(failure(read_misbehaving(wish, 200ms)), Errc::timed_out) << wish;
        EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "there is still a child";
    }
}

// Which package has it: parts/part_test.cpp.
TEST(QrPictures, WithoutAReaderAreAnErrorOfTheirOwn) {
    const UniqueFd fd = in_memory({});
    const auto texts =
        read_qr_codes("/nonexistent/reader", {.fd = fd.get(), .name = "x", .most_bytes = 1000});
    EXPECT_EQ(failure(texts), Errc::not_found);
    EXPECT_THAT(sentence(texts), Not(HasSubstr("/nonexistent/reader")));
}

TEST(QrPictures, AreNotReadWhereTheReaderCannotBeLockedUp) {
    const FileBytes file = png_file(testing::page_with("text"));
    EXPECT_EQ(testing::status_in_child([&] {
                  // prctl(2) must go on working for the parent's own use of it,
                  // so only the filter's call fails.
                  if (!testing::let_fail(SYS_setrlimit, EPERM) || !testing::let_fail(SYS_prlimit64, EPERM))
                      return 99;
                  const auto texts = read_built(file);
                  return failure(texts) == Errc::unsupported ? 0 : 1;
              }),
              0);
}

}  // namespace
}  // namespace secondstep::tool
