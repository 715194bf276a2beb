#include <gtest/gtest.h>

#include "account/seal.h"
#include "account/state_slot.h"
#include "base/text.h"
#include "otp/kdf.h"
#include "unit/account/format_1.h"
#include "unit/account/sample_account.h"

// What is on disks already must be read by every later version. These values change only together with a
// format's version and with etc/FORMATS.md.
namespace secondstep {
namespace {

using namespace secondstep::testing;

std::string sum_of(ByteView bytes) {
    return hex(ByteView(otp::sha256(bytes).value()).first(8));
}

Keyring fixed_ring() {
    SeededRandomness randomness(1);
    return Keyring::generate(randomness);
}

Credential small_credential() {
    Credential credential{name_of("al"), std::nullopt, from_unix(5),
                          Method::hotp,  {},           sample_recovery_set(3)};
    credential.authenticators.push_back(sample_authenticator());
    credential.authenticators[0].floor = 41;
    credential.authenticators[0].has_floor = true;
    credential.authenticators[0].added_at = from_unix(4);
    return credential;
}

TEST(Formats, TheCredentialsText) {
    const Secret text = encode(small_credential());
    const std::string expected_beginning =
        "secondstep-credential 2\naccount=al\nuid=none\nenrolled-at=5\nmethod=hotp\nauthenticators=1\nid=" +
        hex(sample_authenticator().id) +
        "\nname=phone\nadded-at=4\nalgorithm=sha1\ndigits=6\nperiod=30\nfloor=41\nkey=" +
        hex(sample_authenticator().key.bytes()) +
        "\nreserve=\nrecovery-codes=3\nrecovery-id=" + hex(sample_recovery_set(3).id) +
        "\nform=short\npepper=";
    EXPECT_EQ(text.text().substr(0, expected_beginning.size()), expected_beginning);
    EXPECT_EQ(sum_of(text.bytes()), "447edf75f9cfcd8a");
    EXPECT_EQ(sum_of(text_of_version_1(small_credential()).bytes()), "389ac4ebd2055147") << "as it was";
}

TEST(Formats, TheKeyringsText) {
    EXPECT_EQ(sum_of(fixed_ring().encode().bytes()), "860e2dee3fc57aaf");
}

TEST(Formats, TheSealedCredential) {
    SeededRandomness randomness(2);
    const Bytes sealed =
        seal(encode(small_credential()), RecordName::of(name_of("al")), fixed_ring(), randomness).value();
    EXPECT_EQ(sum_of(sealed), "c2d036e1c3149355");
}

TEST(Formats, TheStateSlot) {
    State state = enrolled_state();
    state.generation = 7;
    state.uses.push_back({.id = {1}, .used = true, .last = 2, .last_success = from_unix(3)});
    state.known.push_back({address("192.0.2.1"), from_unix(4), {.count = 5}});
    state.temporary = {.given = true, .key = {6}, .digest = {7}, .until = from_unix(8)};
    state.restore = {{9}, 10, address("192.0.2.1"), from_unix(11)};
    state.notice = {Change::enrolled, from_unix(12), "192.0.2.1"};
    state.clients.push_back({"sshd", "192.0.2.1", from_unix(13), from_unix(14)});
    const Keyring ring = fixed_ring();
    const Secret key = Keyring::state_mac_key(ring.newest(), RecordName::of(name_of("al"))).value();
    const KeyId& id = ring.newest().id;
    EXPECT_EQ(sum_of(SlotOfFormat1(state, id, key).bytes()), "96f8b57d313ed283") << "as it was";
    state.known[0].number = 15;
    state.known[0].host = {16};
    state.clients[0].host = {17};
    state.notice.told_at_known_source = true;
    state.last_factor = Factor::recovery_code;
    state.portal_sends = {from_unix(18)};
    state.recent = {{from_unix(19)}, {from_unix(20)}, {from_unix(21)}, {{from_unix(22), 23}}};
    state.reserve[0] = 24;
    EXPECT_EQ(sum_of(encode_slot(state, id, key).value()), "c1c7f0f449e15206");
}

TEST(Formats, TheDecoyOfAName) {
    EXPECT_EQ(fixed_ring().decoy_number("mallory").value(), 0x28);
}

}  // namespace
}  // namespace secondstep
