// Eight processes log in at once, rightly and wrongly, or hang up, while the configuration is read again and again. Built
// with ThreadSanitizer (tests/run --long) this is where the service's threads are looked at; with SECONDSTEP_LONG=1 in
// the environment each process logs in a thousand times.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "service/client.h"
#include "service/installation.h"
#include "service/service_process.h"

namespace secondstep::testing {
namespace {

constexpr int processes = 8;
constexpr const char* portal = "portal";  // a PAM service whose users need not be accounts of this machine

int logins_of_each() {
    return std::getenv("SECONDSTEP_LONG") == nullptr ? 20 : 1000;
}

// One of the crowd, in a process of its own. What it does returns whether the service answered as it should.
class Member {
  public:
    Member(Installation& installation, int number)
        : installation_(installation),
          prefix_("member" + std::to_string(number) + "-"),
          rhost_("198.51." + std::to_string(number) + ".1") {}

    bool log_in(int turn) {
        static constexpr std::array ways{&Member::is_right,
                                         &Member::repeats,
                                         &Member::is_wrong,
                                         &Member::is_nobody,
                                         &Member::leaves_the_question,
                                         &Member::leaves_after_the_answer,
                                         &Member::leaves_at_once};
        return (this->*ways[static_cast<std::size_t>(turn) % ways.size()])();
    }

  private:
    Verdict verdict_on(const std::string& name, const std::string& code) const {
        return Client(installation_.socket()).log_in(hello_for(name, portal, rhost_), {code});
    }

    bool is_right() {
        code_ = code_of(enroll());
        return verdict_on(name_, code_) == Verdict::accepted;
    }
    bool repeats() { return verdict_on(name_, code_) == Verdict::refused; }
    bool is_wrong() { return verdict_on(name_, wrong_code(enroll())) == Verdict::refused; }
    bool is_nobody() {
        return verdict_on("ghost-" + prefix_ + std::to_string(++ghosts_), "123456") == Verdict::refused;
    }

    bool leaves_the_question() {
        Client client(installation_.socket());
        client.send(hello_for(name_, portal, rhost_));
        return client.next_question();
    }
    bool leaves_after_the_answer() {
        const std::string code = code_of(enroll());
        Client client(installation_.socket());
        client.send(hello_for(name_, portal, rhost_));
        const bool asked = client.next_question();
        client.answer(code);
        return asked;
    }
    bool leaves_at_once() {
        Client client(installation_.socket());
        client.send(hello_for(name_, portal, rhost_));
        return true;
    }

    // Somebody new: who was left behind by the service's other end may still be locked for a moment.
    Secret enroll() {
        name_ = prefix_ + std::to_string(++enrolled_);
        return installation_.enroll(name_, std::nullopt).key;
    }

    Installation& installation_;
    const std::string prefix_;
    const std::string rhost_;
    std::string name_;
    std::string code_;
    int enrolled_ = 0;
    int ghosts_ = 0;
};

pid_t start_member(Installation& installation, int number) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    try {
        Member member(installation, number);
        for (int turn = 0; turn < logins_of_each(); ++turn) {
            if (member.log_in(turn)) continue;
            std::fprintf(stderr, "member %d was answered wrongly in turn %d\n", number, turn);
            ::_exit(1);
        }
        ::_exit(0);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "member %d: %s\n", number, e.what());
    }
    ::_exit(2);
}

class Crowd {
  public:
    explicit Crowd(Installation& installation) {
        for (int number = 0; number < processes; ++number)
            running_.push_back(start_member(installation, number));
    }
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;
    ~Crowd() {
        for (const pid_t member : running_) {
            if (member <= 0) continue;
            ::kill(member, SIGKILL);
            ::waitpid(member, nullptr, 0);
        }
    }

    [[nodiscard]] bool is_there() {
        std::erase_if(running_, [this](pid_t member) {
            int status = 0;
            if (::waitpid(member, &status, WNOHANG) == 0) return false;
            well_ended_ += WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 1 : 0;
            return true;
        });
        return !running_.empty();
    }
    [[nodiscard]] int well_ended() const { return well_ended_; }

  private:
    std::vector<pid_t> running_;
    int well_ended_ = 0;
};

TEST(ServiceCrowd, IsAnsweredRightlyWhileTheConfigurationIsReadAgain) {
    if (!is_root()) GTEST_SKIP() << "needs root: who asks for many people";
    Installation installation("action = require\ntries = 1\nportal_services = " + std::string(portal) + "\n");
    ServiceProcess service(installation);
    Crowd crowd(installation);
    while (crowd.is_there()) {
        service.signal(SIGHUP);
        service.await_line("The configuration was reloaded");
    }
    EXPECT_EQ(crowd.well_ended(), processes);
    EXPECT_EQ(service.end(), 0);
    service.read_log_to_end();
    EXPECT_EQ(service.log().find("ThreadSanitizer"), std::string::npos) << service.log();
}

}  // namespace
}  // namespace secondstep::testing
