// Kinds of change that came after format 2, as a program of before finds them.

#include "account/later_change.h"

#include <gtest/gtest.h>

#include "account/keyring.h"
#include "account/state_slot.h"
#include "unit/account/sample_account.h"

namespace secondstep {
namespace {

using testing::at;

constexpr std::size_t notice_place = 2028;  // etc/FORMATS.md
constexpr std::size_t reserve_place = 3906;
constexpr Change later[] = {Change::device_added, Change::device_removed};

class LaterChange : public ::testing::Test {
  protected:
    static State with_notice(Change change) {
        State state = testing::enrolled_state();
        state.generation = 1;
        state.notice = {change, at(7), "192.0.2.1"};
        return state;
    }
    Bytes slot(const State& state) const { return encode_slot(state, ring_.newest().id, key()).value(); }
    State read_back(const State& state) const { return decode_slot(slot(state), key()).value(); }
    Secret key() const {
        return Keyring::state_mac_key(ring_.newest(), RecordName::of(testing::name_of("al"))).value();
    }
    testing::SeededRandomness randomness_{3};
    Keyring ring_ = Keyring::generate(randomness_);
};

TEST_F(LaterChange, ComesBackAsWhatItIs) {
    for (const Change change : later) {
        State state = with_notice(change);
        EXPECT_EQ(read_back(state), state);
        state.notice.told_at_known_source = true;
        state.reserve[20] = 9;
        EXPECT_EQ(read_back(state), state);
    }
}

// It knows numbers up to 5, takes others for damage, and writes the reserve back as it was.
TEST_F(LaterChange, IsAnEnrollmentForAProgramOfBefore) {
    for (const Change change : later) {
        const Bytes bytes = slot(with_notice(change));
        EXPECT_EQ(bytes[notice_place], static_cast<std::uint8_t>(Change::enrolled));
        EXPECT_NE(bytes[reserve_place], 0);
    }
    const Bytes plain = slot(with_notice(Change::enrolled));
    EXPECT_EQ(plain[reserve_place], 0);
}

// An older program told the owner of a change of its own, and kept the reserve.
TEST_F(LaterChange, IsNotMistakenForOneThatAnOlderProgramWrote) {
    const auto written = slot::written_notice(with_notice(Change::device_removed).notice, {});
    for (const Change change : {Change::enrolled, Change::disabled, Change::none}) {
        State state = with_notice(change);
        state.notice.when = at(8);
        state.reserve = written.reserve;
        EXPECT_EQ(read_back(state).notice, state.notice);
    }
    State disabled = with_notice(Change::disabled);
    disabled.reserve = written.reserve;
    EXPECT_EQ(read_back(disabled).notice.change, Change::disabled);
}

TEST_F(LaterChange, OfAKindThatCameLaterStillIsLeftAsItIs) {
    State state = with_notice(Change::enrolled);
    state.reserve = slot::written_notice(with_notice(Change::device_added).notice, {}).reserve;
    state.reserve[0] = 77;
    EXPECT_EQ(read_back(state), state);
}

TEST_F(LaterChange, LeavesNothingBehind) {
    State state = read_back(with_notice(Change::device_added));
    state.notice = {};
    EXPECT_EQ(slot(state)[reserve_place], 0);
}

}  // namespace
}  // namespace secondstep
