// Who guesses recovery codes keeps nobody else out: many dialogues at once over the real
// login, in simulated time.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "account/throttle.h"
#include "account/verify.h"
#include "unit/dialogue/crowd.h"

namespace secondstep {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Crowd;
using testing::LoginWorld;

// Of the long form, which costs nothing to compute; what it costs here is simulated.
constexpr const char* wrong_recovery_code = "0123-4567-89AB-CDEF-GHJK-MNPQ";
// After that the module gives the service up.
constexpr seconds patience_of_the_module{10};

class RecoveryCrowd : public ::testing::Test {
  protected:
    RecoveryCrowd() { world_.configure("action = require\n"); }

    // With as many recovery codes as a set can have.
    void enroll(const std::string& name, uid_t uid) {
        world_.add_person(name, uid);
        world_.recovery_codes[name].clear();
        testing::MemoryStore::Record& record = world_.store->record(name);
        record.credential = world_.new_credential(name, uid, otp::RecoveryCodeForm::long_code, most_codes);
        record.state = state_after_enrollment({}, *record.credential, {});
    }
    [[nodiscard]] dialogue::Request from(const std::string& rhost, const std::string& user) const {
        dialogue::Request request = world_.request(user);
        request.rhost = rhost;
        if (rhost.empty()) request.tty = "/dev/tty1";
        return request;
    }
    // How many of the owner's right codes were accepted, one every two seconds.
    std::size_t accepted(std::size_t logins, const dialogue::Request& request) {
        std::vector<std::shared_ptr<Crowd::Login>> all;
        const milliseconds start = crowd_.now();
        for (std::size_t i = 0; i < logins; ++i) {
            const std::string& code = world_.recovery_codes[request.user].at(i);
            all.push_back(crowd_.log_in(start + milliseconds{2037} * static_cast<int>(i + 1), request, code));
        }
        crowd_.run();
        EXPECT_LT(crowd_.longest_silence(), patience_of_the_module);
        return static_cast<std::size_t>(
            std::ranges::count_if(all, [](const auto& login) { return login->accepted; }));
    }

    static constexpr unsigned most_codes = 15;
    static constexpr seconds attack{40};
    LoginWorld world_;
    Crowd crowd_{world_};
};

TEST_F(RecoveryCrowd, TenTerminalsThatGuessKeepNobodyElseOfTheMachineOut) {
    enroll("alice", 1000);
    enroll("bob", 1001);
    for (int i = 0; i < 10; ++i)
        crowd_.guess(from("", "bob"), wrong_recovery_code, attack);
    EXPECT_GE(accepted(10, from("", "alice")), 9U);
    EXPECT_GE(crowd_.computed(), 500U) << "they did guess";
}

TEST_F(RecoveryCrowd, TenTerminalsThatGuessAtOneAccountDoNotKeepItsOwnerOut) {
    enroll("alice", 1000);
    for (int i = 0; i < 10; ++i)
        crowd_.guess(from("", "alice"), wrong_recovery_code, attack);
    EXPECT_GE(accepted(10, from("", "alice")), 9U);
}

TEST_F(RecoveryCrowd, FiftyPeopleBehindOneAddressAllGetInAtOnce) {
    std::vector<std::shared_ptr<Crowd::Login>> logins;
    for (int i = 0; i < 50; ++i) {
        const std::string name = "user" + std::to_string(i);
        enroll(name, static_cast<uid_t>(1000 + i));
        logins.push_back(
            crowd_.log_in(milliseconds{i}, from("192.0.2.7", name), world_.recovery_codes[name][0]));
    }
    crowd_.run();
    for (const auto& login : logins)
        EXPECT_TRUE(login->accepted);
    EXPECT_LT(crowd_.longest_silence(), patience_of_the_module);
}

TEST_F(RecoveryCrowd, TwentySourcesAgainstOneAccountDoNotKeepItsOwnerOut) {
    std::size_t in = 0;
    for (int half = 0; half < 2; ++half) {
        enroll("alice", 1000);
        for (int i = 0; i < 20; ++i)
            crowd_.guess(from("198.51." + std::to_string(i) + ".1", "alice"), wrong_recovery_code,
                         crowd_.now() + attack);
        in += accepted(most_codes, from("203.0.113.9", "alice"));
    }
    EXPECT_GE(in, 29U) << "of 30";
}

TEST_F(RecoveryCrowd, OneSourceThatNamesTwoHundredAccountsKeepsNobodyOut) {
    enroll("alice", 1000);
    for (int i = 0; i < 200; ++i)
        crowd_.guess(from("198.51.100.1", "name" + std::to_string(i)), wrong_recovery_code, attack);
    EXPECT_GE(accepted(10, from("203.0.113.9", "alice")), 9U);
}

TEST_F(RecoveryCrowd, AnOwnerAtHomeDoesNotWaitForStrangersHoweverMany) {
    enroll("alice", 1000);
    ASSERT_EQ(world_.login(from("203.0.113.9", "alice"), {world_.code("alice")}).verdict, Verdict::accepted);
    for (int i = 0; i < 500; ++i)
        crowd_.guess(from("198." + std::to_string(i / 250) + "." + std::to_string(i % 250) + ".1", "alice"),
                     wrong_recovery_code, attack);
    EXPECT_EQ(accepted(15, from("203.0.113.9", "alice")), 15U);
}

TEST_F(RecoveryCrowd, AHundredWrongRecoveryCodesCloseNoCounter) {
    enroll("alice", 1000);
    for (int i = 0; i < 100; ++i)
        static_cast<void>(world_.login(from("198.51.100.1", "alice"), {wrong_recovery_code}));
    EXPECT_EQ(world_.login(from("198.51.100.1", "alice"), {world_.code("alice")}).verdict, Verdict::accepted);
}

}  // namespace
}  // namespace secondstep
