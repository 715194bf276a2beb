// What becomes of a change whose write was lost, or of which nobody can tell whether it happened.

#include "store/record_change.h"

#include <gmock/gmock.h>

#include <memory>

#include "unit/account/sample_account.h"
#include "unit/dialogue/racing_store.h"

namespace secondstep {
namespace {

using namespace secondstep::testing;
using ::testing::HasSubstr;
using Fate = RacingStore::Fate;

class RecordChanges : public ::testing::Test {
  protected:
    RecordChanges() {
        memory_->record("alice").credential = sample_credential();
        memory_->record("alice").state = enrolled_state();
    }
    // Nobody waits: the waits are counted, and that is all.
    static Result<Kept> carry_out(RecordChange& change, Rounds rounds = Rounds()) {
        while (rounds.wait_after(change.round())) {
        }
        return change.outcome();
    }
    Result<Kept> carry_out(const Decide& decide, Opening how = Opening::existing) {
        RecordChange change(store_, alice_, how, [&](const Account& present) {
            ++decided_;
            return decide(present);
        });
        return carry_out(change);
    }
    static Decide counting(IfUnknown if_unknown = IfUnknown::decided_again) {
        return [=](const Account& present) -> Result<Rewrite> {
            State next = present.state;
            next.sends.emplace_back(at(0));
            return WriteState{std::move(next), if_unknown};
        };
    }
    [[nodiscard]] MemoryStore::Record& record() const { return memory_->record("alice"); }
    [[nodiscard]] std::size_t counted() const { return record().state.sends.size(); }

