#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

// Requests as a host makes them, and wrong ones.
namespace secondstep::testing {

class RequestingHost {
  public:
    explicit RequestingHost(const char* curve = "P-256")
        : key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve), &EVP_PKEY_free) {}

    // `signer`: whose key signs it; its own is right.
    [[nodiscard]] std::string request(const std::string& name, const RequestingHost* signer = nullptr) const {
        const std::unique_ptr<X509_REQ, decltype(&X509_REQ_free)> made(X509_REQ_new(), &X509_REQ_free);
        X509_NAME_add_entry_by_NID(X509_REQ_get_subject_name(made.get()), NID_commonName, MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(name.data()),
                                   static_cast<int>(name.size()), -1, 0);
        X509_REQ_set_pubkey(made.get(), key_.get());
        X509_REQ_sign(made.get(), signer == nullptr ? key_.get() : signer->key_.get(), EVP_sha256());
        const std::unique_ptr<BIO, decltype(&BIO_free_all)> out(BIO_new(BIO_s_mem()), &BIO_free_all);
        PEM_write_bio_X509_REQ(out.get(), made.get());
        char* text = nullptr;
        const long size = BIO_get_mem_data(out.get(), &text);
        return {text, static_cast<std::size_t>(size)};
    }

  private:
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

}  // namespace secondstep::testing
