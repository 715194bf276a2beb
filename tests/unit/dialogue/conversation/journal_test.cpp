#include "dialogue/conversation/journal.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "support/manual_page.h"

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

const std::pair<Verdict, const char*> words_of_verdicts[] = {
    {Verdict::accepted, "accepted"},          {Verdict::refused, "refused"},
    {Verdict::not_needed, "not-needed"},      {Verdict::unavailable, "unavailable"},
    {Verdict::cancelled, "cancelled"},        {Verdict::not_allowed, "not-allowed"},
    {Verdict::misconfigured, "misconfigured"}};

TEST(Journal, HasAWordForEveryVerdict) {
    Decision d;
    for (const auto& [verdict, word] : words_of_verdicts) {
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
const std::pair<ChangeEntry, const char*> words_of_changes[] = {
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

TEST(Journal, HasItsWordForEachChange) {
    for (const auto& [entry, word] : words_of_changes)
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

// secondstepd(8) tells people what to look for.
class JournalManual : public ::testing::Test {
  protected:
    // What it says of a field: "verdict", or one of "portal , owner".
    static std::string told_of(std::string_view field) {
        for (const auto& item : testing::ManualPage("secondstepd.8").items_of("DESCRIPTION")) {
            if (item.subsection != "Log") continue;
            for (const std::string_view name : split(item.heading, ','))
                if (trimmed(name) == field) return " " + item.text + " ";
        }
        ADD_FAILURE() << "secondstepd(8) does not have " << field;
        return "";
    }
    static void expect_word(std::string_view field, const std::string& word) {
        std::string told = told_of(field);
        std::ranges::replace_if(told, [](char c) { return std::string_view(",;:.()").contains(c); }, ' ');
        EXPECT_THAT(told, ::testing::HasSubstr(" " + word + " ")) << "secondstepd(8), " << field;
    }
    static void expect_fields(const std::string& line) {
        for (const std::string_view field : split(line, ' '))
            EXPECT_NE(told_of(field.substr(0, field.find('='))), "");
    }
};

TEST_F(JournalManual, HasEveryField) {
    Decision d = decision();
    d.factor = Factor::recovery_code;
    d.device = "tablet";
    d.host = "web01";
    expect_fields(to_line(d));
    ChangeEntry entry = entry_of(PortalChange::code);
    entry.proof = TheLogin{};
    entry.portal = "bank";
    entry.owner = "host";
    expect_fields(to_line(entry));
}

TEST_F(JournalManual, HasEveryWord) {
    for (const auto& [verdict, word] : words_of_verdicts)
        expect_word("verdict", word);
    for (const auto& [entry, word] : words_of_changes)
        expect_word("change", word);
    // All there are: behind the last one there is no word.
    for (std::uint8_t i = 0; to_text(Reason{i}) != "unknown"; ++i)
        expect_word("reason", std::string(to_text(Reason{i})));
    for (const Factor factor : {Factor::recovery_code, Factor::temporary_code, Factor::registration_code}) {
        Decision d;
        d.factor = factor;
        const std::string line = to_line(d);
        expect_word("by", line.substr(line.find("by=") + 3));
    }
    expect_word("proof", std::string(to_text(Grounds{TheLogin{}})));
    for (const Proof proof : {Proof::code, Proof::recovery_code, Proof::registration_code,
                              Proof::temporary_code, Proof::first_factor})
        expect_word("proof", std::string(to_text(Grounds{proof})));
}

}  // namespace
}  // namespace secondstep::dialogue
