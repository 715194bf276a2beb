#include "relay/fleet_certificates.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <stdexcept>

namespace secondstep::testing {
namespace {

void must(bool good, const char* what) {
    if (!good) throw std::runtime_error(what);
}

using Memory = std::unique_ptr<BIO, decltype([](BIO* bio) { BIO_free_all(bio); })>;

std::string text_in(BIO* memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
    const Memory out(BIO_new(BIO_s_mem()));
    must(PEM_write_bio_X509(out.get(), certificate) == 1, "PEM");
    return text_in(out.get());
}

std::string pem_of(EVP_PKEY* key) {
    const Memory out(BIO_new(BIO_s_mem()));
    must(PEM_write_bio_PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1, "PEM");
    return text_in(out.get());
}

void add(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    must(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, "extension");
    X509_EXTENSION_free(extension);
}

void begin(X509* certificate, const std::string& name, EVP_PKEY* key, FleetAuthority::Life life) {
    static long serial = 1;
    const std::time_t now = std::time(nullptr);
    must(X509_set_version(certificate, X509_VERSION_3) == 1 &&
             ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial) == 1 &&
             ASN1_TIME_set(X509_getm_notBefore(certificate), now + life.begins.count()) != nullptr &&
             ASN1_TIME_set(X509_getm_notAfter(certificate), now + life.ends.count()) != nullptr &&
             X509_set_pubkey(certificate, key) == 1 &&
             X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                        reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0) == 1,
         "fields");
}

}  // namespace

FleetAuthority::FleetAuthority(const std::string& name) : key_(EVP_EC_gen("P-256")), own_(X509_new()) {
    begin(own_.get(), name, key_.get(), {});
    must(X509_set_issuer_name(own_.get(), X509_get_subject_name(own_.get())) == 1, "issuer");
    add(own_.get(), own_.get(), NID_basic_constraints, "critical,CA:TRUE");
    add(own_.get(), own_.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    must(X509_sign(own_.get(), key_.get(), EVP_sha256()) > 0, "sign");
    certificate_ = pem_of(own_.get());
}

std::string FleetAuthority::signed_for(EVP_PKEY* key, const std::string& name, For purpose, Life life) const {
    const Certificate certificate(X509_new());
    begin(certificate.get(), name, key, life);
    must(X509_set_issuer_name(certificate.get(), X509_get_subject_name(own_.get())) == 1, "issuer");
    add(certificate.get(), own_.get(), NID_basic_constraints, "critical,CA:FALSE");
    add(certificate.get(), own_.get(), NID_key_usage, "critical,digitalSignature");
    if (purpose != For::person) {
        add(certificate.get(), own_.get(), NID_ext_key_usage,
            purpose == For::node ? "serverAuth" : "clientAuth");
        add(certificate.get(), own_.get(), NID_subject_alt_name, "DNS:" + name);
    }
    must(X509_sign(certificate.get(), key_.get(), EVP_sha256()) > 0, "sign");
    return pem_of(certificate.get());
}

FleetAuthority::Issued FleetAuthority::issue(const std::string& name, For purpose, Life life) const {
    const Key key(EVP_EC_gen("P-256"));
    return {signed_for(key.get(), name, purpose, life), pem_of(key.get())};
}

std::string FleetAuthority::sign(const std::string& request, const std::string& name, Life life,
                                 For purpose) const {
    const Memory in(BIO_new_mem_buf(request.data(), static_cast<int>(request.size())));
    X509_REQ* const wish = PEM_read_bio_X509_REQ(in.get(), nullptr, nullptr, nullptr);
    must(wish != nullptr && X509_REQ_verify(wish, X509_REQ_get0_pubkey(wish)) == 1, "request");
    const std::string certificate = signed_for(X509_REQ_get0_pubkey(wish), name, purpose, life);
    X509_REQ_free(wish);
    return certificate;
}

fleet::AuthorityPin FleetAuthority::pin() const {
    unsigned char* der = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(own_.get()), &der);
    const auto pin = fleet::pin_of(ByteView(der, static_cast<std::size_t>(size)));
    OPENSSL_free(der);
    return pin.value();
}

std::string FleetAuthority::token() const {
    const fleet::JoinToken token{{1, 2, 3, 4, 5}, Secret::copy_of("twelve bytes"), pin()};
    return std::string(fleet::to_text(token).value().text());
}

std::array<std::uint8_t, 32> fingerprint_of(const std::string& certificate) {
    const Memory in(BIO_new_mem_buf(certificate.data(), static_cast<int>(certificate.size())));
    X509* const read = PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr);
    std::array<std::uint8_t, 32> digest{};
    unsigned size = 0;
    must(read != nullptr && X509_digest(read, EVP_sha256(), digest.data(), &size) == 1, "digest");
    X509_free(read);
    return digest;
}

}  // namespace secondstep::testing
