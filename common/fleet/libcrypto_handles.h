#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <memory>

#include "base/bytes.h"

// What libcrypto gives out, freed at the end of the scope.
namespace secondstep::fleet {

template <auto Free>
struct FreedBy {
    template <typename T>
    void operator()(T* it) const noexcept {
        Free(it);
    }
};
using KeyHandle = std::unique_ptr<EVP_PKEY, FreedBy<&EVP_PKEY_free>>;
using CertificateHandle = std::unique_ptr<X509, FreedBy<&X509_free>>;
using RequestHandle = std::unique_ptr<X509_REQ, FreedBy<&X509_REQ_free>>;
using ExtensionHandle = std::unique_ptr<X509_EXTENSION, FreedBy<&X509_EXTENSION_free>>;
using NumberHandle = std::unique_ptr<BIGNUM, FreedBy<&BN_free>>;
using BioHandle = std::unique_ptr<BIO, FreedBy<&BIO_free_all>>;

// A PEM may ask for a passphrase, and libcrypto would ask at the terminal.
inline int no_passphrase(char*, int, int, void*) {
    return -1;
}

// Empty: libcrypto has no memory for it.
inline Bytes der_of(const X509& certificate) {
    const int size = i2d_X509(&certificate, nullptr);
    if (size <= 0) return {};
    Bytes der(static_cast<std::size_t>(size));
    std::uint8_t* at = der.data();
    i2d_X509(&certificate, &at);
    return der;
}

}  // namespace secondstep::fleet
