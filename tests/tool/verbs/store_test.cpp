// Accounts of a host move into a fleet, and back.

#include <gmock/gmock.h>
#include <pwd.h>

#include <cstdint>
#include <filesystem>

#include "account/known_sources.h"
#include "account/one_time_grant.h"
#include "account/verify.h"
#include "fleet/file_moves.h"
#include "fleet/file_records.h"
#include "fleet/host_tag.h"
#include "fleet/moving_state.h"
#include "store/change.h"
#include "store/moved_mark.h"
#include "tool_world.h"

namespace secondstep::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Words = std::vector<std::string>;

// One of the two; each has a store, a key and a configuration of its own.
class Machine : public ToolWorld {
  public:
    Machine() { set_up(); }
    void TestBody() override {}
    using ToolWorld::account;
    using ToolWorld::change_state;
    using ToolWorld::clock_;
    using ToolWorld::enroll;
    using ToolWorld::file;
    using ToolWorld::json;
    using ToolWorld::me;
    using ToolWorld::randomness_;
    using ToolWorld::store;
    using ToolWorld::tool;
    using ToolWorld::words;

    // It ends with 0; what it says is looked at elsewhere.
    void does(std::vector<std::string> words) { static_cast<void>(json(std::move(words))); }
    // Of a store that is shut, too.
    [[nodiscard]] Account kept(const std::string& user) {
        auto store = FileStore::open({.directory = file("store"), .also_moved = true},
                                     load_keyring(file("host.key")).value(), clock_, randomness_);
        return store.value()->read(RecordName::of(*AccountName::create(user))).value();
    }
    // Of a store that is shut, as whoever has root there writes it.
    void change_kept(const std::string& user, const std::function<void(State&)>& change) {
        auto store = FileStore::open({.directory = file("store"), .also_moved = true},
                                     load_keyring(file("host.key")).value(), clock_, randomness_);
        auto record = store.value()->begin(RecordName::of(*AccountName::create(user)));
        ASSERT_TRUE(record) << record.error().detail;
        State next = (*record)->account().state;
        change(next);
        ASSERT_TRUE((*record)->write_state(next));
    }
    void set_uid(const std::string& user, uid_t uid) {
        const auto opened = store();
        const auto kept = change(*opened, RecordName::of(*AccountName::create(user)), Opening::existing,
                                 [&](const Account& present) -> Result<Rewrite> {
                                     Credential other = present.credential->clone();
                                     other.uid = uid;
                                     return WriteCredential{std::move(other), present.state};
                                 });
        ASSERT_TRUE(kept) << kept.error().detail;
    }
    // What a login would say of this code; the store is written as it would be.
    [[nodiscard]] Result<bool> accepts(const std::string& user, const std::string& code) {
        const auto opened = store();
        auto record = opened->begin(RecordName::of(*AccountName::create(user)));
        if (!record) return std::unexpected(record.error());
        const Account& account = (*record)->account();
        if (!account.credential) return fail(Errc::not_found, "not enrolled");
        const Source here = source_of_rhost("192.0.2.7", SourceKind::address).value();
        const auto said = verify(*account.credential, account.state, here, OtpAnswer{Secret::copy_of(code)},
                                 {}, {}, clock_.now());
        if (!said) return std::unexpected(said.error());
        EXPECT_TRUE((*record)->write_state(said->next));
        return said->reason == Reason::right;
    }
};

