// A service that is absent, silent, hangs up or talks nonsense: always an outage, never a way in.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>

#include "fake_service.h"
#include "stack.h"
#include "support/captured_syslog.h"
#include "support/ordinary_user.h"
#include "support/pam_host.h"

namespace secondstep::testing {
namespace {

int login(const FakeService& service) {
    const CapturedSyslog quiet;
    PamHost host(module_alone("socket=" + service.socket()), "alice",
                 typing(std::vector<std::string>(200, "492039")));
    return host.authenticate();
}

int login(std::function<void(Peer&)> script) {
    return login(FakeService(std::move(script)));
}

// Whoever is root would start a service of their own.
struct Outage {
    int code;
    std::vector<CapturedSyslog::Line> log;
};
Outage login_as_ordinary_user(const std::string& socket) {
    const CapturedSyslog log;
    PamHost host(module_alone("socket=" + socket), "alice", typing({"492039"}));
    const OrdinaryUser guard;
    const int code = host.authenticate();
    return {.code = code, .log = log.lines()};
}

void expect_hint(const Outage& outage) {
    EXPECT_EQ(outage.code, PAM_AUTHINFO_UNAVAIL);
    ASSERT_EQ(outage.log.size(), 1U);
    EXPECT_EQ(outage.log[0].priority, LOG_AUTHPRIV | LOG_ERR);
    EXPECT_NE(outage.log[0].text.find("start secondstepd.socket: systemctl start secondstepd.socket"),
              std::string::npos);
}

void expect_silence_is_named(const PamHost& host, const CapturedSyslog& log) {
    ASSERT_EQ(log.lines().size(), 1U) << log.text();
    EXPECT_EQ(log.lines()[0].priority, LOG_AUTHPRIV | LOG_ERR);
    EXPECT_NE(log.text().find("systemctl restart secondstepd; secondstep doctor"), std::string::npos);
    EXPECT_EQ(log.text().find("--once"), std::string::npos);
    ASSERT_EQ(host.heard().size(), 1U);
    EXPECT_EQ(host.heard()[0].style, PAM_ERROR_MSG);
    EXPECT_EQ(host.heard()[0].text, "The second step's service is silent: systemctl restart secondstepd");
    EXPECT_LE(host.heard()[0].text.size(), 72U);
}

TEST(ServiceFailures, MissingSocketSaysWhatToStart) {
    const TemporaryDirectory directory;
    ASSERT_EQ(::chmod(directory.path().c_str(), 0755), 0);
    expect_hint(login_as_ordinary_user(directory.file("none")));
}

TEST(ServiceFailures, SocketThatNobodyServesSaysWhatToStart) {
    FakeService service([](Peer&) {});
    service.let_everybody_in();
    service.finish();
    service.stop_listening();
    expect_hint(login_as_ordinary_user(service.socket()));
}

// Connected, and then nothing: a service that hangs. It is no reason to start one without its limits.
TEST(ServiceFailures, SilenceIsAnOutageThatSaysWhatToDo) {
    const FakeService service([](Peer& peer) {
        peer.hears();
        peer.hears();  // until the module hangs up
    });
    const CapturedSyslog log;
    PamHost host(module_alone("socket=" + service.socket()), "alice", typing({"492039"}));
    EXPECT_EQ(host.authenticate(), PAM_AUTHINFO_UNAVAIL);
    expect_silence_is_named(host, log);
}

TEST(ServiceFailures, SilenceAfterAuthenticationShowsNothing) {
    if (::geteuid() != 0) GTEST_SKIP() << "only programs that run as root are asked";
    const FakeService service([](Peer& peer) {
        peer.hears();
        peer.hears();
    });
    const CapturedSyslog log;
    PamHost host(module_alone("socket=" + service.socket()), "alice", typing({}));
    EXPECT_EQ(host.account(), PAM_AUTHINFO_UNAVAIL);
    EXPECT_TRUE(host.heard().empty());
}

// Not even accepted: its queue is full.
TEST(ServiceFailures, FullQueueIsAnOutageThatSaysWhatToDo) {
    const TemporaryDirectory directory;
    const std::string path = directory.file("full");
    const UniqueFd listener(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    ASSERT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    ASSERT_EQ(::listen(listener.get(), 0), 0);
    const UniqueFd first(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(first.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    const CapturedSyslog log;
    PamHost host(module_alone("socket=" + path), "alice", typing({"492039"}));
    EXPECT_EQ(host.authenticate(), PAM_AUTHINFO_UNAVAIL);
    expect_silence_is_named(host, log);
}

TEST(ServiceFailures, FileThatIsNoSocketIsAnOutage) {
    const TemporaryDirectory directory;
    ASSERT_EQ(::chmod(directory.path().c_str(), 0755), 0);
    ASSERT_EQ(::close(::open(directory.file("f").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644)), 0);
    EXPECT_EQ(login_as_ordinary_user(directory.file("f")).code, PAM_AUTHINFO_UNAVAIL);
}

TEST(ServiceFailures, SocketOutOfReachIsAnOutage) {
    const FakeService service([](Peer& peer) { peer.asks_once(Verdict::accepted); });
    ASSERT_EQ(::chmod(service.socket().c_str(), 0), 0);
    EXPECT_EQ(login_as_ordinary_user(service.socket()).code, PAM_AUTHINFO_UNAVAIL);
}

TEST(ServiceFailures, HangingUpAtAnyMomentIsAnOutage) {
    for (int moment = 0; moment < 5; ++moment) {
        EXPECT_EQ(login([moment](Peer& peer) {
                      if (moment == 0) return;
                      peer.hears();
                      if (moment == 1) return;
                      peer.says(wire::Show{.text = Secret::copy_of("text")});
                      if (moment == 2) return;
                      peer.says(wire::Ask{.text = "?"});
                      if (moment == 3) return;
                      peer.hears();
                  }),
                  PAM_AUTHINFO_UNAVAIL)
            << moment;
    }
}

TEST(ServiceFailures, EndSaidBeforeTheHangUpCounts) {
    EXPECT_EQ(login([](Peer& peer) {
                  peer.hears();
                  peer.says(wire::Ask{.text = "?"});
                  peer.says(wire::End{.verdict = Verdict::cancelled});
              }),
              PAM_CONV_ERR);
}

TEST(ServiceFailures, GarbageIsAnOutage) {
    const std::vector<Bytes> packets{{0},           {1},       {1, 5},    {1, 5, 0}, {1, 5, 99},
                                     {1, 5, 1, 0},  {2, 5, 1}, {0, 5, 1}, {1, 9, 1}, Bytes(8192, 0xff),
                                     Bytes(8192, 1)};
    for (const Bytes& packet : packets) {
        EXPECT_EQ(login([&](Peer& peer) {
                      peer.hears();
                      peer.says_bytes(packet);
                      peer.hears();
                  }),
                  PAM_AUTHINFO_UNAVAIL)
            << packet.size();
    }
}

// A packet is believed as a whole or not at all: nobody sees a text of one that is damaged further on.
TEST(ServiceFailures, NothingOfADamagedPacketIsShown) {
    const std::vector<Bytes> packets{
        {3, 3, 1, 0, 1, 'a', 5, 99, 0, 0},     {3, 3, 1, 0, 1, 'a', 3, 1, 0, 9},
        {3, 5, 1, 0, 0, 3, 1, 0, 1, 'a'},      {3, 4, 0, 0, 0, 1, '?', 5, 1, 0, 0},
        {3, 3, 1, 0, 1, 'a', 2, 1, 0, 1, 'x'}, {2, 3, 1, 0, 1, 'a', 5, 1, 0, 0},
        {3, 3, 1, 0, 1, 'a', 3, 5, 1, 0, 0},   {3, 3, 1, 0, 1, 'a', 5, 1, 0, 0, 0},
        {3, 5, 1, 0, 0, 5, 1, 0, 0},
    };
    for (const Bytes& packet : packets) {
        const FakeService service([&](Peer& peer) {
            peer.hears();
            peer.says_bytes(packet);
            peer.hears();
        });
        const CapturedSyslog quiet;
        PamHost host(module_alone("socket=" + service.socket()), "alice", typing({"492039"}));
        EXPECT_EQ(host.authenticate(), PAM_AUTHINFO_UNAVAIL) << ::testing::PrintToString(packet);
        EXPECT_TRUE(host.heard().empty()) << ::testing::PrintToString(packet);
    }
}

TEST(ServiceFailures, TooLongPacketIsAnOutage) {
    // Cut at 8192 bytes it would be a whole question.
    Bytes packet{1, 4, 0, 0, 0x1f, 0xfa};
    packet.resize(8193, 'x');
    EXPECT_EQ(login([&](Peer& peer) {
                  peer.hears();
                  peer.says_bytes(packet);
                  if (peer.hears()) peer.says(wire::End{.verdict = Verdict::accepted});
              }),
              PAM_AUTHINFO_UNAVAIL);
}

TEST(ServiceFailures, MessagesOfAModuleAreNotTakenFromAService) {
    EXPECT_EQ(login([](Peer& peer) {
                  peer.hears();
                  peer.says(wire::Hello{});
                  peer.hears();
              }),
              PAM_AUTHINFO_UNAVAIL);
    EXPECT_EQ(login([](Peer& peer) {
                  peer.hears();
                  peer.says(wire::Answer{});
                  peer.hears();
              }),
              PAM_AUTHINFO_UNAVAIL);
}

TEST(ServiceFailures, AskingWithoutEndIsAnOutage) {
    int asked = 0;
    {
        FakeService service([&](Peer& peer) {
            peer.hears();
            do {
                peer.says(wire::Ask{.text = "?"});
                ++asked;
            } while (peer.hears());
        });
        EXPECT_EQ(login(service), PAM_AUTHINFO_UNAVAIL);
        service.finish();
    }
    EXPECT_EQ(asked, 21);  // twenty were answered
}

TEST(ServiceFailures, TalkingWithoutEndIsAnOutage) {
    EXPECT_EQ(login([](Peer& peer) {
                  peer.hears();
                  for (int i = 0; i < 1000; ++i)
                      peer.says(wire::Show{.text = Secret::copy_of("and")});
              }),
              PAM_AUTHINFO_UNAVAIL);
}

}  // namespace
}  // namespace secondstep::testing
