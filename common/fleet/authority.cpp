#include "fleet/authority.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <utility>

#include "fleet/libcrypto_handles.h"
#include "fleet/name_of_host.h"

namespace secondstep::fleet {

struct Authority::Parts {
    CertificateHandle certificate;
    KeyHandle key;
};

namespace {

constexpr std::chrono::hours lifetime_of_authority = std::chrono::days{30 * 365};

std::unexpected<Error> refused_by_libcrypto() {
    return fail(Errc::crypto, "libcrypto could not make a certificate.");
}

KeyHandle new_key() {
    return KeyHandle(EVP_EC_gen("P-256"));
}

bool is_on_p_256(const EVP_PKEY& key) {
    std::array<char, 32> group{};
    std::size_t size = 0;
    return EVP_PKEY_get_group_name(&key, group.data(), group.size(), &size) == 1 &&
           std::string_view(group.data(), size) == "prime256v1";
}

// What is to stand in a certificate.
struct Draft {
    std::string name;
    UnixTime begin;
    UnixTime end;
    const EVP_PKEY* key;
    const X509* issuer;  // null: itself
    struct Extension {
        int kind;
        std::string value;
    };
    std::vector<Extension> extensions;
};

bool set_serial(X509& certificate, Randomness& randomness) {
    auto bytes = randomness.array<16>();
    bytes[0] &= 0x7fU;  // a positive number
    bytes[0] |= 0x40U;
    const NumberHandle number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(&certificate)) != nullptr;
}

bool set_name(X509& certificate, const std::string& name) {
    X509_NAME* const subject = X509_get_subject_name(&certificate);
    return X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, as_bytes(name).data(),
                                      static_cast<int>(name.size()), -1, 0) == 1;
}

bool set_times(X509& certificate, UnixTime begin, UnixTime end) {
    return ASN1_TIME_set(X509_getm_notBefore(&certificate), to_unix(begin)) != nullptr &&
           ASN1_TIME_set(X509_getm_notAfter(&certificate), to_unix(end)) != nullptr;
}

bool add(X509& certificate, const X509& issuer, const Draft::Extension& extension) {
    X509V3_CTX context;
    // It takes them as changeable for historical reasons.
    X509V3_set_ctx(&context, const_cast<X509*>(&issuer), &certificate, nullptr, nullptr, 0);
    const ExtensionHandle made(
        X509V3_EXT_conf_nid(nullptr, &context, extension.kind, extension.value.c_str()));
    return made && X509_add_ext(&certificate, made.get(), -1) == 1;
}

CertificateHandle signed_certificate(const Draft& draft, EVP_PKEY& signer, Randomness& randomness) {
    CertificateHandle certificate(X509_new());
    if (!certificate) return {};
    X509& it = *certificate;
    const X509* const own = certificate.get();
    const X509& issuer = draft.issuer != nullptr ? *draft.issuer : *own;
    bool good = X509_set_version(&it, 2) == 1 && set_serial(it, randomness) && set_name(it, draft.name) &&
                set_times(it, draft.begin, draft.end) &&
                X509_set_pubkey(&it, const_cast<EVP_PKEY*>(draft.key)) == 1 &&
                X509_set_issuer_name(&it, X509_get_subject_name(&issuer)) == 1;
    for (const Draft::Extension& extension : draft.extensions)
        good = good && add(it, issuer, extension);
    if (!good || X509_sign(&it, &signer, EVP_sha256()) <= 0) return {};
    return certificate;
}

Result<Certificate> described(const CertificateHandle& certificate) {
    if (!certificate) return refused_by_libcrypto();
    return certificate_of(der_of(*certificate));
}

