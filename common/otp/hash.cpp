#include "otp/hash.h"

#include <openssl/evp.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

namespace secondstep::otp {
namespace {

struct ContextDeleter {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, ContextDeleter>;

constexpr std::size_t algorithms = 3;

const char* name_of(Algorithm algorithm) {
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

// Looking an algorithm up by its name costs more than an HMAC, so it is done once per process. A failure is
// not kept: a lack of memory at the first login must not refuse all that follow. Never freed, because other
// threads may still compute while the process ends.
const EVP_MD* fetched(Algorithm algorithm) {
    static std::array<std::atomic<EVP_MD*>, algorithms> kept{};
    auto& slot = kept[static_cast<std::size_t>(algorithm)];
    if (const EVP_MD* const known = slot.load(std::memory_order_acquire)) return known;
    EVP_MD* const fresh = EVP_MD_fetch(nullptr, name_of(algorithm), nullptr);
    EVP_MD* first = nullptr;
    if (slot.compare_exchange_strong(first, fresh, std::memory_order_acq_rel)) return fresh;
    EVP_MD_free(fresh);
    return first;
}

// Making a context and freeing it costs more than to hash a short message, so each thread keeps its own.
Context& kept_context(Algorithm algorithm) {
    thread_local std::array<Context, algorithms> kept;
    return kept[static_cast<std::size_t>(algorithm)];
}

EVP_MD_CTX* context_of_this_thread(Algorithm algorithm) {
    Context& context = kept_context(algorithm);
    if (!context) context.reset(EVP_MD_CTX_new());
    return context.get();
}

// libcrypto wipes what it frees.
void forget_context(Algorithm algorithm) {
    kept_context(algorithm).reset();
}

}  // namespace

std::size_t size_of_hash(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::sha1:
            return 20;
        case Algorithm::sha256:
            return 32;
        case Algorithm::sha512:
            break;
    }
    return 64;
}

std::size_t size_of_block(Algorithm algorithm) {
    return algorithm == Algorithm::sha512 ? longest_block : 64;
}

Hashing::Hashing(Algorithm algorithm)
    : algorithm_(algorithm), known_(fetched(algorithm)), context_(context_of_this_thread(algorithm)) {}

// The state is the first one again, and zeros lie where the last block was.
Hashing::~Hashing() {
    static constexpr std::array<std::uint8_t, longest_block> zeros{};
    begin();
    add(ByteView(zeros).first(size_of_block(algorithm_) - 1));
    if (!good_) forget_context(algorithm_);
}

// Named again, an algorithm is looked for among the engines.
void Hashing::begin() {
    const bool again = context_ != nullptr && EVP_MD_CTX_get0_md(context_) == known_;
    good_ = context_ != nullptr && known_ != nullptr &&
            EVP_DigestInit_ex2(context_, again ? nullptr : known_, nullptr) == 1;
}

void Hashing::add(ByteView part) {
    good_ = good_ && (part.empty() || EVP_DigestUpdate(context_, part.data(), part.size()) == 1);
}

Result<void> Hashing::finish(MutableByteView out) {
    good_ = good_ && out.size() >= size_of_hash(algorithm_) &&
            EVP_DigestFinal_ex(context_, out.data(), nullptr) == 1;
    if (!good_) return fail(Errc::crypto, "libcrypto could not compute a hash");
    return {};
}

}  // namespace secondstep::otp
