#include "portals/page/certificate.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

#include "base/file.h"

namespace secondstep::page {

namespace {

constexpr std::size_t longest_file = 65536;

template <auto Free>
struct Freed {
    template <typename T>
    void operator()(T* thing) const {
        Free(thing);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using X509Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;

std::unexpected<Error> crypto(const char* what) {
    ERR_clear_error();
    return fail(Errc::crypto, std::string("Making a certificate: ") + what);
}

Result<std::string> fingerprint_of(const X509* certificate) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return crypto("the fingerprint");
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
        if (i > 0) text += ':';
        text += digits[digest[i] >> 4];
        text += digits[digest[i] & 0x0f];
    }
    return text;
}

Secret content_of(BIO* memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    return Secret::copy_of(std::string_view(data, static_cast<std::size_t>(size)));
}

Result<Secret> pem_of(EVP_PKEY* key) {
    const Memory out(BIO_new(BIO_s_secmem()));
    if (!out || PEM_write_bio_PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return crypto("writing the key down");
    return content_of(out.get());
}

Result<std::string> pem_of(X509* certificate) {
    const Memory out(BIO_new(BIO_s_mem()));
    if (!out || PEM_write_bio_X509(out.get(), certificate) != 1) return crypto("writing it down");
    return std::string(content_of(out.get()).text());
}

// subjectAltName's entry: browsers look at nothing else.
bool add_name(GENERAL_NAMES* names, const std::string& name) {
    std::array<unsigned char, 16> address{};
    int size = 0;
    if (::inet_pton(AF_INET, name.c_str(), address.data()) == 1) size = 4;
    if (::inet_pton(AF_INET6, name.c_str(), address.data()) == 1) size = 16;
    GENERAL_NAME* entry = GENERAL_NAME_new();
    ASN1_STRING* text = size > 0 ? ASN1_OCTET_STRING_new() : ASN1_IA5STRING_new();
    if (entry == nullptr || text == nullptr) return false;
    const void* const bytes = size > 0 ? static_cast<const void*>(address.data()) : name.data();
    ASN1_STRING_set(text, bytes, size > 0 ? size : static_cast<int>(name.size()));
    GENERAL_NAME_set0_value(entry, size > 0 ? GEN_IPADD : GEN_DNS, text);
    return sk_GENERAL_NAME_push(names, entry) > 0;
}

bool add_extension(X509* certificate, int kind, const char* value) {
    const Extension extension(X509V3_EXT_conf_nid(nullptr, nullptr, kind, value));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool add_extensions(X509* certificate, const std::vector<std::string>& names) {
    const Names all(GENERAL_NAMES_new());
    for (const std::string& name : names) {
        if (!all || !add_name(all.get(), name)) return false;
    }
    return X509_add1_ext_i2d(certificate, NID_subject_alt_name, all.get(), 0, X509V3_ADD_DEFAULT) == 1 &&
           add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
           add_extension(certificate, NID_ext_key_usage, "serverAuth");
}

bool set_serial(X509* certificate) {
    std::array<unsigned char, 16> random{};
    if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) return false;
    random[0] &= 0x7f;  // RFC 5280: positive
    const std::unique_ptr<BIGNUM, Freed<BN_free>> number(BN_bin2bn(random.data(), 16, nullptr));
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_life(X509* certificate, UnixTime now) {
    const UnixTime begin = now - std::chrono::hours{1};
    const UnixTime end = now + std::chrono::days{1};
    return ASN1_TIME_set(X509_getm_notBefore(certificate), to_unix(begin)) != nullptr &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), to_unix(end)) != nullptr;
}

// A common name may have 64 characters (X.520); the names that count stand in the extension.
bool set_owner(X509* certificate, const std::string& name) {
    const std::string common = name.substr(0, 64);
    X509_NAME* owner = X509_get_subject_name(certificate);
    return X509_NAME_add_entry_by_txt(owner, "CN", MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(common.data()),
                                      static_cast<int>(common.size()), -1, 0) == 1 &&
           X509_set_issuer_name(certificate, owner) == 1;
}

Result<Certificate> written_down(X509* certificate, EVP_PKEY* key) {
    auto chain = pem_of(certificate);
    if (!chain) return std::unexpected(chain.error());
    auto key_text = pem_of(key);
    if (!key_text) return std::unexpected(key_text.error());
    auto fingerprint = fingerprint_of(certificate);
    if (!fingerprint) return std::unexpected(fingerprint.error());
    return Certificate{std::move(*chain), std::move(*key_text), std::move(*fingerprint), true};
}

// A file of the administrator's, judged by its descriptor.
Result<Secret> read_file(const std::string& path, mode_t forbidden) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file.valid()) {
        const int problem = errno;
        Error error = fail_errno(path, problem).error();
        if (problem == EACCES) error.code = Errc::not_allowed;
        if (problem == ENOENT) error.code = Errc::not_found;
        return std::unexpected(std::move(error));
    }
    struct stat about{};
    if (::fstat(file.get(), &about) != 0) return fail_errno(path, errno);
    if (!S_ISREG(about.st_mode)) return fail(Errc::untrusted, path + " is no regular file");
    if ((about.st_uid != 0 && about.st_uid != ::geteuid()) || (about.st_mode & forbidden) != 0) {
        return fail(Errc::untrusted, path + " must belong to root, and nobody else may write it" +
                                         ((forbidden & S_IROTH) != 0 ? "; not everybody may read it" : ""));
    }
    auto content = read_whole(file.get(), longest_file);
    if (!content) return std::unexpected(content.error());
    Secret secret = Secret::copy_of(ByteView(*content));
    explicit_bzero(content->data(), content->size());
    return secret;
}