class MovingStore : public ::testing::Test {
  protected:
    explicit MovingStore(const std::string& uids = "same") {
        const Finished made = auth1_.tool(
            {"fleet", "create", "--name", "auth1", "--listen", "192.0.2.11:7464", "--uids", uids});
        EXPECT_EQ(made.status, 0) << made.err;
    }
    [[nodiscard]] std::string let_migrate() {
        const auto made = auth1_.json({"fleet", "let-migrate", "web01"});
        return keep_token(made["token"]);
    }
    // A file with the token in it, as --token-file reads it.
    [[nodiscard]] std::string keep_token(const std::string& token) {
        const std::string path = web01_.file("token" + std::to_string(++files_));
        write_file(path, token + "\n");
        return path;
    }
    [[nodiscard]] std::string new_file() { return web01_.file("bundle" + std::to_string(++files_)); }
    [[nodiscard]] static Words handing_over(const std::string& bundle, const std::string& token) {
        return {"store", "migrate", "--to", "fleet", "--output", bundle, "--token-file", token};
    }
    [[nodiscard]] static Words taking_in(const std::string& bundle) {
        return {"store", "migrate", "--to", "fleet", bundle};
    }
    [[nodiscard]] static Words taking_back(const std::string& bundle, const std::string& token) {
        return {"store", "migrate", "--to", "files", bundle, "--token-file", token};
    }
    [[nodiscard]] static Words with(Words words, const Words& more) {
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }
    // The whole way there.
    nlohmann::json move_to_fleet(const Words& more = {}) {
        const std::string bundle = handed_over(let_migrate());
        return auth1_.json(with(taking_in(bundle), more));
    }
    [[nodiscard]] std::string handed_over(const std::string& token) {
        std::string bundle = new_file();
        EXPECT_EQ(web01_.json(handing_over(bundle, token))["changed"], true);
        return bundle;
    }
    struct Carried {
        std::string bundle;
        std::string token;
    };
    [[nodiscard]] Carried handed_back(const Words& whom = {"--all"}) {
        Carried carried{new_file(), {}};
        const auto made = auth1_.json(
            with({"store", "migrate", "--to", "files", "web01", "--output", carried.bundle}, whom));
        carried.token = keep_token(made["token"]);
        return carried;
    }
    nlohmann::json move_to_files() {
        const Carried carried = handed_back();
        return web01_.json(taking_back(carried.bundle, carried.token));
    }
    static void expect_refused(Machine& on, const Words& words, const std::string& sentence, int status = 1) {
        const Finished done = on.tool(words);
        EXPECT_EQ(done.status, status) << ::testing::PrintToString(words) << done.out << done.err;
        EXPECT_THAT(done.out + done.err, HasSubstr(sentence)) << ::testing::PrintToString(words);
    }
    static bool equal(const Credential& one, const Credential& other) {
        return equal_in_constant_time(encode(one), encode(other));
    }
    static State uncounted(State state) {
        state.generation = 0;
        return state;
    }
    // Something in every field that moves.
    void use(const std::string& user) {
        const Account account = web01_.account(user);
        const UnixTime now = from_unix(to_unix(web01_.clock_.now()));
        web01_.change_state(user, [&](State& state) {
            use_of(state, ids_of(*account.credential).front(), *account.credential).last = 77;
            use_of(state, ids_of(*account.credential).front(), *account.credential).used = true;
            state.recovery.used = 0b11;
            state.recovery.last_judged = now;
            state.strangers = {.count = 3, .last = now, .wait_until = {}};
            state.own_uid = {.count = 7, .last = now, .wait_until = now + std::chrono::minutes{1}};
            remember(state, source_of_rhost("192.0.2.7", SourceKind::address).value(), now);
            state.clients = {{.service = "sshd", .address = "192.0.2.7", .since = now, .until = now}};
            state.recent.strangers = {now, now};
            state.sends = {now};
            state.last_success = now;
            state.last_factor = Factor::authenticator;
        });
    }
    Machine auth1_;
    Machine web01_;
    int files_ = 0;
};

TEST_F(MovingStore, ThereAndBackEveryFieldIsEqual) {
    const Words users{"alice", "bob", "carol"};
    web01_.enroll("alice");
    web01_.enroll("bob", {"--method", "hotp"});
    web01_.enroll("carol", {"--name", "tablet"});
    const HostTag tag = fleet::tag_of("web01").value();
    std::map<std::string, Account> before;
    for (const std::string& user : users) {
        use(user);
        before.emplace(user, web01_.account(user));
    }
    const auto there = move_to_fleet();
    EXPECT_EQ(there["equal"], 3);
    EXPECT_EQ(there["in_use"], 0);
    for (const auto& [user, account] : before) {
        const Account in_fleet = auth1_.account(user);
        EXPECT_TRUE(equal(*in_fleet.credential, *account.credential)) << user;
        EXPECT_EQ(uncounted(in_fleet.state), uncounted(fleet::into_the_fleet(account.state, tag).value()));
    }
    EXPECT_EQ(move_to_files()["equal"], 3);
    for (const auto& [user, account] : before) {
        const Account at_home = web01_.account(user);
        EXPECT_TRUE(equal(*at_home.credential, *account.credential)) << user;
        EXPECT_EQ(uncounted(at_home.state), uncounted(account.state)) << user;
        const Account left = auth1_.account(user);
        EXPECT_FALSE(left.credential) << user;
        EXPECT_FALSE(left.state.enrolled) << user;
        EXPECT_EQ(left.state.uses, account.state.uses) << "what was used up stays used up";
    }
}

