#include "fleet/site_authority.h"

#include <openssl/err.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/local_time.h"
#include "fleet/libcrypto_handles.h"
#include "fleet/private_key.h"

namespace secondstep::fleet {

struct SiteAuthority::Parts {
    CertificateHandle certificate;
};

namespace {

using Certificates = std::vector<CertificateHandle>;
using StoreHandle = std::unique_ptr<X509_STORE, FreedBy<&X509_STORE_free>>;
using StoreCheckHandle = std::unique_ptr<X509_STORE_CTX, FreedBy<&X509_STORE_CTX_free>>;

constexpr std::size_t most_between = 4;
// As the system's libssl on most distributions: RSA of 2048 bits, no SHA-1.
constexpr int security_level = 2;
constexpr std::uint32_t not_stated = UINT32_MAX;

std::unexpected<Error> unfit(std::string why) {
    return fail(Errc::invalid, std::move(why));
}

std::unexpected<Error> no_memory_for_certificates() {
    return fail(Errc::crypto, "libcrypto has no memory for certificates.");
}

// In their order. Errors: invalid (none; one that is damaged), crypto.
Result<Certificates> certificates_in(std::string_view pem) {
    const BioHandle in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    if (!in) return no_memory_for_certificates();
    ERR_clear_error();
    Certificates found;
    while (CertificateHandle one{PEM_read_bio_X509(in.get(), nullptr, no_passphrase, nullptr)})
        found.push_back(std::move(one));
    const bool ends = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (!ends) return unfit("a certificate in it is damaged");
    if (found.empty()) return unfit("it holds no certificate in PEM (-----BEGIN CERTIFICATE-----)");
    return found;
}

Result<void> check_is_authority(const X509& certificate) {
    X509* const it = const_cast<X509*>(&certificate);  // what it finds out is kept there
    const bool is_self_signed = X509_self_signed(it, 1) == 1;
    const bool is_authority = X509_check_ca(it) == 1 && (X509_get_key_usage(it) & KU_KEY_CERT_SIGN) != 0;
    ERR_clear_error();
    if (!is_authority)
        return unfit("it is no authority's certificate (basicConstraints CA:TRUE, keyUsage keyCertSign)");
    if (!is_self_signed)
        return unfit(
            "it is not signed by itself: give the root, and put those between it and the machine's certificate "
            "behind that one, in the same file");
    return {};
}

Result<void> check_use(const X509& certificate, Authority::Role role) {
    X509* const it = const_cast<X509*>(&certificate);
    if (X509_check_ca(it) != 0) return unfit("it is an authority's certificate, and not a machine's");
    if ((X509_get_key_usage(it) & KU_DIGITAL_SIGNATURE) == 0)
        return unfit("it is not for signatures, which TLS 1.3 needs (keyUsage digitalSignature)");
    const bool is_node = role == Authority::Role::node;
    const std::uint32_t uses = X509_get_extended_key_usage(it);
    const std::uint32_t wanted = is_node ? XKU_SSL_SERVER : XKU_SSL_CLIENT;
    if (uses == not_stated || (uses & wanted) != 0) return {};
    return unfit(is_node ? "it is not for servers, which a node is (extendedKeyUsage serverAuth)"
                         : "it is not for clients, which a host is (extendedKeyUsage clientAuth)");
}

// A wildcard would be the name of many machines. The name is all that hosts know a node by, and a CN may be a person's.
bool is_named(const X509& certificate, const Authority::Subject& subject) {
    X509* const it = const_cast<X509*>(&certificate);
    const bool is_node = subject.role == Authority::Role::node;
    const unsigned flags =
        X509_CHECK_FLAG_NO_WILDCARDS | (is_node ? X509_CHECK_FLAG_NEVER_CHECK_SUBJECT : 0U);
    return X509_check_host(it, subject.name.data(), subject.name.size(), flags, nullptr) == 1;
}

Result<void> check_named(const X509& certificate, const Authority::Subject& subject) {
    if (is_named(certificate, subject)) return {};
    const std::string& name = subject.name;
    const bool is_node = subject.role == Authority::Role::node;
    const std::string by_what =
        is_node ? " by subjectAltName (DNS, no wildcard)"
                : ", neither by subjectAltName (DNS, no wildcard) nor, without one, by CN";
    return unfit(
        "it is not of " + name + by_what +
        "; openssl x509 -noout -subject -ext subjectAltName -in FILE shows of whom it is, and --name says "
        "another name");
}

std::string problem_in_words(int error, bool is_its_own, const X509& certificate) {
    const std::string whose = is_its_own ? "it" : "the authority's, or one between it and the machine's own,";
    switch (error) {
        case X509_V_ERR_CERT_HAS_EXPIRED: {
            const auto described = certificate_of(der_of(certificate));
            const std::string end = described ? " " + utc_second(described->end) : "";
            return whose + " has ended" + (is_its_own ? end : "") + ": get another one from the authority";
        }
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return whose + " is not good yet: look at the clock of this machine";
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            return "it is not signed by the authority; certificates between the two stand behind it, in the same "
                   "file";
        default:
            return "it is not accepted: " + std::string(X509_verify_cert_error_string(error));
    }
}

Result<void> check_signed(const Certificates& chain, X509& authority, Authority::Role role, UnixTime now) {
    const StoreHandle store(X509_STORE_new());
    const StoreCheckHandle check(X509_STORE_CTX_new());
    const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> between(
        sk_X509_new_null(), [](STACK_OF(X509) * stack) { sk_X509_free(stack); });
    bool good = store && check && between && X509_STORE_add_cert(store.get(), &authority) == 1;
    for (std::size_t i = 1; i < chain.size(); ++i)
        good = good && sk_X509_push(between.get(), chain[i].get()) > 0;
    if (!good || X509_STORE_CTX_init(check.get(), store.get(), chain.front().get(), between.get()) != 1)
        return no_memory_for_certificates();
    X509_STORE_CTX_set_purpose(
        check.get(), role == Authority::Role::node ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT);
    X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(check.get());
    X509_VERIFY_PARAM_set_time(rules, to_unix(now));
    X509_VERIFY_PARAM_set_auth_level(rules, security_level);
    const bool is_signed = X509_verify_cert(check.get()) == 1;
    const int error = X509_STORE_CTX_get_error(check.get());
    const bool is_its_own = X509_STORE_CTX_get_error_depth(check.get()) == 0;
    ERR_clear_error();
    if (is_signed) return {};
    return unfit(problem_in_words(error, is_its_own, *chain.front()));
}

Result<std::string> text_of(const Certificates& chain) {
    const BioHandle out(BIO_new(BIO_s_mem()));
    bool good = out != nullptr;
    for (const CertificateHandle& one : chain)
        good = good && PEM_write_bio_X509(out.get(), one.get()) == 1;
    if (!good) return no_memory_for_certificates();
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    if (static_cast<std::size_t>(size) > relay::max_chain)
        return unfit("with those behind it, it has more than " + std::to_string(relay::max_chain) + " bytes");
    return std::string(text, static_cast<std::size_t>(size));
}

}  // namespace

SiteAuthority::SiteAuthority(std::unique_ptr<Parts> parts, Bytes der, Certificate described)
    : parts_(std::move(parts)), der_(std::move(der)), described_(std::move(described)) {}
SiteAuthority::SiteAuthority(SiteAuthority&&) noexcept = default;
SiteAuthority& SiteAuthority::operator=(SiteAuthority&&) noexcept = default;
SiteAuthority::~SiteAuthority() = default;

Result<SiteAuthority> SiteAuthority::read(std::string_view pem) {
    auto found = certificates_in(pem);
    if (!found) return std::unexpected(found.error());
    if (found->size() > 1)
        return unfit(
            "it holds several certificates: the authority's own, which is self-signed, stands there alone; those "
            "between belong behind the machine's own, in its file");
    if (const auto good = check_is_authority(*found->front()); !good) return std::unexpected(good.error());
    Bytes der = der_of(*found->front());
    auto described = certificate_of(der);
    if (!described) return std::unexpected(described.error());
    if (described->pem.size() > relay::max_pem)
        return unfit("it has more than " + std::to_string(relay::max_pem) + " bytes");
    return SiteAuthority(std::make_unique<Parts>(std::move(found->front())), std::move(der),
                         std::move(*described));
}

Result<SiteAuthority> SiteAuthority::of(ByteView der) {
    const auto described = certificate_of(der);
    if (!described) return std::unexpected(described.error());
    return read(described->pem);
}

Result<SiteAuthority::Chain> SiteAuthority::check(std::string_view certificates,
                                                  const Authority::Subject& subject, UnixTime now) const {
    auto chain = certificates_in(certificates);
    if (!chain) return std::unexpected(chain.error());
    X509& authority = *parts_->certificate;
    // Many tools write the root behind the others: nobody needs it there.
    std::erase_if(*chain, [&](const CertificateHandle& one) { return X509_cmp(one.get(), &authority) == 0; });
    if (chain->empty()) return unfit("it is the authority's certificate, and not a machine's");
    if (chain->size() > 1 + most_between)
        return unfit("more than " + std::to_string(most_between) + " certificates stand behind it");
    const X509& own = *chain->front();
    auto described = certificate_of(der_of(own));
    if (!described) return std::unexpected(described.error());
    Result<void> good = check_kind_of_key(described->public_key);
    if (good) good = check_use(own, subject.role);
    if (good) good = check_named(own, subject);
    if (good) good = check_signed(*chain, authority, subject.role, now);
    if (!good) return std::unexpected(good.error());
    auto pem = text_of(*chain);
    if (!pem) return std::unexpected(pem.error());
    return Chain{std::move(*described), std::move(*pem)};
}

Result<bool> is_good_for_node(const Certificate& certificate, const std::string& node) {
    const auto found = certificates_in(certificate.pem);
    if (!found) return std::unexpected(found.error());
    return is_named(*found->front(), {node, Authority::Role::node});
}

Result<void> check_name(std::string_view certificates, const Authority::Subject& subject) {
    const auto chain = certificates_in(certificates);
    if (!chain) return std::unexpected(chain.error());
    return check_named(*chain->front(), subject);
}

Result<UnixTime> earliest_end(std::string_view certificates) {
    const auto chain = certificates_in(certificates);
    if (!chain) return std::unexpected(chain.error());
    UnixTime earliest = UnixTime::max();
    for (const CertificateHandle& one : *chain) {
        const auto described = certificate_of(der_of(*one));
        if (!described) return std::unexpected(described.error());
        earliest = std::min(earliest, described->end);
    }
    return earliest;
}

}  // namespace secondstep::fleet
