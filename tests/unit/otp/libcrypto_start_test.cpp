#include "otp/libcrypto_start.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

#include "base/text.h"
#include "otp/hotp.h"
#include "otp/kdf.h"
#include "support/temporary_directory.h"

namespace secondstep::otp {
namespace {

// libcrypto is set up once in a process: each of these has one of its own, which has done nothing before.
class LibcryptoStart : public ::testing::Test {
  protected:
    LibcryptoStart() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
    ~LibcryptoStart() override { ::unsetenv("OPENSSL_CONF"); }

    // Ends the process with 0 if `holds` after the start.
    void judge(const std::string& fips_mode, const std::function<bool()>& holds) const {
        const Result<void> started = start_libcrypto_for_one_login(fips_mode);
        const bool right = started && holds();
        std::filesystem::remove_all(directory_.path());
        std::_Exit(right ? 0 : 1);
    }
    [[nodiscard]] std::string says(const std::string& text) const {
        std::ofstream(directory_.file("fips")) << text;
        return directory_.file("fips");
    }
    // An openssl.cnf in which nothing but validated algorithms will do, and none is there.
    void configure_fips() const {
        std::ofstream(directory_.file("cnf")) << "openssl_conf = init\n[init]\nalg_section = algs\n"
                                                 "[algs]\ndefault_properties = fips=yes\n";
        ::setenv("OPENSSL_CONF", directory_.file("cnf").c_str(), 1);
    }
    static bool computes() { return hmac_sha256(as_bytes("key"), as_bytes("message")).has_value(); }

    secondstep::testing::TemporaryDirectory directory_;
};

bool has_cipher(const char* name) {
    EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, name, nullptr);
    EVP_CIPHER_free(cipher);
    return cipher != nullptr;
}

bool has_digest(const char* name) {
    EVP_MD* const digest = EVP_MD_fetch(nullptr, name, nullptr);
    EVP_MD_free(digest);
    return digest != nullptr;
}

// RFC 4226 appendix D, RFC 6238 appendix B (59 s), RFC 7914 section 12.
bool computes_what_the_standards_say() {
    const auto code = [](std::string_view key, Algorithm algorithm, std::uint64_t counter, unsigned digits) {
        const auto shown = hotp(Secret::copy_of(key), counter, *Digits::create(digits), algorithm);
        return shown ? std::string(shown->text()) : std::string();
    };
    const std::string ten = "12345678901234567890";
    const auto derived =
        scrypt(as_bytes("pleaseletmein"), as_bytes("SodiumChloride"), {.n = 16384, .r = 8, .p = 1}, 8);
    return code(ten, Algorithm::sha1, 0, 6) == "755224" && code(ten, Algorithm::sha1, 1, 8) == "94287082" &&
           code(ten + "123456789012", Algorithm::sha256, 1, 8) == "46119246" &&
           code(ten + ten + ten + "1234", Algorithm::sha512, 1, 8) == "90693936" && derived &&
           hex(derived->bytes()) == "7023bdcb3afd7348" && sha256(as_bytes("")).has_value();
}

using LibcryptoStartDeathTest = LibcryptoStart;

TEST_F(LibcryptoStartDeathTest, ComputesAllThatALoginNeeds) {
    EXPECT_EXIT(
        judge(says("0\n"), [] { return has_cipher("AES-256-GCM") && computes_what_the_standards_say(); }),
        ::testing::ExitedWithCode(0), "");
}

TEST_F(LibcryptoStartDeathTest, KnowsNoCipherAndNoDigestBesideThose) {
    EXPECT_EXIT(judge(says("0\n"),
                      [] {
                          return !has_cipher("AES-128-CBC") && !has_digest("MD5") && has_digest("SHA2-256") &&
                                 !has_digest("BLAKE2S-256");
                      }),
                ::testing::ExitedWithCode(0), "");
}

TEST_F(LibcryptoStartDeathTest, ReadsNoConfigurationOutsideFipsMode) {
    configure_fips();
    EXPECT_EXIT(judge(says("0\n"), computes), ::testing::ExitedWithCode(0), "");
    EXPECT_EXIT(judge(directory_.file("none"), computes), ::testing::ExitedWithCode(0), "");
}

TEST_F(LibcryptoStartDeathTest, InFipsModeTheConfigurationDecides) {
    const auto refused = [] { return !computes(); };
    configure_fips();
    EXPECT_EXIT(judge(says("1\n"), refused), ::testing::ExitedWithCode(0), "");
}

TEST_F(LibcryptoStartDeathTest, WhereItCannotBeToldTheConfigurationDecides) {
    const auto refused = [] { return !computes(); };
    configure_fips();
    EXPECT_EXIT(judge(says(""), refused), ::testing::ExitedWithCode(0), "");
    EXPECT_EXIT(judge(directory_.path(), refused), ::testing::ExitedWithCode(0), "");
}

TEST_F(LibcryptoStartDeathTest, InFipsModeEverythingOfTheProviderIsThere) {
    EXPECT_EXIT(
        judge(says("1\n"), [] { return has_cipher("AES-128-CBC") && computes_what_the_standards_say(); }),
        ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace secondstep::otp
