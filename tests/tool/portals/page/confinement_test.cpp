#include "portals/page/confinement.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "open_page.h"
#include "support/child_process.h"

namespace secondstep::page {
namespace {

using secondstep::testing::OpenPage;
using secondstep::testing::status_in_child;

std::string status_field(pid_t process, const std::string& field) {
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string line; std::getline(status, line);) {
        if (!line.starts_with(field + ":")) continue;
        std::string value = line.substr(field.size() + 1);
        while (!value.empty() && (value.front() == '\t' || value.front() == ' '))
            value.erase(0, 1);
        while (!value.empty() && value.back() == ' ')
            value.pop_back();
        return value;
    }
    return "no " + field;
}

std::string four_times(unsigned id) {
    const std::string one = std::to_string(id);
    return one + "\t" + one + "\t" + one + "\t" + one;
}

class Confinement : public ::testing::Test {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "only root has something to give up";
        nobody_ = *::getpwnam("nobody");  // NOLINT(concurrency-mt-unsafe): one thread
    }
    // What `act` gives in a confined process.
    static int confined(const std::function<int()>& act) {
        return status_in_child([&] {
            const Limits limits{"nobody", 0, std::chrono::seconds{60}};
            if (!keep_only(std::array{STDERR_FILENO}) || !confine(limits)) return 99;
            return act();
        });
    }
    passwd nobody_{};
};

TEST_F(Confinement, ThePageRunsWithoutPrivileges) {
    OpenPage page;
    const pid_t process = page.page().process();
    EXPECT_EQ(status_field(process, "Uid"), four_times(nobody_.pw_uid));
    EXPECT_EQ(status_field(process, "Gid"), four_times(nobody_.pw_gid));
    EXPECT_EQ(status_field(process, "Groups"), "");
    EXPECT_EQ(status_field(process, "NoNewPrivs"), "1");
    EXPECT_EQ(status_field(process, "CapPrm"), "0000000000000000");
    EXPECT_EQ(status_field(process, "CapEff"), "0000000000000000");
}

// Which nobody else of this machine can take: it is bound before root is given up.
TEST_F(Confinement, APageOfRootsMayHaveAPortThatNobodyElseCanTake) {
    SystemRandomness randomness;
    PageOptions options = OpenPage::usual();
    bool one_was_free = false;
    for (options.port = 1023; options.port > 900 && !one_was_free; --options.port) {
        const auto page = PicturePage::open(options, SystemClock(), randomness);
        if (!page) {
            EXPECT_EQ(page.error().code, Errc::exists) << page.error().detail;
            continue;
        }
        one_was_free = true;
        EXPECT_EQ(status_field(page->process(), "Uid"), four_times(nobody_.pw_uid));
        secondstep::testing::TlsClient client(page->port());
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        EXPECT_EQ(client.response().status, 404);
    }
    EXPECT_TRUE(one_was_free);
}

TEST_F(Confinement, NobodyElseOfItsAccountCanLookIntoThePage) {
    OpenPage page;
    struct stat about{};
    ASSERT_EQ(::stat(("/proc/" + std::to_string(page.page().process()) + "/mem").c_str(), &about), 0);
    EXPECT_EQ(about.st_uid, 0U) << "it can be traced by its own account";
}

TEST_F(Confinement, ThereIsNoWayBack) {
    EXPECT_EQ(confined([] {
                  const bool back = ::setuid(0) == 0 || ::setresuid(0, 0, 0) == 0 || ::seteuid(0) == 0 ||
                                    ::setgid(0) == 0 || ::geteuid() == 0;
                  return back ? 1 : 0;
              }),
              0);
}

TEST_F(Confinement, StartsNothingAndWritesNothing) {
    EXPECT_EQ(confined([] { return ::fork() < 0 ? 0 : 1; }), 0);
    EXPECT_EQ(confined([] {
                  const int file = ::open("/tmp", O_TMPFILE | O_WRONLY, 0600);
                  ::signal(SIGXFSZ, SIG_IGN);
                  return file >= 0 && ::write(file, "x", 1) == 1 ? 1 : 0;
              }),
              0);
}

TEST_F(Confinement, KeepsOneDescriptor) {
    EXPECT_EQ(status_in_child([] {
                  const int secret =
                      ::open("/etc/passwd", O_RDONLY);  // not close-on-exec, as a shell leaves it
                  const Limits limits{"nobody", 0, std::chrono::seconds{60}};
                  if (!keep_only(std::array{STDERR_FILENO}) || !confine(limits)) return 99;
                  int open = 0;
                  for (int fd = 3; fd <= secret + 20; ++fd)
                      open += ::fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
                  return open;
              }),
              1);
}

// What somebody may have set before they started root's tool. Each alone: ids that look given up are not all.
TEST_F(Confinement, CapabilitiesThatStayOverTheDropAreNoticed) {
    EXPECT_EQ(status_in_child([] {
                  constexpr unsigned long no_setuid_fixup = 1UL << 2;
                  if (::prctl(PR_SET_SECUREBITS, no_setuid_fixup, 0, 0, 0) != 0)
                      return 0;  // may not even do that
                  const Limits limits{"nobody", 0, std::chrono::seconds{60}};
                  const auto done = confine(limits);
                  return !done && done.error().code == Errc::untrusted ? 0 : 1;
              }),
              0);
}

// Permitted stays, effective goes: setuid(0) and setgid(0) fail, and one call brings the rest back.
TEST_F(Confinement, CapabilitiesThatAreOnlyKeptAreNoticed) {
    EXPECT_EQ(status_in_child([] {
                  if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return 98;
                  const Limits limits{"nobody", 0, std::chrono::seconds{60}};
                  const auto done = confine(limits);
                  return !done && done.error().code == Errc::untrusted ? 0 : 1;
              }),
              0);
}

TEST_F(Confinement, AnAccountThatIsNotThereIsAnError) {
    PageOptions options = OpenPage::usual();
    options.account = "no-such-account";
    SystemRandomness randomness;
    const auto page = PicturePage::open(options, SystemClock(), randomness);
    ASSERT_FALSE(page);
    EXPECT_THAT(page.error().detail, ::testing::HasSubstr("needs the account no-such-account"));
}

TEST_F(Confinement, RootIsNoAccountForIt) {
    PageOptions options = OpenPage::usual();
    options.account = "root";
    SystemRandomness randomness;
    EXPECT_FALSE(PicturePage::open(options, SystemClock(), randomness));
}

}  // namespace
}  // namespace secondstep::page
