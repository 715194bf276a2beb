// What changes a second step, on the real store, with a process that is killed at every system call of the
// commit, and with each kind of system call failing: the old one or the new one, and no third state.

#include <sys/syscall.h>

#include <filesystem>

#include "store/file_store.h"
#include "support/failing_system_call.h"
#include "support/temporary_directory.h"
#include "unit/dialogue/conversation.h"
#include "unit/store/killed_process.h"

namespace secondstep {
namespace {

namespace fs = std::filesystem;
using dialogue::Request;
using std::chrono::seconds;
using testing::no_answer;
using testing::OpenDialogue;
using testing::Typed;

// Flushing to a real disk would only take time here.
fs::path memory() {
    const fs::path shared_memory = "/dev/shm";
    return ::access(shared_memory.c_str(), W_OK) == 0 ? shared_memory : fs::temp_directory_path();
}

// alice is enrolled, was given a temporary code, has to enroll again, and is remembered; bob is invited. One
// of their dialogues stands right before its commit, of which every round makes a copy in a child.
class Faults : public ::testing::Test {
  protected:
    void SetUp() override {
        for (const char* name : {"users", "decoys", "staging"})
            fs::create_directory(directory_.file(name));
        fs::permissions(directory_.file("users"), fs::perms::owner_all);
        fs::permissions(directory_.file("decoys"), fs::perms::owner_all);
        fs::permissions(directory_.file("staging"), fs::perms::owner_all);
        reopen();
        world_.configure("recovery_codes = 3\naction = enroll\nremember = 8h\n");
        world_.add_person("alice", 1000);
        world_.add_person("bob", 1001);
        write("alice", [this](State& state, Transaction& transaction) {
            old_ = world_.new_credential("alice", 1000);
            state = state_after_enrollment({}, *old_, {});
            remember_client(state);
            state.temporary = grant("alice", GrantKind::temporary, temporary_);
            return transaction.write_credential(*old_, state);
        });
        write("bob", [this](State& state, Transaction& transaction) {
            state.registration = grant("bob", GrantKind::registration, registration_);
            return transaction.write_state(state);
        });
    }

    void reopen() {
        world_.real_store =
            FileStore::open({.directory = directory_.path()},
                            Keyring::parse(world_.keyring->encode()).value(), world_.clock, world_.randomness)
                .value();
    }
    [[nodiscard]] static RecordName record(const std::string& name) {
        return RecordName::of(*AccountName::create(name));
    }
    template <typename Change>
    void write(const std::string& name, Change change) {
        const auto transaction = world_.real_store->begin_enrollment(record(name)).value();
        State state = transaction->account().state;
        ASSERT_TRUE(change(state, *transaction));
    }
    void remember_client(State& state) const {
        state.clients = {{"sshd", "192.0.2.7", world_.clock.now(), world_.clock.now() + seconds{3600}}};
    }
    OneTimeGrant grant(const std::string& name, GrantKind kind, std::string& typed) {
        const Secret code = otp::make_one_time_code(world_.randomness);
        typed = code.text();
        return make_grant(*world_.keyring, record(name), kind, *otp::normalize_one_time_code(typed),
                          world_.clock.now() + seconds{3600})
            .value();
    }
    [[nodiscard]] Account account(const std::string& name) {
        reopen();
        auto read = world_.real_store->read(record(name));
        EXPECT_TRUE(read) << read.error().detail;
        return read ? std::move(*read) : Account{};
    }
    [[nodiscard]] Request request(const std::string& user) const {
        Request request = world_.request(user);
        request.first_factor_passed = true;
        return request;
    }
    bool logs_in_with(const std::string& user, const std::string& answer) {
        world_.pass(seconds{2});
        Request plain = request(user);
        plain.first_factor_passed = false;
        return world_.login(plain, {answer, no_answer}).verdict == Verdict::accepted;
    }

    void stop_before_the_commit(const Request& request, const std::vector<Typed>& answers,
                                const Typed& last) {
        dialogue_.emplace(world_, request);
        dialogue_->type(answers);
        if (last.kind == Typed::Kind::code_of_the_shown_key) new_key_ = testing::key_in(dialogue_->texts());
        dialogue_->type_up_to_the_commit(last);
        noon_ = to_unix(world_.clock.now());
        fs::copy(directory_.file("users"), directory_.file("kept"));
    }
    // The files and the time as they were before the commit.
    void restore() {
        for (const auto& entry : fs::directory_iterator(directory_.file("users")))
            fs::remove(entry.path());
        fs::copy(directory_.file("kept"), directory_.file("users"));
        world_.clock.set(noon_);
    }
    // The commit, and then nobody says that the codes are saved.
    bool commit() {
        dialogue_->go_on();
        if (!dialogue_->verdict()) dialogue_->type({no_answer});
        const auto verdict = dialogue_->verdict();
        return verdict == Verdict::accepted;
    }

