#include "dialogue/conversation/journal.h"

#include <gtest/gtest.h>

namespace secondstep::dialogue {
namespace {

Decision decision() {
    Decision d;
    d.user = "alice";
    d.service = "sshd";
    d.rhost = "192.0.2.7";
    d.method = Method::totp;
    d.verdict = Verdict::accepted;
    d.reason = "right";
    d.recovery_codes_left = 10;
    return d;
}

TEST(Journal, WritesOneLineWithAllFields) {
    EXPECT_EQ(
        to_line(decision()),
        "verdict=accepted user=alice service=sshd rhost=192.0.2.7 method=totp reason=right recovery_left=10");
}

// Its owner chose the name: it stays one value.
TEST(Journal, NamesTheDeviceWhoseCodeWasAccepted) {
    Decision d = decision();
    d.device = "tablet";
    EXPECT_EQ(
        to_line(d),
        "verdict=accepted user=alice service=sshd rhost=192.0.2.7 method=totp device=tablet reason=right "
        "recovery_left=10");
    d.device = "x\" verdict=refused user=root";
    EXPECT_NE(to_line(d).find(" device=\"x\\\" verdict=refused user=root\" reason=right "),
              std::string::npos);
    ChangeEntry entry;
    entry.what = Change::device_added;
    entry.user = "alice";
    entry.device = "my tablet";
    EXPECT_EQ(to_line(entry), "change=device-added user=alice device=\"my tablet\"");
}

TEST(Journal, LeavesOutWhatIsNotKnown) {
    Decision d;
    d.service = "sshd";
    d.verdict = Verdict::refused;
    d.reason = "unknown user";
    EXPECT_EQ(to_line(d), "verdict=refused service=sshd reason=\"unknown user\"");
}

TEST(Journal, SaysThatItWasARecoveryCode) {
    Decision d = decision();
    d.factor = Factor::recovery_code;
    d.recovery_codes_left = 0;
    EXPECT_EQ(to_line(d),
              "verdict=accepted user=alice service=sshd rhost=192.0.2.7 method=totp by=recovery-code "
              "reason=right recovery_left=0");
}

// Somebody who chooses their host name or the PAM service must not be able to write a line of the journal.
TEST(Journal, AValueFromOutsideStaysOneValue) {
    Decision d = decision();
    d.rhost = "x verdict=accepted user=root";
    EXPECT_NE(to_line(d).find(" rhost=\"x verdict=accepted user=root\" "), std::string::npos);
    d.rhost = "x\" user=root \"";
    EXPECT_NE(to_line(d).find(" rhost=\"x\\\" user=root \\\"\" "), std::string::npos);
    d.rhost = "x\nverdict=accepted\x1b[2J";
    EXPECT_EQ(to_line(d).find('\n'), std::string::npos);
    EXPECT_EQ(to_line(d).find('\x1b'), std::string::npos);
    d.rhost = "a\\";
    EXPECT_NE(to_line(d).find(" rhost=\"a\\\\\" "), std::string::npos);
}

TEST(Journal, HasAWordForEveryVerdict) {
    Decision d;
    const std::pair<Verdict, const char*> words[] = {
        {Verdict::accepted, "accepted"},          {Verdict::refused, "refused"},
        {Verdict::not_needed, "not-needed"},      {Verdict::unavailable, "unavailable"},
        {Verdict::cancelled, "cancelled"},        {Verdict::not_allowed, "not-allowed"},
        {Verdict::misconfigured, "misconfigured"}};
    for (const auto& [verdict, word] : words) {
        d.verdict = verdict;
        EXPECT_EQ(to_line(d), std::string("verdict=") + word);
    }
}

ChangeEntry entry_of(std::variant<Change, AccountEvent, PortalChange> what) {
    ChangeEntry entry;
    entry.what = what;
    return entry;
}

// Scripts look for these.
TEST(Journal, HasItsWordForEachChange) {
    const std::pair<ChangeEntry, const char*> words[] = {
        {entry_of(Change::enrolled), "enrolled"},
        {entry_of(Change::renewed_codes), "recovery-codes"},
        {entry_of(Change::disabled), "disabled"},
        {entry_of(Change::to_enroll_again), "re-enroll"},
        {entry_of(Change::renamed), "renamed"},
        {entry_of(Change::device_added), "device-added"},
        {entry_of(Change::device_removed), "device-removed"},
        {entry_of(AccountEvent::device_renamed), "device-renamed"},
        {entry_of(AccountEvent::restore_begun), "restore-begun"},
        {entry_of(AccountEvent::clients_dropped), "clients-dropped"},
        {entry_of(PortalChange::added), "portal-added"},
        {entry_of(PortalChange::enabled), "portal-enabled"},
        {entry_of(PortalChange::disabled), "portal-disabled"},
        {entry_of(PortalChange::renamed), "portal-renamed"},
        {entry_of(PortalChange::changed), "portal-changed"},
        {entry_of(PortalChange::removed), "portal-removed"},
        {entry_of(PortalChange::all_removed), "portals-removed"},
        {entry_of(PortalChange::code), "portal-code"},
        {entry_of(PortalChange::key_revealed), "portal-key-revealed"},
        {entry_of(PortalChange::link_sent), "portal-link-sent"}};
    for (const auto& [entry, word] : words)
        EXPECT_EQ(to_line(entry), std::string("change=") + word);
}

TEST(Journal, SaysWhatPermittedAChange) {
    ChangeEntry entry = entry_of(Change::renewed_codes);
    entry.user = "alice";
    EXPECT_EQ(to_line(entry), "change=recovery-codes user=alice");
    entry.proof = TheLogin{};
    EXPECT_EQ(to_line(entry), "change=recovery-codes user=alice proof=login");
    const std::pair<Proof, const char*> words[] = {{Proof::code, "code"},
                                                   {Proof::recovery_code, "recovery-code"},
                                                   {Proof::registration_code, "registration-code"},
                                                   {Proof::first_factor, "open"}};
    for (const auto& [proof, word] : words) {
        entry.proof = proof;
        EXPECT_EQ(to_line(entry), std::string("change=recovery-codes user=alice proof=") + word);
    }
}

TEST(Journal, ALongValueIsCut) {
    Decision d = decision();
    d.rhost = std::string(100000, 'a');
    EXPECT_LT(to_line(d).size(), 1000U);
}

}  // namespace
}  // namespace secondstep::dialogue
