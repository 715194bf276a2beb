#include "dialogue/visit/earlier_name.h"

#include <gmock/gmock.h>

#include "dialogue/make_dialogue.h"
#include "unit/dialogue/login_world.h"

namespace secondstep {
namespace {

// A store in which one record cannot be read.
class StoreWithout final : public AccountStore {
  public:
    StoreWithout(std::shared_ptr<const AccountStore> under, const std::string& name)
        : under_(std::move(under)), unreadable_(RecordName::of(*AccountName::create(name)).sealed_name()) {}
    [[nodiscard]] bool may_block() const override { return under_->may_block(); }
    [[nodiscard]] Result<Account> read(const RecordName& name) const override {
        if (name.sealed_name() == unreadable_) return fail(Errc::damaged, "its file is damaged");
        return under_->read(name);
    }
    [[nodiscard]] Result<std::unique_ptr<Transaction>> begin(const RecordName& name) const override {
        return under_->begin(name);
    }
    [[nodiscard]] Result<std::unique_ptr<Transaction>> begin_enrollment(
        const RecordName& name) const override {
        return under_->begin_enrollment(name);
    }
    [[nodiscard]] Result<void> for_each(const std::function<bool(const AccountName&)>& visit) const override {
        return under_->for_each(visit);
    }
    [[nodiscard]] Result<std::vector<AccountName>> names_enrolled_for(
        std::optional<uid_t> uid) const override {
        return under_->names_enrolled_for(uid);
    }

  private:
    std::shared_ptr<const AccountStore> under_;
    std::string unreadable_;
};

using dialogue::Request;
using dialogue::Resumption;
using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::LoginWorld;
using testing::no_answer;

// bob was enrolled and is now called robert: usermod -l robert bob.
class EarlierName : public ::testing::Test {
  protected:
    EarlierName() {
        world_.configure("action = allow\n");
        world_.enroll("bob", 1001);
        world_.add_person("robert", 1001);
        index(1001, {"bob"});
    }
    void index(uid_t uid, const std::vector<std::string>& names) {
        world_.store->uids[uid].clear();
        for (const auto& name : names)
            world_.store->uids[uid].push_back(*AccountName::create(name));
    }
    Verdict login(const std::string& user) { return world_.login(user, {no_answer}).verdict; }
    const std::string& reason() { return world_.last_decision().reason; }

    LoginWorld world_;
};

TEST_F(EarlierName, WhoseAccountWasRenamedIsNotLetInWithoutTheirSecondStep) {
    EXPECT_EQ(login("robert"), Verdict::unavailable);
    EXPECT_THAT(reason(), AllOf(HasSubstr("secondstep rename bob robert"), HasSubstr("disable bob")));
    EXPECT_EQ(world_.last_decision().user, "robert");
}

TEST_F(EarlierName, NorDoTheyEnrollAnewInAnyConversation) {
    for (const Purpose purpose : {Purpose::account, Purpose::manage}) {
        Request request = world_.request("robert");
        request.purpose = purpose;
        request.task = purpose == Purpose::manage ? Task::enroll : Task::none;
        request.first_factor_passed = true;
        world_.configure("action = enroll\nenrollment = open\n");
        EXPECT_EQ(world_.login(request, {no_answer}).verdict, Verdict::unavailable);
        EXPECT_THAT(reason(), HasSubstr("secondstep rename bob robert"));
    }
}

TEST_F(EarlierName, TwoNamesThatAreBothAccountsAreTwoAccounts) {
    world_.add_person("bob", 1001);
    EXPECT_EQ(login("robert"), Verdict::not_needed);
}

TEST_F(EarlierName, ANameThatSomebodyElseGotSinceIsGoneToo) {
    world_.add_person("bob", 1005);
    EXPECT_EQ(login("robert"), Verdict::unavailable);
    EXPECT_THAT(reason(), HasSubstr("secondstep rename bob robert"));
}

TEST_F(EarlierName, ASpellingThatLeadsToTheSamePersonIsNoAccountOfItsOwn) {
    world_.people.persons["bob"] = LookedUp{Person{"robert", 1001}, {}};
    EXPECT_EQ(login("robert"), Verdict::unavailable);
}

TEST_F(EarlierName, ANameServiceThatCannotTellIsNotANo) {
    class Silent final : public People {
      public:
        using People::find;
        [[nodiscard]] Result<LookedUp> find(const std::string& name, const std::vector<std::string>&,
                                            const Early&) const override {
            if (name == "bob") return fail(Errc::io, "the directory is down");
            return LookedUp{Person{"robert", 1001}, {}};
        }
        [[nodiscard]] std::optional<Person> find_here(const std::string&) const override {
            return std::nullopt;
        }
    } silent;
    auto ports = world_.ports();
    ports.people = &silent;
    const auto dialogue = dialogue::make_dialogue(ports, world_.request("robert"));
    EXPECT_EQ(world_.run(*dialogue, {no_answer}).verdict, Verdict::unavailable);
    EXPECT_THAT(reason(), AllOf(HasSubstr("bob"), HasSubstr("robert"), HasSubstr("the directory is down")));
}

TEST_F(EarlierName, TheIndexIsNeverBelievedAlone) {
    world_.store->record("bob").credential->uid = 1002;
    EXPECT_EQ(login("robert"), Verdict::not_needed) << "another uid's";
    index(1001, {"nobody", "robert"});
    EXPECT_EQ(login("robert"), Verdict::not_needed) << "names without a second step";
    index(1001, {});
    EXPECT_EQ(login("robert"), Verdict::not_needed);
}

// Whose it was cannot be told, and that is not a no either; where bob is an account
// still, it does not matter.
TEST_F(EarlierName, ARecordThatCannotBeReadIsNotANo) {
    auto ports = world_.ports();
    ports.store = std::make_shared<StoreWithout>(world_.store, "bob");
    const auto verdict = [&] {
        const auto dialogue = dialogue::make_dialogue(ports, world_.request("robert"));
        return world_.run(*dialogue, {no_answer}).verdict;
    };
    EXPECT_EQ(verdict(), Verdict::unavailable);
    EXPECT_THAT(reason(), AllOf(HasSubstr("bob"), HasSubstr("robert"), HasSubstr("run doctor")));
    world_.add_person("bob", 1001);
    EXPECT_EQ(verdict(), Verdict::not_needed);
}

TEST_F(EarlierName, AnIndexThatCannotBeReadIsNotANo) {
    world_.store->uids_error = Error{Errc::untrusted, "uids is open to others"};
    EXPECT_EQ(login("robert"), Verdict::unavailable);
}

TEST_F(EarlierName, NeverForUidZero) {
    world_.enroll("admin", 0);
    world_.add_person("root", 0);
    index(0, {"admin"});
    EXPECT_EQ(login("root"), Verdict::not_needed);
}

TEST_F(EarlierName, WhoIsEnrolledIsNotLookedUp) {
    world_.add_enrolled("alice", 1000);
    index(1000, {"bob", "alice"});
    EXPECT_EQ(world_.login("alice", {world_.code("alice")}).verdict, Verdict::accepted);
    EXPECT_EQ(world_.store->uids_asked, 0U);
}

TEST_F(EarlierName, SomebodyUnknownCostsWhatSomebodyWithoutASecondStepCosts) {
    world_.configure("action = require\n");
    world_.add_person("carla", 1003);
    EXPECT_EQ(login("carla"), login("nobody-here"));
    EXPECT_EQ(world_.store->uids_asked, 2U);
}

}  // namespace
}  // namespace secondstep
