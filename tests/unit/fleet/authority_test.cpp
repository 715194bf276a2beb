#include "fleet/authority.h"

#include <gmock/gmock.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "fleet/libcrypto_handles.h"
#include "support/seeded_randomness.h"
#include "unit/fleet/certificate_request.h"

namespace secondstep::fleet {
namespace {

using secondstep::testing::RequestingHost;
using ::testing::HasSubstr;
using Role = Authority::Role;

const UnixTime now = from_unix(1'800'000'000);

CertificateHandle read(const std::string& pem) {
    const BioHandle in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return CertificateHandle(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
}

class FleetAuthority : public ::testing::Test {
  protected:
    [[nodiscard]] Authority made() { return Authority::make("7f3a", now, randomness_).value(); }

    // As TLS judges it: 0 is X509_V_OK.
    static int judged(const Authority& authority, const std::string& pem, int purpose, UnixTime when) {
        const std::unique_ptr<X509_STORE, FreedBy<&X509_STORE_free>> store(X509_STORE_new());
        const CertificateHandle root = read(authority.described().pem);
        X509_STORE_add_cert(store.get(), root.get());
        const CertificateHandle leaf = read(pem);
        const std::unique_ptr<X509_STORE_CTX, FreedBy<&X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
        X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), nullptr);
        X509_STORE_CTX_set_purpose(context.get(), purpose);
        X509_STORE_CTX_set_time(context.get(), 0, to_unix(when));
        return X509_verify_cert(context.get()) == 1 ? 0 : X509_STORE_CTX_get_error(context.get());
    }

    secondstep::testing::SeededRandomness randomness_{5};
    Authority authority_ = made();
};

TEST_F(FleetAuthority, ComesBackFromWhatTheRecordKeeps) {
    const Secret key = authority_.key().value();
    const auto back = Authority::of(authority_.certificate(), key);
    ASSERT_TRUE(back) << back.error().detail;
    EXPECT_EQ(back->pin().value(), authority_.pin().value());
    const Authority other = made();
    EXPECT_EQ(Authority::of(other.certificate(), key).error().code, Errc::damaged);
    EXPECT_NE(other.pin().value(), authority_.pin().value());
}

TEST_F(FleetAuthority, CertifiesAHostForCallingAndANodeForBeingCalled) {
    const auto host =
        authority_.certify(RequestingHost().request("web01"), {"web01", Role::host}, now, randomness_);
    ASSERT_TRUE(host) << host.error().detail;
    EXPECT_EQ(judged(authority_, host->pem, X509_PURPOSE_SSL_CLIENT, now), 0);
    EXPECT_NE(judged(authority_, host->pem, X509_PURPOSE_SSL_SERVER, now), 0) << "no host passes for a node";
    const auto node = authority_.certify_new_key({"auth1", Role::node}, now, randomness_);
    ASSERT_TRUE(node) << node.error().detail;
    EXPECT_EQ(judged(authority_, node->certificate.pem, X509_PURPOSE_SSL_SERVER, now), 0);
    EXPECT_NE(judged(authority_, node->certificate.pem, X509_PURPOSE_SSL_CLIENT, now), 0);
    EXPECT_THAT(std::string(node->key.text()), HasSubstr("BEGIN PRIVATE KEY"));
    const CertificateHandle read_back = read(node->certificate.pem);
    EXPECT_EQ(X509_check_host(read_back.get(), "auth1", 0, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr), 1);
}

TEST_F(FleetAuthority, ACertificateHoldsAYearAndABitBefore) {
    const auto host =
        authority_.certify(RequestingHost().request("x"), {"web01", Role::host}, now, randomness_);
    using std::chrono::days;
    using std::chrono::minutes;
    EXPECT_EQ(judged(authority_, host->pem, X509_PURPOSE_SSL_CLIENT, now - minutes{5}), 0);
    EXPECT_EQ(judged(authority_, host->pem, X509_PURPOSE_SSL_CLIENT, now - minutes{6}),
              X509_V_ERR_CERT_NOT_YET_VALID);
    EXPECT_EQ(judged(authority_, host->pem, X509_PURPOSE_SSL_CLIENT, now + days{364}), 0);
    EXPECT_EQ(judged(authority_, host->pem, X509_PURPOSE_SSL_CLIENT, now + days{366}),
              X509_V_ERR_CERT_HAS_EXPIRED);
    EXPECT_EQ(host->end, now + days{365});
}

// A request says what somebody wants to be called; the fleet knows better.
TEST_F(FleetAuthority, TakesTheNameFromTheFleetAndNotFromTheRequest) {
    const auto host =
        authority_.certify(RequestingHost().request("auth1"), {"web01", Role::host}, now, randomness_);
    EXPECT_EQ(host->name, "web01");
    const CertificateHandle certificate = read(host->pem);
    EXPECT_EQ(X509_check_host(certificate.get(), "web01", 0, 0, nullptr), 1);
    EXPECT_EQ(X509_check_host(certificate.get(), "auth1", 0, 0, nullptr), 0);
    EXPECT_EQ(X509_check_ca(certificate.get()), 0);
}

TEST_F(FleetAuthority, RefusesRequestsThatAreNotWhatTheySay) {
    const RequestingHost host;
    const RequestingHost stranger;
    const auto errc = [&](const std::string& request) {
        return authority_.certify(request, {"web01", Role::host}, now, randomness_).error();
    };
    EXPECT_THAT(errc(host.request("web01", &stranger)).detail, HasSubstr("not signed"));
    EXPECT_THAT(errc(RequestingHost("P-384").request("web01")).detail, HasSubstr("P-256"));
    EXPECT_THAT(errc("").detail, HasSubstr("no request"));
    EXPECT_THAT(errc(std::string(5000, 'x')).detail, HasSubstr("too long"));
    // libcrypto would ask for a passphrase at the terminal.
    EXPECT_EQ(
        errc("-----BEGIN CERTIFICATE REQUEST-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: "
             "AES-256-CBC,00000000000000000000000000000000\n\nAAAA\n-----END CERTIFICATE REQUEST-----\n")
            .code,
        Errc::invalid);
    for (const char* name : {"", "web*", "Web01", "a,DNS:auth1"})
        EXPECT_FALSE(authority_.certify(host.request("x"), {name, Role::host}, now, randomness_)) << name;
}

TEST_F(FleetAuthority, AFingerprintIsOfTheWholeCertificate) {
    const auto host =
        authority_.certify(RequestingHost().request("x"), {"web01", Role::host}, now, randomness_);
    const auto back = read_certificate(host->pem);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->fingerprint, host->fingerprint);
    EXPECT_EQ(back->end, host->end);
    EXPECT_EQ(read_certificate(host->pem + host->pem).error().code, Errc::damaged);
    EXPECT_EQ(read_certificate("").error().code, Errc::damaged);
}

}  // namespace
}  // namespace secondstep::fleet
