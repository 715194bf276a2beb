#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

#include "base/clock.h"

// The authority that a site has anyway: a root, one between it and the machines, and what these sign, good or not.
namespace secondstep::testing {

class SitePki {
  public:
    struct Issued {
        std::string certificate;  // PEM, alone
        std::string key;          // PEM
    };
    struct Wanted {
        std::string common_name = "web01";
        std::string names = "DNS:web01";  // empty: no such extension, as of those that follow
        std::string key_usage = "critical,digitalSignature";
        std::string uses = "serverAuth,clientAuth";
        std::string constraints = "critical,CA:FALSE";
        std::string issuer = "";  // what it says of who has signed it: "issuer:always" is the serial number
        std::string kind = "P-256";  // or P-384, RSA 2048, ED25519 ...
        std::int64_t begins = -3600;
        std::int64_t ends = 86'400;
        bool by_root = false;
    };

    explicit SitePki(UnixTime now, const std::string& name = "Example Root")
        : now_(now), name_(name), root_key_(key_of("P-256")), between_key_(key_of("P-384")) {
        issue_root(86'400 * 3650LL);
        issue_between(86'400 * 3650LL);
    }
    // Anew, with the same key.
    void issue_root(std::int64_t ends) {
        root_ = made(of_authority(name_, ends), *root_key_, nullptr, *root_key_);
    }
    void issue_between(std::int64_t ends) {
        between_ = made(of_authority("Example Issuing 1", ends), *between_key_, root_.get(), *root_key_);
    }

    [[nodiscard]] std::string root() const { return pem_of(*root_); }
    [[nodiscard]] std::string between() const { return pem_of(*between_); }
    [[nodiscard]] Issued issue(const Wanted& wanted) const {
        const Key key = key_of(wanted.kind);
        const Certificate certificate = made(wanted, *key, wanted.by_root ? root_.get() : between_.get(),
                                             wanted.by_root ? *root_key_ : *between_key_);
        return {pem_of(*certificate), pem_of(*key)};
    }
    // With the one between behind it, as a file has it.
    [[nodiscard]] Issued chain(Wanted wanted) const {
        Issued issued = issue(wanted);
        issued.certificate += between();
        return issued;
    }

  private:
    template <auto Free>
    struct FreeIt {
        template <typename T>
        void operator()(T* it) const {
            Free(it);
        }
    };
    using Key = std::unique_ptr<EVP_PKEY, FreeIt<&EVP_PKEY_free>>;
    using Certificate = std::unique_ptr<X509, FreeIt<&X509_free>>;
    using Extension = std::unique_ptr<X509_EXTENSION, FreeIt<&X509_EXTENSION_free>>;
    using Memory = std::unique_ptr<BIO, FreeIt<&BIO_free_all>>;

    static Wanted of_authority(const std::string& name, std::int64_t ends) {
        return {.common_name = name,
                .names = "",
                .key_usage = "critical,keyCertSign,cRLSign",
                .uses = "",
                .constraints = "critical,CA:TRUE",
                .ends = ends};
    }
    static void must(bool good) {
        if (!good) throw std::runtime_error("SitePki");
    }
    static Key key_of(const std::string& kind) {
        EVP_PKEY* key = nullptr;
        if (kind.starts_with("RSA "))
            key = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::stoul(kind.substr(4)));
        else if (kind.starts_with("P-"))
            key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", kind.c_str());
        else
            key = EVP_PKEY_Q_keygen(nullptr, nullptr, kind.c_str());
        must(key != nullptr);
        return Key(key);
    }
    static void add(X509& certificate, X509& issuer, int kind, const std::string& value) {
        if (value.empty()) return;
        X509V3_CTX context;
        X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
        const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
        must(extension && X509_add_ext(&certificate, extension.get(), -1) == 1);
    }
    [[nodiscard]] Certificate made(const Wanted& wanted, EVP_PKEY& key, X509* issuer,
                                   EVP_PKEY& signer) const {
        Certificate certificate(X509_new());
        X509& it = *certificate;
        X509& by = issuer == nullptr ? it : *issuer;
        must(X509_set_version(&it, X509_VERSION_3) == 1 &&
             ASN1_INTEGER_set(X509_get_serialNumber(&it), ++serial_) == 1 &&
             ASN1_TIME_set(X509_getm_notBefore(&it), to_unix(now_) + wanted.begins) != nullptr &&
             ASN1_TIME_set(X509_getm_notAfter(&it), to_unix(now_) + wanted.ends) != nullptr &&
             X509_set_pubkey(&it, &key) == 1);
        if (!wanted.common_name.empty())
            must(X509_NAME_add_entry_by_NID(X509_get_subject_name(&it), NID_commonName, MBSTRING_UTF8,
                                            reinterpret_cast<const unsigned char*>(wanted.common_name.data()),
                                            static_cast<int>(wanted.common_name.size()), -1, 0) == 1);
        must(X509_set_issuer_name(&it, X509_get_subject_name(&by)) == 1);
        add(it, by, NID_basic_constraints, wanted.constraints);
        add(it, by, NID_key_usage, wanted.key_usage);
        add(it, by, NID_ext_key_usage, wanted.uses);
        add(it, by, NID_subject_alt_name, wanted.names);
        add(it, by, NID_authority_key_identifier, wanted.issuer);
        must(X509_sign(&it, &signer, EVP_sha256()) > 0);
        return certificate;
    }
    static std::string text_in(BIO* memory) {
        char* data = nullptr;
        const long size = BIO_get_mem_data(memory, &data);
        return {data, static_cast<std::size_t>(size)};
    }
    static std::string pem_of(X509& certificate) {
        const Memory out(BIO_new(BIO_s_mem()));
        must(PEM_write_bio_X509(out.get(), &certificate) == 1);
        return text_in(out.get());
    }
    static std::string pem_of(EVP_PKEY& key) {
        const Memory out(BIO_new(BIO_s_mem()));
        must(PEM_write_bio_PrivateKey(out.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
        return text_in(out.get());
    }

    UnixTime now_;
    std::string name_;
    Key root_key_;
    Key between_key_;
    Certificate root_;
    Certificate between_;
    mutable long serial_ = 1;
};

}  // namespace secondstep::testing
