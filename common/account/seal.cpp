#include "account/seal.h"

#include <openssl/evp.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>

#include "account/named_seal.h"
#include "base/byte_codec.h"
#include "otp/kdf.h"

namespace secondstep {
namespace {

constexpr std::string_view magic = "SSTPCRED";
constexpr std::uint32_t format = 1;
constexpr std::size_t salt_size = 16;
constexpr std::size_t key_size = 32;
constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;
constexpr std::size_t header_size = magic.size() + sizeof format + sizeof(KeyId) + salt_size;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

// Fetched once: looking an algorithm up costs more than using it. A failure (no memory at that moment) is not
// kept; what is kept is never freed, because other threads may still use it while the process ends.
const EVP_CIPHER* aes_256_gcm() {
    static std::atomic<EVP_CIPHER*> kept{};
    if (const EVP_CIPHER* const known = kept.load(std::memory_order_acquire)) return known;
    EVP_CIPHER* const fetched = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    EVP_CIPHER* first = nullptr;
    if (kept.compare_exchange_strong(first, fetched, std::memory_order_acq_rel)) return fetched;
    EVP_CIPHER_free(fetched);
    return first;
}

std::unexpected<Error> refused_by_libcrypto() {
    return fail(Errc::crypto, "libcrypto refused AES-256-GCM.");
}

std::unexpected<Error> damaged() {
    return fail(Errc::damaged, "The credential is damaged, or belongs to another name.");
}

int as_int(std::size_t size) {
    return static_cast<int>(size);
}  // everything here is under max_sealed_size

// The key of one file, and behind it the nonce: both are used for this one seal only,
// because the salt is fresh.
Result<Secret> key_and_nonce(const Keyring::Key& key, ByteView salt) {
    return otp::hkdf_sha256(key.key.bytes(), salt, as_bytes("secondstep credential"), key_size + nonce_size);
}

// A context that has seen key, nonce and associated data. `direction`: 1 encrypts, 0 decrypts.
Result<Context> begun(int direction, const Secret& secrets, ByteView header, std::string_view bound_to) {
    Context context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    const ByteView key = secrets.bytes().first(key_size);
    const ByteView nonce = secrets.bytes().subspan(key_size);
    int ignored = 0;
    const bool good =
        context && aes_256_gcm() != nullptr &&
        EVP_CipherInit_ex2(context.get(), aes_256_gcm(), key.data(), nonce.data(), direction, nullptr) == 1 &&
        EVP_CipherUpdate(context.get(), nullptr, &ignored, header.data(), as_int(header.size())) == 1 &&
        EVP_CipherUpdate(context.get(), nullptr, &ignored, as_bytes(bound_to).data(),
                         as_int(bound_to.size())) == 1;
    if (!good) return refused_by_libcrypto();
    return context;
}

Bytes header_of(const KeyId& id, ByteView salt) {
    ByteWriter out;
    out.raw(as_bytes(magic));
    out.u32(format);
    out.raw(id);
    out.raw(salt);
    return std::move(out).take();
}

struct Parts {
    ByteView header;
    KeyId key_id;
    ByteView salt;
    ByteView ciphertext;
    ByteView tag;
};

Result<void> check_format(ByteReader& in) {
    const ByteView found = in.raw(magic.size());
    const std::uint32_t written_as = in.u32();
    if (!std::ranges::equal(found, as_bytes(magic)) || written_as == 0) return damaged();
    if (written_as > format) {
        return fail(Errc::unsupported, "The credential was written by a newer version of this program.");
    }
    return {};
}

Result<Parts> parts_of(ByteView sealed) {
    ByteReader in(sealed);
    if (const auto known = check_format(in); !known) return std::unexpected(known.error());
    if (sealed.size() <= header_size + tag_size || sealed.size() > max_sealed_size) return damaged();
    const std::size_t text_size = sealed.size() - header_size - tag_size;
    Parts parts{sealed.first(header_size), in.array<8>(), in.raw(salt_size), in.raw(text_size),
                in.raw(tag_size)};
    if (!in.finished()) return damaged();
    return parts;
}

}  // namespace

Result<Bytes> seal_named(const Secret& plain, std::string_view name, const Keyring& ring,
                         Randomness& randomness) {
    const std::size_t total = header_size + plain.size() + tag_size;
    if (plain.empty() || total > max_sealed_size)
        return fail(Errc::too_large, "The credential is too large.");
    const auto salt = randomness.array<salt_size>();
    Bytes sealed = header_of(ring.newest().id, salt);
    const auto secrets = key_and_nonce(ring.newest(), salt);
    if (!secrets) return std::unexpected(secrets.error());
    const auto context = begun(1, *secrets, sealed, name);
    if (!context) return std::unexpected(context.error());
    sealed.resize(total);
    std::uint8_t* const text = sealed.data() + header_size;
    std::uint8_t* const tag = text + plain.size();
    EVP_CIPHER_CTX* const c = context->get();
    int size = 0;
    const bool good = EVP_CipherUpdate(c, text, &size, plain.bytes().data(), as_int(plain.size())) == 1 &&
                      EVP_CipherFinal_ex(c, tag, &size) == 1 &&
                      EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, as_int(tag_size), tag) == 1;
    if (!good) return refused_by_libcrypto();
    return sealed;
}

Result<KeyId> key_id_of_sealed(ByteView beginning) {
    ByteReader in(beginning);
    if (const auto known = check_format(in); !known) return std::unexpected(known.error());
    const KeyId id = in.array<8>();
    if (beginning.size() < header_size) return damaged();
    return id;
}

Result<Secret> unseal_named(ByteView sealed, std::string_view name, const Keyring& ring) {
    const auto parts = parts_of(sealed);
    if (!parts) return std::unexpected(parts.error());
    const Keyring::Key* const key = ring.find(parts->key_id);
    if (key == nullptr) {
        return fail(Errc::not_found,
                    "The credential is sealed with a key that is not in host.key: restore host.key.");
    }
    const auto secrets = key_and_nonce(*key, parts->salt);
    if (!secrets) return std::unexpected(secrets.error());
    const auto context = begun(0, *secrets, parts->header, name);
    if (!context) return std::unexpected(context.error());
    std::array<std::uint8_t, tag_size> tag{};  // libcrypto wants it writable
    std::ranges::copy(parts->tag, tag.begin());
    Secret plain(parts->ciphertext.size());
    EVP_CIPHER_CTX* const c = context->get();
    int size = 0;
    if (EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, as_int(tag_size), tag.data()) != 1 ||
        EVP_CipherUpdate(c, plain.bytes().data(), &size, parts->ciphertext.data(), as_int(plain.size())) !=
            1) {
        return refused_by_libcrypto();
    }
    if (EVP_CipherFinal_ex(c, tag.data(), &size) != 1) return damaged();
    return plain;
}

Result<Bytes> seal(const Secret& plain, const RecordName& name, const Keyring& ring, Randomness& randomness) {
    return seal_named(plain, name.sealed_name(), ring, randomness);
}

Result<Secret> unseal(ByteView sealed, const RecordName& name, const Keyring& ring) {
    return unseal_named(sealed, name.sealed_name(), ring);
}

}  // namespace secondstep
