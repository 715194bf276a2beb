#include "fleet/host_registry.h"

#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "fleet/file_records.h"
#include "support/temporary_directory.h"
#include "unit/fleet/difficult_records.h"
#include "unit/fleet/fleet_records_contract.h"

namespace secondstep::fleet {
namespace {

class Registry : public ::testing::Test {
  protected:
    Registry() { EXPECT_TRUE(records_->create(sample_identity())); }
    // By a permission of its own, as the desk lets it join; its certificate.
    relay::Fingerprint joined(const std::string& name) {
        JoinPermission permission = sample_permission({name}, 1);
        permission.id[0] = ++number_;
        EXPECT_TRUE(records_->permit(permission));
        RegisteredHost host = sample_host(name, number_);
        host.permission = permission.id;
        host.since = clock_.now();
        EXPECT_EQ(records_->join(host, clock_.now()).value(), Joining::registered);
        registry_.forget_without(name);
        return host.certificate;
    }
    void change(const std::string& name, const std::function<void(RegisteredHost&)>& how) {
        const auto done = records_->change(name, [&](RegisteredHost host) {
            how(host);
            return std::optional(host);
        });
        EXPECT_TRUE(done.value());
    }
    void suspend(const std::string& name, bool is_suspended) {
        change(name, [&](RegisteredHost& host) { host.suspended = is_suspended; });
    }
    [[nodiscard]] bool is_host(const relay::Fingerprint& certificate) const {
        return registry_.look_up(certificate).value().has_value();
    }
    [[nodiscard]] Host host_of(const relay::Fingerprint& certificate) const {
        return registry_.look_up(certificate).value().value().host;
    }
    void damage(const std::string& name) const {
        std::filesystem::resize_file(directory_.path() + "/fleet/hosts/" + name + ".host", 7);
    }
    // What is known of the records is older than a second now: whoever knows nothing of them yet reads them as well.
    [[nodiscard]] HostRegistry later() const { return HostRegistry(*records_); }
    // Time itself makes it read them anew: nothing happens that could be waited for.
    [[nodiscard]] bool becomes_doubtful(const relay::Fingerprint& certificate) const {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
        while (registry_.look_up(certificate)) {
            if (std::chrono::steady_clock::now() > deadline) return false;
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        }
        return true;
    }
    // Of so many that ask while one reads from a disk on which a reading lasts longer than it is good for: how often the
    // records are read, until the last of them has their answer.
    unsigned readings_for(std::size_t count, const relay::Fingerprint& certificate, bool is_known) {
        difficult_.time_of_a_reading = HostRegistry::freshness + std::chrono::milliseconds{50};
        difficult_.be_slow();
        const unsigned before = difficult_.readings();
        const auto asks = [&] { return registry_.look_up(certificate).has_value(); };
        std::vector<std::future<bool>> answers;
        answers.push_back(std::async(std::launch::async, asks));
        difficult_.await_question();
        std::latch all(static_cast<std::ptrdiff_t>(count));
        for (std::size_t i = 0; i < count; ++i) {
            answers.push_back(std::async(std::launch::async, [&] {
                all.count_down();
                return asks();
            }));
        }
        all.wait();
        difficult_.be_quick();
        for (auto& answer : answers)
            EXPECT_EQ(answer.get(), is_known);
        return difficult_.readings() - before;
    }