Memory reader_of(const Secret& text) {
    return Memory(BIO_new_mem_buf(text.bytes().data(), static_cast<int>(text.size())));
}

// A key with a passphrase would make OpenSSL ask for it at the terminal.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

}  // namespace

Result<Certificate> make_certificate(const std::vector<std::string>& names, UnixTime now) {
    const Key key(EVP_EC_gen("P-256"));
    const X509Certificate certificate(X509_new());
    if (!key || !certificate) return crypto("the key");
    const bool made =
        X509_set_version(certificate.get(), X509_VERSION_3) == 1 && set_serial(certificate.get()) &&
        set_life(certificate.get(), now) && set_owner(certificate.get(), names.front()) &&
        X509_set_pubkey(certificate.get(), key.get()) == 1 && add_extensions(certificate.get(), names) &&
        X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0;
    if (!made) return crypto("its fields");
    return written_down(certificate.get(), key.get());
}

Result<Certificate> load_certificate(const std::string& certificate_path, const std::string& key_path) {
    auto chain = read_file(certificate_path, S_IWGRP | S_IWOTH);
    if (!chain) return std::unexpected(chain.error());
    auto key_text = read_file(key_path, S_IWGRP | S_IWOTH | S_IROTH);
    if (!key_text) return std::unexpected(key_text.error());
    const Memory chain_reader = reader_of(*chain);
    const Memory key_reader = reader_of(*key_text);
    const X509Certificate certificate(PEM_read_bio_X509(chain_reader.get(), nullptr, no_passphrase, nullptr));
    const Key key(PEM_read_bio_PrivateKey(key_reader.get(), nullptr, no_passphrase, nullptr));
    ERR_clear_error();
    if (!certificate) return fail(Errc::invalid, certificate_path + " holds no certificate in PEM");
    if (!key) {
        return fail(Errc::invalid, key_path + " holds no private key in PEM that needs no passphrase");
    }
    const bool fits = X509_check_private_key(certificate.get(), key.get()) == 1;
    ERR_clear_error();
    if (!fits) return fail(Errc::invalid, key_path + " is not the key of " + certificate_path);
    auto fingerprint = fingerprint_of(certificate.get());
    if (!fingerprint) return std::unexpected(fingerprint.error());
    return Certificate{std::string(chain->text()), std::move(*key_text), std::move(*fingerprint), false};
}

}  // namespace secondstep::page