    // `check` says whether what is there is the new one.
    void kill_everywhere(const std::function<bool()>& check) {
        int old_ones = 0;
        int new_ones = 0;
        const int points =
            testing::killed_everywhere([&] { restore(); }, [&] { static_cast<void>(commit()); },
                                       [&](int n) {
                                           SCOPED_TRACE(n);
                                           (check() ? new_ones : old_ones)++;
                                       });
        if (points < 0) GTEST_SKIP() << "this machine does not let a process trace its own child";
        EXPECT_GT(points, 20) << "so few system calls? nothing was tested";
        EXPECT_GT(old_ones, 0);
        EXPECT_GT(new_ones, 0);
    }
    void fail_every_kind(const std::function<bool()>& check) {
        restore();
        EXPECT_TRUE(testing::holds_while_failing(SYS_acct, EPERM, [&] { return commit(); }))
            << "where nothing that is needed fails";
        EXPECT_TRUE(check());
        int refusals = 0;
        for (const long call :
             {SYS_openat,    SYS_read,      SYS_pread64,   SYS_write,    SYS_pwrite64, SYS_writev,
              SYS_fsync,     SYS_fdatasync, SYS_fcntl,     SYS_flock,    SYS_fstat,    SYS_newfstatat,
              SYS_statx,     SYS_renameat,  SYS_renameat2, SYS_linkat,   SYS_unlinkat, SYS_fchmod,
              SYS_ftruncate, SYS_lseek,     SYS_close,     SYS_getrandom}) {
            SCOPED_TRACE(call);
            restore();
            const bool let_in = testing::holds_while_failing(call, EIO, [&] { return commit(); });
            const bool is_new = check();
            EXPECT_EQ(is_new, let_in) << "what is in force was shown, and nothing else";
            refusals += let_in ? 0 : 1;
        }
        EXPECT_GT(refusals, 5) << "so few of them are needed? nothing was tested";
    }

    bool check_restore() {
        const Account now = account("alice");
        const bool is_new = now.credential->authenticators[0].id != old_->authenticators[0].id;
        EXPECT_EQ(now.state.clients.empty(), is_new);
        EXPECT_EQ(now.state.recovery.not_saved, is_new);
        world_.pass(seconds{60});
        EXPECT_EQ(logs_in_with("alice", world_.code_of(new_key_)), is_new);
        EXPECT_EQ(logs_in_with("alice", world_.code_of(old_->authenticators[0].key)), !is_new);
        EXPECT_EQ(logs_in_with("alice", temporary_), !is_new);
        EXPECT_EQ(logs_in_with("alice", world_.recovery_codes["alice"][1]), !is_new);
        EXPECT_FALSE(logs_in_with("alice", world_.recovery_codes["alice"][0])) << "struck off";
        return is_new;
    }
    void begin_restore() {
        const std::vector<Typed> answers{"?", "2", world_.recovery_codes["alice"][0], "t"};
        Request login = request("alice");
        login.rhost = "192.0.2.8";  // nobody is remembered there
        stop_before_the_commit(login, answers, Typed::code_of_the_shown_key());
    }

    bool check_first_enrollment() {
        const Account now = account("bob");
        const bool enrolled = now.credential.has_value();
        EXPECT_EQ(now.state.enrolled, enrolled);
        EXPECT_EQ(now.state.registration.given, !enrolled);
        if (enrolled) {
            EXPECT_TRUE(now.state.recovery.not_saved);
            world_.pass(seconds{60});
            EXPECT_TRUE(logs_in_with("bob", world_.code_of(new_key_)));
        }
        return enrolled;
    }
    void begin_first_enrollment() {
        Request login = request("bob");
        login.purpose = Purpose::account;
        login.proof = world_.proof_for(login, Proof::first_factor);
        stop_before_the_commit(login, {"t", registration_}, Typed::code_of_the_shown_key());
    }

    bool check_renewal() {
        const Account now = account("alice");
        const bool is_new = now.credential->recovery->id != old_->recovery->id;
        EXPECT_EQ(now.state.recovery.not_saved, is_new) << "nobody has seen the new codes";
        EXPECT_EQ(now.credential->authenticators[0].id, old_->authenticators[0].id);
        EXPECT_EQ(recovery_codes_left(*now.credential, now.state), 3U);
        world_.pass(seconds{60});
        EXPECT_TRUE(logs_in_with("alice", world_.code_of(old_->authenticators[0].key)));
        EXPECT_EQ(logs_in_with("alice", world_.recovery_codes["alice"][1]), !is_new);
        return is_new;
    }
    void begin_renewal() {
        Request manage = request("alice");
        manage.purpose = Purpose::manage;
        manage.task = Task::recovery_codes;
        stop_before_the_commit(manage, {}, world_.code_of(old_->authenticators[0].key));
    }

    testing::TemporaryDirectory directory_{memory()};
    testing::LoginWorld world_;
    std::optional<Credential> old_;
    std::string temporary_;
    std::string registration_;
    Secret new_key_;
    std::optional<OpenDialogue> dialogue_;
    std::int64_t noon_ = 0;
};

TEST_F(Faults, ARestoreThatIsKilledLeavesTheOldOneOrTheNewOne) {
    begin_restore();
    kill_everywhere([this] { return check_restore(); });
}

TEST_F(Faults, AFirstEnrollmentThatIsKilledLeavesNobodyOrSomebodyWhole) {
    begin_first_enrollment();
    kill_everywhere([this] { return check_first_enrollment(); });
}

TEST_F(Faults, NewRecoveryCodesThatAreKilledLeaveTheOldOnesOrOthersThatAreNotSaved) {
    begin_renewal();
    kill_everywhere([this] { return check_renewal(); });
}

TEST_F(Faults, NoSystemCallThatFailsInARestoreLetsIn) {
    begin_restore();
    fail_every_kind([this] { return check_restore(); });
}

TEST_F(Faults, NoSystemCallThatFailsInAFirstEnrollmentLetsIn) {
    begin_first_enrollment();
    fail_every_kind([this] { return check_first_enrollment(); });
}

TEST_F(Faults, NoSystemCallThatFailsInARenewalIsCalledDone) {
    begin_renewal();
    fail_every_kind([this] { return check_renewal(); });
}

}  // namespace
}  // namespace secondstep