TEST_F(MovingStore, ACodeIsAcceptedOnceWhereverItIsShown) {
    const std::string uri = web01_.enroll("alice")["uri"];
    const std::string first = code_of(uri, std::chrono::seconds{-30});
    ASSERT_TRUE(web01_.accepts("alice", first).value());
    const std::string bundle = handed_over(let_migrate());
    const std::string second = code_of(uri);
    EXPECT_FALSE(web01_.accepts("alice", second)) << "the store is shut from the moment the file is made";
    auth1_.does(taking_in(bundle));
    EXPECT_FALSE(auth1_.accepts("alice", first).value()) << "it was used on the host";
    ASSERT_TRUE(auth1_.accepts("alice", second).value());
    EXPECT_FALSE(web01_.accepts("alice", code_of(uri, std::chrono::seconds{30})));
    const Carried carried = handed_back();
    EXPECT_EQ(auth1_.accepts("alice", code_of(uri, std::chrono::seconds{30})).error().code, Errc::not_found);
    web01_.does(taking_back(carried.bundle, carried.token));
    EXPECT_FALSE(web01_.accepts("alice", first).value());
    EXPECT_FALSE(web01_.accepts("alice", second).value()) << "it was used in the fleet";
    EXPECT_TRUE(web01_.accepts("alice", code_of(uri, std::chrono::seconds{30})).value());
}

TEST_F(MovingStore, IsShutForEverythingUntilItIsTakenBack) {
    web01_.enroll("alice");
    static_cast<void>(handed_over(let_migrate()));
    expect_refused(web01_, {"status"}, "handed over to a fleet", 4);
    expect_refused(web01_, {"enroll", "bob", "--portal-user", "--no-confirm"}, "handed over to a fleet", 4);
    expect_refused(web01_, {"disable", "alice", "--yes"}, "handed over to a fleet", 4);
    EXPECT_THAT(web01_.tool({"doctor"}).out, HasSubstr("nobody logs in"));
    EXPECT_EQ(web01_.tool({"portal", "list"}).status, 0);
    EXPECT_EQ(web01_.tool({"setup"}).status, 0);
    // Nobody took it: what might have been used elsewhere is void.
    EXPECT_EQ(web01_.json({"adopt", "--copied", "--yes"})["accounts"], 1);
    EXPECT_TRUE(web01_.account("alice").state.recovery.closed);
}

TEST_F(MovingStore, ANodeTakesNothingThatItDoesNotPermit) {
    web01_.enroll("alice");
    const std::string token = let_migrate();
    const std::string bundle = handed_over(token);
    auth1_.does({"fleet", "end-migration", "web01"});
    expect_refused(auth1_, taking_in(bundle), "permits no such move");
    const std::string next = let_migrate();
    expect_refused(auth1_, taking_in(bundle), "permits no such move");
    const std::string again = handed_over(next);
    {
        const Keyring ring = load_keyring(auth1_.file("host.key")).value();
        const auto moves =
            fleet::FileMoves::open(auth1_.file("store"), true, ring, auth1_.clock_, auth1_.randomness_)
                .value();
        fleet::Move move = std::move(**moves->of_host("web01"));
        move.end = auth1_.clock_.now() - std::chrono::seconds{2};
        ASSERT_TRUE(moves->put(move));
    }
    expect_refused(auth1_, taking_in(again), "has ended");
    expect_refused(auth1_, {"fleet", "let-migrate", "auth1"}, "is a node", 2);
    expect_refused(web01_, {"fleet", "let-migrate", "web02"}, "no fleet", 4);
    EXPECT_FALSE(auth1_.account("alice").credential);
}