    std::vector<std::string> events_;
    std::shared_ptr<const MemoryStore> memory_ =
        std::make_shared<const MemoryStore>(sample_credential("decoy"), events_);
    RacingStore store_{memory_};
    RecordName alice_ = RecordName::of(name_of("alice"));
    unsigned decided_ = 0;
};

TEST_F(RecordChanges, WhatWasLostIsDecidedAgainOnWhatIsThereThen) {
    store_.before_each_write = [this, done = false]() mutable {
        if (std::exchange(done, true)) return;
        RecordChange rival(store_, alice_, Opening::existing, counting());
        EXPECT_EQ(carry_out(rival), Kept::surely);
    };
    EXPECT_EQ(carry_out(counting()), Kept::surely);
    EXPECT_EQ(decided_, 2U);
    EXPECT_EQ(counted(), 2U);
}

TEST_F(RecordChanges, WhatWasReadStaleIsLostAndReadAgain) {
    EXPECT_EQ(carry_out(counting()), Kept::surely);
    store_.stale = 2;
    EXPECT_EQ(carry_out(counting()), Kept::surely);
    EXPECT_EQ(decided_, 4U);
    EXPECT_EQ(counted(), 2U);
}

// One too many, never one too few.
TEST_F(RecordChanges, WhatIsCountedIsCountedAgainWhenNobodyKnowsOfIt) {
    store_.fates = {Fate::written_unknown};
    EXPECT_EQ(carry_out(counting()), Kept::surely);
    EXPECT_EQ(counted(), 2U);
    store_.fates = {Fate::not_written_unknown};
    EXPECT_EQ(carry_out(counting()), Kept::surely);
    EXPECT_EQ(counted(), 3U);
    store_.fates = {Fate::late_unknown};
    EXPECT_EQ(carry_out(counting()), Kept::surely);
    EXPECT_EQ(counted(), 5U);
}

// Two count the same at the same moment; the write of the second one never came there. The control: recognised
// by its content, what the first one wrote would be taken for its own, and counted once.
TEST_F(RecordChanges, WhatIsCountedIsNotRecognisedByWhatIsThere) {
    const auto counted_by_two = [this](IfUnknown if_unknown) {
        record().state.sends.clear();
        store_.before_each_write = [this, if_unknown, done = false]() mutable {
            if (std::exchange(done, true)) return;
            store_.fates = {Fate::compared, Fate::not_written_unknown};
            RecordChange rival(store_, alice_, Opening::existing, counting(if_unknown));
            EXPECT_EQ(carry_out(rival), Kept::surely);
        };
        EXPECT_EQ(carry_out(counting(if_unknown)), Kept::surely);
        return counted();
    };
    EXPECT_EQ(counted_by_two(IfUnknown::decided_again), 2U);
    EXPECT_EQ(counted_by_two(IfUnknown::recognised), 1U);
}

TEST_F(RecordChanges, WhatSetsAStateIsRecognisedByAllOfIt) {
    for (const Fate fate : {Fate::written_unknown, Fate::late_unknown, Fate::not_written_unknown}) {
        record().state.sends.clear();
        store_.fates = {fate};
        EXPECT_EQ(carry_out(counting(IfUnknown::recognised)), Kept::surely);
        EXPECT_EQ(counted(), 1U);
    }
}

// --- credentials ---

Credential with_device(std::uint8_t number) {
    Credential credential = sample_credential();
    credential.authenticators.front() = sample_authenticator(number);
    return credential;
}

class CredentialChanges : public RecordChanges, public ::testing::WithParamInterface<Fate> {
  protected:
    // Commits once at most, as an enrollment does: what it began from must stand.
    static Decide if_it_stands(const Credential& wanted, bool& overtaken) {
        return [&](const Account& present) -> Result<Rewrite> {
            overtaken = !present.credential || ids_of(*present.credential) != ids_of(sample_credential());
            if (overtaken) return LeaveAsItIs{};
            return WriteCredential{wanted.clone(), enrolled_state()};
        };
    }
    bool overtaken_ = false;
};

TEST_P(CredentialChanges, AnEnrollmentIsRecognisedByItsNewAuthenticator) {
    store_.fates = {GetParam()};
    const Credential wanted = with_device(2);
    EXPECT_EQ(carry_out(if_it_stands(wanted, overtaken_), Opening::enrollment), Kept::surely);
    EXPECT_FALSE(overtaken_) << "by itself";
    EXPECT_EQ(ids_of(*record().credential), ids_of(wanted));
}

TEST_P(CredentialChanges, NewRecoveryCodesAreRecognisedByTheirSet) {
    store_.fates = {GetParam()};
    Credential wanted = sample_credential();
    wanted.recovery = sample_recovery_set(5, 2);
    unsigned made = 0;
    const auto renew = [&](const Account& present) -> Result<Rewrite> {
        made += present.credential->recovery->id == wanted.recovery->id ? 0U : 1U;
        return WriteCredential{wanted.clone(), present.state};
    };
    EXPECT_EQ(carry_out(renew, Opening::enrollment), Kept::surely);
    EXPECT_EQ(record().credential->recovery->id, wanted.recovery->id);
    EXPECT_EQ(made, decided_) << "it was there already, and was replaced by itself";
}

TEST_P(CredentialChanges, ADeviceLessOrOfAnotherNameIsRecognisedByTheWholeCredential) {
    Credential two = sample_credential();
    two.authenticators.push_back(sample_authenticator(2));
    record().credential = two.clone();
    store_.fates = {GetParam()};
    const auto remove = [](const Account& present) -> Result<Rewrite> {
        if (present.credential->authenticators.size() < 2) return fail(Errc::not_found, "no such device");
        Credential fewer = present.credential->clone();
        fewer.authenticators.pop_back();
        return WriteCredential{std::move(fewer), present.state};
    };
    EXPECT_EQ(carry_out(remove, Opening::enrollment), Kept::surely);
    EXPECT_EQ(record().credential->authenticators.size(), 1U);
    store_.fates = {GetParam()};
    const auto rename = [](const Account& present) -> Result<Rewrite> {
        Credential renamed = present.credential->clone();
        renamed.authenticators.front().name += "+";
        return WriteCredential{std::move(renamed), present.state};
    };
    EXPECT_EQ(carry_out(rename, Opening::enrollment), Kept::surely);
    EXPECT_EQ(record().credential->authenticators.front().name, "phone+");
}

TEST_P(CredentialChanges, ARemovalIsRecognisedByTheAbsentCredential) {
    store_.fates = {GetParam()};
    const auto remove = [&](const Account& present) -> Result<Rewrite> {
        overtaken_ = !present.credential;
        if (overtaken_) return LeaveAsItIs{};
        return RemoveCredential{present.state};
    };
    EXPECT_EQ(carry_out(remove, Opening::enrollment), Kept::surely);
    EXPECT_FALSE(overtaken_);
    EXPECT_FALSE(record().credential);
    EXPECT_FALSE(record().state.enrolled);
}

INSTANTIATE_TEST_SUITE_P(RecordChanges, CredentialChanges,
                         ::testing::Values(Fate::compared, Fate::lost, Fate::written_unknown,
                                           Fate::not_written_unknown, Fate::late_unknown));

TEST_F(RecordChanges, OfTwoEnrollmentsTheSecondIsOvertakenAlsoWhenNothingIsKnownOfIt) {
    for (const Fate of_the_second :
         {Fate::compared, Fate::written_unknown, Fate::not_written_unknown, Fate::late_unknown}) {
        record().credential = sample_credential();
        const auto enroll = [](const Credential& wanted, bool& overtaken) {
            return [&](const Account& present) -> Result<Rewrite> {
                overtaken = ids_of(*present.credential) != ids_of(sample_credential());
                if (overtaken) return LeaveAsItIs{};
                return WriteCredential{wanted.clone(), enrolled_state()};
            };
        };
        const Credential one = with_device(2);
        const Credential two = with_device(3);
        bool one_overtaken = false;
        bool two_overtaken = false;
        store_.before_each_write = [&, done = false]() mutable {
            if (std::exchange(done, true)) return;
            store_.fates = {Fate::compared, of_the_second};
            RecordChange rival(store_, alice_, Opening::enrollment, enroll(one, one_overtaken));
            EXPECT_EQ(carry_out(rival), Kept::surely);
        };
        EXPECT_EQ(carry_out(enroll(two, two_overtaken), Opening::enrollment), Kept::surely);
        EXPECT_FALSE(one_overtaken);
        EXPECT_TRUE(two_overtaken);
        EXPECT_EQ(ids_of(*record().credential), ids_of(one));
    }
}

// --- the end ---

TEST_F(RecordChanges, WhatIsNeverKnownIsAnErrorThatSaysSo) {
    store_.fate = [] { return Fate::not_written_unknown; };
    const auto outcome = carry_out(counting());
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::io);
    EXPECT_THAT(outcome.error().detail, HasSubstr("may not have happened"));
    EXPECT_EQ(counted(), 0U);
}

TEST_F(RecordChanges, WhatIsAlwaysLostSaysThatOthersWereFirst) {
    store_.fate = [] { return Fate::lost; };
    const auto outcome = carry_out(counting());
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::busy);
    store_.fates = {Fate::not_written_unknown};
    EXPECT_THAT(carry_out(counting()).error().detail, HasSubstr("may not have happened"))
        << "the first one may have been the one that was first";
}