    std::uint8_t number_ = 0;
    secondstep::testing::FakeClock clock_{1'800'000'000};
    secondstep::testing::SeededRandomness randomness_{3};
    secondstep::testing::TemporaryDirectory directory_;
    Keyring ring_ = Keyring::generate(randomness_);
    std::unique_ptr<FleetRecords> records_ =
        FileFleetRecords::open(directory_.path(), true, ring_, clock_, randomness_).value();
    DifficultRecords difficult_{*records_};
    HostRegistry registry_{difficult_};
};

TEST_F(Registry, KnowsAHostByItsCertificate) {
    const auto certificate = joined("web01");
    const Host host = host_of(certificate);
    EXPECT_EQ(host.name, "web01");
    EXPECT_EQ(host.changes, HostClass::login);
    EXPECT_NE(host.tag, HostTag{});
    EXPECT_TRUE(host.own_uids) << "as the identity of the fleet says";
    EXPECT_FALSE(is_host(fingerprint(99)));
}

TEST_F(Registry, KnowsAnEarlierCertificateAndTheNextOneApart) {
    const auto certificate = joined("web01");
    change("web01", [](RegisteredHost& host) { host.next = fingerprint(77); });
    EXPECT_FALSE(later().look_up(certificate).value()->by_next);
    EXPECT_TRUE(later().look_up(fingerprint(77)).value()->by_next);
}

// Otherwise one damaged record keeps every host that is dropped.
TEST_F(Registry, WhoWasDroppedIsNobodyThoughTheRecordOfAnotherCannotBeRead) {
    const auto dropped = joined("web01");
    const auto damaged = joined("web02");
    ASSERT_TRUE(is_host(dropped));
    ASSERT_TRUE(is_host(damaged));
    damage("web02");
    ASSERT_TRUE(records_->drop("web01").value());
    ASSERT_TRUE(becomes_doubtful(damaged)) << "that it is nobody's cannot be told";
    const auto host = registry_.look_up(dropped);
    ASSERT_TRUE(host) << host.error().detail;
    EXPECT_FALSE(*host);
    EXPECT_FALSE(registry_.look_up(fingerprint(99))) << "perhaps it is web02's next one";
}

TEST_F(Registry, SaysOfAHostWhatItIsNow) {
    const Host host = host_of(joined("web01"));
    EXPECT_EQ(later().present(host).value().value().changes, HostClass::login);
    change("web01", [](RegisteredHost& one) { one.changes = HostClass::changes; });
    EXPECT_EQ(later().present(host).value().value().changes, HostClass::changes);
    change("web01", [](RegisteredHost& one) { one.certificate = fingerprint(77); });
    EXPECT_TRUE(later().present(host).value()) << "by another certificate";
    suspend("web01", true);
    EXPECT_FALSE(later().present(host).value());
    damage("web01");
    EXPECT_FALSE(later().present(host)) << "that cannot be told";
}

TEST_F(Registry, AHostThatWasDroppedAndHasJoinedAgainIsAnotherOne) {
    const Host host = host_of(joined("web01"));
    ASSERT_TRUE(records_->drop("web01").value());
    EXPECT_FALSE(later().present(host).value());
    clock_.advance(std::chrono::seconds{1});
    const Host again = host_of(joined("web01"));
    EXPECT_FALSE(later().present(host).value());
    EXPECT_TRUE(later().present(again).value());
}

TEST_F(Registry, ADroppedOrSuspendedHostIsNobody) {
    const auto web01 = joined("web01");
    const auto web02 = joined("web02");
    EXPECT_TRUE(is_host(web01));
    ASSERT_TRUE(records_->drop("web01").value());
    suspend("web02", true);
    EXPECT_FALSE(later().look_up(web01).value());
    EXPECT_FALSE(later().look_up(web02).value());
}

TEST_F(Registry, WhoAsksForWhatIsKnownDoesNotWaitForWhoReads) {
    const auto certificate = joined("web01");
    EXPECT_FALSE(registry_.known(certificate)) << "nothing was read yet";
    ASSERT_TRUE(is_host(certificate));
    EXPECT_EQ(registry_.known(certificate).value().host.name, "web01");
    registry_.forget();
    difficult_.be_slow();
    auto read = std::async(std::launch::async, [&] { return registry_.look_up(certificate).value(); });
    difficult_.await_question();
    auto known = std::async(std::launch::async, [&] { return registry_.known(certificate); });
    EXPECT_EQ(known.wait_for(std::chrono::seconds{20}), std::future_status::ready);
    difficult_.be_quick();
    EXPECT_FALSE(known.get());
    EXPECT_EQ(read.get().value().host.name, "web01");
}

TEST_F(Registry, AHostThatJoinsWhileTheRecordsAreReadIsKnownAtOnce) {
    const auto before = joined("web01");
    difficult_.be_slow();
    auto read = std::async(std::launch::async, [&] { return registry_.look_up(before).value(); });
    difficult_.await_question();
    const auto certificate = joined("web02");
    difficult_.be_quick();
    EXPECT_TRUE(read.get());
    EXPECT_EQ(host_of(certificate).name, "web02");
}

// It is one more for those who began to wait while it was read, and another one at most for a thread that came late.
TEST_F(Registry, WhoWaitsForWhoReadsDoesNotReadOneAfterTheOther) {
    const auto certificate = joined("web01");
    EXPECT_LE(readings_for(8, certificate, true), 3U);
}

TEST_F(Registry, NorDoTheyWhereItCannotBeRead) {
    const auto certificate = joined("web01");
    difficult_.fails = true;
    EXPECT_LE(readings_for(8, certificate, false), 3U);
    difficult_.fails = false;
    EXPECT_TRUE(registry_.look_up(certificate)) << "who asks now has an answer of now";
}

// Hosts that renew one after the other, or a host that makes its node write, would keep all others from an answer.
TEST_F(Registry, WhoeverWritesWhileItIsReadKeepsNobodyFromAnAnswer) {
    const auto certificate = joined("web01");
    unsigned writes = 0;
    difficult_.while_read = [&] {
        if (++writes <= 20) registry_.forget();
    };
    const unsigned before = difficult_.readings();
    EXPECT_TRUE(is_host(certificate));
    EXPECT_EQ(difficult_.readings() - before, 1U);
    EXPECT_FALSE(registry_.known(certificate)) << "and for who asks after the write it is not kept";
}

TEST_F(Registry, NorDoTheyReadOneAfterTheOtherWhereSomebodyWrites) {
    const auto certificate = joined("web01");
    difficult_.while_read = [&] { registry_.forget(); };
    EXPECT_LE(readings_for(8, certificate, true), 3U);
}

TEST_F(Registry, AHostThatAListingLeavesOutIsStillOne) {
    const auto certificate = joined("web01");
    ASSERT_TRUE(is_host(certificate));
    registry_.forget();
    difficult_.left_out = "web01";
    EXPECT_TRUE(is_host(certificate));
    ASSERT_TRUE(records_->drop("web01").value());
    registry_.forget();
    EXPECT_FALSE(is_host(certificate)) << "now it is gone";
}

TEST_F(Registry, AHostThatHasJustJoinedAndAListingLeavesOutIsOne) {
    ASSERT_TRUE(is_host(joined("web01")));
    const auto certificate = joined("web02");
    difficult_.left_out = "web02";
    EXPECT_TRUE(is_host(certificate));
}

TEST_F(Registry, AHostWhoseRecordCannotBeReadAndAListingLeavesOutIsNotNobody) {
    joined("web01");
    const auto web02 = joined("web02");
    damage("web02");
    EXPECT_FALSE(registry_.look_up(web02));
    difficult_.left_out = "web02";
    for (int i = 0; i < 2; ++i) {
        registry_.forget();
        EXPECT_FALSE(registry_.look_up(web02)) << "however often it is read anew";
    }
}

TEST_F(Registry, AHostThatWasSuspendedAndAListingLeavesOutIsOneAgain) {
    const auto certificate = joined("web01");
    suspend("web01", true);
    EXPECT_FALSE(is_host(certificate));
    suspend("web01", false);
    difficult_.left_out = "web01";
    registry_.forget();
    EXPECT_TRUE(is_host(certificate));
}

}  // namespace
}  // namespace secondstep::fleet
