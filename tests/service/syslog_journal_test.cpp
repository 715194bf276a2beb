#include "secondstepd/syslog_journal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <thread>
#include <vector>

#include "support/temporary_directory.h"

namespace secondstep::service {
namespace {

using testing::TemporaryDirectory;

// A syslog daemon's end of its socket.
class Daemon {
  public:
    explicit Daemon(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof(address.sun_path) - 1);
        ::unlink(path.c_str());
        bound_ = ::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
    }
    [[nodiscard]] bool bound() const { return bound_; }
    // The next packet that is there, or "".
    [[nodiscard]] std::string packet() const {
        std::array<char, 8192> bytes{};
        const ssize_t size = ::recv(fd_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        return size > 0 ? std::string(bytes.data(), static_cast<std::size_t>(size)) : std::string();
    }
    [[nodiscard]] std::vector<std::string> packets() const {
        std::vector<std::string> all;
        for (std::string p = packet(); !p.empty(); p = packet())
            all.push_back(p);
        return all;
    }

  private:
    UniqueFd fd_;
    bool bound_ = false;
};

TEST(SyslogJournal, WritesToAuthpriv) {
    const TemporaryDirectory directory;
    const Daemon daemon(directory.file("log"));
    ASSERT_TRUE(daemon.bound());
    SyslogJournal journal(LogChannel::syslog(directory.file("log")));
    journal.warn("something is odd");
    EXPECT_FALSE(journal.flush());
    const std::string packet = daemon.packet();
    EXPECT_TRUE(packet.starts_with("<84>")) << packet;  // authpriv (10) * 8 + warning (4)
    EXPECT_TRUE(packet.ends_with("secondstepd[" + std::to_string(::getpid()) + "]: something is odd"))
        << packet;
}

TEST(SyslogJournal, AnAlertIsOne) {
    const TemporaryDirectory directory;
    const Daemon daemon(directory.file("log"));
    SyslogJournal journal(LogChannel::syslog(directory.file("log")));
    journal.alert("somebody has to look");
    EXPECT_FALSE(journal.flush());
    EXPECT_TRUE(daemon.packet().starts_with("<81>"));  // authpriv (10) * 8 + alert (1)
}

TEST(SyslogJournal, AnAcceptedLoginIsInfoAndARefusedOneNotice) {
    const TemporaryDirectory directory;
    const Daemon daemon(directory.file("log"));
    SyslogJournal journal(LogChannel::syslog(directory.file("log")));
    journal.decided({.user = "alice",
                     .service = "sshd",
                     .rhost = "",
                     .method = {},
                     .verdict = Verdict::accepted,
                     .reason = "",
                     .recovery_codes_left = {}});
    journal.decided({.user = "alice",
                     .service = "sshd",
                     .rhost = "",
                     .method = {},
                     .verdict = Verdict::refused,
                     .reason = "",
                     .recovery_codes_left = {}});
    journal.flush();
    EXPECT_TRUE(daemon.packet().starts_with("<86>"));
    EXPECT_TRUE(daemon.packet().starts_with("<85>"));
}

// The queue of the daemon's socket is full and nobody reads: no call may wait for it.
TEST(SyslogJournal, NeverWaitsForASlowDaemonAndCountsWhatItDropped) {
    const TemporaryDirectory directory;
    const Daemon daemon(directory.file("log"));
    SyslogJournal journal(LogChannel::syslog(directory.file("log")), 100);
    bool lines_remain = false;
    for (int i = 0; i < 5000; ++i) {
        journal.warn("line " + std::to_string(i));
        lines_remain = journal.flush();
    }
    ASSERT_TRUE(lines_remain);
    std::vector<std::string> all;
    do {
        const auto some = daemon.packets();
        all.insert(all.end(), some.begin(), some.end());
    } while (journal.flush());
    const auto rest = daemon.packets();
    all.insert(all.end(), rest.begin(), rest.end());
    ASSERT_GT(all.size(), 100U);
    const std::string dropped = std::to_string(5000 - (all.size() - 1)) + " lines were not logged";
    EXPECT_NE(all.back().find(dropped), std::string::npos) << all.back() << " after " << all.size();
}

TEST(SyslogJournal, FindsADaemonThatWasRestarted) {
    const TemporaryDirectory directory;
    SyslogJournal journal(LogChannel::syslog(directory.file("log")));
    journal.warn("nobody listens");
    EXPECT_TRUE(journal.flush());
    {
        const Daemon first(directory.file("log"));
        EXPECT_FALSE(journal.flush());
        EXPECT_TRUE(first.packet().ends_with("nobody listens"));
    }
    const Daemon second(directory.file("log"));
    journal.warn("again");
    EXPECT_FALSE(journal.flush());
    EXPECT_TRUE(second.packet().ends_with("again"));
}

TEST(SyslogJournal, DoesNotWaitAtTheEndWhenThereIsNoDaemon) {
    const TemporaryDirectory directory;
    SyslogJournal journal(LogChannel::syslog(directory.file("log")));
    journal.warn("nobody listens");
    const auto begin = std::chrono::steady_clock::now();
    journal.drain(std::chrono::hours{1});
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::minutes{1});
}

TEST(SyslogJournal, NeverBlocksOnAPipeThatNobodyReads) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    const UniqueFd reader(ends[0]);
    const UniqueFd writer(ends[1]);
    SyslogJournal journal(LogChannel::descriptor(writer.get()), 10);
    bool lines_remain = false;
    for (int i = 0; i < 3000; ++i) {
        journal.warn(std::string(100, 'x'));
        lines_remain = journal.flush();
    }
    EXPECT_TRUE(lines_remain);
}

TEST(SyslogJournal, ManyThreadsLoseNoLine) {
    const TemporaryDirectory directory;
    const UniqueFd file(::open(directory.file("out").c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    SyslogJournal journal(LogChannel::descriptor(file.get()));
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&journal, t] {
                for (int i = 0; i < 500; ++i) {
                    journal.warn("thread " + std::to_string(t));
                    journal.flush();
                }
            });
        }
    }
    const Result<Bytes> content = read_whole(file.get(), 1 << 20);
    ASSERT_TRUE(content.has_value());
    EXPECT_EQ(std::count(content->begin(), content->end(), '\n'), 2000);
}

}  // namespace
}  // namespace secondstep::service
