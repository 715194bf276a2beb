#include "portals/linked_portal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "unit/portals/sample_portal.h"

namespace secondstep {
namespace {

using testing::largest_portal;
using testing::sample_portal;

LinkedPortals two_portals() {
    LinkedPortals portals{*AccountName::create("alice"), uid_t{1000}, {}};
    portals.portals.push_back(sample_portal("invoices"));
    LinkedPortal bank = sample_portal("bank");
    bank.token.moving = otp::HotpMoving{7};
    bank.token.form = *otp::Digits::create(8);
    bank.token.algorithm = otp::Algorithm::sha256;
    bank.enabled = false;
    bank.note = "Jürgen's account";
    bank.url = "https://bank.example/login?x=1";
    bank.readers = {{*AccountName::create("bob"), uid_t{1001}},
                    {*AccountName::create("fetch"), std::nullopt}};
    bank.last = std::nullopt;
    portals.portals.push_back(std::move(bank));
    return portals;
}

std::string with(std::string text, const std::string& before, const std::string& after) {
    const std::size_t at = text.find(before);
    EXPECT_NE(at, std::string::npos) << before;
    return text.replace(at, before.size(), after);
}

// The same record with a sum that fits: what is tested is the decoder, not the sum.
Result<LinkedPortals> decoded(const std::string& body) {
    const std::string without_first = body.substr(body.find('\n') + 1);
    TextRecordWriter out("secondstep-portals", body.starts_with("secondstep-portals 2") ? 2 : 1);
    for (std::string_view rest = without_first; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(line.size() + 1);
        if (line.starts_with("check=")) break;
        out.text(line.substr(0, line.find('=')), line.substr(line.find('=') + 1));
    }
    return decode_linked_portals(std::move(out).finish());
}

TEST(PortalName, IsForScriptsAndFileNames) {
    for (const char* good : {"a", "Invoices", "bank-2.example_x", "0"})
        EXPECT_TRUE(PortalName::create(good)) << good;
    for (const char* bad :
         {"", "-a", ".a", "a b", "a/b", "ü", "a\n", "a\"b", "012345678901234567890123456789012"})
        EXPECT_EQ(PortalName::create(bad).error().code, Errc::invalid) << bad;
}

TEST(LinkedPortals, ComeBackAsTheyWereWritten) {
    const LinkedPortals before = two_portals();
    const auto after = decode_linked_portals(encode(before));
    ASSERT_TRUE(after) << after.error().detail;
    EXPECT_EQ(after->owner, before.owner);
    EXPECT_EQ(after->uid, before.uid);
    ASSERT_EQ(after->portals.size(), 2U);
    const LinkedPortal& bank = after->portals[1];
    EXPECT_EQ(bank.name.text(), "bank");
    EXPECT_EQ(std::get<otp::HotpMoving>(bank.token.moving).counter, 7U);
    EXPECT_EQ(bank.token.form.symbols(), 8U);
    EXPECT_EQ(bank.token.algorithm, otp::Algorithm::sha256);
    EXPECT_TRUE(equal_in_constant_time(bank.token.key, before.portals[1].token.key));
    EXPECT_FALSE(bank.enabled);
    EXPECT_EQ(bank.note, "Jürgen's account");
    EXPECT_EQ(bank.url, "https://bank.example/login?x=1");
    EXPECT_EQ(bank.readers, before.portals[1].readers);
    EXPECT_EQ(after->portals[0].last, before.portals[0].last);
    EXPECT_EQ(after->portals[0].last_at, before.portals[0].last_at);
    EXPECT_EQ(encode(*after).text(), encode(before).text());
}

TEST(LinkedPortals, WhatAPortalMayChooseComesBackInVersion2) {
    LinkedPortals before = two_portals();
    EXPECT_TRUE(encode(before).text().starts_with("secondstep-portals 1\n"));
    before.portals[0].token.form = otp::CodeForm::steam();
    before.portals[0].token.moving = otp::TotpMoving{*otp::StepLength::create(std::chrono::seconds{86400})};
    before.portals[1].token.form = *otp::CodeForm::decimal(10);
    EXPECT_TRUE(encode(before).text().starts_with("secondstep-portals 2\n"));
    const auto after = decode_linked_portals(encode(before));
    ASSERT_TRUE(after) << after.error().detail;
    for (std::size_t i = 0; i < before.portals.size(); ++i)
        EXPECT_TRUE(otp::same(after->portals[i].token, before.portals[i].token)) << i;
}

// One content, one text.
TEST(LinkedPortals, EachVersionHasWhatItsOwnIs) {
    LinkedPortals portals = two_portals();
    EXPECT_FALSE(decoded(with(std::string(encode(portals).text()), "portals 1", "portals 2")));
    portals.portals[0].token.form = otp::CodeForm::steam();
    EXPECT_FALSE(decoded(with(std::string(encode(portals).text()), "portals 2", "portals 1")));
    EXPECT_FALSE(decoded(with(std::string(encode(portals).text()), "digits=steam", "digits=11")));
    EXPECT_FALSE(decoded(with(std::string(encode(portals).text()), "period=30", "period=86401")));
}

TEST(LinkedPortals, OfTheHostHaveNoOwner) {
    LinkedPortals portals{std::nullopt, std::nullopt, {}};
    const auto after = decode_linked_portals(encode(portals));
    ASSERT_TRUE(after);
    EXPECT_FALSE(after->owner);
    EXPECT_FALSE(after->uid);
}

TEST(LinkedPortals, TextIsReadStrictly) {
    const std::string good(encode(two_portals()).text());
    ASSERT_TRUE(decoded(good));
    for (const auto& [before, after] :
         std::vector<std::pair<std::string, std::string>>{{"owner=alice", "owner=a/b"},
                                                          {"portals=2", "portals=3"},
                                                          {"portals=2", "portals=1"},
                                                          {"name=bank", "name=invoices"},
                                                          {"name=bank", "name=-bank"},
                                                          {"type=hotp", "type=motp"},
                                                          {"algorithm=sha256", "algorithm=SHA256"},
                                                          {"digits=8", "digits=9"},
                                                          {"enabled=no", "enabled=maybe"},
                                                          {"readers=2", "readers=17"},
                                                          {"reader=bob", "reader=fetch"},
                                                          {"reader=bob", "reader=../bob"},
                                                          {"reader-uid=1001", "reader-uid=4294967295"},
                                                          {"url=https", "note=https"}}) {
        const auto refused = decoded(with(good, before, after));
        ASSERT_FALSE(refused) << after;
        EXPECT_EQ(refused.error().code, Errc::damaged) << after;
    }
}

TEST(LinkedPortals, EveryTruncationAndEveryFlippedBitIsSeen) {
    const std::string good(encode(two_portals()).text());
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_FALSE(decode_linked_portals(Secret::copy_of(good.substr(0, size)))) << size;
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        std::string flipped = good;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_FALSE(decode_linked_portals(Secret::copy_of(flipped))) << bit;
    }
}

TEST(LinkedPortal, IsCheckedBeforeItIsKept) {
    LinkedPortal portal = sample_portal("x");
    EXPECT_TRUE(check(portal));
    portal.note = std::string(201, 'a');
    EXPECT_EQ(check(portal).error().code, Errc::invalid);
    portal.note = "two\nlines";
    EXPECT_FALSE(check(portal));
    portal.note.clear();
    portal.token.key = Secret();
    EXPECT_FALSE(check(portal));
    portal.token.key = Secret(129);
    EXPECT_FALSE(check(portal));
    portal.token.key = Secret(128);
    EXPECT_TRUE(check(portal));
    portal.readers = {{*AccountName::create("bob"), uid_t{1}}, {*AccountName::create("bob"), uid_t{2}}};
    EXPECT_FALSE(check(portal));
}

TEST(LinkedPortals, TheLargestOnesFitIntoTheirSeal) {
    LinkedPortals portals{*AccountName::create(std::string(80, 'o')), uid_t{1000}, {}};
    for (std::size_t i = 0; i < max_linked_portals; ++i)
        portals.portals.push_back(largest_portal(std::string(30, 'p') + std::to_string(10 + i)));
    ASSERT_TRUE(decode_linked_portals(encode(portals)));
    EXPECT_LT(encode(portals).size() + 1024, std::size_t{131072});
}

}  // namespace
}  // namespace secondstep
