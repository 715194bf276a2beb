#include "migration/formats/pskc_encryption.h"

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <utility>

#include "base/text.h"
#include "encoding/base64.h"
#include "otp/hmac.h"

namespace secondstep::tool {
namespace {

constexpr std::size_t block = 16;
constexpr std::size_t longest_cipher_text = 65536;
constexpr std::uint32_t most_iterations = 10'000'000;  // a few seconds; a file could ask for years

std::unexpected<Error> unsupported(std::string why) {
    return fail(Errc::unsupported, std::move(why));
}

std::unexpected<Error> does_not_fit() {
    return fail(Errc::not_allowed, "the key or password does not fit this file, or the file was changed");
}

std::unexpected<Error> wrong_mac() {
    return fail(Errc::damaged, "its MAC is wrong: the key or password does not fit, or the file was changed");
}

std::string algorithm_of(const std::optional<XmlElement>& element) {
    return element ? element->attribute("Algorithm").value_or("") : "";
}

// Bytes of a key for "http://www.w3.org/2001/04/xmlenc#aes128-cbc".
std::optional<std::size_t> key_size_of(std::string_view algorithm) {
    if (algorithm.ends_with("#aes128-cbc")) return 16;
    if (algorithm.ends_with("#aes192-cbc")) return 24;
    if (algorithm.ends_with("#aes256-cbc")) return 32;
    return std::nullopt;
}

std::optional<otp::Algorithm> hmac_of(std::string_view algorithm) {
    if (algorithm.ends_with("#hmac-sha1")) return otp::Algorithm::sha1;
    if (algorithm.ends_with("#hmac-sha256")) return otp::Algorithm::sha256;
    if (algorithm.ends_with("#hmac-sha512")) return otp::Algorithm::sha512;
    return std::nullopt;
}

Result<Secret> base64_of(const std::optional<XmlElement>& element, std::string_view what) {
    if (!element) return fail(Errc::invalid, std::string(what) + " is missing");
    auto bytes = otp::base64_decode(element->text().text());
    if (!bytes) return fail(Errc::invalid, std::string(what) + " is not base64");
    return bytes;
}

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

const EVP_CIPHER* aes_cbc(std::size_t key_size) {
    if (key_size == 16) return EVP_aes_128_cbc();
    return key_size == 24 ? EVP_aes_192_cbc() : EVP_aes_256_cbc();
}

// AES-CBC of whole blocks; the first one is the initialization vector.
Result<Secret> decrypt_blocks(const Secret& key, ByteView cipher_text) {
    const std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> context(EVP_CIPHER_CTX_new());
    Secret out(cipher_text.size());
    const ByteView blocks = cipher_text.subspan(block);
    int written = 0;
    int last = 0;
    const bool done = context != nullptr &&
                      EVP_DecryptInit_ex(context.get(), aes_cbc(key.size()), nullptr, key.bytes().data(),
                                         cipher_text.data()) == 1 &&
                      EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
                      EVP_DecryptUpdate(context.get(), out.bytes().data(), &written, blocks.data(),
                                        static_cast<int>(blocks.size())) == 1 &&
                      EVP_DecryptFinal_ex(context.get(), out.bytes().data() + written, &last) == 1;
    if (!done) return fail(Errc::crypto, "libcrypto could not decrypt with AES-CBC");
    out.truncate(static_cast<std::size_t>(written) + static_cast<std::size_t>(last));
    return out;
}

// XML Encryption section 5.2: the last byte says how many bytes are padding; the others may be anything.
Result<Secret> without_padding(Secret plain) {
    const std::size_t padding = plain.bytes().back();
    if (padding == 0 || padding > block || padding > plain.size()) return does_not_fit();
    plain.truncate(plain.size() - padding);
    return plain;
}

// The cipher text of an EncryptedValue or MACKey, its form checked, for a key of `key_size` bytes.
Result<Secret> cipher_text_of(const XmlElement& encrypted, std::size_t key_size) {
    const auto needed = key_size_of(algorithm_of(encrypted.child("EncryptionMethod")));
    if (!needed)
        return unsupported("it is encrypted with something else than AES-128, -192 or -256 in CBC mode");
    if (*needed != key_size)
        return fail(Errc::not_allowed, "the key has " + std::to_string(key_size) + " bytes and must have " +
                                           std::to_string(*needed));
    auto bytes = base64_of(encrypted.descendant({"CipherData", "CipherValue"}), "the encrypted value");
    if (!bytes) return bytes;
    if (bytes->size() < 2 * block || bytes->size() % block != 0 || bytes->size() > longest_cipher_text)
        return fail(Errc::invalid, "the encrypted value is not made of whole blocks");
    return bytes;
}

Result<Secret> decrypted(const Secret& key, const Secret& cipher_text) {
    auto plain = decrypt_blocks(key, cipher_text.bytes());
    if (!plain) return plain;
    return without_padding(std::move(*plain));
}

// PBKDF2-params of RFC 6030 section 6.2 (and RFC 8018).
struct Derivation {
    Secret salt;
    std::uint32_t iterations;
    std::size_t key_size;
    otp::Algorithm prf;
};

template <typename Number>
Result<Number> number_in(const XmlElement& parameters, std::string_view name) {
    const auto element = parameters.child(name);
    const auto number = element ? parse_number<Number>(element->text().text()) : std::nullopt;
    if (!number) return fail(Errc::invalid, std::string(name) + " is missing or not a number");
    return *number;
}

Result<otp::Algorithm> prf_of(const XmlElement& parameters) {
    const std::string name = algorithm_of(parameters.child("PRF"));
    if (name.empty()) return otp::Algorithm::sha1;
    const auto algorithm = hmac_of(name);
    if (!algorithm)
        return unsupported("its password is stretched with another PRF than HMAC-SHA1 or -SHA256");
    return *algorithm;
}

Result<Derivation> derivation_of(const XmlElement& method) {
    const auto parameters = method.child("PBKDF2-params");
    if (!parameters) return fail(Errc::invalid, "PBKDF2-params is missing");
    auto salt = base64_of(parameters->descendant({"Salt", "Specified"}), "the salt");
    if (!salt) return std::unexpected(std::move(salt.error()));
    const auto iterations = number_in<std::uint32_t>(*parameters, "IterationCount");
    if (!iterations) return std::unexpected(iterations.error());
    const auto size = number_in<std::size_t>(*parameters, "KeyLength");
    if (!size) return std::unexpected(size.error());
    const auto prf = prf_of(*parameters);
    if (!prf) return std::unexpected(prf.error());
    if (*iterations == 0 || *iterations > most_iterations)
        return fail(Errc::invalid, "IterationCount is not 1 to 10000000");
    if (*size != 16 && *size != 24 && *size != 32)
        return fail(Errc::invalid, "KeyLength is not 16, 24 or 32");
    return Derivation{std::move(*salt), *iterations, *size, *prf};
}

const EVP_MD* digest_of(otp::Algorithm algorithm) {
    switch (algorithm) {
        case otp::Algorithm::sha1:
            return EVP_sha1();
        case otp::Algorithm::sha256:
            return EVP_sha256();
        case otp::Algorithm::sha512:
            return EVP_sha512();
    }
    return nullptr;
}

Result<Secret> pbkdf2(const Secret& password, const Derivation& how) {
    Secret key(how.key_size);
    const std::string_view text = password.text();
    if (PKCS5_PBKDF2_HMAC(text.data(), static_cast<int>(text.size()), how.salt.bytes().data(),
                          static_cast<int>(how.salt.size()), static_cast<int>(how.iterations),
                          digest_of(how.prf), static_cast<int>(key.size()), key.bytes().data()) != 1)
        return fail(Errc::crypto, "libcrypto could not stretch the password");
    return key;
}

// The cipher that a draft's file names for all its values; empty: none, or it is no such file.
std::string draft_cipher(const XmlElement& container) {
    const auto method = container.child("EncryptionMethod");
    if (!method) return "";
    std::string name = method->attribute("Algorithm").value_or(method->attribute("algorithm").value_or(""));
    return lowercase_ascii(name) == "none" ? "" : lowercase_ascii(name);
}

Result<otp::Algorithm> draft_mac(const XmlElement& container) {
    const auto method = container.child("DigestMethod");
    if (!method) return unsupported("it is encrypted without a MAC, so nobody knows whether it was changed");
    const std::string name =
        lowercase_ascii(method->attribute("Algorithm").value_or(method->attribute("algorithm").value_or("")));
    const auto mac = hmac_of(name.find('#') == std::string::npos ? "#" + name : name);
    if (!mac) return unsupported("its MAC is none of HMAC-SHA1, -SHA256 and -SHA512");
    return *mac;
}

Result<Secret> given_key(const PskcUnlock& unlock) {
    if (!unlock.key) return fail(Errc::not_allowed, "the file is encrypted with a pre-shared key");
    const std::size_t size = unlock.key->size();
    if (size != 16 && size != 24 && size != 32)
        return fail(Errc::not_allowed, "a pre-shared key has 16, 24 or 32 bytes");
    return unlock.key->clone();
}

Result<void> check_size(const Secret& key, std::size_t needed) {
    if (key.size() == needed) return {};
    return fail(Errc::not_allowed, "the key has " + std::to_string(key.size()) + " bytes and must have " +
                                       std::to_string(needed));
}

std::optional<XmlElement> derivation_method(const XmlElement& container) {
    return container.descendant({"EncryptionKey", "DerivedKey", "KeyDerivationMethod"});
}

Result<Secret> key_of(const XmlElement& container, const PskcUnlock& unlock) {
    const auto protection = PskcEncryption::protection_of(container);
    if (!protection) return std::unexpected(protection.error());
    if (*protection == PskcProtection::password) {
        if (!unlock.password) return fail(Errc::not_allowed, "the file is encrypted with a password");
        const auto how = derivation_of(*derivation_method(container));
        return how ? pbkdf2(*unlock.password, *how) : std::unexpected(how.error());
    }
    return given_key(unlock);
}

}  // namespace

Result<PskcProtection> PskcEncryption::protection_of(const XmlElement& container) {
    if (const std::string cipher = draft_cipher(container); !cipher.empty()) {
        if (key_size_of(cipher)) return PskcProtection::pre_shared_key;
        return unsupported(
            cipher.starts_with("pbe")
                ? "its keys are encrypted with a password in a way of before RFC 6030 (PBE)"
                : "it is encrypted with something else than AES-128, -192 or -256 in CBC mode");
    }
    const auto encryption = container.child("EncryptionKey");
    if (!encryption) return PskcProtection::none;
    if (encryption->child("X509Data"))
        return unsupported(
            "the file is encrypted for a certificate; only a pre-shared key or a password will do");
    const auto method = derivation_method(container);
    if (!encryption->child("DerivedKey")) return PskcProtection::pre_shared_key;
    if (!algorithm_of(method).ends_with("#pbkdf2"))
        return unsupported("its key is made of the password in another way than PBKDF2");
    return PskcProtection::password;
}

Result<PskcEncryption> PskcEncryption::open(const XmlElement& container, const PskcUnlock& unlock) {
    if (!draft_cipher(container).empty()) return open_draft(container, unlock);
    const auto method = container.child("MACMethod");
    if (!method) return unsupported("it is encrypted without a MAC, so nobody knows whether it was changed");
    const auto mac = hmac_of(algorithm_of(method));
    if (!mac) return unsupported("its MAC is none of HMAC-SHA1, -SHA256 and -SHA512");
    auto key = key_of(container, unlock);
    if (!key) return std::unexpected(std::move(key.error()));
    const auto encrypted = method->child("MACKey");
    // Files of before the RFC have none, and mean the key itself.
    if (!encrypted) return PskcEncryption(key->clone(), key->clone(), *mac);
    const auto cipher_text = cipher_text_of(*encrypted, key->size());
    if (!cipher_text) return std::unexpected(cipher_text.error());
    auto mac_key = decrypted(*key, *cipher_text);
    if (!mac_key) return std::unexpected(std::move(mac_key.error()));
    // An empty key would let everybody make the MAC.
    if (mac_key->empty()) return does_not_fit();
    return PskcEncryption(std::move(*key), std::move(*mac_key), *mac);
}

Result<PskcEncryption> PskcEncryption::open_draft(const XmlElement& container, const PskcUnlock& unlock) {
    const auto needed = key_size_of(draft_cipher(container));
    if (!needed) return unsupported("it is encrypted with something else than AES in CBC mode");
    const auto mac = draft_mac(container);
    if (!mac) return std::unexpected(mac.error());
    auto key = given_key(unlock);
    if (!key) return std::unexpected(std::move(key.error()));
    if (const auto good = check_size(*key, *needed); !good) return std::unexpected(good.error());
    PskcEncryption opened(key->clone(), key->clone(), *mac);
    opened.is_of_a_draft_ = true;
    if (const auto vector = container.descendant({"EncryptionMethod", "IV"})) {
        auto bytes = base64_of(vector, "the initialization vector");
        if (!bytes) return std::unexpected(std::move(bytes.error()));
        if (bytes->size() != block) return fail(Errc::invalid, "the initialization vector has not 16 bytes");
        opened.vector_ = std::move(*bytes);
    }
    return opened;
}

Result<bool> PskcEncryption::is_mac_of(ByteView bytes, const Secret& claimed) const {
    std::array<std::uint8_t, otp::longest_hmac> mac{};
    const auto size = otp::hmac(mac_, mac_key_.bytes(), {bytes}, mac);
    if (!size) return std::unexpected(size.error());
    return equal_in_constant_time(ByteView(mac).first(*size), claimed.bytes());
}

Result<Secret> PskcEncryption::decrypt_draft(const XmlElement& element) const {
    const auto claimed = base64_of(
        element.child("ValueDigest") ? element.child("ValueDigest") : element.child("ValueMAC"), "its MAC");
    if (!claimed) return std::unexpected(claimed.error());
    const auto value = base64_of(element.child("Value"), "the encrypted value");
    if (!value) return std::unexpected(value.error());
    Secret blocks = vector_.clone();
    blocks.append(value->bytes());
    if (blocks.size() < 2 * block || blocks.size() % block != 0 || blocks.size() > longest_cipher_text)
        return fail(Errc::invalid, "the encrypted value is not made of whole blocks");
    auto plain = decrypted(key_, blocks);
    if (!plain) return plain;
    const auto right = is_mac_of(plain->bytes(), *claimed);
    if (!right) return std::unexpected(right.error());
    if (!*right) return wrong_mac();
    return plain;
}

Result<Secret> PskcEncryption::decrypt(const XmlElement& element) const {
    if (is_of_a_draft_) return decrypt_draft(element);
    const auto encrypted = element.child("EncryptedValue");
    if (!encrypted) return fail(Errc::invalid, "the encrypted value is missing");
    const auto cipher_text = cipher_text_of(*encrypted, key_.size());
    if (!cipher_text) return std::unexpected(cipher_text.error());
    const auto claimed = base64_of(element.child("ValueMAC"), "its MAC");
    if (!claimed) return std::unexpected(claimed.error());
    const auto right = is_mac_of(cipher_text->bytes(), *claimed);
    if (!right) return std::unexpected(right.error());
    if (!*right) return wrong_mac();
    return decrypted(key_, *cipher_text);
}

}  // namespace secondstep::tool
