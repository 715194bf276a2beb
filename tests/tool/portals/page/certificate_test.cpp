#include "portals/page/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <memory>

#include "support/temporary_directory.h"

namespace secondstep::page {
namespace {

using ::testing::HasSubstr;

const UnixTime now = from_unix(1'800'000'000);

struct Parsed {
    explicit Parsed(const Certificate& certificate) {
        BIO* in = BIO_new_mem_buf(certificate.chain.data(), static_cast<int>(certificate.chain.size()));
        x509 = PEM_read_bio_X509(in, nullptr, nullptr, nullptr);
        BIO_free(in);
    }
    Parsed(const Parsed&) = delete;
    Parsed& operator=(const Parsed&) = delete;
    ~Parsed() { X509_free(x509); }
    [[nodiscard]] bool is_valid_at(UnixTime time) const {
        time_t moment = to_unix(time);
        return X509_cmp_time(X509_get0_notBefore(x509), &moment) < 0 &&
               X509_cmp_time(X509_get0_notAfter(x509), &moment) > 0;
    }
    [[nodiscard]] bool is_for(const char* name) const {
        return X509_check_host(x509, name, 0, 0, nullptr) == 1 || X509_check_ip_asc(x509, name, 0) == 1;
    }
    X509* x509;
};

TEST(Certificate, IsForTheNamesAndAddressesOfThePage) {
    const auto made = make_certificate({"web01.example.com", "192.0.2.1", "2001:db8::1"}, now);
    ASSERT_TRUE(made);
    const Parsed parsed(*made);
    ASSERT_NE(parsed.x509, nullptr);
    for (const char* name : {"web01.example.com", "192.0.2.1", "2001:db8::1"})
        EXPECT_TRUE(parsed.is_for(name)) << name;
    EXPECT_FALSE(parsed.is_for("example.com"));
    EXPECT_FALSE(parsed.is_for("192.0.2.2"));
    EXPECT_EQ(X509_check_ca(parsed.x509), 0) << "it must not vouch for others";
    EXPECT_TRUE(made->self_signed);
}

TEST(Certificate, LivesForADay) {
    const auto made = make_certificate({"web01"}, now);
    const Parsed parsed(*made);
    EXPECT_TRUE(parsed.is_valid_at(now - std::chrono::minutes{59}));
    EXPECT_FALSE(parsed.is_valid_at(now - std::chrono::minutes{61}));
    EXPECT_TRUE(parsed.is_valid_at(now + std::chrono::hours{23}));
    EXPECT_FALSE(parsed.is_valid_at(now + std::chrono::hours{25}));
}

TEST(Certificate, IsANewOneEachTime) {
    const auto one = make_certificate({"web01"}, now);
    const auto other = make_certificate({"web01"}, now);
    EXPECT_NE(one->fingerprint, other->fingerprint);
    EXPECT_NE(one->key.text(), other->key.text());
}

TEST(Certificate, ALongNameIsNoProblem) {
    const std::string name = std::string(60, 'a') + "." + std::string(39, 'b');
    const auto made = make_certificate({name}, now);
    ASSERT_TRUE(made) << made.error().detail;
    EXPECT_TRUE(Parsed(*made).is_for(name.c_str()));
}

class CertificateFiles : public ::testing::Test {
  protected:
    CertificateFiles() {
        const auto made = make_certificate({"login.example.com"}, now);
        fingerprint_ = made->fingerprint;
        write("cert.pem", made->chain, 0644);
        write("key.pem", std::string(made->key.text()), 0600);
    }
    void write(const std::string& name, const std::string& content, mode_t mode) {
        std::ofstream(directory_.file(name)) << content;
        ::chmod(directory_.file(name).c_str(), mode);
    }
    Result<Certificate> load(const std::string& certificate = "cert.pem",
                             const std::string& key = "key.pem") {
        return load_certificate(directory_.file(certificate), directory_.file(key));
    }
    std::string problem(const std::string& certificate = "cert.pem", const std::string& key = "key.pem") {
        const auto loaded = load(certificate, key);
        return loaded ? "none" : loaded.error().detail;
    }
    testing::TemporaryDirectory directory_;
    std::string fingerprint_;
};

TEST_F(CertificateFiles, AreTheAdministratorsOwn) {
    const auto loaded = load();
    ASSERT_TRUE(loaded) << loaded.error().detail;
    EXPECT_EQ(loaded->fingerprint, fingerprint_);
    EXPECT_FALSE(loaded->self_signed);
}

TEST_F(CertificateFiles, MayBeLinksAsCertbotMakesThem) {
    ASSERT_EQ(::symlink("key.pem", directory_.file("live-key.pem").c_str()), 0);
    ASSERT_EQ(::symlink("cert.pem", directory_.file("live-cert.pem").c_str()), 0);
    EXPECT_EQ(problem("live-cert.pem", "live-key.pem"), "none");
}

TEST_F(CertificateFiles, AKeyIsNotForEverybody) {
    for (const mode_t mode : {0604U, 0620U, 0602U}) {
        ::chmod(directory_.file("key.pem").c_str(), mode);
        EXPECT_THAT(problem(), HasSubstr("key.pem must belong to root")) << std::oct << mode;
    }
    ::chmod(directory_.file("key.pem").c_str(), 0640);
    EXPECT_EQ(problem(), "none") << "a group for keys is usual";
    ::chmod(directory_.file("cert.pem").c_str(), 0664);
    EXPECT_THAT(problem(), HasSubstr("cert.pem must belong to root"));
}

TEST_F(CertificateFiles, AForeignKeyIsNotTaken) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
    ASSERT_EQ(::chown(directory_.file("key.pem").c_str(), 12345, 0), 0);
    EXPECT_THAT(problem(), HasSubstr("key.pem must belong to root"));
}

TEST_F(CertificateFiles, HaveToBelongTogether) {
    write("other.pem", std::string(make_certificate({"x"}, now)->key.text()), 0600);
    EXPECT_THAT(problem("cert.pem", "other.pem"), HasSubstr("is not the key of"));
}

TEST_F(CertificateFiles, SayWhatIsWrongWithThem) {
    write("empty.pem", "", 0600);
    EXPECT_THAT(problem("empty.pem"), HasSubstr("holds no certificate"));
    EXPECT_THAT(problem("cert.pem", "empty.pem"), HasSubstr("holds no private key"));
    EXPECT_EQ(load("missing.pem").error().code, Errc::not_found);
    ASSERT_EQ(::mkdir(directory_.file("folder").c_str(), 0700), 0);
    EXPECT_THAT(problem("folder"), HasSubstr("no regular file"));
    write("large.pem", std::string(70000, 'x'), 0600);
    EXPECT_EQ(load("large.pem").error().code, Errc::too_large);
}

}  // namespace
}  // namespace secondstep::page