TEST_F(MovingStore, WhatWasChangedOnItsWayChangesNothing) {
    web01_.enroll("alice");
    const std::string bundle = handed_over(let_migrate());
    std::string content = content_of(bundle);
    EXPECT_EQ(mode_of(bundle), 0600U);
    content.back() = static_cast<char>(content.back() ^ 1);
    write_file(bundle, content);
    expect_refused(auth1_, taking_in(bundle), "nothing was changed", 4);
    EXPECT_FALSE(auth1_.account("alice").has_state);
    write_file(bundle, "something else");
    expect_refused(auth1_, taking_in(bundle), "no bundle", 4);
}

TEST_F(MovingStore, ANameThatIsThereIsLeftOrPutTogether) {
    const std::string here = auth1_.enroll("alice")["uri"];
    const std::string there = web01_.enroll("alice")["uri"];
    web01_.enroll("bob");
    const std::string bundle = handed_over(let_migrate());
    const Finished tried = auth1_.tool(with(taking_in(bundle), {"--dry-run"}));
    EXPECT_THAT(tried.out, AllOf(HasSubstr("would be 1 created"), HasSubstr("--merge")));
    EXPECT_FALSE(auth1_.account("bob").has_state);
    const Finished left = auth1_.tool(taking_in(bundle));
    EXPECT_EQ(left.status, 1);
    EXPECT_THAT(left.out, HasSubstr("left          alice: has another second step here"));
    EXPECT_TRUE(auth1_.account("bob").credential);
    EXPECT_EQ(auth1_.account("alice").credential->authenticators.size(), 1U);
    const auto merged = auth1_.json(with(taking_in(bundle), {"--merge"}));
    EXPECT_EQ(merged["users"][0]["outcome"], merged["users"][0]["user"] == "alice" ? "merged" : "already");
    const Account alice = auth1_.account("alice");
    EXPECT_EQ(alice.credential->authenticators.size(), 2U);
    EXPECT_EQ(alice.state.notice.change, Change::device_added) << "its owner is told";
    EXPECT_TRUE(auth1_.accepts("alice", code_of(here)).value());
    EXPECT_TRUE(auth1_.accepts("alice", code_of(there)).value());
    EXPECT_EQ(auth1_.json(with(taking_in(bundle), {"--merge"}))["changed"], false);
}

// Each of them by a run of its own, so that there is something to do for the second one.
TEST_F(MovingStore, WhoWasRemovedBetweenTwoRunsOfAFileStaysSo) {
    web01_.enroll("alice");
    web01_.enroll("root");
    const std::string bundle = handed_over(let_migrate());
    expect_refused(auth1_, taking_in(bundle), "--with-root");
    auth1_.does({"disable", "alice", "--yes"});
    const auto again = auth1_.tool(with(taking_in(bundle), {"--with-root"}));
    EXPECT_EQ(again.status, 1);
    EXPECT_THAT(again.out, HasSubstr("left          alice: came before, and was removed here since"));
    EXPECT_FALSE(auth1_.account("alice").credential);
    EXPECT_TRUE(auth1_.account("root").credential);
    // The administrator permits it once more.
    auth1_.does(with(taking_in(handed_over(let_migrate())), {"--with-root"}));
    EXPECT_TRUE(auth1_.account("alice").credential);
    auth1_.does({"fleet", "end-migration", "web01"});
    EXPECT_TRUE(fs::is_empty(auth1_.file("store/fleet/moves/web01.come")));
}

