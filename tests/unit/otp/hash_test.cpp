#include "otp/hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string>

#include "base/text.h"
#include "otp/hmac.h"
#include "support/failure.h"

namespace secondstep::otp {
namespace {

std::string hash_of(Algorithm algorithm, std::initializer_list<std::string_view> parts) {
    std::array<std::uint8_t, longest_hash> out{};
    Hashing hashing(algorithm);
    hashing.begin();
    for (const std::string_view part : parts)
        hashing.add(as_bytes(part));
    const auto done = hashing.finish(out);
    return done ? hex(ByteView(out).first(size_of_hash(algorithm))) : done.error().detail;
}

// FIPS 180-4, the examples of its algorithms: "abc".
TEST(Hash, AgreesWithFips180) {
    EXPECT_EQ(hash_of(Algorithm::sha1, {"abc"}), "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(hash_of(Algorithm::sha256, {"abc"}),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hash_of(Algorithm::sha512, {"abc"}),
              "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
              "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST(Hash, PartsAreReadOneAfterTheOther) {
    for (const Algorithm algorithm : {Algorithm::sha1, Algorithm::sha256, Algorithm::sha512})
        EXPECT_EQ(hash_of(algorithm, {"a", "", "bc"}), hash_of(algorithm, {"abc"}));
}

TEST(Hash, EachMessageBeginsAnew) {
    std::array<std::uint8_t, 32> first{};
    std::array<std::uint8_t, 32> second{};
    Hashing hashing(Algorithm::sha256);
    for (auto* out : {&first, &second}) {
        hashing.begin();
        hashing.add(as_bytes("abc"));
        ASSERT_TRUE(hashing.finish(*out));
    }
    EXPECT_EQ(first, second);
}

TEST(Hash, RefusesATooSmallBufferAndAMessageThatWasNotBegun) {
    std::array<std::uint8_t, 32> out{};
    Hashing hashing(Algorithm::sha256);
    EXPECT_EQ(testing::failure(hashing.finish(out)), Errc::crypto);
    hashing.begin();
    EXPECT_EQ(testing::failure(hashing.finish(MutableByteView(out).first(31))), Errc::crypto);
}

// All that malloc(3) gave to this thread and what it uses itself.
std::string heap() {
    std::ifstream maps("/proc/self/maps");
    std::ifstream memory("/proc/self/mem", std::ios::binary);
    std::string line;
    while (std::getline(maps, line) && !line.ends_with("[heap]")) {
    }
    const std::size_t begin = std::stoul(line, nullptr, 16);
    std::string bytes(std::stoul(line.substr(line.find('-') + 1), nullptr, 16) - begin, '\0');
    memory.seekg(static_cast<std::streamoff>(begin));
    memory.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return bytes;
}

bool has_a_heap() {
    std::ifstream maps("/proc/self/maps");
    const std::string all{std::istreambuf_iterator<char>(maps), {}};
    return all.find("[heap]") != std::string::npos;
}

// The words of a hash's state as the processor has them, whose big-endian bytes are the hash.
template <typename Word>
std::string state_words(ByteView digest) {
    std::string words;
    for (std::size_t i = 0; i + sizeof(Word) <= digest.size(); i += sizeof(Word)) {
        const ByteView word = digest.subspan(i, sizeof(Word));
        words.append(word.rbegin(), word.rend());
    }
    return words;
}

// A derived key is the outcome of an HMAC, and so what a context last held.
TEST(Hash, NothingOfAnOutcomeStaysBehindInTheContextOfTheThread) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer keeps memory of its own";
#endif
    if (!has_a_heap()) GTEST_SKIP() << "no heap to look into";
    for (const Algorithm algorithm : {Algorithm::sha1, Algorithm::sha256, Algorithm::sha512}) {
        std::array<std::uint8_t, longest_hmac> out{};
        const auto size = hmac(algorithm, as_bytes("a key"), {as_bytes("what it is for")}, out);
        ASSERT_TRUE(size);
        const ByteView digest = ByteView(out).first(*size);
        const std::string left = algorithm == Algorithm::sha512 ? state_words<std::uint64_t>(digest)
                                                                : state_words<std::uint32_t>(digest);
        // The first 16 bytes, and not those of the copy that is looked for.
        const std::string all = heap();
        std::size_t found = 0;
        for (std::size_t at = all.find(left.substr(0, 16)); at != std::string::npos;
             at = all.find(left.substr(0, 16), at + 1))
            ++found;
        EXPECT_LE(found, 1U) << to_text(algorithm) << ": beside `left` itself";
    }
}

}  // namespace
}  // namespace secondstep::otp
