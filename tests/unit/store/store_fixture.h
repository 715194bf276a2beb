#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>

#include "store/file_store.h"
#include "support/fake_clock.h"
#include "support/seeded_randomness.h"
#include "support/temporary_directory.h"
#include "unit/account/sample_account.h"

namespace secondstep::testing {

inline std::string content_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// Changes the file in place: same inode, mode and owner.
inline void overwrite(const std::string& path, const std::string& content) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

// For tests that write very often and ask nothing of the disk: a hundred flushes of a busy one take long.
inline std::filesystem::path memory() {
    const std::filesystem::path shared_memory = "/dev/shm";
    return ::access(shared_memory.c_str(), W_OK) == 0 ? shared_memory
                                                      : std::filesystem::temp_directory_path();
}

// A store with its folders, an account `alice` that is enrolled, and a second view of the same directory.
class StoreFixture : public ::testing::Test {
  protected:
    explicit StoreFixture(const std::filesystem::path& parent = std::filesystem::temp_directory_path())
        : directory_(parent) {
        for (const auto* folder : {"users", "decoys", "staging"}) {
            std::filesystem::create_directory(directory_.file(folder));
            std::filesystem::permissions(directory_.file(folder), std::filesystem::perms::owner_all);
        }
        store_ = opened();
        enroll(sample_credential());
    }

    [[nodiscard]] Keyring keyring() const { return Keyring::parse(ring_.encode()).value(); }
    [[nodiscard]] std::unique_ptr<FileStore> opened_with(Keyring ring) {
        return FileStore::open({.directory = directory_.path()}, std::move(ring), clock_, randomness_)
            .value();
    }
    [[nodiscard]] std::unique_ptr<FileStore> opened() { return opened_with(keyring()); }

    void enroll(const Credential& credential, const State& state = enrolled_state()) {
        const auto transaction = store_->begin_enrollment(RecordName::of(credential.account)).value();
        ASSERT_EQ(transaction->write_credential(credential, state).value(), WriteOutcome::done);
    }
    void write(const State& state) {
        ASSERT_EQ(store_->begin(alice_).value()->write_state(state).value(), WriteOutcome::done);
    }

    // One attempt as a login makes it: busy is tried again.
    [[nodiscard]] Result<Reason> attempt(const AccountStore& store, const Answer& answer) const {
        auto transaction = store.begin(alice_);
        while (!transaction && transaction.error().code == Errc::busy) {
            ::usleep(100);  // the right to the processor, not a guess about time: it is asked again until it
                            // is free
            transaction = store.begin(alice_);
        }
        if (!transaction) return std::unexpected(transaction.error());
        const Account& account = (*transaction)->account();
        const auto result =
            verify(*account.credential, account.state, address("192.0.2.7"), answer, {}, {}, clock_.now());
        if (!result) return std::unexpected(result.error());
        const auto written = (*transaction)->write_state(result->next);
        if (!written) return std::unexpected(written.error());
        return result->reason;
    }

    [[nodiscard]] std::string path(const std::string& name) const { return directory_.file(name); }
    [[nodiscard]] std::string state_path() const { return path("users/alice.state"); }
    [[nodiscard]] std::string credential_path() const { return path("users/alice.credential"); }

    // Everything that is there: name, kind, mode, links, content.
    [[nodiscard]] std::map<std::string, std::string> everything() const {
        std::map<std::string, std::string> all;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_.path())) {
            struct stat status{};
            EXPECT_EQ(::lstat(entry.path().c_str(), &status), 0);
            std::string& seen = all[entry.path().string()];
            seen = std::to_string(status.st_mode) + " " + std::to_string(status.st_nlink) + " " +
                   std::to_string(status.st_uid) + " ";
            if (S_ISREG(status.st_mode)) seen += content_of(entry.path().string());
        }
        return all;
    }

    FakeClock clock_{noon};
    SeededRandomness randomness_{11};
    TemporaryDirectory directory_;
    Keyring ring_ = Keyring::generate(randomness_);
    RecordName alice_ = RecordName::of(name_of("alice"));
    std::unique_ptr<FileStore> store_;
};

}  // namespace secondstep::testing