// An engine that took the write and then says nothing: whether it happened is asked until the time is over.
TEST_F(RecordChanges, WhatIsUnknownIsLookedForAsLongAsTheStoreCannotBeRead) {
    MemoryStore silent(sample_credential("decoy"), events_);
    silent.record("alice").credential = sample_credential();
    silent.record("alice").state = enrolled_state();
    silent.outcome = WriteOutcome::unknown;
    silent.reread_error = Error{Errc::unreachable, "gone"};
    RecordChange change(silent, alice_, Opening::existing, counting(IfUnknown::recognised));
    EXPECT_EQ(change.round(), Round::unknown);
    EXPECT_EQ(change.round(), Round::unknown);
    EXPECT_THAT(change.outcome().error().detail, HasSubstr("may not have happened"));
    silent.reread_error.reset();
    EXPECT_EQ(change.round(), Round::over);
    EXPECT_EQ(change.outcome(), Kept::surely);
}

TEST_F(RecordChanges, AnErrorOfTheDecisionEndsItAndNothingIsWritten) {
    const auto outcome = carry_out([](const Account&) { return fail(Errc::exists, "enrolled meanwhile"); });
    EXPECT_EQ(outcome.error().code, Errc::exists);
    EXPECT_EQ(store_.writes, 0U);
    EXPECT_EQ(decided_, 1U);
}

TEST_F(RecordChanges, SaysWhetherItWasOpened) {
    RecordChange nobody(store_, RecordName::of(name_of("bob")), Opening::existing, counting());
    EXPECT_EQ(nobody.round(), Round::over);
    EXPECT_EQ(nobody.outcome().error().code, Errc::not_found);
    EXPECT_FALSE(nobody.was_opened());
    RecordChange alices(store_, alice_, Opening::existing, counting());
    EXPECT_EQ(alices.round(), Round::over);
    EXPECT_TRUE(alices.was_opened());
}

}  // namespace
}  // namespace secondstep
