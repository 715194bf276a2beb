#include "migration/passphrase_seal.h"

// Before cms.h, which declares its PEM functions only to who knows this one.
#include <openssl/pem.h>

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

#include <algorithm>
#include <memory>

namespace secondstep::tool {

namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Cms = std::unique_ptr<CMS_ContentInfo, decltype(&CMS_ContentInfo_free)>;

constexpr std::string_view beginning = "-----BEGIN CMS-----";
constexpr int rounds = 600'000;

int as_int(std::size_t size) {
    return static_cast<int>(size);
}

std::unexpected<Error> refused_by_libcrypto() {
    ERR_clear_error();
    return fail(Errc::crypto, "libcrypto could not seal this.");
}

std::unexpected<Error> does_not_open() {
    ERR_clear_error();
    return fail(Errc::damaged, "It does not open: another passphrase, or it was changed or cut.");
}

Bio reading(const Secret& text) {
    return {BIO_new_mem_buf(text.bytes().data(), as_int(text.size())), &BIO_free};
}

Bio writing() {
    return {BIO_new(BIO_s_secmem()), &BIO_free};
}

Secret content_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return Secret::copy_of(std::string_view(data, static_cast<std::size_t>(std::max(size, 0L))));
}

// libcrypto takes the passphrase over and frees it with the structure.
bool add_passphrase(CMS_ContentInfo* cms, const Secret& passphrase) {
    const std::size_t size = passphrase.size();
    auto* const copy = static_cast<unsigned char*>(OPENSSL_memdup(passphrase.bytes().data(), size));
    if (copy == nullptr) return false;
    const auto length = static_cast<ossl_ssize_t>(size);
    if (CMS_add0_recipient_password(cms, rounds, NID_id_alg_PWRI_KEK, NID_id_pbkdf2, copy, length,
                                    EVP_aes_256_cbc()) != nullptr)
        return true;
    OPENSSL_clear_free(copy, size);
    return false;
}

}  // namespace

Result<Secret> seal_with_passphrase(const Secret& plain, const Secret& passphrase) {
    const unsigned flags = CMS_BINARY | CMS_PARTIAL;
    const Cms cms(CMS_AuthEnvelopedData_create(EVP_aes_256_gcm()), &CMS_ContentInfo_free);
    const Bio in = reading(plain);
    const Bio out = writing();
    const bool good =
        cms && in && out && CMS_set_detached(cms.get(), 0) == 1 && add_passphrase(cms.get(), passphrase) &&
        CMS_final(cms.get(), in.get(), nullptr, flags) == 1 && PEM_write_bio_CMS(out.get(), cms.get()) == 1;
    if (!good) return refused_by_libcrypto();
    return content_of(out.get());
}

bool is_sealed_with_passphrase(std::string_view text) {
    return text.starts_with(beginning);
}

Result<Secret> open_with_passphrase(const Secret& sealed, const Secret& passphrase) {
    const Bio in = reading(sealed);
    const Cms cms(in ? PEM_read_bio_CMS(in.get(), nullptr, nullptr, nullptr) : nullptr,
                  &CMS_ContentInfo_free);
    const Bio out = writing();
    if (!cms || !out) return does_not_open();
    Secret copy = passphrase.clone();
    const bool good = CMS_decrypt_set1_password(cms.get(), copy.bytes().data(),
                                                static_cast<ossl_ssize_t>(copy.size())) == 1 &&
                      CMS_decrypt(cms.get(), nullptr, nullptr, nullptr, out.get(), CMS_BINARY) == 1;
    if (!good) return does_not_open();
    return content_of(out.get());
}

}  // namespace secondstep::tool
