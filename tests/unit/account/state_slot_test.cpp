#include <gtest/gtest.h>

#include "account/state.h"
#include "account/state_slot.h"
#include "base/byte_codec.h"
#include "otp/kdf.h"
#include "unit/account/format_1.h"
#include "unit/account/sample_account.h"

namespace secondstep {
namespace {

using namespace secondstep::testing;

const KeyId key_id{1, 2, 3, 4, 5, 6, 7, 8};

const Secret& mac_key() {
    static const Secret key = SeededRandomness(5).secret(32);
    return key;
}

// Every field different from its default and from its neighbours, every list full.
State full_state() {
    SeededRandomness randomness(6);
    State s;
    s.generation = 0x0102030405060708;
    s.enrolled = true;
    s.enrollment_forced = true;
    for (std::uint8_t i = 0; i < max_authenticator_uses; ++i) {
        s.uses.push_back({.id = randomness.array<8>(),
                          .used = i % 2 == 0,
                          .closed = i % 3 == 0,
                          .resyncing = i % 5 == 0,
                          .last = UINT64_MAX - i,
                          .resync = 77U + i,
                          .last_success = at(i)});
    }
    s.recovery = {
        .id = randomness.array<8>(), .used = 0x8001, .closed = true, .not_saved = true, .last_judged = at(9)};
    s.strangers = {.count = 100, .last = at(1), .wait_until = at(2)};
    s.own_uid = {.count = 3, .last = at(3), .wait_until = at(4)};
    s.trusted_callers = {.count = 4, .last = at(5), .wait_until = at(6)};
    for (std::uint8_t i = 0; i < max_known_sources; ++i) {
        const auto kind = static_cast<SourceKind>(1 + i % 4);
        s.known.push_back({{kind, randomness.array<16>()},
                           at(20 + i),
                           {.count = i, .last = at(i), .wait_until = at(i + 1)},
                           static_cast<std::uint8_t>(100 + i),
                           randomness.array<8>()});
    }
    s.last_accepted = randomness.array<16>();
    s.last_success = at(40);
    s.registration = {.given = true, .key = {9, 8}, .digest = randomness.array<32>(), .until = at(41)};
    s.temporary = {.given = true, .key = {7, 6}, .digest = randomness.array<32>(), .until = at(42)};
    s.restore = {randomness.array<8>(), 0x4000, {SourceKind::trusted_caller, randomness.array<16>()}, at(43)};
    s.notice = {Change::to_enroll_again, at(44), std::string(max_notice_from, 'x'), true};
    for (std::uint8_t i = 0; i < max_remembered_clients; ++i) {
        const std::string number = std::to_string(100 + i);
        s.clients.push_back({std::string(max_client_service - i, 's'),
                             i % 2 == 0 ? "192.0.2." + number : "2001:db8::" + number, at(50 + i), at(70 + i),
                             randomness.array<8>()});
    }
    s.sent = {.given = true,
              .used = true,
              .undelivered = true,
              .wrong = max_wrong_answers,
              .key = {5, 4},
              .digest = randomness.array<32>(),
              .binding = randomness.array<16>(),
              .until = at(45)};
    for (std::uint8_t i = 0; i < max_remembered_sends; ++i)
        s.sends.push_back(at(90 - i));
    for (std::uint8_t i = 0; i < max_remembered_sends; ++i)
        s.portal_sends.push_back(at(100 - i));
    for (std::uint8_t i = 0; i < max_recent_failures; ++i) {
        s.recent.strangers.push_back(at(110 - i));
        s.recent.own_uid.push_back(at(120 - i));
        s.recent.trusted_callers.push_back(at(130 - i));
    }
    for (std::uint8_t i = 0; i < max_recent_known_failures; ++i)
        s.recent.known.push_back({at(200 - i), i});
    s.last_factor = Factor::registration_code;
    s.reserve = randomness.array<state_reserve>();
    return s;
}

Bytes slot_of(const State& state) {
    return encode_slot(state, key_id, mac_key()).value();
}

// A slot whose content was changed by somebody who has the key: what the MAC does not catch.
Bytes signed_again(Bytes slot) {
    slot.resize(state_slot_size - 32);
    const Digest mac = otp::hmac_sha256(mac_key().bytes(), slot).value();
    slot.insert(slot.end(), mac.begin(), mac.end());
    return slot;
}

TEST(StateSlot, ComesBackFromItsBytes) {
    for (const State& state : {State{}, full_state()}) {
        const Bytes slot = slot_of(state);
        EXPECT_EQ(slot.size(), state_slot_size);
        EXPECT_EQ(key_id_of_slot(slot).value(), key_id);
        EXPECT_EQ(decode_slot(slot, mac_key()).value(), state);
    }
}

TEST(StateSlot, RefusesEveryFlippedBit) {
    for_every_flipped_bit(slot_of(full_state()), [](const Bytes& changed, std::size_t bit) {
        EXPECT_FALSE(decode_slot(changed, mac_key())) << "bit " << bit;
    });
}

TEST(StateSlot, RefusesEveryTruncationAndAnythingLonger) {
    Bytes slot = slot_of(full_state());
    for (std::size_t size = 0; size < slot.size(); ++size) {
        EXPECT_EQ(decode_slot(ByteView(slot).first(size), mac_key()).error().code, Errc::damaged) << size;
    }
    slot.push_back(0);
    EXPECT_EQ(decode_slot(slot, mac_key()).error().code, Errc::damaged);
}

TEST(StateSlot, RefusesAHalfWrittenSlot) {
    Bytes torn = slot_of(full_state());
    State other = full_state();
    other.generation++;
    const Bytes next = slot_of(other);
    std::copy_n(next.begin(), 512, torn.begin());
    EXPECT_EQ(decode_slot(torn, mac_key()).error().code, Errc::damaged);
}

TEST(StateSlot, RefusesAnotherRecordsKey) {
    const Secret other = SeededRandomness(8).secret(32);
    EXPECT_EQ(decode_slot(slot_of(full_state()), other).error().code, Errc::damaged);
}

TEST(StateSlot, SaysThatANewerFormatIsNotDamage) {
    Bytes slot = slot_of(full_state());
    slot[11] = 3;
    EXPECT_EQ(key_id_of_slot(slot).error().code, Errc::unsupported);
    EXPECT_EQ(decode_slot(slot, mac_key()).error().code, Errc::unsupported);
    slot[11] = 0;
    EXPECT_EQ(key_id_of_slot(slot).error().code, Errc::damaged);
}

TEST(StateSlot, RefusesImpossibleContentsEvenWhenSigned) {
    const Bytes slot = slot_of(full_state());
    const auto refused_with = [&](std::size_t offset, std::uint8_t value) {
        Bytes changed = slot;
        changed.at(offset) = value;
        return !decode_slot(signed_again(changed), mac_key());
    };
    EXPECT_TRUE(decode_slot(signed_again(slot), mac_key()));
    EXPECT_TRUE(refused_with(20, 2));     // a flag that is neither
    EXPECT_TRUE(refused_with(22, 5));     // a last proof of a kind that there is not
    EXPECT_TRUE(refused_with(23, 1));     // padding
    EXPECT_TRUE(refused_with(32, 0x80));  // a time before 1970
    EXPECT_TRUE(refused_with(32, 0x7f));  // a time whose sums would overflow
    EXPECT_TRUE(refused_with(143, 9));    // nine authenticators
    EXPECT_TRUE(refused_with(467, 33));   // thirty-three sources
    EXPECT_TRUE(refused_with(468, 0));    // a kind of source that there is not
    EXPECT_TRUE(refused_with(468, 5));
    EXPECT_TRUE(refused_with(470, 101));  // more failures than are counted
    EXPECT_TRUE(refused_with(471, 1));    // its padding
    EXPECT_TRUE(refused_with(1876, 2));   // a flag of a code that was given out
    EXPECT_TRUE(refused_with(1877, 1));   // its padding
    EXPECT_TRUE(refused_with(2000, 0));   // a restore from a kind of source that there is not
    EXPECT_TRUE(refused_with(2028, 6));   // a change that there is not
    EXPECT_TRUE(refused_with(2029, 2));   // a flag of it
    EXPECT_TRUE(refused_with(2044, 64));  // a text longer than its room
    EXPECT_TRUE(refused_with(2044, 62));  // a text with more behind its end
    EXPECT_TRUE(refused_with(2111, 17));  // seventeen clients
    EXPECT_TRUE(refused_with(2145, 5));   // a family of addresses that there is not
    EXPECT_TRUE(refused_with(2150, 1));   // an IPv4 address with more behind its end
    EXPECT_TRUE(refused_with(3200, 2));   // a flag of a code that was sent
    EXPECT_TRUE(refused_with(3203, 4));   // more wrong answers than are counted
    EXPECT_TRUE(refused_with(3204, 1));   // its padding
    EXPECT_TRUE(refused_with(3275, 11));  // eleven times of sending
    EXPECT_TRUE(refused_with(3329, 11));  // eleven of a trusted caller
    EXPECT_TRUE(refused_with(3383, 11));  // eleven failures
    EXPECT_TRUE(refused_with(3545, 61));  // sixty-one from known sources
}

// The end of a slot is room of later versions: what this one does not know it leaves as it is.
TEST(StateSlot, WritesBackWhatALaterVersionPutIntoTheReserve) {
    Bytes slot = slot_of(State{});
    slot.at(state_slot_size - 33) = 1;
    const auto state = decode_slot(signed_again(slot), mac_key());
    ASSERT_TRUE(state);
    EXPECT_EQ(slot_of(*state).at(state_slot_size - 33), 1);
}

// A mapped address is never written: read back it would be another text, and so another client.
TEST(StateSlot, RefusesAnIPv4MappedAddress) {
    State state = full_state();
    state.clients = {{"sshd", "2001:db8::1", at(1), at(2)}};
    Bytes slot = slot_of(state);
    const std::array<std::uint8_t, 16> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1};
    ASSERT_EQ(slot.at(2112 + 33), 6);
    std::ranges::copy(mapped, slot.begin() + 2112 + 34);
    EXPECT_FALSE(decode_slot(signed_again(slot), mac_key()));
}

// Everything that format 1 could hold.
State full_state_of_format_1() {
    State s = full_state();
    s.known.resize(16);
    for (std::size_t i = 0; i < s.known.size(); ++i) {
        s.known[i].number = static_cast<std::uint8_t>(i);  // as they stood
        s.known[i].host = {};
    }
    for (RememberedClient& client : s.clients)
        client.host = {};
    s.notice.told_at_known_source = false;
    s.portal_sends.clear();
    s.recent = {};
    s.last_factor.reset();
    s.reserve = {};
    return s;
}

TEST(StateSlot, ReadsWhatFormat1Wrote) {
    for (const State& state : {State{}, full_state_of_format_1()}) {
        const Bytes slot = SlotOfFormat1(state, key_id, mac_key()).bytes();
        EXPECT_EQ(key_id_of_slot(slot).value(), key_id);
        EXPECT_EQ(decode_slot(slot, mac_key()).value(), state);
        const Bytes again = slot_of(decode_slot(slot, mac_key()).value());
        EXPECT_EQ(again.at(11), 2) << "the next write has the new format";
    }
}

TEST(StateSlot, RefusesImpossibleContentsOfFormat1) {
    const Bytes slot = SlotOfFormat1(full_state_of_format_1(), key_id, mac_key()).bytes();
    const auto refused_with = [&](std::size_t offset, std::uint8_t value) {
        Bytes changed = slot;
        changed.at(offset) = value;
        return !decode_slot(signed_again(changed), mac_key());
    };
    EXPECT_TRUE(decode_slot(signed_again(slot), mac_key()));
    EXPECT_TRUE(refused_with(22, 1));                    // padding
    EXPECT_TRUE(refused_with(467, 17));                  // seventeen sources
    EXPECT_TRUE(refused_with(469, 1));                   // padding of a source
    EXPECT_TRUE(refused_with(1389, 1));                  // padding of a notice
    EXPECT_TRUE(refused_with(1471, 17));                 // seventeen clients
    EXPECT_TRUE(refused_with(1506, 'x'));                // an address that is none
    EXPECT_TRUE(refused_with(3083, 11));                 // eleven times of sending
    EXPECT_TRUE(refused_with(state_slot_size - 33, 1));  // the reserved rest
}

TEST(StateSlot, RefusesEntriesBehindTheLast) {
    State state = full_state();
    Bytes slot = slot_of(state);
    slot.at(143) = 7;  // the eighth entry is still there
    EXPECT_FALSE(decode_slot(signed_again(slot), mac_key()));
}

TEST(StateSlot, DoesNotWriteMoreThanItHasRoomFor) {
    State state = full_state();
    state.known.push_back(state.known.front());
    EXPECT_EQ(encode_slot(state, key_id, mac_key()).error().code, Errc::too_large);
    state = full_state();
    state.uses.push_back(state.uses.front());
    EXPECT_EQ(encode_slot(state, key_id, mac_key()).error().code, Errc::too_large);
    state = full_state();
    state.notice.from += 'x';
    EXPECT_EQ(encode_slot(state, key_id, mac_key()).error().code, Errc::too_large);
    state = full_state();
    state.clients.front().service += 'x';
    EXPECT_EQ(encode_slot(state, key_id, mac_key()).error().code, Errc::too_large);
    state = full_state();
    state.sends.push_back(at(0));
    EXPECT_EQ(encode_slot(state, key_id, mac_key()).error().code, Errc::too_large);
    state = full_state();
    state.portal_sends.push_back(at(0));
    EXPECT_EQ(encode_slot(state, key_id, mac_key()).error().code, Errc::too_large);
    state = full_state();
    state.recent.trusted_callers.push_back(at(0));
    EXPECT_EQ(encode_slot(state, key_id, mac_key()).error().code, Errc::too_large);
    state = full_state();
    state.recent.known.push_back({at(0), 0});
    EXPECT_EQ(encode_slot(state, key_id, mac_key()).error().code, Errc::too_large);
    state = full_state();
    state.clients.front().address = "host.example";
    EXPECT_EQ(encode_slot(state, key_id, mac_key()).error().code, Errc::invalid);
}

TEST(StateSlot, AClockOutOfAnyRangeIsStillReadBack) {
    State state;
    state.last_success = from_unix(INT64_MAX);
    state.strangers.last = from_unix(-1);
    state.recent.strangers = {from_unix(INT64_MAX), from_unix(-1)};
    const auto back = decode_slot(slot_of(state), mac_key());
    ASSERT_TRUE(back);
    EXPECT_EQ(back->strangers.last, never);
    EXPECT_EQ(back->recent.strangers[0], from_unix((std::int64_t{1} << 40) - 1));
    EXPECT_EQ(back->recent.strangers[1], never);
}

}  // namespace
}  // namespace secondstep
