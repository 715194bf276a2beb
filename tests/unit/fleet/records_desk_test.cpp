#include "fleet/records_desk.h"

#include <gmock/gmock.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "fleet/file_records.h"
#include "fleet/possession.h"
#include "support/site_pki.h"
#include "support/temporary_directory.h"
#include "unit/fleet/certificate_request.h"
#include "unit/fleet/difficult_records.h"
#include "unit/fleet/fleet_records_contract.h"

namespace secondstep::fleet {
namespace {

using secondstep::testing::RequestingHost;
using secondstep::testing::SitePki;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

Later at_once() {
    return [](const std::function<void()>& job) {
        job();
        return true;
    };
}

class Desk : public ::testing::Test {
  protected:
    Desk() {
        FleetIdentity identity = sample_identity();
        const Authority authority = Authority::make("7f3a", clock_.now(), randomness_).value();
        identity.authority = authority.certificate();
        identity.authority_key = authority.key().value();
        pin_ = authority.pin().value();
        EXPECT_TRUE(records_->create(identity));
    }
    // The token of a new permission.
    std::string invite(const std::vector<std::string>& names, unsigned count = 1,
                       HostClass changes = HostClass::login) {
        JoinToken token{randomness_.array<5>(), randomness_.secret(join_secret_size), pin_};
        JoinPermission permission = sample_permission(names, count);
        permission.id = token.permission;
        permission.secret = digest_of_secret(token.permission, token.secret).value();
        permission.changes = changes;
        permission.since = clock_.now();
        permission.end = clock_.now() + std::chrono::hours{2};
        EXPECT_TRUE(records_->permit(permission));
        return std::string(to_text(token).value().text());
    }
    // The words of the refusal, or the fingerprint of the certificate.
    relay::Envelope join(const std::string& token, const std::string& name, const RequestingHost& host,
                         const std::string& address = "192.0.2.7") {
        return desk_.answer(relay::From{{}, address},
                            relay::JoinAsked{Secret::copy_of(token), name, host.request(name)});
    }
    relay::Fingerprint joined(const std::string& name, HostClass changes = HostClass::login) {
        return of(join(invite({name}, 1, changes), name, host_));
    }
    static relay::Fingerprint of(const relay::Envelope& answer) {
        const auto* const certified = std::get_if<relay::Certified>(&answer);
        EXPECT_NE(certified, nullptr) << words(answer);
        return certified == nullptr ? relay::Fingerprint{}
                                    : read_certificate(certified->certificate).value().fingerprint;
    }
    static std::string words(const relay::Envelope& answer) {
        const auto* const refused = std::get_if<relay::Refused>(&answer);
        return refused == nullptr ? "" : refused->words;
    }
    // The words of a refusal.
    [[nodiscard]] std::string tell(const relay::Fingerprint& host, const relay::BreakGlassUsed& used) {
        return words(desk_.answer(relay::From{host, {}}, used));
    }
    [[nodiscard]] std::optional<std::string> name_of(const relay::Fingerprint& certificate) const {
        const auto host = desk_.host_of(certificate).value();
        return host ? std::optional(host->name) : std::nullopt;
    }
    // What is known of the registry is older than a second now. The desk asks the steady clock, so another one is taken.
    [[nodiscard]] RecordsDesk later() {
        return {*records_, clock_, randomness_, [](const std::string&) {}, break_glass_, at_once()};
    }