// A broken-into host says what it likes of failures, waits and messages.
TEST_F(MovingStore, WhatAHostHasCountedHoldsNobodyBackWhoIsThere) {
    const std::string here = auth1_.enroll("alice")["uri"];
    web01_.enroll("alice");
    web01_.enroll("bob");
    const State before = auth1_.account("alice").state;
    const auto raise = [&](State& state) {
        const UnixTime now = from_unix(to_unix(web01_.clock_.now()));
        state.strangers = {.count = 100, .last = now, .wait_until = now + std::chrono::hours{1}};
        state.recent.strangers.assign(max_recent_failures, now);
        state.sends.assign(max_remembered_sends, now);
        state.enrollment_forced = true;
    };
    web01_.change_state("alice", raise);
    const std::string bundle = handed_over(let_migrate());
    auth1_.does(with(taking_in(bundle), {"--merge"}));
    // bob came by it with a clean record; what the host says of bob later counts as little.
    web01_.change_kept("bob", raise);
    auth1_.does(with(taking_in(handed_over(let_migrate())), {"--merge"}));
    for (const char* user : {"alice", "bob"}) {
        const State after = auth1_.account(user).state;
        EXPECT_EQ(after.strangers, before.strangers) << user;
        EXPECT_EQ(after.recent.strangers, before.recent.strangers) << user;
        EXPECT_EQ(after.sends, before.sends) << user;
        EXPECT_FALSE(after.enrollment_forced) << user;
    }
    EXPECT_TRUE(auth1_.accepts("alice", code_of(here)).value());
}

// Whose device has come before, and is theirs in the fleet since.
TEST_F(MovingStore, AHostThatSaysThatCodesOfTheFutureWereUsedKeepsNobodyOut) {
    const std::string there = web01_.enroll("bob")["uri"];
    move_to_fleet();
    web01_.change_kept("bob", [](State& state) {
        ASSERT_FALSE(state.uses.empty());
        state.uses.front().used = true;
        state.uses.front().last = std::uint64_t{1} << 40U;
    });
    const std::string bundle = handed_over(let_migrate());
    const Finished taken = auth1_.tool(with(taking_in(bundle), {"--merge"}));
    EXPECT_EQ(taken.status, 1);
    EXPECT_THAT(taken.out, AllOf(HasSubstr("left          bob"), HasSubstr("the clock of web01 is ahead")));
    EXPECT_TRUE(auth1_.accepts("bob", code_of(there)).value());
}

TEST_F(MovingStore, RootIsTakenOverOnlyWhereThatIsSaid) {
    web01_.enroll("root");
    const std::string bundle = handed_over(let_migrate());
    expect_refused(auth1_, taking_in(bundle), "--with-root");
    EXPECT_FALSE(auth1_.account("root").has_state);
    auth1_.does(with(taking_in(bundle), {"--with-root"}));
    EXPECT_TRUE(auth1_.account("root").credential);
}

TEST_F(MovingStore, CodesThatWereGivenOutEndAndThatIsSaid) {
    web01_.enroll("alice");
    web01_.does({"temporary-code", "alice"});
    const std::string bundle = handed_over(let_migrate());
    EXPECT_THAT(auth1_.json(taking_in(bundle))["codes_ended"], ElementsAre("alice"));
    EXPECT_FALSE(auth1_.account("alice").state.temporary.given);
}

TEST_F(MovingStore, AnOldFileBringsNothingBack) {
    web01_.enroll("alice");
    move_to_fleet();
    const Carried first = handed_back();
    web01_.does(taking_back(first.bundle, first.token));
    auth1_.does({"fleet", "end-migration", "web01", "--taken-over"});
    move_to_fleet();
    expect_refused(web01_, taking_back(first.bundle, first.token), "handed over since that file was made");
    EXPECT_FALSE(web01_.store()->read(RecordName::of(*AccountName::create("alice"))));
}

TEST_F(MovingStore, WhoStaysInTheFleetIsNotLetInByTheHost) {
    web01_.enroll("alice");
    web01_.enroll("bob");
    move_to_fleet();
    const Carried alone = handed_back({"--names", "alice"});
    expect_refused(web01_, taking_back(alone.bundle, alone.token), "in this store: bob");
    EXPECT_TRUE(web01_.store()->is_moved());
    web01_.does(with(taking_back(alone.bundle, alone.token), {"--without-others"}));
    EXPECT_TRUE(web01_.account("alice").credential);
    EXPECT_FALSE(web01_.account("bob").credential);
    EXPECT_TRUE(auth1_.account("bob").credential);
}

