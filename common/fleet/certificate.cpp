#include "fleet/certificate.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>
#include <limits>
#include <memory>

#include "fleet/libcrypto_handles.h"
#include "otp/kdf.h"

namespace secondstep::fleet {
namespace {

std::unexpected<Error> no_certificate() {
    return fail(Errc::damaged, "This is no certificate.");
}

Bytes public_key_of(const X509& certificate) {
    X509_PUBKEY* const key = X509_get_X509_PUBKEY(&certificate);
    const int size = i2d_X509_PUBKEY(key, nullptr);
    if (size <= 0) return {};
    Bytes der(static_cast<std::size_t>(size));
    std::uint8_t* at = der.data();
    i2d_X509_PUBKEY(key, &at);
    return der;
}

// Authorities of a site may leave the subject empty.
std::string name_for_dns(const X509& certificate) {
    const std::unique_ptr<GENERAL_NAMES, FreedBy<&GENERAL_NAMES_free>> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* const one = sk_GENERAL_NAME_value(names.get(), i);
        if (one->type != GEN_DNS) continue;
        const ASN1_IA5STRING* const text = one->d.dNSName;
        return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                static_cast<std::size_t>(ASN1_STRING_length(text))};
    }
    return {};
}

std::string name_of(const X509& certificate) {
    std::array<char, 256> name{};
    const int size = X509_NAME_get_text_by_NID(X509_get_subject_name(&certificate), NID_commonName,
                                               name.data(), static_cast<int>(name.size()));
    return size > 0 ? std::string(name.data(), static_cast<std::size_t>(size)) : name_for_dns(certificate);
}

std::string pem_of(X509& certificate) {
    const BioHandle out(BIO_new(BIO_s_mem()));
    char* text = nullptr;
    if (!out || PEM_write_bio_X509(out.get(), &certificate) != 1) return {};
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

Result<Certificate> described(X509& certificate) {
    Certificate result;
    const Bytes der = der_of(certificate);
    const auto fingerprint = otp::sha256(der);
    if (!fingerprint) return std::unexpected(fingerprint.error());
    result.fingerprint = *fingerprint;
    result.pem = pem_of(certificate);
    result.public_key = public_key_of(certificate);
    result.name = name_of(certificate);
    std::tm begin{};
    std::tm end{};
    if (der.empty() || result.pem.empty() || result.public_key.empty() ||
        ASN1_TIME_to_tm(X509_get0_notBefore(&certificate), &begin) != 1 ||
        ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &end) != 1)
        return no_certificate();
    result.begin = from_unix(::timegm(&begin));
    result.end = from_unix(::timegm(&end));
    return result;
}

}  // namespace

namespace {

Result<Certificate> read_leading(std::string_view pem, bool others_may_follow) {
    if (pem.size() > std::numeric_limits<int>::max()) return no_certificate();
    const BioHandle in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    if (!in) return fail(Errc::crypto, "libcrypto has no memory for a certificate.");
    const CertificateHandle first(PEM_read_bio_X509(in.get(), nullptr, no_passphrase, nullptr));
    const CertificateHandle second(PEM_read_bio_X509(in.get(), nullptr, no_passphrase, nullptr));
    if (!first || (second && !others_may_follow)) return no_certificate();
    return described(*first);
}

}  // namespace

Result<Certificate> read_certificate(std::string_view pem) {
    return read_leading(pem, false);
}

Result<Certificate> read_first_certificate(std::string_view pem) {
    return read_leading(pem, true);
}

Result<Certificate> certificate_of(ByteView der) {
    const std::uint8_t* at = der.data();
    const CertificateHandle certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    if (!certificate || at != der.data() + der.size()) return no_certificate();
    return described(*certificate);
}

}  // namespace secondstep::fleet