    secondstep::testing::FakeClock clock_{1'800'000'000};
    secondstep::testing::SeededRandomness randomness_{3};
    secondstep::testing::TemporaryDirectory directory_;
    Keyring ring_ = Keyring::generate(randomness_);
    std::unique_ptr<FleetRecords> records_ =
        FileFleetRecords::open(directory_.path(), true, ring_, clock_, randomness_).value();
    std::vector<std::string> journal_;
    std::vector<std::string> alerts_;
    BreakGlassDesk break_glass_{BreakGlassUses::told(directory_.path()),
                                [this](const std::string& e) { alerts_.push_back(e); }};
    RecordsDesk desk_{*records_,    clock_,
                      randomness_,  [this](const std::string& e) { journal_.push_back(e); },
                      break_glass_, at_once()};
    AuthorityPin pin_{};
    RequestingHost host_;
};

TEST_F(Desk, AHostJoinsAndIsKnownByItsCertificateAtOnce) {
    EXPECT_EQ(desk_.host_of(fingerprint(1)).value(), std::nullopt) << "the registry is known to the desk now";
    const auto certificate = joined("web01", HostClass::enroll);
    const auto host = desk_.host_of(certificate).value();
    ASSERT_TRUE(host);
    EXPECT_EQ(host->name, "web01");
    EXPECT_EQ(host->changes, HostClass::enroll);
    EXPECT_NE(host->tag, HostTag{});
    const auto standing = desk_.answer(relay::From{certificate, {}}, relay::StandingAsked{});
    EXPECT_EQ(std::get<relay::Standing>(standing).host, "web01");
    EXPECT_TRUE(std::get<relay::Standing>(standing).known);
    EXPECT_THAT(journal_, Contains(AllOf(HasSubstr("joined host=web01"), HasSubstr("from=192.0.2.7"))));
}

TEST_F(Desk, WithoutACertificateOrWithAnotherSomebodyIsNobody) {
    joined("web01");
    for (const auto& certificate : {relay::Fingerprint{}, fingerprint(1)}) {
        EXPECT_EQ(desk_.host_of(certificate).value(), std::nullopt);
        const auto standing = desk_.answer(relay::From{certificate, {}}, relay::StandingAsked{});
        EXPECT_FALSE(std::get<relay::Standing>(standing).known);
        EXPECT_THAT(
            words(desk_.answer(relay::From{certificate, {}}, relay::RenewalAsked{host_.request("x")})),
            HasSubstr("no host"));
    }
}

TEST_F(Desk, AWrongSecretAndAPermissionThatIsNotThereSoundTheSame) {
    const std::string good = invite({"web01"});
    JoinToken token = parse_join_token(good).value();
    token.secret.bytes()[0] ^= 1;
    const std::string wrong_secret(to_text(token).value().text());
    token.permission[0] ^= 1;
    const std::string no_permission(to_text(token).value().text());
    const std::string said = words(join(wrong_secret, "web01", host_));
    EXPECT_THAT(said, HasSubstr("not one of this fleet"));
    EXPECT_EQ(words(join(no_permission, "web01", host_)), said);
    EXPECT_THAT(records_->hosts().value().hosts, ::testing::IsEmpty());
    for (const std::string& event : journal_)
        EXPECT_THAT(event, Not(HasSubstr(good.substr(10, 4)))) << "no secret in the journal";
    of(join(good, "web01", host_));
}

TEST_F(Desk, WhoGuessesIsStoppedAndTheOthersAreNot) {
    const std::string good = invite({"web01"});
    JoinToken token = parse_join_token(good).value();
    token.secret.bytes()[3] ^= 8;
    const std::string wrong(to_text(token).value().text());
    for (unsigned i = 0; i < RecordsDesk::wrong_tokens.count; ++i)
        EXPECT_THAT(words(join(wrong, "web01", host_)), HasSubstr("not one of this fleet"));
    EXPECT_THAT(words(join(good, "web01", host_)), HasSubstr("wait a minute"));
    of(join(good, "web01", host_, "192.0.2.8"));
    clock_.advance(RecordsDesk::wrong_tokens.within);
    of(join(good, "web01", host_));
}

TEST_F(Desk, ARightTokenIsToldWhatIsWrong) {
    const std::string token = invite({"web01", "web02"}, 1);
    EXPECT_THAT(words(join(token, "db01", host_)), HasSubstr("--names db01"));
    EXPECT_THAT(words(join(token, "WEB01", host_)), HasSubstr("lower-case"));
    of(join(token, "web01", host_));
    EXPECT_THAT(words(join(token, "web02", RequestingHost())), HasSubstr("as many hosts"));
    EXPECT_THAT(words(join(invite({"web01"}), "web01", RequestingHost())), HasSubstr("drop-host web01"));
    EXPECT_THAT(words(join(invite({"auth1"}), "auth1", host_)), HasSubstr("is a node"));
    ASSERT_TRUE(records_->drop("web01").value());
    EXPECT_THAT(words(join(token, "web01", host_)), HasSubstr("was dropped"));
    clock_.advance(std::chrono::hours{2});
    EXPECT_THAT(words(join(token, "web02", host_)), HasSubstr("its time is over"));
}

TEST_F(Desk, AHostWhoseCertificateGotLostAsksAgainWithTheSameKey) {
    const std::string token = invite({"web01"});
    const auto lost = of(join(token, "web01", host_));
    const auto found = of(join(token, "web01", host_));
    EXPECT_EQ(name_of(lost), std::nullopt);
    EXPECT_EQ(name_of(found), "web01");
}

TEST_F(Desk, AnotherKeyInTheRequestIsNotJoinedBehindTheHostsBack) {
    const std::string token = invite({"web01"});
    of(join(token, "web01", host_));
    EXPECT_THAT(words(join(token, "web01", RequestingHost())), HasSubstr("registered already"));
}

TEST_F(Desk, RenewingKeepsTheOldCertificateUntilTheNewOneIsUsed) {
    const auto old = joined("web01");
    const RequestingHost new_key;
    const auto next = of(desk_.answer(relay::From{old, {}}, relay::RenewalAsked{new_key.request("root")}));
    EXPECT_EQ(name_of(old), "web01") << "the new one may have got lost";
    EXPECT_EQ(name_of(next), "web01") << "its first use";
    EXPECT_EQ(name_of(old), std::nullopt);
    EXPECT_EQ(name_of(next), "web01");
    EXPECT_FALSE(records_->host("web01").value()->next);
}

TEST_F(Desk, TheNameOfARenewalIsTheHostsOwn) {
    const auto web01 = joined("web01");
    const auto answer = desk_.answer(relay::From{web01, {}}, relay::RenewalAsked{host_.request("web02")});
    EXPECT_EQ(read_certificate(std::get<relay::Certified>(answer).certificate)->name, "web01");
}

TEST_F(Desk, RenewingTooOftenIsRefused) {
    const auto web01 = joined("web01");
    for (unsigned i = 0; i < RecordsDesk::renewals.count; ++i)
        of(desk_.answer(relay::From{web01, {}}, relay::RenewalAsked{host_.request("web01")}));
    EXPECT_THAT(words(desk_.answer(relay::From{web01, {}}, relay::RenewalAsked{host_.request("web01")})),
                HasSubstr("wait an hour"));
}

// --- certificates of the site's own authority ---

class DeskOfASite : public ::testing::Test {
  protected:
    DeskOfASite() {
        FleetIdentity identity = sample_identity();
        const auto site = SiteAuthority::read(pki_.root()).value();
        identity.authority = site.certificate();
        identity.authority_key = {};
        pin_ = site.pin().value();
        EXPECT_TRUE(records_->create(identity));
        EXPECT_TRUE(records_->identity().value()->is_of_site());
    }
    struct Machine {
        SitePki::Issued issued;
        [[nodiscard]] Certificate certificate() const {
            return read_first_certificate(issued.certificate).value();
        }
        [[nodiscard]] relay::ShownCertificate shown(const Digest& occasion) const {
            const auto key = PrivateKey::read(Secret::copy_of(issued.key)).value();
            return {issued.certificate, proof_of_possession(key, certificate(), occasion).value()};
        }
    };
    [[nodiscard]] Machine machine(const SitePki::Wanted& wanted = {}) const { return {pki_.chain(wanted)}; }
    JoinToken invite(const std::string& name) {
        JoinToken token{randomness_.array<5>(), randomness_.secret(join_secret_size), pin_};
        JoinPermission permission = sample_permission({name}, 1);
        permission.id = token.permission;
        permission.secret = digest_of_secret(token.permission, token.secret).value();
        permission.since = clock_.now();
        permission.end = clock_.now() + std::chrono::hours{2};
        EXPECT_TRUE(records_->permit(permission));
        return token;
    }
    relay::Envelope join(const JoinToken& token, const std::string& name,
                         std::optional<relay::ShownCertificate> shown) {
        return desk_.answer(relay::From{{}, "192.0.2.7"},
                            relay::JoinAsked{to_text(token).value(), name, "", std::move(shown)});
    }
    relay::Envelope join(const std::string& name, const Machine& machine) {
        const JoinToken token = invite(name);
        return join(token, name, machine.shown(occasion_of_joining(token, name).value()));
    }
    relay::Envelope renew(const relay::Fingerprint& present, const Machine& next,
                          const relay::Fingerprint& occasion) {
        return desk_.answer(relay::From{present, {}},
                            relay::RenewalAsked{"", next.shown(occasion_of_renewal(occasion).value())});
    }
    static std::string words(const relay::Envelope& answer) {
        const auto* const refused = std::get_if<relay::Refused>(&answer);
        return refused == nullptr ? "" : refused->words;
    }
    [[nodiscard]] std::optional<std::string> name_of(const relay::Fingerprint& certificate) const {
        const auto host = desk_.host_of(certificate).value();
        return host ? std::optional(host->name) : std::nullopt;
    }

