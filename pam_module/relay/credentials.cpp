#include "relay/credentials.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

#include "base/file.h"
#include "base/text.h"
#include "fleet/possession.h"
#include "fleet/site_authority.h"
#include "fleet/site_files.h"
#include "relay/openssl_handles.h"

namespace secondstep::relay {
namespace {

constexpr off_t largest_file = 16384;
// Written before the key is replaced, and its certificate with it: a crash in between is mended by what is read.
constexpr char next_certificate[] = ".pem.next";

// A key with a passphrase would make OpenSSL ask for it at the terminal.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

Memory reader_of(ByteView text) {
    return Memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

X509Certificate certificate_in(std::string_view pem) {
    const Memory reader = reader_of(as_bytes(pem));
    X509Certificate certificate(reader ? PEM_read_bio_X509(reader.get(), nullptr, no_passphrase, nullptr)
                                       : nullptr);
    ERR_clear_error();
    return certificate;
}

Key key_in(const Secret& pem) {
    const Memory reader = reader_of(pem.bytes());
    Key key(reader ? PEM_read_bio_PrivateKey(reader.get(), nullptr, no_passphrase, nullptr) : nullptr);
    ERR_clear_error();
    return key;
}

bool belongs_to(X509* certificate, EVP_PKEY* key) {
    const bool fits = X509_check_private_key(certificate, key) == 1;
    ERR_clear_error();
    return fits;
}

std::string common_name(const X509* certificate) {
    std::array<char, 65> name{};
    const int size = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName,
                                               name.data(), static_cast<int>(name.size()));
    return size > 0 ? printable(name.data()) : "?";
}

Result<Secret> content_of(int directory, const std::string& name, mode_t forbidden) {
    const auto file = open_trusted(
        directory, name.c_str(), O_RDONLY,
        {.owner = ::geteuid(), .root_too = true, .forbidden = forbidden, .max_size = largest_file});
    if (!file) return std::unexpected(file.error());
    auto content = read_whole(file->get(), largest_file);
    if (!content) return std::unexpected(content.error());
    Secret secret = Secret::copy_of(ByteView(*content));
    ::explicit_bzero(content->data(), content->size());
    return secret;
}

Result<Secret> written(bool (*write)(BIO*, void*), void* what, const BIO_METHOD* where) {
    const Memory out(BIO_new(where));
    if (!out || !write(out.get(), what)) {
        ERR_clear_error();
        return fail(Errc::crypto, "A key for the fleet cannot be written down");
    }
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return Secret::copy_of(std::string_view(data, static_cast<std::size_t>(size)));
}

bool write_key(BIO* out, void* key) {
    return PEM_write_bio_PrivateKey(out, static_cast<EVP_PKEY*>(key), nullptr, nullptr, 0, nullptr,
                                    nullptr) == 1;
}

bool write_request(BIO* out, void* request) {
    return PEM_write_bio_X509_REQ(out, static_cast<X509_REQ*>(request)) == 1;
}

std::string chain_problem(X509* certificate, X509* authority, int purpose) {
    const std::unique_ptr<X509_STORE, Freed<X509_STORE_free>> store(X509_STORE_new());
    const std::unique_ptr<X509_STORE_CTX, Freed<X509_STORE_CTX_free>> check(X509_STORE_CTX_new());
    if (!store || !check || X509_STORE_add_cert(store.get(), authority) != 1 ||
        X509_STORE_CTX_init(check.get(), store.get(), certificate, nullptr) != 1)
        return "no memory";
    X509_STORE_CTX_set_purpose(check.get(), purpose);
    const bool good = X509_verify_cert(check.get()) == 1;
    const int why = X509_STORE_CTX_get_error(check.get());
    ERR_clear_error();
    return good ? "" : X509_verify_cert_error_string(why);
}

Result<void> check(const X509Certificate& certificate, const Secret& key_text,
                   const std::string& authority_text, int purpose) {
    const X509Certificate authority = certificate_in(authority_text);
    const Key key = key_in(key_text);
    if (!certificate || !authority || !key)
        return fail(Errc::invalid, "The node sent something that is no certificate");
    if (!belongs_to(certificate.get(), key.get()))
        return fail(Errc::invalid, "The node sent a certificate of another key than this machine's");
    const std::string problem = chain_problem(certificate.get(), authority.get(), purpose);
    if (!problem.empty())
        return fail(Errc::invalid, "The node sent a certificate that is not good: " + problem);
    return {};
}

}  // namespace

Result<Credentials> FleetDirectory::load() const {
    const auto directory = open_directory(path_);
    if (!directory) return std::unexpected(directory.error());
    Result<Credentials> credentials = load_from(directory->get(), file(".pem"));
    if (credentials || credentials.error().code != Errc::invalid) return credentials;
    // Key and certificate of a renewal that a crash has cut in two.
    Result<Credentials> next = load_from(directory->get(), part_ + next_certificate);
    return next ? std::move(next) : std::move(credentials);
}

Result<Credentials> FleetDirectory::load_from(int directory, const std::string& certificate_name) const {
    constexpr mode_t writable_for_others = S_IWGRP | S_IWOTH;
    const auto certificate_text = content_of(directory, certificate_name, writable_for_others);
    if (!certificate_text) return std::unexpected(certificate_text.error());
    auto key_text = content_of(directory, file(".key"), S_IRWXG | S_IRWXO);
    if (!key_text) return std::unexpected(key_text.error());
    const auto authority_text = content_of(directory, "authority.pem", writable_for_others);
    if (!authority_text) return std::unexpected(authority_text.error());
    const X509Certificate certificate = certificate_in(certificate_text->text());
    const Key key = key_in(*key_text);
    const std::string here = path_ + "/";
    if (!certificate) return fail(Errc::invalid, here + certificate_name + " holds no certificate in PEM");
    if (!key) return fail(Errc::invalid, here + file(".key") + " holds no private key in PEM");
    if (!certificate_in(authority_text->text()))
        return fail(Errc::invalid, here + "authority.pem holds no certificate in PEM");
    if (!belongs_to(certificate.get(), key.get())) {
        return fail(Errc::invalid,
                    here + file(".key") + " is not the key of " + here + certificate_name +
                        "; put both back from the same backup, or let this machine join again");
    }
    Credentials credentials;
    credentials.certificate = certificate_text->text();
    credentials.key = std::move(*key_text);
    credentials.authority = authority_text->text();
    credentials.name = common_name(certificate.get());
    credentials.is_of_site = fleet::is_marked_as_of_site(credentials.authority);
    credentials.begins = time_of(X509_get0_notBefore(certificate.get()));
    credentials.ends = time_of(X509_get0_notAfter(certificate.get()));
    credentials.vouched = credentials.ends;
    for (const std::string& text : {credentials.certificate, credentials.authority}) {
        if (const auto end = fleet::earliest_end(text))
            credentials.vouched = std::min(credentials.vouched, *end);
    }
    return credentials;
}

Result<void> FleetDirectory::replace(const Secret& key, const std::string& certificate,
                                     const std::string& authority) const {
    const auto directory = open_directory(path_);
    if (!directory) return std::unexpected(directory.error());
    const int there = directory->get();
    const auto put = [&](const std::string& name, ByteView content, mode_t mode) -> Result<void> {
        const auto placed = write_durably(there, name, content, mode);
        if (!placed) {
            return fail(placed.error().code, path_ + "/" + name + ": " + placed.error().detail);
        }
        return {};
    };
    if (!authority.empty()) {
        if (const auto done = put("authority.pem", as_bytes(authority), 0444); !done) return done;
    }
    if (const auto done = put(part_ + next_certificate, as_bytes(certificate), 0444); !done) return done;
    if (const auto done = put(file(".key"), key.bytes(), 0400); !done) return done;
    if (const auto done = put(file(".pem"), as_bytes(certificate), 0444); !done) return done;
    static_cast<void>(remove_durably(there, part_ + next_certificate));  // the same as the other by now
    return {};
}

Result<Offered> FleetDirectory::offered() const {
    const auto directory = open_directory(path_);
    if (!directory) return std::unexpected(directory.error());
    const auto content = content_of(directory->get(), fleet::offered_file, S_IRWXG | S_IRWXO);
    if (!content) return std::unexpected(content.error());
    auto parts = fleet::offered_in(*content);
    if (!parts) return fail(Errc::invalid, path_ + "/" + fleet::offered_file + " is damaged");
    return Offered{std::move(parts->chain), std::move(parts->key)};
}

void FleetDirectory::forget_offered() const {
    const auto directory = open_directory(path_);
    if (directory) static_cast<void>(remove_durably(directory->get(), fleet::offered_file));
}

std::string FleetDirectory::mark() const {
    return mark_of(file(".pem")) + " " + mark_of("authority.pem");
}

std::string FleetDirectory::mark_of_offered() const {
    return mark_of(fleet::offered_file);
}

std::string FleetDirectory::mark_of(const std::string& name) const {
    struct stat about{};
    if (::stat((path_ + "/" + name).c_str(), &about) != 0) return {};
    return std::to_string(about.st_dev) + ":" + std::to_string(about.st_ino) + ":" +
           std::to_string(about.st_mtim.tv_sec) + "." + std::to_string(about.st_mtim.tv_nsec);
}

Result<NewKey> make_key(const std::string& host) {
    const Key key(EVP_EC_gen("P-256"));
    const Request request(X509_REQ_new());
    const bool made =
        key && request && X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) == 1 &&
        X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request.get()), "CN", MBSTRING_UTF8,
                                   as_bytes(host).data(), static_cast<int>(host.size()), -1, 0) == 1 &&
        X509_REQ_set_pubkey(request.get(), key.get()) == 1 &&
        X509_REQ_sign(request.get(), key.get(), EVP_sha256()) > 0;
    ERR_clear_error();
    if (!made) return fail(Errc::crypto, "A key for the fleet cannot be made");
    auto key_text = written(write_key, key.get(), BIO_s_secmem());
    if (!key_text) return std::unexpected(key_text.error());
    const auto request_text = written(write_request, request.get(), BIO_s_mem());
    if (!request_text) return std::unexpected(request_text.error());
    return NewKey{std::move(*key_text), std::string(request_text->text())};
}

