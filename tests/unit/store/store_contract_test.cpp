// What every store keeps to, whoever wrote it: the same tests for files, for accounts in memory, and for a
// store without locks, in which whoever writes second has lost.

#include <gmock/gmock.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "store/change.h"
#include "unit/dialogue/racing_store.h"
#include "unit/store/store_fixture.h"

namespace secondstep {
namespace {

using namespace secondstep::testing;

// Each of them: `one` and `other` are two programs' views of the same accounts, among them nobody.
class InFiles {
  public:
    InFiles() {
        for (const auto* folder : {"users", "decoys", "staging"}) {
            std::filesystem::create_directory(directory_.file(folder));
            std::filesystem::permissions(directory_.file(folder), std::filesystem::perms::owner_all);
        }
    }
    const AccountStore& one() { return *(one_ ? one_ : one_ = opened()); }
    const AccountStore& other() { return *(other_ ? other_ : other_ = opened()); }

  private:
    std::shared_ptr<const FileStore> opened() {
        return FileStore::open({.directory = directory_.path()}, Keyring::parse(ring_.encode()).value(),
                               clock_, randomness_)
            .value();
    }
    FakeClock clock_{noon};
    SeededRandomness randomness_{11};
    TemporaryDirectory directory_{memory()};
    Keyring ring_ = Keyring::generate(randomness_);
    std::shared_ptr<const FileStore> one_;
    std::shared_ptr<const FileStore> other_;
};

class InMemory {
  public:
    const AccountStore& one() { return store_; }
    const AccountStore& other() { return store_; }

  private:
    std::vector<std::string> events_;
    MemoryStore store_{sample_credential("decoy"), events_};
};

class WithoutLocks {
  public:
    const AccountStore& one() { return store_; }
    const AccountStore& other() { return store_; }

  private:
    std::vector<std::string> events_;
    RacingStore store_{std::make_shared<const MemoryStore>(sample_credential("decoy"), events_)};
};

template <typename Accounts>
class StoreContract : public ::testing::Test {
  protected:
    [[nodiscard]] const AccountStore& store() { return accounts_.one(); }
    [[nodiscard]] const AccountStore& other() { return accounts_.other(); }

    void enroll(const Credential& credential, const State& state = enrolled_state()) {
        const auto transaction = store().begin_enrollment(RecordName::of(credential.account)).value();
        ASSERT_EQ(transaction->write_credential(credential, state).value(), WriteOutcome::done);
    }
    [[nodiscard]] Account there(const RecordName& record) { return other().read(record).value(); }
    [[nodiscard]] Account there() { return there(alice_); }
    [[nodiscard]] std::set<std::string> all() {
        std::set<std::string> names;
        EXPECT_TRUE(store().for_each([&](const AccountName& name) {
            EXPECT_TRUE(names.insert(name.text()).second) << "twice: " << name.text();
            return true;
        }));
        return names;
    }
    [[nodiscard]] static State with_failures(std::uint32_t count) {
        State state = enrolled_state();
        state.strangers.count = count;
        return state;
    }

