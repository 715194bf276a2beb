// One code presented by eight processes at once is accepted once.

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>
#include <string>
#include <vector>

#include "service/client.h"
#include "service/installation.h"
#include "service/service_process.h"

namespace secondstep::testing {
namespace {

constexpr int contenders = 8;

// Each contender comes up to its prompt, then all answer when the gate closes.
// Returns how many were accepted.
int accepted_of(
    const std::function<void(int contender, const std::function<void()>& wait_for_gate)>& contend) {
    std::array<int, 2> gate{};
    std::array<int, 2> ready{};
    if (::pipe(gate.data()) != 0 || ::pipe(ready.data()) != 0) return -1;
    std::vector<pid_t> children;
    for (int i = 0; i < contenders; ++i) {
        const pid_t child = ::fork();
        if (child == 0) {
            ::close(gate[1]);
            const auto wait_for_gate = [&] {
                char byte = 'r';
                if (::write(ready[1], &byte, 1) != 1 || ::read(gate[0], &byte, 1) != 0) ::_exit(3);
            };
            try {
                contend(i, wait_for_gate);
            } catch (const std::exception&) {
            }
            ::_exit(2);
        }
        children.push_back(child);
    }
    ::close(ready[1]);
    for (int i = 0; i < contenders; ++i) {
        char byte = 0;
        if (::read(ready[0], &byte, 1) != 1) break;
    }
    ::close(gate[0]);
    ::close(gate[1]);
    ::close(ready[0]);
    int accepted = 0;
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) ++accepted;
    }
    return accepted;
}

[[noreturn]] void answer_and_exit(Client& client, const std::string& code,
                                  const std::function<void()>& wait_for_gate, int contender) {
    client.send(hello_for(own_name(), "sshd", "198.51." + std::to_string(contender) + ".1"));
    if (!client.next_question()) ::_exit(4);
    wait_for_gate();
    client.answer(code);
    while (client.next_question())
        client.answer_nothing();
    ::_exit(client.verdict() == Verdict::accepted ? 0 : 1);
}

int accepted_by_service(const Installation& installation, const std::string& code) {
    return accepted_of([&](int contender, const std::function<void()>& wait_for_gate) {
        Client client(installation.socket());
        answer_and_exit(client, code, wait_for_gate, contender);
    });
}

int accepted_by_once(const Installation& installation, const std::string& code) {
    return accepted_of([&](int contender, const std::function<void()>& wait_for_gate) {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) ::_exit(5);
        Client client{UniqueFd(ends[0])};
        UniqueFd theirs(ends[1]);
        ServiceProcess process(
            {.arguments = {"--once", "--config", installation.config()}, .third_descriptor = theirs.get()});
        theirs = UniqueFd();
        answer_and_exit(client, code, wait_for_gate, contender);
    });
}

TEST(ServiceRace, OneTimeCodeIn200Rounds) {
    Installation installation;
    ServiceProcess service(installation);
    for (int round = 0; round < 200; ++round) {
        const auto enrolled = installation.enroll_self();
        ASSERT_EQ(accepted_by_service(installation, code_of(enrolled.key)), 1) << "round " << round;
    }
}

TEST(ServiceRace, OneTimeCodeIn200RoundsOfOnce) {
    Installation installation;
    for (int round = 0; round < 200; ++round) {
        const auto enrolled = installation.enroll_self();
        ASSERT_EQ(accepted_by_once(installation, code_of(enrolled.key)), 1) << "round " << round;
    }
}

std::vector<Secret> scratch_codes() {
    std::vector<Secret> codes;
    codes.push_back(Secret::copy_of(std::string_view("12345678")));
    codes.push_back(Secret::copy_of(std::string_view("87654321")));
    return codes;
}

TEST(ServiceRace, ScratchCodeIn50Rounds) {
    Installation installation;
    ServiceProcess service(installation);
    static_cast<void>(installation.enroll_self());
    for (int round = 0; round < 50; ++round) {
        installation.bring_scratch_codes(own_name(), scratch_codes());
        ASSERT_EQ(accepted_by_service(installation, "12345678"), 1) << "round " << round;
        const Account account = installation.account(own_name());
        ASSERT_EQ(recovery_codes_left(*account.credential, account.state), 1U) << "round " << round;
    }
}

// Fewer rounds: at most one recovery code a second is judged, for an account and for a source.
TEST(ServiceRace, RecoveryCode) {
    Installation installation;
    ServiceProcess service(installation);
    for (int round = 0; round < 3; ++round) {
        const auto enrolled = installation.enroll_self(3);
        ASSERT_EQ(accepted_by_service(installation, std::string(enrolled.recovery_codes.at(0).text())), 1)
            << "round " << round;
    }
}

TEST(ServiceRace, RecoveryCodeOfOnce) {
    Installation installation;
    for (int round = 0; round < 3; ++round) {
        const auto enrolled = installation.enroll_self(3);
        ASSERT_EQ(accepted_by_once(installation, std::string(enrolled.recovery_codes.at(0).text())), 1)
            << "round " << round;
    }
}

}  // namespace
}  // namespace secondstep::testing