Result<Secret> pem_of(const EVP_PKEY& key) {
    // Of its own kind: what it held is wiped when it is freed.
    const BioHandle out(BIO_new(BIO_s_secmem()));
    char* text = nullptr;
    if (!out || PEM_write_bio_PKCS8PrivateKey(out.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return refused_by_libcrypto();
    const long size = BIO_get_mem_data(out.get(), &text);
    return Secret::copy_of(std::string_view(text, static_cast<std::size_t>(size)));
}

Result<KeyHandle> key_of(std::string_view request) {
    if (request.size() > relay::max_pem)
        return fail(Errc::invalid, "This request for a certificate is too long.");
    const BioHandle in(BIO_new_mem_buf(request.data(), static_cast<int>(request.size())));
    const RequestHandle read(in ? PEM_read_bio_X509_REQ(in.get(), nullptr, no_passphrase, nullptr) : nullptr);
    if (!read) return fail(Errc::invalid, "This is no request for a certificate (PKCS #10, PEM).");
    KeyHandle key(X509_REQ_get_pubkey(read.get()));
    if (!key || !is_on_p_256(*key))
        return fail(Errc::invalid, "The request for a certificate is not for a key on P-256.");
    if (X509_REQ_verify(read.get(), key.get()) != 1)
        return fail(Errc::invalid, "The request for a certificate is not signed with its key.");
    return key;
}

// `last`: the authority's own end, beyond which nothing it says counts.
Draft draft_of(const Authority::Subject& subject, const EVP_PKEY& key, const X509& issuer, UnixTime now,
               UnixTime last) {
    const bool is_node = subject.role == Authority::Role::node;
    return Draft{.name = subject.name,
                 .begin = now - Authority::backdated,
                 .end = std::min<UnixTime>(now + Authority::lifetime_of_hosts, last),
                 .key = &key,
                 .issuer = &issuer,
                 .extensions = {{NID_basic_constraints, "critical,CA:FALSE"},
                                {NID_key_usage, "critical,digitalSignature"},
                                {NID_ext_key_usage, is_node ? "serverAuth" : "clientAuth"},
                                {NID_subject_alt_name, "DNS:" + subject.name},
                                {NID_subject_key_identifier, "hash"},
                                {NID_authority_key_identifier, "keyid"}}};
}

}  // namespace

Authority::Authority(std::unique_ptr<Parts> parts, Bytes der, Certificate described)
    : parts_(std::move(parts)), der_(std::move(der)), described_(std::move(described)) {}
Authority::Authority(Authority&&) noexcept = default;
Authority& Authority::operator=(Authority&&) noexcept = default;
Authority::~Authority() = default;

Result<Authority> Authority::make(std::string_view fleet, UnixTime now, Randomness& randomness) {
    KeyHandle key = new_key();
    if (!key) return refused_by_libcrypto();
    const Draft draft{.name = "Secondstep fleet " + std::string(fleet),
                      .begin = now - backdated,
                      .end = now + lifetime_of_authority,
                      .key = key.get(),
                      .issuer = nullptr,
                      .extensions = {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                                     {NID_key_usage, "critical,keyCertSign"},
                                     {NID_subject_key_identifier, "hash"}}};
    CertificateHandle certificate = signed_certificate(draft, *key, randomness);
    auto facts = fleet::described(certificate);
    if (!facts) return std::unexpected(facts.error());
    Bytes der = der_of(*certificate);
    return Authority(std::make_unique<Parts>(std::move(certificate), std::move(key)), std::move(der),
                     std::move(*facts));
}

Result<Authority> Authority::of(ByteView certificate, const Secret& key) {
    auto facts = certificate_of(certificate);
    if (!facts) return std::unexpected(facts.error());
    const std::uint8_t* at = certificate.data();
    CertificateHandle read(d2i_X509(nullptr, &at, static_cast<long>(certificate.size())));
    at = key.bytes().data();
    KeyHandle own(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(key.size())));
    if (!read || !own || X509_check_private_key(read.get(), own.get()) != 1)
        return fail(Errc::damaged, "The key of the fleet's authority does not go with its certificate.");
    return Authority(std::make_unique<Parts>(std::move(read), std::move(own)),
                     Bytes(certificate.begin(), certificate.end()), std::move(*facts));
}

Result<Secret> Authority::key() const {
    const std::unique_ptr<PKCS8_PRIV_KEY_INFO, FreedBy<&PKCS8_PRIV_KEY_INFO_free>> info(
        EVP_PKEY2PKCS8(parts_->key.get()));
    const int size = info ? i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr) : 0;
    if (size <= 0) return refused_by_libcrypto();
    Secret der(static_cast<std::size_t>(size));
    std::uint8_t* at = der.bytes().data();
    i2d_PKCS8_PRIV_KEY_INFO(info.get(), &at);
    return der;
}

Result<Certificate> Authority::certify(std::string_view request, const Subject& subject, UnixTime now,
                                       Randomness& randomness) const {
    if (!is_name_of_host(subject.name)) return fail(Errc::invalid, "This cannot be the name of a host.");
    const auto key = key_of(request);
    if (!key) return std::unexpected(key.error());
    return fleet::described(signed_certificate(
        draft_of(subject, **key, *parts_->certificate, now, described_.end), *parts_->key, randomness));
}

Result<Authority::Made> Authority::certify_new_key(const Subject& subject, UnixTime now,
                                                   Randomness& randomness) const {
    if (!is_name_of_host(subject.name)) return fail(Errc::invalid, "This cannot be the name of a host.");
    const KeyHandle key = new_key();
    if (!key) return refused_by_libcrypto();
    auto certificate = fleet::described(signed_certificate(
        draft_of(subject, *key, *parts_->certificate, now, described_.end), *parts_->key, randomness));
    if (!certificate) return std::unexpected(certificate.error());
    auto text = pem_of(*key);
    if (!text) return std::unexpected(text.error());
    return Made{std::move(*text), std::move(*certificate)};
}

}  // namespace secondstep::fleet
