#include "store/file_store.h"

#include <gmock/gmock.h>
#include <sys/file.h>

#include <set>

#include "account/text_record.h"
#include "unit/store/store_fixture.h"

namespace secondstep {
namespace {

using namespace secondstep::testing;

using FileStoreTest = StoreFixture;
const RecordName bob = RecordName::of(AccountName::create("bob").value());

TEST_F(FileStoreTest, AnAccountThatWasNeverEnrolledIsEmptyAndNothingIsMade) {
    const auto before = everything();
    const Account account = store_->read(bob).value();
    EXPECT_FALSE(account.credential);
    EXPECT_FALSE(account.has_state);
    EXPECT_EQ(account.state, State{});
    EXPECT_EQ(store_->begin(bob).error().code, Errc::not_found);
    EXPECT_EQ(everything(), before);
}

TEST_F(FileStoreTest, ReadsBackWhatWasEnrolled) {
    const Account account = opened()->read(alice_).value();
    ASSERT_TRUE(account.credential);
    EXPECT_EQ(encode(*account.credential).text(), encode(sample_credential()).text());
    EXPECT_TRUE(account.state.enrolled);
    EXPECT_TRUE(account.has_state);
    EXPECT_FALSE(account.state_damaged);
}

TEST_F(FileStoreTest, MakesFilesThatNobodyElseMayRead) {
    for (const auto& file : {state_path(), credential_path()}) {
        struct stat status{};
        ASSERT_EQ(::stat(file.c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 07777, 0600U);
    }
    EXPECT_EQ(std::filesystem::file_size(state_path()), 8192U);
}

TEST_F(FileStoreTest, AWriteIsThereForTheNextReaderWithTheNextGeneration) {
    const std::uint64_t before = store_->read(alice_).value().state.generation;
    State state = enrolled_state();
    state.strangers.count = 17;
    const auto transaction = store_->begin(alice_).value();
    EXPECT_EQ(transaction->write_state(state).value(), WriteOutcome::done);
    EXPECT_EQ(transaction->account().state.strangers.count, 17U);
    EXPECT_EQ(opened()->read(alice_).value().state.strangers.count, 17U);
    EXPECT_EQ(opened()->read(alice_).value().state.generation, before + 1);
}

TEST_F(FileStoreTest, WritesTheTwoSlotsInTurn) {
    std::string before = content_of(state_path());
    for (int i = 0; i < 6; ++i) {
        write(enrolled_state());
        const std::string after = content_of(state_path());
        const bool first_changed = after.substr(0, 4096) != before.substr(0, 4096);
        const bool second_changed = after.substr(4096) != before.substr(4096);
        EXPECT_NE(first_changed, second_changed);
        EXPECT_EQ(first_changed, i % 2 == 1) << i;  // the enrollment wrote the first slot last
        before = after;
    }
}

TEST_F(FileStoreTest, OneTransactionMayWriteSeveralTimes) {
    const auto transaction = store_->begin(alice_).value();
    for (std::uint32_t i = 1; i <= 5; ++i) {
        State next = transaction->account().state;
        next.strangers.count = i;
        EXPECT_TRUE(transaction->write_state(next));
    }
    EXPECT_EQ(opened()->read(alice_).value().state.strangers.count, 5U);
}

TEST_F(FileStoreTest, IsBusyWhileSomebodyElseHasIt) {
    const auto other = opened();
    auto held = other->begin(alice_).value();
    EXPECT_EQ(store_->begin(alice_).error().code, Errc::busy);
    EXPECT_EQ(store_->begin_enrollment(alice_).error().code, Errc::busy);
    EXPECT_TRUE(store_->read(alice_)) << "reading needs no lock";
    held.reset();
    EXPECT_TRUE(store_->begin(alice_));
}

TEST_F(FileStoreTest, BeginEnrollmentMakesTheStateOnce) {
    {
        const auto transaction = store_->begin_enrollment(bob).value();
        EXPECT_FALSE(transaction->account().credential);
        EXPECT_FALSE(transaction->account().state.enrolled);
        EXPECT_TRUE(transaction->account().has_state);
    }
    const std::string made = content_of(path("users/bob.state"));
    EXPECT_EQ(made.size(), 8192U);
    EXPECT_TRUE(store_->begin_enrollment(bob));
    EXPECT_EQ(content_of(path("users/bob.state")), made);
    EXPECT_FALSE(store_->read(bob).value().state.enrolled) << "given up before a code was confirmed";
}

TEST_F(FileStoreTest, AnEnrollmentReplacesTheCredentialAndKeepsTheTransactionUsable) {
    Credential next = sample_credential();
    next.authenticators[0] = sample_authenticator(2);
    const auto transaction = store_->begin_enrollment(alice_).value();
    State state = transaction->account().state;
    EXPECT_TRUE(transaction->write_credential(next, state));
    EXPECT_EQ(transaction->account().credential->authenticators[0].id, next.authenticators[0].id);
    state.strangers.count = 3;
    EXPECT_TRUE(transaction->write_state(state));
    const Account account = opened()->read(alice_).value();
    EXPECT_EQ(account.credential->authenticators[0].id, next.authenticators[0].id);
    EXPECT_EQ(account.state.strangers.count, 3U);
}

TEST_F(FileStoreTest, AnEnrollmentIsEnrolledWhateverTheStateSays) {
    enroll(sample_credential("bob"), State{});
    EXPECT_TRUE(opened()->read(bob).value().state.enrolled);
    std::filesystem::remove(path("users/bob.credential"));
    EXPECT_EQ(opened()->read(bob).error().code, Errc::damaged) << "the mark is on the disk";
}

TEST_F(FileStoreTest, RemovingLeavesTheFailuresAndTheLastSteps) {
    State state = enrolled_state();
    state.strangers.count = 9;
    state.uses.push_back({.id = sample_authenticator().id, .used = true, .last = 77});
    {
        const auto transaction = store_->begin(alice_).value();
        EXPECT_EQ(transaction->remove_credential(state).value(), WriteOutcome::done);
        EXPECT_FALSE(transaction->account().credential);
    }
    EXPECT_FALSE(std::filesystem::exists(credential_path()));
    const Account account = store_->read(alice_).value();
    EXPECT_FALSE(account.credential);
    EXPECT_FALSE(account.state.enrolled);
    EXPECT_EQ(account.state.strangers.count, 9U);
    EXPECT_EQ(account.state.uses, state.uses);
    EXPECT_FALSE(store_->begin(alice_).value()->account().credential);
}

TEST_F(FileStoreTest, ACredentialBesideAStateOfNoneIsAnEnrollmentThatWasInterrupted) {
    const std::string sealed = content_of(credential_path());
    EXPECT_TRUE(store_->begin(alice_).value()->remove_credential(State{}));
    overwrite(credential_path(), sealed);
    ASSERT_EQ(::chmod(credential_path().c_str(), 0600), 0);
    EXPECT_TRUE(store_->read(alice_).value().state.enrolled);
    EXPECT_TRUE(store_->begin(alice_).value()->account().state.enrolled);
}

TEST_F(FileStoreTest, DoesNotStoreACredentialOfAnotherName) {
    const auto before = everything();
    const auto transaction = store_->begin(alice_).value();
    EXPECT_EQ(transaction->write_credential(sample_credential("bob"), enrolled_state()).error().code,
              Errc::invalid);
    EXPECT_EQ(everything(), before);
}

TEST_F(FileStoreTest, DoesNotStoreACredentialThatItCouldNotReadBack) {
    const auto before = everything();
    Credential bad = sample_credential();
    bad.authenticators[0].name = "a\nkey=00";
    EXPECT_EQ(store_->begin(alice_).value()->write_credential(bad, enrolled_state()).error().code,
              Errc::invalid);
    EXPECT_EQ(everything(), before);
}

TEST_F(FileStoreTest, VisitsEveryAccountOnceAndNothingElse) {
    enroll(sample_credential("Bob.B"));
    EXPECT_TRUE(store_->begin_enrollment(RecordName::of(name_of("given-up"))));
    std::filesystem::copy_file(credential_path(), path("users/lost.credential"));
    for (const auto* other : {"users/.new-0011", "users/README", "users/Bad.state", "users/x.state.bak"}) {
        overwrite(path(other), "x");
    }
    std::multiset<std::string> seen;
    EXPECT_TRUE(store_->for_each([&](const AccountName& name) {
        seen.insert(name.text());
        return true;
    }));
    EXPECT_EQ(seen, (std::multiset<std::string>{"Bob.B", "alice", "given-up", "lost"}));
}

TEST_F(FileStoreTest, StopsVisitingWhenTold) {
    enroll(sample_credential("bob"));
    int visits = 0;
    EXPECT_TRUE(store_->for_each([&](const AccountName&) { return ++visits < 1; }));
    EXPECT_EQ(visits, 1);
}

TEST_F(FileStoreTest, OpensWithAnOldKeyAndSealsWithTheNewest) {
    const Keyring newer = Keyring::generate(randomness_);
    TextRecordWriter file("secondstep-keyring", 1);
    file.number("keys", 2);
    for (const Keyring* const ring : std::array<const Keyring*, 2>{&newer, &ring_}) {
        file.hex("id", ring->newest().id);
        file.hex("key", ring->newest().key.bytes());
    }
    const auto both = opened_with(Keyring::parse(std::move(file).finish()).value());
    const auto transaction = both->begin(alice_).value();
    EXPECT_TRUE(
        transaction->write_credential(*transaction->account().credential, transaction->account().state));
    EXPECT_TRUE(transaction->write_state(transaction->account().state));  // the other slot
    EXPECT_TRUE(opened_with(Keyring::parse(newer.encode()).value())->read(alice_));
}

// ---- the directory

TEST_F(FileStoreTest, RefusesADirectoryOfOthers) {
    std::filesystem::permissions(directory_.path(), std::filesystem::perms{0750});
    const auto store = FileStore::open({.directory = directory_.path()}, keyring(), clock_, randomness_);
    EXPECT_EQ(store.error().code, Errc::untrusted);
    std::filesystem::permissions(directory_.path(), std::filesystem::perms{0700});
    EXPECT_EQ(FileStore::open({.directory = path("nothing")}, keyring(), clock_, randomness_).error().code,
              Errc::not_found);
    EXPECT_FALSE(FileStore::open({.directory = state_path()}, keyring(), clock_, randomness_));
}

TEST_F(FileStoreTest, AMissingFolderNeverLooksLikeNotEnrolled) {
    std::filesystem::rename(path("users"), path("elsewhere"));
    const auto store = opened();
    EXPECT_EQ(store->read(alice_).error().code, Errc::io);
    EXPECT_EQ(store->begin(alice_).error().code, Errc::io);
    EXPECT_EQ(store->begin_enrollment(alice_).error().code, Errc::io);
    EXPECT_THAT(store->begin(alice_).error().detail, ::testing::HasSubstr("secondstep setup"));
    EXPECT_FALSE(store->for_each([](const AccountName&) { return true; }));
    std::filesystem::create_directory_symlink(path("elsewhere"), path("users"));
    EXPECT_FALSE(opened()->read(alice_)) << "a link in the store's place";
}

TEST_F(FileStoreTest, RefusesAFolderOfOthers) {
    std::filesystem::permissions(path("users"), std::filesystem::perms{0770});
    EXPECT_EQ(opened()->read(alice_).error().code, Errc::untrusted);
}

// ---- the layout

class Layout : public StoreFixture {
  protected:
    Layout() : StoreFixture(memory()) {}

    [[nodiscard]] std::size_t good_decoys() {
        const auto store = opened();
        std::size_t good = 0;
        for (unsigned i = 0; i < 256; ++i) {
            const auto transaction = store->begin(RecordName::decoy(static_cast<std::uint8_t>(i)));
            if (transaction && (*transaction)->account().credential) ++good;
        }
        return good;
    }
};

TEST_F(Layout, MakesFoldersAndDecoysAndIsSafeToRepeat) {
    for (const auto* folder : {"decoys", "staging"})
        std::filesystem::remove(path(folder));
    ASSERT_TRUE(opened()->create_layout());
    EXPECT_EQ(good_decoys(), 256U);
    const auto before = everything();
    ASSERT_TRUE(opened()->create_layout());
    EXPECT_EQ(everything(), before);
    EXPECT_TRUE(std::filesystem::is_empty(path("staging")));
}

TEST_F(Layout, ADecoyIsJudgedLikeADefaultEnrollment) {
    ASSERT_TRUE(store_->create_layout());
    const Account decoy = store_->read(RecordName::decoy(7)).value();
    ASSERT_TRUE(decoy.credential);
    EXPECT_TRUE(decoy.state.enrolled);
    EXPECT_EQ(decoy.credential->method, Method::totp);
    EXPECT_EQ(decoy.credential->authenticators.size(), 1U);
    EXPECT_EQ(decoy.credential->recovery->digests.size(), 10U);
    Credential real = sample_credential("zz");  // a name as long as a decoy's
    real.authenticators[0].has_floor = true;
    real.authenticators[0].floor = decoy.credential->authenticators[0].floor;
    EXPECT_EQ(encode(*decoy.credential).size(), encode(real).size());
}

TEST_F(Layout, MendsWhatIsMissingOrDoesNotOpen) {
    ASSERT_TRUE(store_->create_layout());
    std::filesystem::remove(path("decoys/00.credential"));
    std::filesystem::remove(path("decoys/01.state"));
    overwrite(path("decoys/02.credential"), "damaged");
    overwrite(path("decoys/03.state"), "damaged");
    const std::string untouched = content_of(path("decoys/04.credential"));
    EXPECT_EQ(good_decoys(), 252U);
    ASSERT_TRUE(store_->create_layout());
    EXPECT_EQ(good_decoys(), 256U);
    EXPECT_EQ(content_of(path("decoys/04.credential")), untouched);
}

TEST_F(Layout, MakesNewDecoysForANewHostKey) {
    ASSERT_TRUE(store_->create_layout());
    ring_ = Keyring::generate(randomness_);
    EXPECT_EQ(good_decoys(), 0U);
    ASSERT_TRUE(opened()->create_layout());
    EXPECT_EQ(good_decoys(), 256U);
}

TEST_F(Layout, RemovesTemporaryFilesOfKilledProcessesOnly) {
    overwrite(path("users/.new-00112233445566778899aabbccddeeff"), "old");
    overwrite(path("users/.new-ffffffffffffffffffffffffffffffff"), "of a process that is still writing");
    const auto set_age = [&](const char* name, std::int64_t age) {
        const std::array<timespec, 2> times{timespec{noon - age, 0}, timespec{noon - age, 0}};
        ASSERT_EQ(::utimensat(AT_FDCWD, path(name).c_str(), times.data(), 0), 0);
    };
    set_age("users/.new-00112233445566778899aabbccddeeff", 7200);
    set_age("users/.new-ffffffffffffffffffffffffffffffff", 60);
    overwrite(path("staging/3.credential"), "of a killed batch");
    ASSERT_TRUE(store_->create_layout());
    EXPECT_FALSE(std::filesystem::exists(path("users/.new-00112233445566778899aabbccddeeff")));
    EXPECT_TRUE(std::filesystem::exists(path("users/.new-ffffffffffffffffffffffffffffffff")));
    EXPECT_TRUE(std::filesystem::exists(credential_path()));
}

// ---- the keyring file

class KeyringFile : public StoreFixture {
  protected:
    KeyringFile() {
        overwrite(file_, std::string(ring_.encode().text()));
        EXPECT_EQ(::chmod(file_.c_str(), 0400), 0);
    }
    std::string file_ = path("host.key");
};

TEST_F(KeyringFile, IsReadWhenOnlyItsOwnerMay) {
    EXPECT_EQ(load_keyring(file_).value().newest().id, ring_.newest().id);
}

TEST_F(KeyringFile, IsRefusedWhenItIsNotTrustworthyOrDamaged) {
    ASSERT_EQ(::chmod(file_.c_str(), 0440), 0);
    EXPECT_EQ(load_keyring(file_).error().code, Errc::untrusted);
    ASSERT_EQ(::chmod(file_.c_str(), 0600), 0);
    EXPECT_EQ(load_keyring(path("nothing")).error().code, Errc::not_found);
    std::filesystem::create_symlink(file_, path("link"));
    EXPECT_EQ(load_keyring(path("link")).error().code, Errc::untrusted);
    std::string text = content_of(file_);
    text[60] = text[60] == '0' ? '1' : '0';
    overwrite(file_, text);
    EXPECT_EQ(load_keyring(file_).error().code, Errc::damaged);
    EXPECT_THAT(load_keyring(file_).error().detail, ::testing::HasSubstr("host.key"));
    overwrite(file_, "");
    EXPECT_EQ(load_keyring(file_).error().code, Errc::damaged);
    overwrite(file_, std::string(5000, 'a'));
    EXPECT_EQ(load_keyring(file_).error().code, Errc::too_large);
}

}  // namespace
}  // namespace secondstep
