#include "fleet/private_key.h"

#include <openssl/err.h>
#include <openssl/rsa.h>

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "fleet/libcrypto_handles.h"

namespace secondstep::fleet {

struct PrivateKey::Parts {
    KeyHandle key;
};

namespace {

using DigestHandle = std::unique_ptr<EVP_MD_CTX, FreedBy<&EVP_MD_CTX_free>>;

constexpr int fewest_bits_of_rsa = 2048;

std::unexpected<Error> no_signature() {
    ERR_clear_error();
    return fail(Errc::crypto, "libcrypto could not sign with a key.");
}

bool is_on_a_curve_that_is_taken(const EVP_PKEY& key) {
    std::array<char, 32> group{};
    std::size_t size = 0;
    if (EVP_PKEY_get_group_name(&key, group.data(), group.size(), &size) != 1) return false;
    const std::string_view name(group.data(), size);
    return name == "prime256v1" || name == "secp384r1";
}

bool is_of_a_kind_that_is_taken(const EVP_PKEY& key) {
    switch (EVP_PKEY_get_base_id(&key)) {
        case EVP_PKEY_EC:
            return is_on_a_curve_that_is_taken(key);
        case EVP_PKEY_RSA:
            return EVP_PKEY_get_bits(&key) >= fewest_bits_of_rsa;
        case EVP_PKEY_ED25519:
            return true;
        default:
            return false;
    }
}

Result<void> check_kind(const EVP_PKEY& key) {
    if (is_of_a_kind_that_is_taken(key)) return {};
    return fail(
        Errc::invalid,
        "its key is of a kind that is not taken: P-256, P-384, Ed25519, or RSA of 2048 bits and more");
}

KeyHandle public_key_in(ByteView der) {
    const std::uint8_t* at = der.data();
    KeyHandle key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
    ERR_clear_error();
    return key;
}

// Ed25519 has a digest of its own.
const EVP_MD* digest_for(const EVP_PKEY& key) {
    return EVP_PKEY_get_base_id(&key) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
}

bool pad(EVP_PKEY_CTX* how, const EVP_PKEY& key) {
    return EVP_PKEY_get_base_id(&key) != EVP_PKEY_RSA ||
           EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1;
}

}  // namespace

PrivateKey::PrivateKey(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
PrivateKey::PrivateKey(PrivateKey&&) noexcept = default;
PrivateKey& PrivateKey::operator=(PrivateKey&&) noexcept = default;
PrivateKey::~PrivateKey() = default;

Result<PrivateKey> PrivateKey::read(const Secret& pem) {
    const BioHandle in(BIO_new_mem_buf(pem.bytes().data(), static_cast<int>(pem.size())));
    if (!in) return fail(Errc::crypto, "libcrypto has no memory for a key.");
    KeyHandle key(PEM_read_bio_PrivateKey(in.get(), nullptr, no_passphrase, nullptr));
    ERR_clear_error();
    if (!key && pem.text().find("ENCRYPTED") != std::string_view::npos)
        return fail(Errc::invalid,
                    "it has a passphrase: openssl pkey -in FILE -out FILE2 writes it without one");
    if (!key) return fail(Errc::invalid, "it holds no private key in PEM (-----BEGIN PRIVATE KEY-----)");
    if (const auto good = check_kind(*key); !good) return std::unexpected(good.error());
    return PrivateKey(std::make_unique<Parts>(std::move(key)));
}

bool PrivateKey::is_of(const Certificate& certificate) const {
    const KeyHandle shown = public_key_in(certificate.public_key);
    const bool is_it = shown && EVP_PKEY_eq(shown.get(), parts_->key.get()) == 1;
    ERR_clear_error();
    return is_it;
}

Result<Secret> PrivateKey::pem() const {
    // Of its own kind: what it held is wiped when it is freed.
    const BioHandle out(BIO_new(BIO_s_secmem()));
    if (!out || PEM_write_bio_PKCS8PrivateKey(out.get(), parts_->key.get(), nullptr, nullptr, 0, nullptr,
                                              nullptr) != 1)
        return fail(Errc::crypto, "libcrypto could not write a key down.");
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return Secret::copy_of(std::string_view(text, static_cast<std::size_t>(size)));
}

Result<Bytes> PrivateKey::signature_over(ByteView content) const {
    EVP_PKEY& key = *parts_->key;
    const DigestHandle digest(EVP_MD_CTX_new());
    EVP_PKEY_CTX* how = nullptr;  // the digest's
    std::size_t size = 0;
    if (!digest || EVP_DigestSignInit(digest.get(), &how, digest_for(key), nullptr, &key) != 1 ||
        !pad(how, key) || EVP_DigestSign(digest.get(), nullptr, &size, content.data(), content.size()) != 1)
        return no_signature();
    Bytes signature(size);
    if (EVP_DigestSign(digest.get(), signature.data(), &size, content.data(), content.size()) != 1)
        return no_signature();
    signature.resize(size);
    return signature;
}

Result<void> check_kind_of_key(ByteView public_key) {
    const KeyHandle key = public_key_in(public_key);
    if (!key) return fail(Errc::invalid, "its key is damaged");
    return check_kind(*key);
}

bool is_signature(ByteView signature, ByteView content, ByteView public_key) {
    const KeyHandle key = public_key_in(public_key);
    const DigestHandle digest(EVP_MD_CTX_new());
    EVP_PKEY_CTX* how = nullptr;
    const bool good = key && digest &&
                      EVP_DigestVerifyInit(digest.get(), &how, digest_for(*key), nullptr, key.get()) == 1 &&
                      pad(how, *key) &&
                      EVP_DigestVerify(digest.get(), signature.data(), signature.size(), content.data(),
                                       content.size()) == 1;
    ERR_clear_error();
    return good;
}

}  // namespace secondstep::fleet