    Accounts accounts_;
    RecordName alice_ = RecordName::of(name_of("alice"));
};

using Stores = ::testing::Types<InFiles, InMemory, WithoutLocks>;
TYPED_TEST_SUITE(StoreContract, Stores);

// --- reading ---

TYPED_TEST(StoreContract, WhoeverWasNeverEnrolledIsAnEmptyAccount) {
    const Account account = this->there();
    EXPECT_FALSE(account.credential);
    EXPECT_FALSE(account.has_state);
    EXPECT_FALSE(account.state.enrolled);
    EXPECT_FALSE(account.state_damaged);
    EXPECT_EQ(account.state, State{});
}

TYPED_TEST(StoreContract, WhatWasEnrolledIsReadByAnotherProgram) {
    this->enroll(sample_credential());
    const Account account = this->there();
    ASSERT_TRUE(account.credential);
    EXPECT_EQ(encode(*account.credential).text(), encode(sample_credential()).text());
    EXPECT_TRUE(account.has_state);
    EXPECT_TRUE(account.state.enrolled);
    EXPECT_FALSE(account.lost_credential);
}

TYPED_TEST(StoreContract, NamesOfEveryKindAreRecordsOfTheirOwn) {
    for (const char* name : {"alice", "Alice", "anna.b", "ALICE", "%41lice", "élise"}) {
        Credential credential = sample_credential(name);
        credential.authenticators.front().name = name;
        this->enroll(credential);
    }
    for (const char* name : {"alice", "Alice", "anna.b", "ALICE", "%41lice", "élise"})
        EXPECT_EQ(this->there(RecordName::of(name_of(name))).credential->authenticators.front().name, name);
}

TYPED_TEST(StoreContract, ADecoyIsNoAccount) {
    const RecordName decoy = RecordName::decoy(7);
    ASSERT_TRUE(this->store().begin_enrollment(decoy));
    EXPECT_FALSE(this->there(RecordName::of(name_of("07"))).has_state);
    EXPECT_EQ(this->all(), std::set<std::string>{});
}

// --- begin ---

TYPED_TEST(StoreContract, OnlyWhoWasNeverEnrolledIsNotFound) {
    EXPECT_EQ(this->store().begin(this->alice_).error().code, Errc::not_found);
    this->enroll(sample_credential());
    EXPECT_TRUE(this->store().begin(this->alice_));
    EXPECT_TRUE(
        this->store().begin_enrollment(this->alice_).value()->remove_credential(this->with_failures(1)));
    EXPECT_TRUE(this->store().begin(this->alice_)) << "what was used up is still there";
}

TYPED_TEST(StoreContract, ATransactionSeesWhatIsThere) {
    this->enroll(sample_credential(), this->with_failures(3));
    const auto transaction = this->store().begin(this->alice_).value();
    EXPECT_EQ(ids_of(*transaction->account().credential), ids_of(sample_credential()));
    EXPECT_EQ(transaction->account().state.strangers.count, 3U);
}

TYPED_TEST(StoreContract, AnEnrollmentBeginsWithNobody) {
    const auto transaction = this->store().begin_enrollment(this->alice_).value();
    EXPECT_FALSE(transaction->account().credential);
    EXPECT_FALSE(transaction->account().state.enrolled);
    EXPECT_FALSE(transaction->account().lost_credential);
}

TYPED_TEST(StoreContract, WithoutAWriteNothingChanges) {
    static_cast<void>(this->store().begin_enrollment(this->alice_).value());
    EXPECT_FALSE(this->there().credential);
    EXPECT_FALSE(this->there().state.enrolled);
    this->enroll(sample_credential(), this->with_failures(2));
    const State before = this->there().state;
    static_cast<void>(this->store().begin(this->alice_).value());
    EXPECT_EQ(this->there().state, before);
}

TYPED_TEST(StoreContract, WhatEndedIsNotInTheWayOfWhoComesNext) {
    this->enroll(sample_credential());
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(this->store().begin(this->alice_));
        EXPECT_TRUE(this->other().begin(this->alice_));
    }
}

// Two of one account: one of them is kept out at once, or loses; never both are told "done".
TYPED_TEST(StoreContract, OfTwoWhoBeginExactlyOneWrites) {
    this->enroll(sample_credential());
    const auto first = this->store().begin(this->alice_).value();
    const auto second = this->other().begin(this->alice_);
    if (!second) {
        EXPECT_EQ(second.error().code, Errc::busy);
    }
    EXPECT_EQ(first->write_state(this->with_failures(1)).value(), WriteOutcome::done);
    if (second) {
        EXPECT_EQ((*second)->write_state(this->with_failures(2)).value(), WriteOutcome::lost);
    }
    EXPECT_EQ(this->there().state.strangers.count, 1U);
}

TYPED_TEST(StoreContract, OfTwoEnrollmentsExactlyOneIsMade) {
    Credential others = sample_credential();
    others.authenticators.front() = sample_authenticator(2);
    const auto first = this->store().begin_enrollment(this->alice_).value();
    const auto second = this->other().begin_enrollment(this->alice_);
    EXPECT_EQ(first->write_credential(sample_credential(), State{}).value(), WriteOutcome::done);
    if (second) {
        EXPECT_EQ((*second)->write_credential(others, State{}).value(), WriteOutcome::lost);
    }
    EXPECT_EQ(ids_of(*this->there().credential), ids_of(sample_credential()));
}

TYPED_TEST(StoreContract, WhoeverReadARecordThatIsRemovedMeanwhileWritesNothing) {
    this->enroll(sample_credential());
    const auto first = this->store().begin(this->alice_).value();
    const auto second = this->other().begin(this->alice_);
    EXPECT_EQ(first->remove_credential(State{}).value(), WriteOutcome::done);
    if (second) {
        EXPECT_EQ((*second)->write_state(this->with_failures(2)).value(), WriteOutcome::lost);
    }
    EXPECT_FALSE(this->there().state.enrolled);
}

TYPED_TEST(StoreContract, RecordsAreNotInEachOthersWay) {
    this->enroll(sample_credential());
    this->enroll(sample_credential("bob"));
    const auto alices = this->store().begin(this->alice_).value();
    const auto bobs = this->store().begin(RecordName::of(name_of("bob"))).value();
    EXPECT_EQ(bobs->write_state(this->with_failures(1)).value(), WriteOutcome::done);
    EXPECT_EQ(alices->write_state(this->with_failures(2)).value(), WriteOutcome::done);
}

// --- states ---

TYPED_TEST(StoreContract, AStateThatIsWrittenIsThereAndTheCredentialIsAsItWas) {
    this->enroll(sample_credential());
    State next = this->there().state;
    next.strangers.count = 17;
    next.last_accepted = {1, 2, 3};
    next.last_success = at(0);
    next.last_factor = Factor::authenticator;
    EXPECT_EQ(this->store().begin(this->alice_).value()->write_state(next).value(), WriteOutcome::done);
    State read = this->there().state;
    read.generation = next.generation;
    EXPECT_EQ(read, next);
    EXPECT_EQ(encode(*this->there().credential).text(), encode(sample_credential()).text());
}

TYPED_TEST(StoreContract, ATransactionMayWriteSeveralTimesAndSeesWhatItWrote) {
    this->enroll(sample_credential());
    const auto transaction = this->store().begin(this->alice_).value();
    for (std::uint32_t i = 1; i <= 4; ++i) {
        State next = transaction->account().state;
        EXPECT_EQ(next.strangers.count, i - 1);
        next.strangers.count = i;
        EXPECT_EQ(transaction->write_state(next).value(), WriteOutcome::done);
    }
    EXPECT_EQ(this->there().state.strangers.count, 4U);
}

TYPED_TEST(StoreContract, WhoeverIsNotEnrolledHasAStateToo) {
    State invited;
    invited.strangers.count = 2;
    const auto transaction = this->store().begin_enrollment(this->alice_).value();
    EXPECT_EQ(transaction->write_state(invited).value(), WriteOutcome::done);
    EXPECT_FALSE(this->there().credential);
    EXPECT_FALSE(this->there().state.enrolled);
    EXPECT_EQ(this->there().state.strangers.count, 2U);
}

// --- credentials ---

TYPED_TEST(StoreContract, WhoeverHasACredentialIsEnrolledWhateverTheStateSays) {
    this->enroll(sample_credential(), State{});
    EXPECT_TRUE(this->there().state.enrolled);
}

TYPED_TEST(StoreContract, ACredentialIsReplacedWholeTogetherWithItsState) {
    this->enroll(sample_credential(), this->with_failures(1));
    Credential next = sample_credential();
    next.authenticators.front() = sample_authenticator(2);
    next.recovery = sample_recovery_set(4, 2);
    const auto transaction = this->store().begin_enrollment(this->alice_).value();
    EXPECT_EQ(transaction->write_credential(next, this->with_failures(5)).value(), WriteOutcome::done);
    EXPECT_EQ(ids_of(*transaction->account().credential), ids_of(next));
    EXPECT_EQ(encode(*this->there().credential).text(), encode(next).text());
    EXPECT_EQ(this->there().state.strangers.count, 5U);
}

TYPED_TEST(StoreContract, ARemovedCredentialIsGoneAndWhatWasUsedUpStays) {
    this->enroll(sample_credential());
    const auto transaction = this->store().begin_enrollment(this->alice_).value();
    EXPECT_EQ(transaction->remove_credential(this->with_failures(9)).value(), WriteOutcome::done);
    EXPECT_FALSE(transaction->account().credential);
    const Account account = this->there();
    EXPECT_FALSE(account.credential);
    EXPECT_FALSE(account.state.enrolled) << "whatever the state said";
    EXPECT_TRUE(account.has_state);
    EXPECT_EQ(account.state.strangers.count, 9U);
}

TYPED_TEST(StoreContract, WhoeverWasRemovedCanBeEnrolledAgain) {
    this->enroll(sample_credential());
    EXPECT_TRUE(this->store().begin_enrollment(this->alice_).value()->remove_credential(State{}));
    this->enroll(sample_credential());
    EXPECT_TRUE(this->there().credential);
    EXPECT_TRUE(this->there().state.enrolled);
}

// --- all of them ---

TYPED_TEST(StoreContract, EachAccountIsVisitedOnce) {
    this->enroll(sample_credential());
    this->enroll(sample_credential("bob"));
    this->enroll(sample_credential("carol"));
    EXPECT_TRUE(this->store()
                    .begin_enrollment(RecordName::of(name_of("carol")))
                    .value()
                    ->remove_credential(this->with_failures(1)));
    EXPECT_EQ(this->all(), (std::set<std::string>{"alice", "bob", "carol"}));
}

TYPED_TEST(StoreContract, AVisitEndsWhenItIsTold) {
    for (const char* name : {"alice", "bob", "carol"})
        this->enroll(sample_credential(name));
    int visited = 0;
    EXPECT_TRUE(this->store().for_each([&](const AccountName&) { return ++visited < 2; }));
    EXPECT_EQ(visited, 2);
}

TYPED_TEST(StoreContract, WhoeverIsEnrolledIsFoundByTheirUid) {
    this->enroll(sample_credential());
    const auto names = this->other().names_enrolled_for(uid_t{1004}).value();
    ASSERT_EQ(names.size(), 1U);
    EXPECT_EQ(names.front().text(), "alice");
    EXPECT_TRUE(this->other().names_enrolled_for(uid_t{4711}).value().empty());
    EXPECT_TRUE(this->other().names_enrolled_for(std::nullopt).value().empty());
}

// --- changes ---

TYPED_TEST(StoreContract, ChangesOfTwoProgramsInTurnAllCount) {
    this->enroll(sample_credential());
    const Decide count = [](const Account& present) -> Result<Rewrite> {
        State next = present.state;
        next.strangers.count += 1;
        return WriteState{std::move(next)};
    };
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(change(this->store(), this->alice_, Opening::existing, count), Kept::surely);
        EXPECT_EQ(change(this->other(), this->alice_, Opening::existing, count), Kept::surely);
    }
    EXPECT_EQ(this->there().state.strangers.count, 10U);
}

TYPED_TEST(StoreContract, AChangeThatComesBetweenIsNotOverwritten) {
    this->enroll(sample_credential());
    const auto count = [](const Account& present) -> Result<Rewrite> {
        State next = present.state;
        next.strangers.count += 1;
        return WriteState{std::move(next)};
    };
    bool between = false;
    bool both = false;
    const auto outcome = change(this->store(), this->alice_, Opening::existing, [&](const Account& present) {
        // Kept out by a lock, or first.
        if (!std::exchange(between, true))
            both =
                change(this->other(), this->alice_, Opening::existing, count, Rounds{Rounds::Milliseconds{0}})
                    .has_value();
        return count(present);
    });
    EXPECT_EQ(outcome, Kept::surely);
    EXPECT_EQ(this->there().state.strangers.count, both ? 2U : 1U);
}

}  // namespace
}  // namespace secondstep
