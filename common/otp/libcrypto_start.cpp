#include "otp/libcrypto_start.h"

#include <openssl/core.h>
#include <openssl/core_dispatch.h>
#include <openssl/crypto.h>
#include <openssl/provider.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "otp/fips_mode.h"

namespace secondstep::otp {
namespace {

// "SHA2-256:SHA-256:SHA256:2.16.840.1.101.3.4.2.1" has the name "SHA256".
bool has_name(std::string_view names, std::string_view wanted) {
    for (;;) {
        const std::size_t end = names.find(':');
        if (names.substr(0, end) == wanted) return true;
        if (end == std::string_view::npos) return false;
        names.remove_prefix(end + 1);
    }
}

// libcrypto's own provider, which hands out only what is used here of its ciphers and digests: at the first use of one
// libcrypto makes an object of every one that a provider has, 130 of the one kind and 15 of the other.
class ShortList {
  public:
    [[nodiscard]] static bool take_the_place_of_the_default() {
        ShortList& list = instance();
        OSSL_LIB_CTX* const apart = OSSL_LIB_CTX_new();  // stays, as the process does
        list.whole_ = apart == nullptr ? nullptr : OSSL_PROVIDER_load(apart, "default");
        return list.whole_ != nullptr && OSSL_PROVIDER_add_builtin(nullptr, name, begin) == 1 &&
               OSSL_PROVIDER_load(nullptr, name) != nullptr;
    }

  private:
    static constexpr char name[] = "secondstep";
    using Algorithms = std::array<OSSL_ALGORITHM, 4>;  // the last one says that it is the last

    static ShortList& instance() {
        static ShortList list;
        return list;
    }

    // Called by libcrypto. The algorithms are the whole provider's, and so is what they work with.
    static int begin(const OSSL_CORE_HANDLE* /*core*/, const OSSL_DISPATCH* /*of_the_core*/,
                     const OSSL_DISPATCH** ours, void** context) {
        static const std::array functions{
            OSSL_DISPATCH{OSSL_FUNC_PROVIDER_QUERY_OPERATION, reinterpret_cast<void (*)()>(offered)},
            OSSL_DISPATCH{0, nullptr}};
        *ours = functions.data();
        *context = OSSL_PROVIDER_get0_provider_ctx(instance().whole_);
        return 1;
    }

    static const OSSL_ALGORITHM* offered(void* /*context*/, int operation, int* no_cache) {
        ShortList& list = instance();
        const OSSL_ALGORITHM* const all = OSSL_PROVIDER_query_operation(list.whole_, operation, no_cache);
        constexpr std::array ciphers{std::string_view("AES-256-GCM")};
        constexpr std::array digests{std::string_view("SHA1"), std::string_view("SHA256"),
                                     std::string_view("SHA512")};
        if (operation == OSSL_OP_CIPHER) return chosen(all, ciphers, list.ciphers_);
        if (operation == OSSL_OP_DIGEST) return chosen(all, digests, list.digests_);
        return all;
    }

    static const OSSL_ALGORITHM* chosen(const OSSL_ALGORITHM* all, std::span<const std::string_view> wanted,
                                        Algorithms& room) {
        std::size_t found = 0;
        for (; all != nullptr && all->algorithm_names != nullptr; ++all) {
            const auto is_it = [all](std::string_view one) { return has_name(all->algorithm_names, one); };
            if (std::ranges::any_of(wanted, is_it) && found + 1 < room.size()) room[found++] = *all;
        }
        room[found] = {};
        return room.data();
    }

    OSSL_PROVIDER* whole_ = nullptr;
    Algorithms ciphers_{};
    Algorithms digests_{};
};

}  // namespace

Result<void> start_libcrypto_for_one_login(const std::string& fips_mode) {
    std::uint64_t options = OPENSSL_INIT_NO_ATEXIT;
    const bool whole = is_in_fips_mode(fips_mode);
    if (!whole) {
        options |= OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS |
                   OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ADD_ALL_DIGESTS;
    }
    const bool started = OPENSSL_init_crypto(options, nullptr) == 1;
    if (started && (whole || ShortList::take_the_place_of_the_default())) return {};
    return fail(Errc::crypto, "libcrypto does not start");
}

}  // namespace secondstep::otp