    secondstep::testing::FakeClock clock_{1'800'000'000};
    secondstep::testing::SeededRandomness randomness_{3};
    secondstep::testing::TemporaryDirectory directory_;
    SitePki pki_{clock_.now()};
    Keyring ring_ = Keyring::generate(randomness_);
    std::unique_ptr<FleetRecords> records_ =
        FileFleetRecords::open(directory_.path(), true, ring_, clock_, randomness_).value();
    BreakGlassDesk break_glass_{BreakGlassUses::told(directory_.path()), [](const std::string&) {}};
    DifficultRecords difficult_{*records_};
    RecordsDesk desk_{difficult_, clock_, randomness_, [](const std::string&) {}, break_glass_, at_once()};
    AuthorityPin pin_{};
};

TEST_F(DeskOfASite, ATokenRegistersTheCertificateThatIsShown) {
    const Machine web01 = machine();
    EXPECT_EQ(name_of(web01.certificate().fingerprint), std::nullopt) << "that it is signed lets nobody in";
    const auto answer = join("web01", web01);
    const auto* const certified = std::get_if<relay::Certified>(&answer);
    ASSERT_NE(certified, nullptr) << words(answer);
    EXPECT_EQ(certified->authority, pki_.root());
    EXPECT_EQ(name_of(web01.certificate().fingerprint), "web01");
    EXPECT_EQ(records_->host("web01").value()->certificate_end, web01.certificate().end);
}

TEST_F(DeskOfASite, WithoutARightTokenNothingIsLookedAt) {
    const Machine web01 = machine();
    JoinToken token = invite("web01");
    token.secret.bytes()[0] ^= 1;
    EXPECT_THAT(words(join(token, "web01", web01.shown(occasion_of_joining(token, "web01").value()))),
                HasSubstr("not one of this fleet"));
    EXPECT_EQ(name_of(web01.certificate().fingerprint), std::nullopt);
}

TEST_F(DeskOfASite, WhoHasNotItsKeyRegistersNoCertificate) {
    const Machine web01 = machine();
    const Machine other = machine();
    const JoinToken token = invite("web01");
    const auto occasion = occasion_of_joining(token, "web01").value();
    const std::string no_key = "not shown that it has the key";
    EXPECT_THAT(words(join(token, "web01", relay::ShownCertificate{web01.issued.certificate, {}})),
                HasSubstr(no_key));
    EXPECT_THAT(words(join(token, "web01",
                           relay::ShownCertificate{web01.issued.certificate, other.shown(occasion).proof})),
                HasSubstr(no_key));
    const auto another_time = occasion_of_joining(invite("web01"), "web01").value();
    EXPECT_THAT(words(join(token, "web01", web01.shown(another_time))), HasSubstr(no_key));
    EXPECT_EQ(words(join(token, "web01", web01.shown(occasion))), "") << "the control";
}

TEST_F(DeskOfASite, TheCertificateIsOfTheHostAndOfTheAuthority) {
    EXPECT_THAT(words(join("web02", machine())), HasSubstr("not of web02"));
    EXPECT_THAT(words(join("web01", {SitePki(clock_.now()).chain({})})),
                HasSubstr("not signed by the authority"));
    EXPECT_THAT(words(join("web01", machine({.begins = -20, .ends = -10}))), HasSubstr("has ended"));
    const Machine of_two = machine({.names = "DNS:web01,DNS:web02"});
    EXPECT_EQ(words(join("web01", of_two)), "");
    EXPECT_THAT(words(join("web02", of_two)), HasSubstr("web01 is registered with this certificate"));
    EXPECT_THAT(words(join("auth1", machine({.names = "DNS:auth1"}))), HasSubstr("is a node"));
}

// Hosts know a node by its name alone, and whoever is root on the host has the key.
TEST_F(DeskOfASite, ACertificateThatIsANodesAsWellIsNoHosts) {
    const std::string names_it = "good for auth1 too, a node of the fleet";
    const Machine as_node = machine({.names = "DNS:web01,DNS:auth1"});
    EXPECT_THAT(words(join("web01", as_node)),
                AllOf(HasSubstr(names_it), HasSubstr("without the names of nodes")));
    EXPECT_EQ(name_of(as_node.certificate().fingerprint), std::nullopt);
    EXPECT_THAT(words(join("web01", machine({.names = "DNS:web01,DNS:AUTH1"}))), HasSubstr(names_it));
    const Machine present = machine({.names = "DNS:web01,DNS:auth1.example.org,DNS:*.example.org"});
    ASSERT_EQ(words(join("web01", present)), "") << "the control: no host takes it for auth1's";
    const auto now_shown = present.certificate().fingerprint;
    EXPECT_THAT(words(renew(now_shown, as_node, now_shown)), HasSubstr(names_it));
    EXPECT_FALSE(records_->host("web01").value()->next);
    EXPECT_EQ(words(renew(now_shown, machine({.names = "DNS:web01,DNS:web09"}), now_shown)), "")
        << "the control";
}

TEST_F(DeskOfASite, ARequestGetsNothingSignedHere) {
    const RequestingHost host;
    const JoinToken token = invite("web01");
    EXPECT_THAT(
        words(desk_.answer({}, relay::JoinAsked{to_text(token).value(), "web01", host.request("web01")})),
        HasSubstr("--certificate FILE --key FILE --ca FILE"));
    const Machine web01 = machine();
    ASSERT_EQ(words(join("web01", web01)), "");
    EXPECT_THAT(words(desk_.answer(relay::From{web01.certificate().fingerprint, {}},
                                   relay::RenewalAsked{host.request("web01")})),
                HasSubstr("--certificate FILE"));
    EXPECT_THAT(words(desk_.answer({}, relay::NodeRenewalAsked{"auth1", host.request("auth1")})),
                HasSubstr("the site's own authority signs"));
}

TEST_F(DeskOfASite, TheNextOneIsToldOverTheConnectionOfThePresentOne) {
    const Machine present = machine();
    ASSERT_EQ(words(join("web01", present)), "");
    const auto now_shown = present.certificate().fingerprint;
    const Machine next = machine({.ends = 90'000});
    EXPECT_THAT(words(renew(now_shown, next, fingerprint(7))), HasSubstr("has the key"))
        << "made for another connection";
    EXPECT_THAT(words(renew(now_shown, machine({.names = "DNS:web02"}), now_shown)),
                HasSubstr("not of web01"));
    EXPECT_EQ(words(renew(now_shown, next, now_shown)), "");
    EXPECT_EQ(name_of(now_shown), "web01") << "until the next one is used";
    EXPECT_EQ(name_of(next.certificate().fingerprint), "web01");
    EXPECT_EQ(name_of(now_shown), std::nullopt);
    EXPECT_EQ(records_->host("web01").value()->certificate_end, next.certificate().end);
    EXPECT_EQ(words(renew(next.certificate().fingerprint, next, next.certificate().fingerprint)), "")
        << "again, and nothing happens";
    EXPECT_FALSE(records_->host("web01").value()->next);
}

// The tool of a site may tell of a certificate that it has told of before, whenever it runs.
TEST_F(DeskOfASite, WhoIsToldNothingNewHasNothingReadAnew) {
    const Machine web01 = machine();
    ASSERT_EQ(words(join("web01", web01)), "");
    const auto own = web01.certificate().fingerprint;
    ASSERT_EQ(name_of(own), "web01");
    const unsigned before = difficult_.readings();
    for (unsigned i = 0; i < RecordsDesk::renewals.count; ++i)
        EXPECT_EQ(words(renew(own, web01, own)), "");
    EXPECT_LE(difficult_.readings() - before, RecordsDesk::renewals.count + 2)
        << "each is compared with all hosts, and once a second those are read anyway";
}

TEST_F(Desk, AFleetThatSignsItselfTakesNoOtherCertificate) {
    const SitePki pki(clock_.now());
    const std::string token = invite({"web01"});
    EXPECT_THAT(
        words(desk_.answer({}, relay::JoinAsked{Secret::copy_of(token), "web01", "",
                                                relay::ShownCertificate{pki.chain({}).certificate, {}}})),
        HasSubstr("join without --certificate, --key and --ca"));
    EXPECT_TRUE(records_->hosts().value().hosts.empty());
}

// --- the node's own certificate ---

TEST_F(Desk, TheRelayOfANodeGetsTheNextCertificateOfTheNode) {
    const RequestingHost node;
    const auto answer = desk_.answer({}, relay::NodeRenewalAsked{"auth1", node.request("web01")});
    const auto* const certified = std::get_if<relay::Certified>(&answer);
    ASSERT_NE(certified, nullptr) << words(answer);
    const Certificate certificate = read_certificate(certified->certificate).value();
    EXPECT_EQ(certificate.name, "auth1");
    EXPECT_EQ(certificate.end, clock_.now() + Authority::lifetime_of_hosts);
    EXPECT_THAT(journal_, Contains("fleet: certificate given node=auth1"));
}

// Whoever has one could stand for the node towards all hosts.
TEST_F(Desk, NobodyElseGetsACertificateOfANode) {
    const auto web01 = joined("web01");
    const relay::NodeRenewalAsked wish{"auth1", host_.request("auth1")};
    EXPECT_THAT(words(desk_.answer(relay::From{web01, "192.0.2.7"}, wish)), HasSubstr("no node"));
    EXPECT_THAT(words(desk_.answer(relay::From{web01, ""}, wish)), HasSubstr("no node"));
    EXPECT_THAT(words(desk_.answer(relay::From{{}, "192.0.2.7"}, wish)), HasSubstr("no node"));
    for (const char* const name : {"web01", "auth9", "", "AUTH1"}) {
        const relay::NodeRenewalAsked other{name, host_.request("auth1")};
        EXPECT_THAT(words(desk_.answer({}, other)), HasSubstr("no node of this fleet")) << name;
    }
    EXPECT_THAT(words(desk_.answer({}, relay::NodeRenewalAsked{"auth1", "nonsense"})), HasSubstr("PKCS #10"));
}

TEST_F(Desk, ANodeThatRenewsTooOftenIsRefused) {
    for (unsigned i = 0; i < RecordsDesk::renewals.count; ++i)
        of(desk_.answer({}, relay::NodeRenewalAsked{"auth1", host_.request("auth1")}));
    EXPECT_THAT(words(desk_.answer({}, relay::NodeRenewalAsked{"auth1", host_.request("auth1")})),
                HasSubstr("wait an hour"));
}

// --- logins by break-glass codes ---

relay::BreakGlassUsed used_on(UnixTime at, std::uint8_t id = 1) {
    return {.id = {id}, .at = at, .account = "root", .service = "sshd", .from = "192.0.2.7", .left = 7};
}

TEST_F(Desk, ALoginByABreakGlassCodeIsAnAlertAndKept) {
    const auto web01 = joined("web01");
    const UnixTime at = clock_.now() - std::chrono::hours{1};
    const auto answer = desk_.answer(relay::From{web01, {}}, used_on(at));
    EXPECT_TRUE(std::holds_alternative<relay::BreakGlassKnown>(answer)) << words(answer);
    EXPECT_THAT(alerts_, ::testing::ElementsAre(AllOf(HasSubstr("root logged in on host web01"),
                                                      HasSubstr("from 192.0.2.7"), HasSubstr("7 left"))));
    const auto kept = break_glass_.uses.all().value();
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(kept[0].host, "web01") << "as the registry has it";
    EXPECT_EQ(kept[0].at, at);
    EXPECT_EQ(kept[0].account, "root");
    EXPECT_EQ(kept[0].left, 7U);
}

// The answer got lost, or the node was killed before it.
TEST_F(Desk, ALoginThatIsToldAgainIsNoNews) {
    const auto web01 = joined("web01");
    const auto told = used_on(clock_.now());
    for (int i = 0; i < 3; ++i) {
        RecordsDesk desk = later();
        EXPECT_TRUE(
            std::holds_alternative<relay::BreakGlassKnown>(desk.answer(relay::From{web01, {}}, told)));
    }
    EXPECT_EQ(alerts_.size(), 1U);
    EXPECT_EQ(tell(web01, used_on(clock_.now(), 2)), "");
    EXPECT_EQ(alerts_.size(), 2U) << "another one is";
}

TEST_F(Desk, WhoIsNoHostTellsNothingAndAHostTellsOfItselfOnlyAndNotTooMuch) {
    const auto web01 = joined("web01");
    EXPECT_THAT(words(desk_.answer(relay::From{fingerprint(1), {}}, used_on(clock_.now()))),
                HasSubstr("no host"));
    EXPECT_THAT(words(desk_.answer({}, used_on(clock_.now()))), HasSubstr("no host"));
    EXPECT_THAT(alerts_, ::testing::IsEmpty());
    auto forged = used_on(from_unix(std::numeric_limits<std::int64_t>::max()));
    forged.account = "root\nNov 30 auth1 secondstepd: all is well";
    EXPECT_EQ(tell(web01, forged), "");
    ASSERT_EQ(alerts_.size(), 1U);
    EXPECT_THAT(alerts_[0], Not(HasSubstr("\n")));
    EXPECT_LE(break_glass_.uses.all().value().at(0).at, clock_.now() + std::chrono::hours{24});
    for (std::uint8_t i = 2; i < 200; ++i)
        static_cast<void>(tell(web01, used_on(clock_.now(), i)));
    EXPECT_EQ(alerts_.size(), RecordsDesk::tellings.count);
    EXPECT_THAT(words(desk_.answer(relay::From{web01, {}}, used_on(clock_.now(), 200))),
                HasSubstr("wait an hour"));
}

TEST_F(Desk, WhatCannotBeReadIsNotNobody) {
    const auto web01 = joined("web01");
    const auto web02 = joined("web02");
    const std::string file = directory_.file("fleet/hosts/web02.host");
    std::filesystem::resize_file(file, 20);
    RecordsDesk desk = later();
    EXPECT_EQ(desk.host_of(web01).value()->name, "web01") << "the others are as they were";
    EXPECT_EQ(desk.host_of(web02).error().code, Errc::damaged);
    EXPECT_THAT(words(desk.answer(relay::From{web02, {}}, relay::StandingAsked{})), HasSubstr("doctor"));
}

TEST_F(Desk, OtherQuestionsAreRefused) {
    EXPECT_THAT(words(desk_.answer({}, relay::Standing{})), HasSubstr("no question"));
    EXPECT_THAT(words(desk_.answer({}, relay::Lost{})), HasSubstr("no question"));
}

// A desk whose writing threads do what they are told when the test says so.
class DeskWithAQueue : public Desk {
  protected:
    [[nodiscard]] relay::Fingerprint renewed(const relay::Fingerprint& old) {
        const auto next =
            of(queueing_.answer(relay::From{old, {}}, relay::RenewalAsked{host_.request("web01")}));
        EXPECT_TRUE(queueing_.host_of(old).value()) << "now it is read";
        return next;
    }
    void do_all() {
        for (const auto& job : std::exchange(jobs_, {}))
            job();
    }
    [[nodiscard]] bool is_retired() const { return !records_->host("web01").value()->next; }

    std::vector<std::function<void()>> jobs_;
    bool is_full_ = false;
    RecordsDesk queueing_{*records_,
                          clock_,
                          randomness_,
                          [this](const std::string& e) { journal_.push_back(e); },
                          break_glass_,
                          [this](std::function<void()> job) {
                              if (!is_full_) jobs_.push_back(std::move(job));
                              return !is_full_;
                          }};
};

TEST_F(DeskWithAQueue, TheFirstUseOfANewCertificateWritesNothingOnTheThreadThatAsks) {
    const auto old = joined("web01");
    const auto next = renewed(old);
    for (int i = 0; i < 5; ++i) {
        EXPECT_TRUE(queueing_.host_of(next).value());
        EXPECT_EQ(queueing_.known_host_of(next).value().name, "web01");
    }
    EXPECT_EQ(jobs_.size(), 1U) << "and it is put down once";
    EXPECT_FALSE(is_retired());
    EXPECT_TRUE(queueing_.host_of(old).value()) << "until it is written";
    do_all();
    EXPECT_TRUE(is_retired());
    EXPECT_THAT(journal_, Contains("fleet: renewed host=web01"));
    EXPECT_FALSE(queueing_.host_of(old).value());
    EXPECT_TRUE(queueing_.host_of(next).value());
    EXPECT_TRUE(jobs_.empty());
}

// Where the registry is known anyway nobody may ever ask for it to be read.
TEST_F(DeskWithAQueue, WhatIsKnownOutOfMemoryIsPutDownToo) {
    const auto next = renewed(joined("web01"));
    EXPECT_EQ(queueing_.known_host_of(next).value().name, "web01");
    do_all();
    EXPECT_TRUE(is_retired());
}

TEST_F(DeskWithAQueue, WhatNobodyTookIsPutDownAtTheNextUse) {
    const auto next = renewed(joined("web01"));
    is_full_ = true;
    EXPECT_TRUE(queueing_.host_of(next).value()) << "nobody is kept out by it";
    is_full_ = false;
    EXPECT_TRUE(queueing_.host_of(next).value());
    do_all();
    EXPECT_TRUE(is_retired());
}

// A host that was away for long renews as soon as it is there: before a thread had time for what its first use leaves to do.
TEST_F(DeskWithAQueue, ACertificateIsRenewedBeforeTheOneBeforeItIsRetired) {
    const auto old = joined("web01");
    const auto next = renewed(old);
    EXPECT_TRUE(queueing_.host_of(next).value());
    ASSERT_FALSE(is_retired()) << "that waits in the queue";
    const auto third =
        of(queueing_.answer(relay::From{next, {}}, relay::RenewalAsked{host_.request("web01")}));
    const auto host = records_->host("web01").value().value();
    EXPECT_EQ(host.certificate, next);
    EXPECT_EQ(host.next, third);
    EXPECT_EQ(host.key, Digest{}) << "it was of the join";
    EXPECT_THAT(journal_, Contains("fleet: renewed host=web01"));
    EXPECT_FALSE(queueing_.host_of(old).value()) << "the earliest is nobody's from then on";
    do_all();
    EXPECT_EQ(records_->host("web01").value()->next, third) << "what had waited retires nothing else";
    EXPECT_THAT(words(queueing_.answer(relay::From{old, {}}, relay::RenewalAsked{host_.request("web01")})),
                HasSubstr("no host's of the fleet"));
}

class DeskOverDifficultRecords : public Desk {
  protected:
    relay::Fingerprint joined_there(const std::string& name, const RequestingHost& host) {
        return of(there_.answer(relay::From{{}, "192.0.2.7"},
                                relay::JoinAsked{Secret::copy_of(invite({name})), name, host.request(name)}));
    }

    DifficultRecords difficult_{*records_};
    RecordsDesk there_{difficult_, clock_, randomness_, [](const std::string&) {}, break_glass_, at_once()};
};

// While somebody else writes, each login of a host with its new certificate would have the registry read anew.
TEST_F(DeskOverDifficultRecords, WhatCouldNotBeWrittenIsNotReadAnew) {
    const auto old = joined_there("web01", host_);
    const auto next = of(there_.answer(relay::From{old, {}}, relay::RenewalAsked{host_.request("web01")}));
    difficult_.is_busy = true;
    const unsigned before = difficult_.readings();
    for (int i = 0; i < 20; ++i)
        EXPECT_TRUE(there_.host_of(next).value());
    EXPECT_LE(difficult_.readings() - before, 5U)
        << "it is read for the first one, and when a second is over";
    difficult_.is_busy = false;
    EXPECT_TRUE(there_.host_of(next).value());
    EXPECT_FALSE(there_.host_of(old).value());
}

}  // namespace
}  // namespace secondstep::fleet
