#include "fleet/site_authority.h"

#include <gmock/gmock.h>

#include "fleet/possession.h"
#include "fleet/private_key.h"
#include "fleet/site_files.h"
#include "support/site_pki.h"

namespace secondstep::fleet {
namespace {

using secondstep::testing::SitePki;
using ::testing::HasSubstr;
using ::testing::Not;

const UnixTime now = from_unix(1'800'000'000);
const Authority::Subject web01{"web01", Authority::Role::host};

class OfASite : public ::testing::Test {
  protected:
    // What is wrong with it; empty: nothing.
    [[nodiscard]] std::string problem(const std::string& certificates,
                                      const Authority::Subject& subject = web01) const {
        const auto chain = authority_.check(certificates, subject, now);
        return chain ? "" : chain.error().detail;
    }
    [[nodiscard]] std::string problem_of(const SitePki::Wanted& wanted,
                                         const Authority::Subject& subject = web01) const {
        return problem(pki_.chain(wanted).certificate, subject);
    }
    static std::string problem_of_authority(const std::string& pem) {
        const auto authority = SiteAuthority::read(pem);
        return authority ? "" : authority.error().detail;
    }
    static std::string problem_of_key(const std::string& pem) {
        const auto key = PrivateKey::read(Secret::copy_of(pem));
        return key ? "" : key.error().detail;
    }

    SitePki pki_{now};
    SiteAuthority authority_ = SiteAuthority::read(pki_.root()).value();
};

TEST_F(OfASite, AChainIsWhatAFileHoldsWithoutTheRootAndWithoutWords) {
    const auto issued = pki_.issue({});
    const auto chain = authority_.check(
        "subject=CN = web01\n" + issued.certificate + pki_.between() + pki_.root(), web01, now);
    ASSERT_TRUE(chain) << chain.error().detail;
    EXPECT_EQ(chain->pem, issued.certificate + pki_.between());
    EXPECT_EQ(chain->own.name, "web01");
    EXPECT_EQ(chain->own.end, now + std::chrono::seconds{86'400});
    EXPECT_EQ(authority_.pin().value(), pin_of(authority_.described().public_key).value());
    EXPECT_EQ(SiteAuthority::of(authority_.certificate()).value().described().pem, pki_.root());
}

TEST_F(OfASite, TakesTheKindsOfKeysThatTlsTakes) {
    for (const char* const kind : {"P-256", "P-384", "RSA 2048", "ED25519"}) {
        const auto issued = pki_.chain({.kind = kind});
        EXPECT_EQ(problem(issued.certificate), "") << kind;
        EXPECT_EQ(problem_of_key(issued.key), "") << kind;
    }
    for (const char* const kind : {"P-521", "RSA 1024", "ED448"}) {
        const auto issued = pki_.chain({.kind = kind});
        EXPECT_THAT(problem(issued.certificate), HasSubstr("P-256, P-384, Ed25519")) << kind;
        EXPECT_THAT(problem_of_key(issued.key), HasSubstr("P-256, P-384, Ed25519")) << kind;
    }
}

TEST_F(OfASite, TheNameIsThatOfTheMachine) {
    EXPECT_EQ(problem_of({.common_name = "", .names = "DNS:web01.example.com,DNS:web01"}), "");
    EXPECT_EQ(problem_of({.names = ""}), "") << "an old one, by its CN";
    EXPECT_THAT(problem_of({.names = ""}, {"web01", Authority::Role::node}),
                HasSubstr("not of web01 by subjectAltName"))
        << "somebody may be called so";
    EXPECT_THAT(problem_of({.names = "DNS:web02"}), HasSubstr("not of web01"))
        << "the CN does not count then";
    EXPECT_THAT(problem_of({.common_name = "web02", .names = ""}), HasSubstr("not of web01"));
    EXPECT_THAT(problem_of({.names = "DNS:*.example.com"}, {"web01.example.com", Authority::Role::host}),
                HasSubstr("no wildcard"));
    EXPECT_THAT(problem_of({.names = "DNS:secret-project"}), Not(HasSubstr("secret-project")));
}

TEST_F(OfASite, TheUseIsThatOfTheMachine) {
    const Authority::Subject node{"web01", Authority::Role::node};
    EXPECT_EQ(problem_of({.uses = ""}), "");
    EXPECT_EQ(problem_of({.uses = "clientAuth"}), "");
    EXPECT_EQ(problem_of({.uses = "serverAuth"}, node), "");
    EXPECT_THAT(problem_of({.uses = "serverAuth"}), HasSubstr("clientAuth"));
    EXPECT_THAT(problem_of({.uses = "clientAuth"}, node), HasSubstr("serverAuth"));
    EXPECT_THAT(problem_of({.uses = "emailProtection"}), HasSubstr("clientAuth"));
    EXPECT_THAT(problem_of({.key_usage = "critical,keyEncipherment"}), HasSubstr("digitalSignature"));
    EXPECT_THAT(
        problem_of({.key_usage = "critical,digitalSignature,keyCertSign", .constraints = "critical,CA:TRUE"}),
        HasSubstr("an authority's certificate"));
}

TEST_F(OfASite, TheTimeIsNow) {
    EXPECT_THAT(problem_of({.begins = -7200, .ends = -1}), HasSubstr("it has ended 2027-01-15"));
    EXPECT_THAT(problem_of({.begins = 3600}), HasSubstr("clock"));
    const auto later = authority_.check(pki_.chain({.ends = 86'400 * 5000LL}).certificate, web01,
                                        now + std::chrono::days{4000});
    EXPECT_THAT(later.error().detail, HasSubstr("one between it"));
}

TEST_F(OfASite, OnlyTheAuthorityItselfCounts) {
    const SitePki another(now);
    EXPECT_THAT(problem(another.chain({}).certificate), HasSubstr("not signed by the authority"));
    EXPECT_THAT(problem(another.chain({}).certificate + another.root()), HasSubstr("not signed"));
    EXPECT_THAT(problem(another.issue({}).certificate + pki_.between()), HasSubstr("not signed"))
        << "of the same name";
    EXPECT_THAT(problem(pki_.issue({}).certificate), HasSubstr("stand behind it, in the same file"));
    EXPECT_EQ(problem(pki_.issue({.by_root = true}).certificate), "");
}

TEST_F(OfASite, WhatIsNoCertificateIsSaidWithoutBeingQuoted) {
    EXPECT_THAT(problem(std::string("root:$6$salt$hash:19000::::::\n")), HasSubstr("no certificate in PEM"));
    EXPECT_THAT(problem(std::string("root:$6$salt$hash:19000::::::\n")), Not(HasSubstr("salt")));
    EXPECT_THAT(problem(std::string()), HasSubstr("no certificate in PEM"));
    std::string damaged = pki_.chain({}).certificate;
    damaged[200] = '!';
    EXPECT_THAT(problem(damaged), HasSubstr("damaged"));
    EXPECT_THAT(problem(pki_.root()), HasSubstr("and not a machine's"));
    std::string many = pki_.issue({}).certificate;
    for (int i = 0; i < 5; ++i)
        many += pki_.between();
    EXPECT_THAT(problem(many), HasSubstr("more than 4"));
}

TEST_F(OfASite, TheAuthorityIsTheRootAlone) {
    EXPECT_EQ(problem_of_authority(pki_.root()), "");
    EXPECT_THAT(problem_of_authority(pki_.root() + pki_.between()), HasSubstr("several certificates"));
    EXPECT_THAT(problem_of_authority(pki_.between()), HasSubstr("give the root"));
    EXPECT_THAT(problem_of_authority(pki_.issue({}).certificate), HasSubstr("CA:TRUE"));
    EXPECT_THAT(problem_of_authority(pki_.issue({}).key), HasSubstr("no certificate in PEM"));
}

TEST_F(OfASite, AKeyIsReadWithoutAPassphrase) {
    const auto issued = pki_.issue({});
    const auto other = pki_.issue({});
    const auto key = PrivateKey::read(Secret::copy_of(issued.key)).value();
    EXPECT_TRUE(key.is_of(read_certificate(issued.certificate).value()));
    EXPECT_FALSE(key.is_of(read_certificate(other.certificate).value()));
    EXPECT_THAT(std::string(key.pem().value().text()), HasSubstr("BEGIN PRIVATE KEY"));
    EXPECT_THAT(problem_of_key(issued.certificate), HasSubstr("no private key in PEM"));
    EXPECT_THAT(
        problem_of_key("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n"),
        HasSubstr("passphrase"));
}

TEST_F(OfASite, AProofIsOfOneKeyOneCertificateAndOneOccasion) {
    const JoinToken token{{1, 2, 3, 4, 5}, Secret::copy_of("twelve bytes"), {}};
    const auto joining = occasion_of_joining(token, "web01").value();
    for (const char* const kind : {"P-256", "P-384", "RSA 2048", "ED25519"}) {
        const auto issued = pki_.issue({.kind = kind});
        const auto certificate = read_certificate(issued.certificate).value();
        const auto key = PrivateKey::read(Secret::copy_of(issued.key)).value();
        Bytes proof = proof_of_possession(key, certificate, joining).value();
        EXPECT_TRUE(proves_possession(proof, certificate, joining)) << kind;
        EXPECT_FALSE(proves_possession(proof, certificate, occasion_of_joining(token, "web02").value()));
        EXPECT_FALSE(proves_possession(proof, certificate, occasion_of_renewal({}).value()));
        EXPECT_FALSE(proves_possession(
            proof, read_certificate(pki_.issue({.kind = kind}).certificate).value(), joining));
        EXPECT_FALSE(proves_possession({}, certificate, joining));
        proof.back() ^= 1;
        EXPECT_FALSE(proves_possession(proof, certificate, joining)) << kind;
    }
}

TEST_F(OfASite, WhatIsOfferedAndTheMarkAreReadAsTheyWereWritten) {
    const auto issued = pki_.chain({});
    const auto key = PrivateKey::read(Secret::copy_of(issued.key))->pem().value();
    const auto parts = offered_in(text_of({issued.certificate, key.clone()}));
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->chain, issued.certificate);
    EXPECT_EQ(parts->key.text(), key.text());
    EXPECT_FALSE(offered_in(key)) << "a key alone";
    EXPECT_FALSE(offered_in(Secret::copy_of(issued.certificate)));
    EXPECT_TRUE(is_marked_as_of_site(marked_as_of_site(pki_.root())));
    EXPECT_FALSE(is_marked_as_of_site(pki_.root()));
    EXPECT_EQ(read_certificate(marked_as_of_site(pki_.root())).value().pem, pki_.root());
}

}  // namespace
}  // namespace secondstep::fleet
