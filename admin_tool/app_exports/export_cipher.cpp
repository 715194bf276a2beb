#include "app_exports/export_cipher.h"

#include <openssl/evp.h>

#include <climits>
#include <memory>

namespace secondstep::tool {

namespace {

constexpr std::size_t key_size = 32;
constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

std::unexpected<Error> refused_by_libcrypto() {
    return fail(Errc::crypto, "libcrypto refused AES-256-GCM");
}

}  // namespace

Result<Secret> open_aes_256_gcm(const Secret& key, const GcmParameters& how, ByteView cipher_text) {
    if (key.size() != key_size || how.nonce.size() != nonce_size || how.tag.size() != tag_size ||
        cipher_text.size() > INT_MAX)
        return fail(Errc::invalid, "a part of its encryption has the wrong length");
    const Cipher context(EVP_CIPHER_CTX_new());
    Secret out(cipher_text.size());
    Secret tag = Secret::copy_of(how.tag);  // libcrypto wants it writable
    int written = 0;
    int last = 0;
    const bool read =
        context != nullptr &&
        EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.bytes().data(), how.nonce.data()) ==
            1 &&
        EVP_DecryptUpdate(context.get(), out.bytes().data(), &written, cipher_text.data(),
                          static_cast<int>(cipher_text.size())) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_size, tag.bytes().data()) == 1;
    if (!read) return refused_by_libcrypto();
    if (EVP_DecryptFinal_ex(context.get(), out.bytes().data() + written, &last) != 1)
        return fail(Errc::not_allowed, "the password does not fit, or the file was changed");
    out.truncate(static_cast<std::size_t>(written) + static_cast<std::size_t>(last));
    return out;
}

Result<Secret> pbkdf2_sha256(const Secret& password, ByteView salt, std::uint32_t iterations) {
    Secret key(key_size);
    const std::string_view text = password.text();
    if (text.size() > INT_MAX || salt.size() > INT_MAX || iterations > INT_MAX ||
        PKCS5_PBKDF2_HMAC(text.data(), static_cast<int>(text.size()), salt.data(),
                          static_cast<int>(salt.size()), static_cast<int>(iterations), EVP_sha256(),
                          static_cast<int>(key.size()), key.bytes().data()) != 1)
        return fail(Errc::crypto, "libcrypto could not stretch the password");
    return key;
}

}  // namespace secondstep::tool
