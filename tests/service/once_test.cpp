// `secondstepd --once` on one end of a socketpair, as the PAM module starts it.

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "service/client.h"
#include "service/installation.h"
#include "service/service_process.h"
#include "store/first_use.h"

namespace secondstep::testing {
namespace {

// A started `--once` and our end of its socket.
class Once {
  public:
    using Environment = std::vector<std::pair<std::string, std::string>>;
    explicit Once(const Installation& installation, const Environment& environment = {})
        : Once(installation, environment, pair()) {}
    [[nodiscard]] Client& client() { return client_; }
    [[nodiscard]] ServiceProcess& process() { return process_; }

  private:
    struct Pair {
        UniqueFd ours;
        UniqueFd theirs;
    };
    static Pair pair() {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) std::terminate();
        return {UniqueFd(ends[0]), UniqueFd(ends[1])};
    }
    Once(const Installation& installation, const Environment& environment, Pair ends)
        : process_({.arguments = {"--once", "--foreground", "--config", installation.config()},
                    .third_descriptor = ends.theirs.get(),
                    .environment = environment}),
          client_(std::move(ends.ours)) {}
    ServiceProcess process_;
    Client client_;
};

TEST(Once, ServesOneDialogueAndEnds) {
    Installation installation;
    const auto enrolled = installation.enroll_self();
    const std::string code = code_of(enrolled.key);
    Once once(installation);
    EXPECT_EQ(once.client().log_in(hello_for(own_name()), {wrong_code(enrolled.key), code}),
              Verdict::accepted);
    EXPECT_EQ(once.process().wait(), 0);
    once.process().read_log_to_end();
    EXPECT_NE(once.process().log().find("verdict=accepted user=" + own_name()), std::string::npos);
    Once again(installation);
    EXPECT_EQ(again.client().log_in(hello_for(own_name()), {code}), Verdict::cancelled);
}

// As packages and images leave it. Whoever has to be asked is not let in for that.
TEST(Once, FindsNobodyInAStoreThatNobodyHasUsedAndMakesNothing) {
    for (const auto& [rules, verdict] :
         {std::pair{"", Verdict::not_needed}, {"action = require\n", Verdict::cancelled}}) {
        Installation installation(rules);
        std::filesystem::remove(installation.file("host.key"));
        std::filesystem::remove_all(installation.file("store"));
        std::filesystem::create_directory(installation.file("store"));
        std::filesystem::permissions(installation.file("store"), std::filesystem::perms::owner_all);
        ASSERT_TRUE(mark_unused(installation.file("store")));
        if (is_root()) {
            ASSERT_EQ(::chown(installation.file("store").c_str(), 65534, 65534), 0);
        }
        Once once(installation);
        EXPECT_EQ(once.client().log_in(hello_for(own_name()), {}), verdict);
        EXPECT_FALSE(std::filesystem::exists(installation.file("host.key")));
    }
}

TEST(Once, LetsNobodyInWhereTheKeyWasLost) {
    Installation installation;
    installation.enroll_self();
    std::filesystem::remove(installation.file("host.key"));
    Once once(installation);
    EXPECT_EQ(once.client().log_in(hello_for(own_name()), {}), Verdict::unavailable);
}

TEST(Once, TakesARecoveryCode) {
    Installation installation;
    const auto enrolled = installation.enroll_self(3);
    Once once(installation);
    EXPECT_EQ(
        once.client().log_in(hello_for(own_name()), {std::string(enrolled.recovery_codes.at(2).text())}),
        Verdict::accepted);
}

// Set up as libcrypto is by default it would read this, and compute nothing (otp/libcrypto_start.h).
TEST(Once, ReadsNoConfigurationOfLibcrypto) {
    Installation installation;
    const auto enrolled = installation.enroll_self(3);
    std::ofstream(installation.file("cnf")) << "openssl_conf = init\n[init]\nalg_section = algs\n"
                                               "[algs]\ndefault_properties = fips=yes\n";
    ASSERT_EQ(::chmod(installation.file("cnf").c_str(), 0644), 0);
    std::ifstream fips_mode("/proc/sys/crypto/fips_enabled");
    if (fips_mode.get() == '1') GTEST_SKIP() << "in FIPS mode it does";
    for (const std::string& answer :
         {code_of(enrolled.key), std::string(enrolled.recovery_codes.at(1).text())}) {
        Once once(installation, {{"OPENSSL_CONF", installation.file("cnf")}});
        EXPECT_EQ(once.client().log_in(hello_for(own_name()), {answer}), Verdict::accepted);
    }
}

TEST(Once, TheModulesOwnWayOfStartingIt) {
    Installation installation;
    const auto enrolled = installation.enroll_self();
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
    Client client{UniqueFd(ends[0])};
    UniqueFd theirs(ends[1]);
    ServiceProcess process(
        {.arguments = {"--once", "--config", installation.config()}, .third_descriptor = theirs.get()});
    EXPECT_EQ(client.log_in(hello_for(own_name()), {code_of(enrolled.key)}), Verdict::accepted);
    EXPECT_EQ(process.wait(), 0);
}

// The creator of a socketpair is the peer, also when a process of root inherited it.
TEST(Once, WhoMadeTheSocketIsWhoAsks) {
    if (!is_root()) GTEST_SKIP() << "needs root: sockets made by another uid";
    Installation installation("action = require\n");
    constexpr uid_t nobody = 65534;
    std::array<int, 2> ends{};
    ASSERT_EQ(::seteuid(nobody), 0);
    const int made = ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data());
    ASSERT_EQ(::seteuid(0), 0);
    ASSERT_EQ(made, 0);
    Client client{UniqueFd(ends[0])};
    const UniqueFd theirs(ends[1]);
    ServiceProcess process(
        {.arguments = {"--once", "--config", installation.config()}, .third_descriptor = theirs.get()});
    EXPECT_EQ(client.log_in(hello_for("root"), {"123456"}), Verdict::not_allowed);
}