TEST_F(MovingStore, WhatLeftIsKeptUntilItIsKnownWhereItIs) {
    const std::string uri = web01_.enroll("alice")["uri"];
    move_to_fleet();
    const Carried carried = handed_back();
    EXPECT_EQ(mode_of(carried.bundle), 0600U);
    EXPECT_THAT(auth1_.tool({"doctor"}).out, HasSubstr("1 account left the fleet for web01"));
    expect_refused(auth1_, {"fleet", "end-migration", "web01"}, "has left the fleet");
    expect_refused(auth1_, {"fleet", "let-migrate", "web01"}, "has left the fleet");
    // The file got lost.
    const Carried again = handed_back();
    EXPECT_EQ(content_of(again.token), content_of(carried.token));
    EXPECT_EQ(auth1_.json({"fleet", "end-migration", "web01", "--take-back"})["accounts"], 1);
    const Account alice = auth1_.account("alice");
    ASSERT_TRUE(alice.credential);
    EXPECT_TRUE(alice.state.recovery.closed) << "it may have been used on the host";
    EXPECT_FALSE(auth1_.accepts("alice", code_of(uri)).value());
    EXPECT_FALSE(auth1_.tool({"fleet", "end-migration", "web01", "--take-back"}).status);
}

TEST_F(MovingStore, ANodeGivesNothingToWhomItDoesNotKnow) {
    auth1_.enroll("alice");
    expect_refused(auth1_, {"store", "migrate", "--to", "files", "web09", "--all", "--output", new_file()},
                   "no host \"web09\"");
    static_cast<void>(let_migrate());
    expect_refused(
        auth1_,
        {"store", "migrate", "--to", "files", "web01", "--names", "alice,nobody", "--output", new_file()},
        "nobody has no second step", 6);
    EXPECT_TRUE(auth1_.account("alice").credential);
    expect_refused(auth1_, {"store", "migrate", "--to", "files", "web01", "--output", new_file()}, "--all",
                   2);
}

// A name of every machine's passwd, with another uid on web01.
constexpr const char* daemon = "daemon";
constexpr uid_t uid_there = 4711;

class TwoUids : public MovingStore {
  protected:
    using MovingStore::MovingStore;
    void enroll_with_another_uid() {
        web01_.enroll(daemon);
        web01_.set_uid(daemon, uid_there);
        here_ = ::getpwnam(daemon)->pw_uid;
    }
    uid_t here_ = 0;
};

class DifferingUids : public TwoUids {
  protected:
    DifferingUids() : TwoUids("differ") {}
};

TEST_F(TwoUids, AreTwoPeopleOnTheWayInWhereUidsAreTheSame) {
    enroll_with_another_uid();
    const std::string bundle = handed_over(let_migrate());
    expect_refused(auth1_, taking_in(bundle), "it has uid 4711 there and " + std::to_string(here_) + " here");
    expect_refused(auth1_, with(taking_in(bundle), {"--merge"}), "may be another person");
    EXPECT_FALSE(auth1_.account(daemon).has_state);
}

TEST_F(DifferingUids, AreOnePersonThereAndBackWithTheUidOfThePlace) {
    enroll_with_another_uid();
    move_to_fleet();
    ASSERT_TRUE(auth1_.account(daemon).credential);
    EXPECT_EQ(auth1_.account(daemon).credential->uid, std::nullopt) << "the name is the person";
    const auto back = move_to_files();
    EXPECT_EQ(back["left"].size(), 0U);
    EXPECT_EQ(web01_.account(daemon).credential->uid, here_) << "as passwd of that machine says";
}

TEST_F(MovingStore, WhoEnrolledAgainInTheFleetComesBackWithTheNewSecondStep) {
    const std::string old_uri = web01_.enroll("alice")["uri"];
    move_to_fleet();
    auth1_.does({"disable", "alice", "--yes"});
    const std::string new_uri = auth1_.enroll("alice")["uri"];
    const Account in_fleet = auth1_.account("alice");
    const auto back = move_to_files();
    EXPECT_EQ(back["users"][0]["outcome"], "replaced");
    EXPECT_TRUE(equal(*web01_.account("alice").credential, *in_fleet.credential));
    EXPECT_FALSE(web01_.accepts("alice", code_of(old_uri)).value());
    EXPECT_TRUE(web01_.accepts("alice", code_of(new_uri)).value());
}

