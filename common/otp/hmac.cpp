#include "otp/hmac.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <atomic>
#include <memory>

namespace secondstep::otp {
namespace {

struct ContextDeleter {
    void operator()(EVP_MAC_CTX* context) const noexcept { EVP_MAC_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MAC_CTX, ContextDeleter>;

const char* digest_name(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::sha1:
            return "SHA1";
        case Algorithm::sha256:
            return "SHA256";
        case Algorithm::sha512:
            return "SHA512";
    }
    return nullptr;
}

// A context that knows its hash but has no key yet.
Context make_prototype(Algorithm algorithm) {
    EVP_MAC* const mac = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
    if (mac == nullptr) return nullptr;
    Context context(EVP_MAC_CTX_new(mac));
    EVP_MAC_free(mac);  // the context holds a reference of its own
    std::array<char, 8> name{};
    std::string_view(digest_name(algorithm)).copy(name.data(), name.size() - 1);
    const std::array parameters{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
                                OSSL_PARAM_construct_end()};
    if (!context || EVP_MAC_CTX_set_params(context.get(), parameters.data()) != 1) return nullptr;
    return context;
}

// Looking an algorithm up by its name costs more than an HMAC, so it is done once per process. A failure is
// not kept: a lack of memory at the first login must not refuse all that follow. Never freed, because other
// threads may still compute while the process ends.
const EVP_MAC_CTX* prototype(Algorithm algorithm) {
    static std::array<std::atomic<EVP_MAC_CTX*>, 3> kept{};
    auto& slot = kept[static_cast<std::size_t>(algorithm)];
    if (const EVP_MAC_CTX* known = slot.load(std::memory_order_acquire)) return known;
    Context made = make_prototype(algorithm);
    EVP_MAC_CTX* first = nullptr;
    if (made && slot.compare_exchange_strong(first, made.get(), std::memory_order_acq_rel))
        first = made.release();
    return first;
}

ByteView not_null(ByteView key) {
    // EVP_MAC_init() takes a null key for "the same key as before".
    static constexpr std::uint8_t empty_key = 0;
    return key.data() == nullptr ? ByteView(&empty_key, 0) : key;
}

}  // namespace

Result<std::size_t> hmac(Algorithm algorithm, ByteView key, std::initializer_list<ByteView> message,
                         MutableByteView out) {
    const EVP_MAC_CTX* const keyless = prototype(algorithm);
    const Context context(keyless == nullptr ? nullptr : EVP_MAC_CTX_dup(keyless));
    key = not_null(key);
    bool good = context && EVP_MAC_init(context.get(), key.data(), key.size(), nullptr) == 1;
    for (const ByteView part : message) {
        good = good && (part.empty() || EVP_MAC_update(context.get(), part.data(), part.size()) == 1);
    }
    std::size_t size = 0;
    good = good && EVP_MAC_final(context.get(), out.data(), &size, out.size()) == 1;
    if (!good) return fail(Errc::crypto, "libcrypto could not compute an HMAC");
    return size;
}

}  // namespace secondstep::otp