TEST(Once, ABadConfigurationIsSaidToBeOne) {
    Installation installation("nonsense = 1\n");
    Once once(installation);
    EXPECT_EQ(once.client().log_in(hello_for(own_name()), {}), Verdict::misconfigured);
    EXPECT_EQ(once.process().wait(), 1);
    once.process().read_log_to_end();
    EXPECT_NE(once.process().log().find(": unknown option;"), std::string::npos);
    EXPECT_EQ(once.process().log().find("nonsense"), std::string::npos) << "no word of a file is repeated";
}

TEST(Once, AMissingHostKeyIsUnavailable) {
    Installation installation;
    ASSERT_EQ(::unlink(installation.file("host.key").c_str()), 0);
    Once once(installation);
    EXPECT_EQ(once.client().log_in(hello_for(own_name()), {}), Verdict::unavailable);
    EXPECT_EQ(once.process().wait(), 1);
}

TEST(Once, EndsWhenThePeerIsGone) {
    Installation installation;
    installation.enroll_self();
    Once once(installation);
    once.client().send(hello_for(own_name()));
    ASSERT_TRUE(once.client().next_question());
    {
        const Client gone = std::move(once.client());
    }
    EXPECT_EQ(once.process().wait(), 0);
    once.process().read_log_to_end();
    EXPECT_NE(once.process().log().find("verdict=cancelled"), std::string::npos);
}

TEST(Once, EndsOnGarbage) {
    Installation installation;
    Once once(installation);
    once.client().send_bytes(std::string(100'000, 'A'));
    EXPECT_TRUE(once.client().hangs_up());
    EXPECT_EQ(once.process().wait(), 1);
}

TEST(Once, AClientOfANewerVersionHearsWhichVersionThisIs) {
    Installation installation;
    Once once(installation);
    once.client().send_bytes("\x7f\1 whatever a hello of that version holds");
    EXPECT_FALSE(once.client().next_question());
    EXPECT_EQ(once.client().verdict(), Verdict::misconfigured);
    EXPECT_EQ(once.client().heard_version(), wire::protocol_version);
    EXPECT_EQ(once.process().wait(), 1);
}

TEST(Once, WithoutASocketItEnds) {
    Installation installation;
    ServiceProcess process(
        {.arguments = {"--once", "--foreground", "--config", installation.config()}, .third_descriptor = -1});
    EXPECT_EQ(process.wait(), 1);
}

}  // namespace
}  // namespace secondstep::testing