// Killed after each flush of the disk in turn, and done again.
class InterruptedMove : public MovingStore {
  protected:
    InterruptedMove() {
        for (const char* user : {"alice", "bob"}) {
            web01_.enroll(user);
            use(user);
            before_.emplace(user, web01_.account(user));
        }
    }
    // False: it got to its end.
    [[nodiscard]] static bool killed(Machine& on, const Words& words, const std::string& call, int number) {
        Words all{"/usr/bin/strace", "-f", "-o",
                  "/dev/null",       "-e", "inject=" + call + ":signal=KILL:when=" + std::to_string(number)};
        const Words rest = on.words(words);
        all.insert(all.end(), rest.begin(), rest.end());
        return run_program(all).status != 0;
    }
    // `words` for each time anew, since a file that was made is in the way.
    static int killed_everywhere(Machine& on, const std::function<Words()>& words,
                                 const std::function<void()>& check) {
        int kills = 0;
        for (const char* call : {"fsync", "fdatasync", "renameat,renameat2,rename"}) {
            for (int number = 1; killed(on, words(), call, number); ++number) {
                check();
                ++kills;
                if (number > 40) break;
            }
        }
        return kills;
    }
    void expect_equal_in_the_fleet() {
        const HostTag tag = fleet::tag_of("web01").value();
        for (const auto& [user, account] : before_) {
            const Account in_fleet = auth1_.account(user);
            ASSERT_TRUE(in_fleet.credential) << user;
            EXPECT_TRUE(equal(*in_fleet.credential, *account.credential)) << user;
            EXPECT_EQ(uncounted(in_fleet.state),
                      uncounted(fleet::into_the_fleet(account.state, tag).value()));
        }
    }
    void expect_equal_at_home() {
        for (const auto& [user, account] : before_) {
            EXPECT_TRUE(equal(*web01_.account(user).credential, *account.credential)) << user;
            EXPECT_EQ(uncounted(web01_.account(user).state), uncounted(account.state)) << user;
        }
    }
    // In the fleet, or kept beside it.
    [[nodiscard]] bool is_somewhere(const std::string& user) {
        if (auth1_.account(user).credential) return true;
        const Keyring ring = load_keyring(auth1_.file("host.key")).value();
        const auto moves =
            fleet::FileMoves::open(auth1_.file("store"), true, ring, auth1_.clock_, auth1_.randomness_)
                .value();
        return moves->account_away("web01", *AccountName::create(user)).has_value();
    }
    std::map<std::string, Account> before_;
};

TEST_F(InterruptedMove, LosesNothingOnEitherWay) {
    if (!have_program("strace")) GTEST_SKIP() << "strace is missing";
    const std::string token = let_migrate();
    int kills = killed_everywhere(
        web01_, [&] { return handing_over(new_file(), token); },
        [&] {
            for (const auto& [user, account] : before_)
                EXPECT_TRUE(equal(*web01_.kept(user).credential, *account.credential)) << user;
        });
    EXPECT_GE(kills, 2);
    const std::string bundle = handed_over(token);
    kills = killed_everywhere(auth1_, [&] { return taking_in(bundle); }, [] {});
    EXPECT_GE(kills, 4);
    EXPECT_EQ(auth1_.json(taking_in(bundle))["equal"], 2);
    expect_equal_in_the_fleet();
    kills = killed_everywhere(
        auth1_,
        [&] { return Words{"store", "migrate", "--to", "files", "web01", "--all", "--output", new_file()}; },
        [&] {
            EXPECT_TRUE(is_somewhere("alice"));
            EXPECT_TRUE(is_somewhere("bob"));
        });
    EXPECT_GE(kills, 4);
    const Carried carried = handed_back();
    kills = killed_everywhere(web01_, [&] { return taking_back(carried.bundle, carried.token); }, [] {});
    expect_equal_at_home();
    EXPECT_FALSE(web01_.store()->is_moved());
}

}  // namespace
}  // namespace secondstep::testing
