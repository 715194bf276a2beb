// One code that an administrator gave out, typed in eight dialogues at once,
// on the real store: it works once.

#include <sys/wait.h>

#include <atomic>
#include <barrier>
#include <filesystem>
#include <functional>
#include <thread>

#include "base/text.h"
#include "dialogue/make_dialogue.h"
#include "store/file_store.h"
#include "support/temporary_directory.h"
#include "unit/dialogue/conversation.h"

namespace secondstep {
namespace {

namespace fs = std::filesystem;
using dialogue::Request;
using std::chrono::hours;

constexpr int rivals = 8;
constexpr int rounds = 50;

fs::path memory() {
    const fs::path shared_memory = "/dev/shm";
    return ::access(shared_memory.c_str(), W_OK) == 0 ? shared_memory : fs::temp_directory_path();
}

// One of eight dialogues, with a journal of its own; the rest of the world they share.
class Rival {
  public:
    Rival(testing::LoginWorld& world, const Request& request) {
        dialogue::Ports ports = world.ports();
        ports.journal = &journal_;
        dialogue_ = dialogue::make_dialogue(ports, request);
        step_ = dialogue_->begin();
    }
    // Stops at the question that has no answer, or when the recovery codes of an enrollment are made.
    void type(const std::vector<std::string>& answers) {
        std::size_t next = 0;
        while (!std::holds_alternative<dialogue::End>(step_)) {
            if (std::holds_alternative<dialogue::Ask>(step_)) {
                if (next == answers.size()) return;
                step_ = dialogue_->answer(Secret::copy_of(answers[next++]));
                continue;
            }
            const auto* work = std::get_if<dialogue::Work>(&step_);
            if (work != nullptr) work->job();
            if (work != nullptr && work->kind == dialogue::Work::Kind::scrypt) return;
            step_ = dialogue_->resume(dialogue::Resumption::done);
        }
    }
    // To the end. A wait gives the processor to the others.
    Verdict finish() {
        while (!std::holds_alternative<dialogue::End>(step_)) {
            const bool asked = std::holds_alternative<dialogue::Ask>(step_);
            std::this_thread::yield();
            step_ = asked ? dialogue_->answer(dialogue::NoAnswer{})
                          : dialogue_->resume(dialogue::Resumption::done);
        }
        return std::get<dialogue::End>(step_).verdict;
    }

  private:
    std::vector<std::string> events_;
    testing::FakeJournal journal_{events_};
    std::unique_ptr<dialogue::Dialogue> dialogue_;
    dialogue::Step step_;
};

// The dialogues are begun once; each round is a process of its own in which eight threads end them.
class OneGrant : public ::testing::Test {
  protected:
    void SetUp() override {
        for (const char* name : {"users", "decoys", "staging"}) {
            fs::create_directory(directory_.file(name));
            fs::permissions(directory_.file(name), fs::perms::owner_all);
        }
        world_.configure("recovery_codes = 3\naction = enroll\n");
        world_.add_person("alice", 1000);
        store_ =
            FileStore::open({.directory = directory_.path()},
                            Keyring::parse(world_.keyring->encode()).value(), world_.clock, world_.randomness)
                .value();
        world_.real_store = store_;
    }

    std::string give(GrantKind kind) {
        const Secret code = otp::make_one_time_code(world_.randomness);
        const auto transaction = store_->begin_enrollment(record_).value();
        State state = transaction->account().state;
        (kind == GrantKind::registration ? state.registration : state.temporary) =
            make_grant(*world_.keyring, record_, kind, *otp::normalize_one_time_code(code.text()),
                       world_.clock.now() + hours{1})
                .value();
        EXPECT_TRUE(transaction->write_state(state));
        return std::string(code.text());
    }
    void enroll() {
        const Credential credential = world_.new_credential("alice", 1000);
        const auto transaction = store_->begin_enrollment(record_).value();
        EXPECT_TRUE(transaction->write_credential(credential, state_after_enrollment({}, credential, {})));
    }
    void begin(Request request, const std::vector<std::string>& answers) {
        for (int i = 0; i < rivals; ++i) {
            request.attempt.fill(static_cast<std::uint8_t>(i + 1));
            rivals_.push_back(std::make_unique<Rival>(world_, request));
            rivals_.back()->type(answers);
        }
        fs::copy(directory_.file("users"), directory_.file("kept"));
    }
    void restore() {
        for (const auto& entry : fs::directory_iterator(directory_.file("users")))
            fs::remove(entry.path());
        fs::copy(directory_.file("kept"), directory_.file("users"));
    }
    // How many of the eight were let in.
    int accepted(const std::function<Verdict(Rival&)>& ending) {
        const pid_t child = ::fork();
        if (child == 0) {
            std::barrier<> all(rivals);
            std::atomic<int> accepted = 0;
            std::vector<std::jthread> threads;
            for (const auto& rival : rivals_) {
                threads.emplace_back([&] {
                    all.arrive_and_wait();
                    if (ending(*rival) == Verdict::accepted) ++accepted;
                });
            }
            threads.clear();  // joins
            ::_exit(accepted);
        }
        int status = -1;
        EXPECT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFEXITED(status));
        return WEXITSTATUS(status);
    }

    testing::TemporaryDirectory directory_{memory()};
    testing::LoginWorld world_;
    RecordName record_ = RecordName::of(*AccountName::create("alice"));
    std::shared_ptr<FileStore> store_;
    std::vector<std::unique_ptr<Rival>> rivals_;
};

TEST_F(OneGrant, ATemporaryCodeIsAcceptedOnceOfEight) {
    enroll();
    const std::string code = give(GrantKind::temporary);
    begin(world_.request("alice"), {});
    for (int round = 0; round < rounds; ++round) {
        restore();
        const int let_in = accepted([&](Rival& rival) {
            rival.type({code});
            return rival.finish();
        });
        ASSERT_EQ(let_in, 1) << round;
        EXPECT_FALSE(store_->read(record_)->state.temporary.given);
    }
}

TEST_F(OneGrant, ARegistrationCodeEnrollsOnceOfEight) {
    const std::string invitation = give(GrantKind::registration);
    // All of them are shown the same key: they come from one place.
    const auto pending = world_.memory.pending_enrollments.find_or(
        {record_, "host 192.0.2.7",
         "registration-code " + hex(store_->read(record_)->state.registration.digest)},
        world_.steady, [this] { return dialogue::Enrollment::draft({}, world_.randomness); });
    Request request = world_.request("alice");
    request.purpose = Purpose::account;
    request.proof = world_.proof_for(request, Proof::first_factor);
    begin(request, {"t", invitation, world_.code_of(pending.authenticator().key)});
    for (int round = 0; round < rounds; ++round) {
        restore();
        ASSERT_FALSE(store_->read(record_)->credential);
        ASSERT_EQ(accepted([](Rival& rival) { return rival.finish(); }), 1) << round;
        const Result<Account> now = store_->read(record_);
        ASSERT_TRUE(now);
        EXPECT_TRUE(now->credential);
        EXPECT_FALSE(now->state.registration.given);
    }
}

}  // namespace
}  // namespace secondstep
