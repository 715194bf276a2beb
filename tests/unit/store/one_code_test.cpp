#include <sys/wait.h>

#include <algorithm>
#include <barrier>
#include <functional>
#include <thread>

#include "unit/store/store_fixture.h"

// One code, presented by eight at once: exactly one is accepted, whoever they are.
namespace secondstep {
namespace {

using namespace secondstep::testing;

constexpr int rivals = 8;
constexpr int rounds = 50;

struct Kind {
    const char* name;
    Method method;
    std::function<Answer(const Credential&, UnixTime, int round)> answer;
    RecoverySet (*codes)(std::size_t codes, std::uint8_t number) = sample_recovery_set;
};

Answer copy_of(const Answer& answer) {
    if (const auto* const otp = std::get_if<OtpAnswer>(&answer)) return OtpAnswer{otp->digits.clone()};
    if (const auto* const scratch = std::get_if<ScratchAnswer>(&answer))
        return ScratchAnswer{scratch->digits.clone(), scratch->for_restore};
    return std::get<RecoveryAnswer>(answer);
}

class OneCode : public StoreFixture, public ::testing::WithParamInterface<Kind> {
  protected:
    OneCode() : StoreFixture(memory()) {}

    // An account of its own in every round, so that each round has recovery codes
    // and counters that are unused.
    Credential fresh_account(int round) {
        Credential credential = sample_credential("alice", GetParam().method);
        credential.authenticators[0] = sample_authenticator(static_cast<std::uint8_t>(round));
        credential.recovery = GetParam().codes(10, static_cast<std::uint8_t>(round));
        enroll(credential);
        clock_.advance(std::chrono::seconds(60));
        return credential;
    }
    Answer answer_for(const Credential& credential, int round) {
        return GetParam().answer(credential, clock_.now(), round);
    }

    // How many of the rivals `attempt` accepted.
    static int accepted_by_threads(const std::function<bool()>& attempt) {
        std::atomic<int> accepted = 0;
        std::vector<std::jthread> threads;
        for (int i = 0; i < rivals; ++i) {
            threads.emplace_back([&] { accepted += attempt() ? 1 : 0; });
        }
        threads.clear();  // joins
        return accepted;
    }
    static int accepted_by_processes(const std::function<bool()>& attempt) {
        std::vector<pid_t> children;
        for (int i = 0; i < rivals; ++i) {
            const pid_t child = ::fork();
            if (child == 0) ::_exit(attempt() ? 1 : 0);
            children.push_back(child);
        }
        return static_cast<int>(std::ranges::count_if(children, [](pid_t child) {
            int status = -1;
            EXPECT_EQ(::waitpid(child, &status, 0), child);
            EXPECT_TRUE(WIFEXITED(status));
            return WIFEXITED(status) && WEXITSTATUS(status) == 1;
        }));
    }
};

INSTANTIATE_TEST_SUITE_P(
    Each, OneCode,
    ::testing::Values(Kind{"totp", Method::totp,
                           [](const Credential& c, UnixTime now, int) -> Answer {
                               return totp_answer(c, now);
                           }},
                      Kind{"hotp", Method::hotp,
                           [](const Credential& c, UnixTime, int) -> Answer { return hotp_answer(c, 0); }},
                      Kind{"recovery", Method::totp,
                           [](const Credential& c, UnixTime, int round) -> Answer {
                               return recovery_answer(c, static_cast<std::size_t>(round % 10));
                           }},
                      Kind{"scratch", Method::totp,
                           [](const Credential&, UnixTime, int round) -> Answer {
                               return OtpAnswer{scratch_code(static_cast<std::size_t>(round % 10))};
                           },
                           sample_scratch_set},
                      Kind{"scratch_instead", Method::hotp,
                           [](const Credential&, UnixTime, int round) -> Answer {
                               return ScratchAnswer{scratch_code(static_cast<std::size_t>(round % 10))};
                           },
                           sample_scratch_set}),
    [](const auto& each) { return std::string(each.param.name); });

TEST_P(OneCode, IsAcceptedFromOneOfEightThreads) {
    for (int round = 0; round < rounds; ++round) {
        const Credential credential = fresh_account(round);
        const Answer answer = answer_for(credential, round);
        const int accepted =
            accepted_by_threads([&] { return attempt(*store_, copy_of(answer)).value() == Reason::right; });
        ASSERT_EQ(accepted, 1) << "round " << round;
    }
}

TEST_P(OneCode, IsAcceptedFromOneOfEightProcesses) {
    for (int round = 0; round < rounds; ++round) {
        const Credential credential = fresh_account(round);
        const Answer answer = answer_for(credential, round);
        const int accepted = accepted_by_processes(
            [&] { return attempt(*opened(), copy_of(answer)).value() == Reason::right; });
        ASSERT_EQ(accepted, 1) << "round " << round;
    }
}

// What goes wrong when somebody reads before they have the lock; and that these tests would see it.
TEST_P(OneCode, IsAcceptedSeveralTimesByWhoeverReadsBeforeTheLock) {
    const Credential credential = fresh_account(0);
    const Answer answer = answer_for(credential, 0);
    std::barrier everybody_has_read(rivals);
    const int accepted = accepted_by_threads([&] {
        const Account early = store_->read(alice_).value();
        everybody_has_read.arrive_and_wait();
        auto transaction = store_->begin(alice_);
        while (!transaction)
            transaction = store_->begin(alice_);
        const auto result = verify(*early.credential, early.state, address("192.0.2.7"), copy_of(answer), {},
                                   {}, clock_.now());
        return (*transaction)->write_state(result->next) && result->accepted();
    });
    EXPECT_GT(accepted, 1);
}

class ParallelFailures : public StoreFixture {};

TEST_F(ParallelFailures, AreAllCounted) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 5; ++i) {
        threads.emplace_back([&] {
            EXPECT_EQ(attempt(*store_, OtpAnswer{Secret::copy_of(std::string_view("xxxxxx"))}).value(),
                      Reason::wrong);
        });
    }
    threads.clear();
    const State state = store_->read(alice_).value().state;
    EXPECT_EQ(state.strangers.count, 5U);
    EXPECT_EQ(state.recent.strangers.size(), 5U);
}

// Reading takes no lock, and must not take a slot that is being written for a damaged one.
TEST_F(ParallelFailures, AReaderNeverSeesAWriteAsDamage) {
    std::atomic<bool> stop = false;
    std::jthread writer([&] {
        while (!stop) {
            const auto transaction = store_->begin(alice_);
            if (!transaction) continue;
            EXPECT_TRUE((*transaction)->write_state((*transaction)->account().state));
        }
    });
    for (int i = 0; i < 2000; ++i) {
        const auto account = store_->read(alice_);
        const bool good = account ? !account->state_damaged : account.error().code == Errc::busy;
        ASSERT_TRUE(good) << account.error().detail;
    }
    stop = true;
}

}  // namespace
}  // namespace secondstep