Result<void> check_certificate(const std::string& certificate_text, const Secret& key_text,
                               const std::string& authority_text) {
    return check(certificate_in(certificate_text), key_text, authority_text, X509_PURPOSE_SSL_CLIENT);
}

Result<void> check_certificate_of_node(const std::string& certificate_text, const Secret& key_text,
                                       const std::string& authority_text, const std::string& node) {
    const X509Certificate certificate = certificate_in(certificate_text);
    auto good = check(certificate, key_text, authority_text, X509_PURPOSE_SSL_SERVER);
    if (good &&
        X509_check_host(certificate.get(), node.data(), node.size(),
                        X509_CHECK_FLAG_NO_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr) != 1)
        return fail(Errc::invalid, "The certificate is of another node than " + printable(node));
    return good;
}

Result<ShownCertificate> shown(const Offered& offered, const Digest& occasion) {
    const auto certificate = fleet::read_first_certificate(offered.chain);
    const auto key = fleet::PrivateKey::read(offered.key);
    if (!certificate || !key || !key->is_of(*certificate))
        return fail(Errc::invalid, "the certificate that is offered does not go with its key");
    auto proof = fleet::proof_of_possession(*key, *certificate, occasion);
    if (!proof) return std::unexpected(proof.error());
    return ShownCertificate{offered.chain, std::move(*proof)};
}

Result<void> check_authority(const std::string& authority_text, const fleet::AuthorityPin& pin) {
    const X509Certificate authority = certificate_in(authority_text);
    unsigned char* der = nullptr;
    const int size = authority ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(authority.get()), &der) : -1;
    if (size < 0) return fail(Errc::invalid, "The node sent no authority");
    const auto found = fleet::pin_of(ByteView(der, static_cast<std::size_t>(size)));
    OPENSSL_free(der);
    if (!found) return std::unexpected(found.error());
    if (*found != pin) return fail(Errc::invalid, "The node sent another authority than the token is of");
    return {};
}

}  // namespace secondstep::relay
