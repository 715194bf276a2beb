// The file in which accounts move.

#include "fleet/bundle.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "unit/account/sample_account.h"

namespace secondstep::testing {
namespace {

using fleet::BundleReader;
using fleet::BundleWriter;
using fleet::Direction;

class BundleFile : public ::testing::Test {
  protected:
    [[nodiscard]] fleet::MoveToken token() const { return {{1, 2, 3, 4, 5}, secret_.clone()}; }
    [[nodiscard]] Bytes written(const std::vector<std::string>& names, bool finished = true) {
        Bytes all;
        auto bundle = BundleWriter::begin(token(), head_, randomness_, [&](ByteView part) -> Result<void> {
                          ends_.push_back(all.size());
                          all.insert(all.end(), part.begin(), part.end());
                          return {};
                      }).value();
        for (const std::string& name : names)
            EXPECT_TRUE(bundle.add({sample_credential(name), enrolled_state()}));
        EXPECT_TRUE(!finished || bundle.finish());
        return all;
    }
    // All names in it.
    [[nodiscard]] static Result<std::vector<std::string>> read(const Bytes& bytes,
                                                               const fleet::MoveToken& token,
                                                               Direction direction) {
        const UniqueFd fd(::memfd_create("bundle", MFD_CLOEXEC));
        EXPECT_TRUE(write_at_durably(fd.get(), 0, bytes));
        auto bundle = BundleReader::open(fd.get(), token, direction);
        if (!bundle) return std::unexpected(bundle.error());
        std::vector<std::string> names;
        for (;;) {
            auto account = bundle->next();
            if (!account) return std::unexpected(account.error());
            if (!*account) return names;
            names.push_back((*account)->credential.account.text());
        }
    }
    [[nodiscard]] Result<std::vector<std::string>> read(const Bytes& bytes) const {
        return read(bytes, token(), head_.direction);
    }
    SeededRandomness randomness_{5};
    Secret secret_ = randomness_.secret(fleet::move_secret_size);
    fleet::BundleHead head_{.direction = Direction::to_fleet, .from = "web01", .since = at(0)};
    std::vector<std::size_t> ends_;
};

TEST_F(BundleFile, GivesBackWhatWasPutIn) {
    EXPECT_EQ(read(written({"alice", "bob"})).value(), (std::vector<std::string>{"alice", "bob"}));
    EXPECT_TRUE(read(written({}))->empty());
    head_ = {.direction = Direction::to_files,
             .from = "auth1",
             .since = at(0),
             .answers = {9},
             .host = "web01",
             .uids = fleet::Uids::differ};
    const Bytes bytes = written({"alice"});
    const UniqueFd fd(::memfd_create("bundle", MFD_CLOEXEC));
    ASSERT_TRUE(write_at_durably(fd.get(), 0, bytes));
    EXPECT_EQ(BundleReader::move_of(fd.get()).value(), token().move);
    auto bundle = BundleReader::open(fd.get(), token(), Direction::to_files).value();
    EXPECT_EQ(bundle.head(), head_);
    const auto account = bundle.next().value();
    EXPECT_TRUE(equal_in_constant_time(encode(account->credential), encode(sample_credential())));
    EXPECT_EQ(account->state, enrolled_state());
}

TEST_F(BundleFile, OpensWithItsTokenAndInItsDirectionAlone) {
    const Bytes bytes = written({"alice"});
    EXPECT_EQ(read(bytes, {token().move, randomness_.secret(fleet::move_secret_size)}, head_.direction)
                  .error()
                  .code,
              Errc::damaged);
    EXPECT_EQ(read(bytes, {{9}, secret_.clone()}, head_.direction).error().code, Errc::damaged);
    EXPECT_EQ(read(bytes, token(), Direction::to_files).error().code, Errc::damaged);
}

TEST_F(BundleFile, NothingOfItIsReadable) {
    const Bytes bytes = written({"alice"});
    const std::string text(bytes.begin(), bytes.end());
    EXPECT_EQ(text.find("alice"), std::string::npos);
    EXPECT_EQ(text.find("web01"), std::string::npos);
}

TEST_F(BundleFile, CutAnywhereItDoesNotOpenToItsEnd) {
    const Bytes bytes = written({"alice", "bob"});
    for (std::size_t size = 0; size < bytes.size(); size += size < 400 ? 1 : 61)
        EXPECT_FALSE(read(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)))) << size;
    EXPECT_FALSE(read(written({"alice"}, false))) << "an end that was not written";
    Bytes longer = bytes;
    longer.push_back(0);
    EXPECT_FALSE(read(longer));
}

TEST_F(BundleFile, ChangedAnywhereItDoesNotOpen) {
    Bytes bytes = written({"alice"});
    for (std::size_t at = 0; at < bytes.size(); at += at < 400 ? 1 : 61) {
        bytes[at] ^= 1U;
        EXPECT_FALSE(read(bytes)) << at;
        bytes[at] ^= 1U;
    }
    EXPECT_TRUE(read(bytes));
}

TEST_F(BundleFile, PartsLeftOutOrInAnotherOrderDoNotOpen) {
    const Bytes bytes = written({"alice", "bobby", "carol"});
    ASSERT_EQ(ends_.size(), 6U);  // beginning, head, three accounts, end
    const auto part = [&](std::size_t number) {
        const std::size_t end = number + 1 < ends_.size() ? ends_[number + 1] : bytes.size();
        return Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(ends_[number]),
                     bytes.begin() + static_cast<std::ptrdiff_t>(end));
    };
    const auto made_of = [&](const std::vector<std::size_t>& numbers) {
        Bytes all;
        for (const std::size_t number : numbers) {
            const Bytes one = part(number);
            all.insert(all.end(), one.begin(), one.end());
        }
        return all;
    };
    EXPECT_TRUE(read(made_of({0, 1, 2, 3, 4, 5})));
    EXPECT_FALSE(read(made_of({0, 1, 2, 4, 5})));
    EXPECT_FALSE(read(made_of({0, 1, 3, 2, 4, 5})));
    EXPECT_FALSE(read(made_of({0, 1, 2, 2, 3, 4, 5})));
    EXPECT_FALSE(read(made_of({0, 1, 5})));
    EXPECT_FALSE(read(made_of({0, 2, 3, 4, 5})));
}

TEST_F(BundleFile, TheTokenSurvivesBeingTyped) {
    const Secret text = fleet::to_text(token()).value();
    EXPECT_EQ(text.size(), 32U + 7U);
    const auto typed = fleet::parse_move_token(" " + std::string(text.text()) + "\n");
    ASSERT_TRUE(typed);
    EXPECT_EQ(typed->move, token().move);
    EXPECT_TRUE(equal_in_constant_time(typed->secret, secret_));
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string wrong(text.text());
        if (wrong[i] == '-') continue;
        wrong[i] = wrong[i] == '0' ? '1' : '0';
        EXPECT_EQ(fleet::parse_move_token(wrong).error().code, Errc::invalid) << i;
    }
    EXPECT_FALSE(fleet::parse_move_token("7Q2M-XK3V"));
    EXPECT_FALSE(fleet::parse_move_token(""));
}

}  // namespace
}  // namespace secondstep::testing
