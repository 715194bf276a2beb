// What is done for an answer does not tell whether it was right: on the real store, system calls and hashes are
// counted.

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <sys/mman.h>

#include <algorithm>
#include <string>
#include <vector>

#include "store/file_store.h"
#include "support/counted_system_calls.h"
#include "support/temporary_directory.h"
#include "unit/dialogue/login_world.h"

namespace {

struct Hashes {
    unsigned messages = 0;
    std::size_t bytes = 0;
    friend bool operator==(const Hashes&, const Hashes&) = default;
};
Hashes hashes;  // of this program until now

template <typename Function>
Function of_libcrypto(const char* name) {
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

// The product's calls come here on their way to libcrypto.
extern "C" int EVP_DigestFinal_ex(EVP_MD_CTX* context, unsigned char* digest, unsigned int* size) {
    static const auto real = of_libcrypto<decltype(&EVP_DigestFinal_ex)>("EVP_DigestFinal_ex");
    ++hashes.messages;
    return real(context, digest, size);
}
extern "C" int EVP_DigestUpdate(EVP_MD_CTX* context, const void* data, std::size_t size) {
    static const auto real = of_libcrypto<decltype(&EVP_DigestUpdate)>("EVP_DigestUpdate");
    hashes.bytes += size;
    return real(context, data, size);
}

namespace secondstep {
namespace {

using testing::counted_system_calls;
using testing::LoginWorld;
using testing::SystemCalls;

struct Work {
    SystemCalls calls;
    Hashes hashed;
};

class EqualWork : public ::testing::Test {
  protected:
    void SetUp() override {
        store_ =
            FileStore::open({.directory = directory_.path()},
                            Keyring::parse(world_.keyring->encode()).value(), world_.clock, world_.randomness)
                .value();
        ASSERT_TRUE(store_->create_layout());
        world_.real_store = store_;
        world_.configure("action = require\ntries = 1\n");
        for (uid_t uid = 1000; uid < 1003; ++uid)
            enroll(name(uid), uid);
        world_.add_person("notyet", 2000);
        // Folders are opened at their first use.
        for (const std::string& user : {name(1000), std::string("notyet"), std::string("nobodys")})
            ASSERT_EQ(world_.login(user, {"000000"}).verdict, Verdict::refused);
    }

    static std::string name(uid_t uid) { return "person" + std::to_string(uid); }
    void enroll(const std::string& user, uid_t uid) {
        world_.add_person(user, uid);
        const Credential credential = world_.new_credential(user, uid);
        keys_[user] = credential.authenticators.front().key.clone();
        const auto transaction = store_->begin_enrollment(RecordName::of(credential.account)).value();
        ASSERT_TRUE(transaction->write_credential(credential, state_after_enrollment({}, credential, {})));
    }
    std::string code(uid_t uid) { return world_.code_of(keys_.at(name(uid))); }

    // Of one login, in a child: what it writes stays, what it counts comes back here.
    Work work(const std::string& user, const std::string& answer, Verdict expected) {
        // Two children would mint the same id for what they write, and the second take the first one's for its own.
        static_cast<void>(world_.randomness.array<1>());
        const auto calls = counted_system_calls([&] {
            hashes = {};
            const bool ended = world_.login(user, {answer}).verdict == expected;
            *shared_ = hashes;
            return ended;
        });
        EXPECT_TRUE(calls) << user << " " << answer;
        return {calls.value_or(SystemCalls{}), *shared_};
    }

    testing::TemporaryDirectory directory_;
    LoginWorld world_;
    std::shared_ptr<FileStore> store_;
    std::map<std::string, Secret> keys_;
    Hashes* shared_ = static_cast<Hashes*>(
        ::mmap(nullptr, sizeof(Hashes), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
};

std::vector<long> kinds_of(const SystemCalls& calls) {
    std::vector<long> kinds;
    for (const auto& [number, times] : calls)
        kinds.push_back(number);
    return kinds;
}

// The token of a right one is made when it is stored, and told with the verdict: an HMAC and that of its key.
constexpr unsigned hashes_of_a_token = 4;

TEST_F(EqualWork, IsDoneForRightWrongReusedAndThrottledAnswers) {
    const std::string right_code = code(1000);
    const Work right = work(name(1000), right_code, Verdict::accepted);
    const Work reused = work(name(1000), right_code, Verdict::refused);
    const Work wrong = work(name(1001), "000000", Verdict::refused);
    for (int i = 0; i < 10; ++i)
        ASSERT_EQ(world_.login(name(1002), {"000000"}).verdict, Verdict::refused);
    const Work throttled = work(name(1002), code(1002), Verdict::refused);
    EXPECT_EQ(world_.last_decision().reason, "throttled");
    EXPECT_EQ(right.calls, wrong.calls);
    EXPECT_EQ(reused.calls, wrong.calls);
    EXPECT_EQ(throttled.calls, wrong.calls);
    EXPECT_EQ(right.hashed.messages, wrong.hashed.messages + hashes_of_a_token);
    EXPECT_EQ(reused.hashed, wrong.hashed);
    EXPECT_EQ(throttled.hashed, wrong.hashed);
}

// Beside what an enrolled person's login does, a record that is not there is looked for: three names that do not
// exist are opened. A decoy is lent twice, once to be read; that is an HMAC more.
TEST_F(EqualWork, IsDoneForWhoeverHasNoRecord) {
    const Work wrong = work(name(1001), "000000", Verdict::refused);
    Work of_nobody = work("nobodys", "000000", Verdict::refused);
    const Work not_enrolled = work("notyet", "000000", Verdict::refused);
    EXPECT_EQ(of_nobody.calls, not_enrolled.calls);
    EXPECT_EQ(of_nobody.hashed.messages, not_enrolled.hashed.messages);
    EXPECT_EQ(of_nobody.hashed.messages, wrong.hashed.messages + 2);
    EXPECT_EQ(kinds_of(of_nobody.calls), kinds_of(wrong.calls));
    of_nobody.calls.at(SYS_openat) -= 3;
    EXPECT_EQ(of_nobody.calls, wrong.calls);
}

// What a login may cost the store: two files looked at, and the same two again under the lock; the key of their
// states derived once each time.
TEST_F(EqualWork, IsTwentyCallsAtTheDiskAndTwentyThreeHmacs) {
    const Work right = work(name(1000), code(1000), Verdict::accepted);
    SystemCalls calls = right.calls;
    EXPECT_EQ(right.hashed.messages, 2U * 23U);
    // Since glibc 2.39 fstat(3) is a call of its own.
    EXPECT_EQ(calls[SYS_fstat] + calls[SYS_newfstatat], 6U);
    calls.erase(SYS_fstat);
    calls.erase(SYS_newfstatat);
    EXPECT_EQ(calls.at(SYS_openat), 4U);
    EXPECT_EQ(calls.at(SYS_pread64), 4U);
    EXPECT_EQ(calls.at(SYS_close), 4U);
    EXPECT_EQ(calls.at(SYS_flock), 1U);
    EXPECT_EQ(calls.at(SYS_pwrite64), 1U);
    EXPECT_EQ(calls.at(SYS_fdatasync), 1U);
    EXPECT_EQ(calls.size(), 6U) << ::testing::PrintToString(calls);
}

}  // namespace
}  // namespace secondstep
