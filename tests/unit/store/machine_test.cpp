#include "store/machine.h"

#include "unit/store/store_fixture.h"

// On which machine a store was made.
namespace secondstep {
namespace {

using namespace secondstep::testing;
namespace fs = std::filesystem;
using Where = MachineStanding::Where;

constexpr const char* one_id = "3d1219c7c4c5404aaa1f6d2a48adfda4";
constexpr const char* another_id = "00000000000000000000000000000001";

class Machine : public StoreFixture {
  protected:
    Machine() { set_id(one_id); }
    void set_id(const std::string& id) { overwrite(path("id"), id + "\n"); }
    [[nodiscard]] std::unique_ptr<FileStore> on(const std::string& host, Keyring ring) {
        return FileStore::open({.directory = directory_.path(), .machine = {path("id"), host}},
                               std::move(ring), clock_, randomness_)
            .value();
    }
    [[nodiscard]] std::unique_ptr<FileStore> on(const std::string& host) { return on(host, keyring()); }
    [[nodiscard]] Where where() { return on("web02")->machine().value().where; }
};

TEST_F(Machine, IsRecordedByTheFirstEnrollmentAndFoundAgain) {
    EXPECT_EQ(where(), Where::not_said);
    ASSERT_TRUE(on("web01")->begin_enrollment(alice_));
    const MachineStanding standing = on("web02")->machine().value();
    EXPECT_EQ(standing.where, Where::here);
    EXPECT_EQ(standing.record.host, "web01");
    EXPECT_EQ(standing.record.since, clock_.now());
}

TEST_F(Machine, IsRecordedWithTheLayout) {
    ASSERT_TRUE(on("web01")->create_layout());
    EXPECT_EQ(where(), Where::here);
}

TEST_F(Machine, AnotherOneIsToldAndNotOverwritten) {
    ASSERT_TRUE(on("web01")->record_machine());
    set_id(another_id);
    EXPECT_EQ(where(), Where::elsewhere);
    ASSERT_TRUE(on("web02")->begin_enrollment(alice_));
    ASSERT_TRUE(on("web02")->create_layout());
    EXPECT_EQ(where(), Where::elsewhere);
    ASSERT_TRUE(on("web02")->record_machine());
    EXPECT_EQ(where(), Where::here);
}

TEST_F(Machine, WithoutAnIdHasNothingToSay) {
    for (const char* id : {"", "uninitialized", "3D1219C7C4C5404AAA1F6D2A48ADFDA4", "3d12"}) {
        set_id(id);
        EXPECT_EQ(where(), Where::not_to_say) << id;
        EXPECT_EQ(on("web01")->record_machine().error().code, Errc::not_found) << id;
    }
    fs::remove(path("id"));
    EXPECT_EQ(where(), Where::not_to_say);
    EXPECT_TRUE(on("web01")->begin_enrollment(alice_)) << "nobody goes without a second step for it";
    EXPECT_FALSE(fs::exists(path("machine")));
}

TEST_F(Machine, DoesNotShowItsId) {
    ASSERT_TRUE(on("web01")->record_machine());
    const std::string sealed = content_of(path("machine"));
    EXPECT_EQ(sealed.find(one_id), std::string::npos);
    EXPECT_EQ(sealed.find("web01"), std::string::npos);
    EXPECT_EQ(fs::status(path("machine")).permissions(), fs::perms{0600});
}

TEST_F(Machine, ARecordThatWasTamperedWithIsDamagedAndOneOfAnotherKeySaysNothing) {
    ASSERT_TRUE(on("web01")->record_machine());
    EXPECT_EQ(on("web01", Keyring::generate(randomness_))->machine().value().where, Where::not_said);
    std::string sealed = content_of(path("machine"));
    sealed.back() = static_cast<char>(sealed.back() ^ 1);
    overwrite(path("machine"), sealed);
    EXPECT_EQ(on("web01")->machine().error().code, Errc::damaged);
}

TEST_F(Machine, AnotherSealedFileIsNotTakenForIt) {
    overwrite(path("machine"), content_of(credential_path()));
    fs::permissions(path("machine"), fs::perms{0600});
    EXPECT_EQ(on("web01")->machine().error().code, Errc::damaged);
}

TEST_F(Machine, WhatAKilledProcessLeftBesideItGoesWithTheLayout) {
    overwrite(path(".new-0123"), "half");  // long before the clock of these tests
    ASSERT_TRUE(on("web01")->create_layout());
    EXPECT_FALSE(fs::exists(path(".new-0123")));
    EXPECT_TRUE(fs::exists(path("machine")));
}

TEST_F(Machine, ARecordIsReadAsItWasWritten) {
    const MachineRecord record{.machine = {1, 2, 3}, .host = "web01", .since = clock_.now()};
    const MachineRecord read = decode_machine_record(encode(record)).value();
    EXPECT_EQ(read.machine, record.machine);
    EXPECT_EQ(read.host, record.host);
    EXPECT_EQ(read.since, record.since);
}

}  // namespace
}  // namespace secondstep
