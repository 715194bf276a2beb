#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <fstream>

#include "policy/people.h"
#include "support/failing_system_call.h"
#include "support/temporary_directory.h"

// Of libc, for its own tests: the sources of this process, in place of nsswitch.conf.
extern "C" int __nss_configure_lookup(const char* database, const char* sources);

namespace secondstep {
namespace {

// A name service of "files" and a source of our own (tests/support/trial_name_source.cpp), in either order.
class NameSourceFailures : public ::testing::TestWithParam<const char*> {
  protected:
    NameSourceFailures() {
        void* const source = ::dlopen(SECONDSTEP_TRIAL_NAME_SOURCE, RTLD_NOW);
        EXPECT_NE(source, nullptr) << ::dlerror();
        says_ = reinterpret_cast<void (*)(const char*)>(::dlsym(source, "trial_name_source_says"));
        std::ofstream file(directory_.file("nsswitch.conf"));
        for (const char* database : {"passwd", "group"}) {
            file << database << ": " << GetParam() << "   # why not\n";
            EXPECT_EQ(::__nss_configure_lookup(database, GetParam()), 0);
        }
        file.close();
        says("");
    }
    ~NameSourceFailures() override {
        for (const char* database : {"passwd", "group"})
            ::__nss_configure_lookup(database, "files");
        says("");
    }

    void says(const std::string& failures) const { says_(failures.c_str()); }
    [[nodiscard]] Result<LookedUp> find(const std::string& name) const { return people_.find(name, asked_); }

    static constexpr const char* statuses_[] = {"unavail:0",  "unavail:2",  "unavail:11",  "unavail:111",
                                                "tryagain:0", "tryagain:2", "tryagain:11", "tryagain:110"};

    testing::TemporaryDirectory directory_;
    NameServicePeople people_{NameSources(directory_.file("nsswitch.conf"))};
    const std::vector<std::string> asked_{"remote2fa", "root"};
    void (*says_)(const char*) = nullptr;
};

TEST_P(NameSourceFailures, NoneMeansCertainAnswers) {
    const auto remo = find("remo");
    ASSERT_TRUE(remo) << remo.error().detail;
    ASSERT_TRUE(remo->person);
    EXPECT_EQ(remo->membership.in("remote2fa"), Certainty::yes);
    EXPECT_EQ(remo->membership.in("root"), Certainty::no);
    EXPECT_EQ(remo->membership.failure, "");
    const auto root = find("root");
    ASSERT_TRUE(root && root->person);
    EXPECT_EQ(root->membership.in("remote2fa"), Certainty::no);
    const auto nobody = find("secondstep-no-such-user");
    ASSERT_TRUE(nobody) << nobody.error().detail;
    EXPECT_FALSE(nobody->person);
    EXPECT_EQ(nobody->membership.in("remote2fa"), Certainty::no);
}

TEST_P(NameSourceFailures, WhoIsNotFoundWhileASourceFailsIsNotNobody) {
    for (const char* status : statuses_) {
        says(std::string("getpwnam=") + status);
        for (const char* name : {"remo", "secondstep-no-such-user"}) {
            const auto found = find(name);
            ASSERT_FALSE(found) << GetParam() << " " << status << " " << name;
            EXPECT_EQ(found.error().code, Errc::io);
        }
        const auto root = find("root");
        ASSERT_TRUE(root && root->person) << status;
        EXPECT_EQ(root->membership.in("remote2fa"), Certainty::no);
    }
}

TEST_P(NameSourceFailures, AGroupThatIsNotFoundWhileASourceFailsCannotBeTold) {
    for (const char* status : statuses_) {
        says(std::string("getgrnam=") + status);
        for (const char* name : {"remo", "root", "secondstep-no-such-user"}) {
            const auto found = find(name);
            ASSERT_TRUE(found);
            EXPECT_EQ(found->membership.in("remote2fa"), Certainty::cannot_tell) << status << " " << name;
            EXPECT_NE(found->membership.failure, "");
        }
        EXPECT_EQ(find("root")->membership.in("root"), Certainty::yes);
    }
}

// The attack of which nothing can be seen in getgrouplist's answer: getpwnam and getgrnam answer.
TEST_P(NameSourceFailures, AListOfGroupsThatFailsMakesNobodyANonMember) {
    for (const char* status : statuses_) {
        says(std::string("initgroups=") + status);
        const auto remo = find("remo");
        ASSERT_TRUE(remo && remo->person);
        EXPECT_EQ(remo->membership.in("remote2fa"), Certainty::cannot_tell) << GetParam() << " " << status;
        EXPECT_EQ(remo->membership.in("root"), Certainty::cannot_tell);
        EXPECT_NE(remo->membership.failure, "");
        EXPECT_EQ(find("root")->membership.in("root"), Certainty::yes);
        EXPECT_EQ(find("root")->membership.in("remote2fa"), Certainty::cannot_tell);
    }
}

TEST_P(NameSourceFailures, WithEveryDirectoryDeadRootIsFoundAndWithoutGroups) {
    for (const char* status : {"unavail:111", "tryagain:11"}) {
        says(std::string("getpwnam=") + status + " getgrnam=" + status + " initgroups=" + status);
        const auto root = find("root");
        ASSERT_TRUE(root && root->person) << status;
        EXPECT_EQ(root->person->uid, 0U);
        EXPECT_EQ(root->membership.in("remote2fa"), Certainty::cannot_tell);
        EXPECT_FALSE(find("remo"));
    }
}

TEST_P(NameSourceFailures, ThePersonIsToldBeforeTheGroups) {
    says("");
    std::optional<Person> early;
    ASSERT_TRUE(people_.find("remo", asked_, [&](const Person& person) { early = person; }));
    ASSERT_TRUE(early);
    EXPECT_EQ(early->uid, 7001U);
}

TEST_P(NameSourceFailures, ThisMachinesOwnAccountsAreFoundWithoutAskingWhereTheyComeFirst) {
    says("getpwnam=silent getgrnam=silent initgroups=silent");
    const std::optional<Person> root = people_.find_here("root");
    EXPECT_EQ(root.has_value(), GetParam() == std::string("files trial"));
    if (root) {
        EXPECT_EQ(root->uid, 0U);
    }
    EXPECT_FALSE(people_.find_here("remo"));
}

INSTANTIATE_TEST_SUITE_P(Orders, NameSourceFailures, ::testing::Values("files trial", "trial files"),
                         [](const auto& order) {
                             return order.param == std::string("files trial") ? "Last" : "First";
                         });

class SourceOfLibcAlone : public NameSourceFailures {};

// A source that cannot be asked by itself tells its failure by errno, and by nothing else.
TEST_P(SourceOfLibcAlone, FailsInErrno) {
    std::ofstream(directory_.file("alone.conf")) << "passwd: files\ngroup: files\n";
    const NameServicePeople people{NameSources(directory_.file("alone.conf"))};
    const auto in_group = [&](const char* name) {
        const auto found = people.find(name, asked_);
        return found ? found->membership.in("remote2fa") : Certainty::cannot_tell;
    };
    EXPECT_EQ(in_group("remo"), Certainty::yes);
    EXPECT_EQ(in_group("root"), Certainty::no);
    for (const char* status : {"unavail:11", "unavail:111", "tryagain:11", "tryagain:110"}) {
        says(std::string("initgroups=") + status);
        EXPECT_EQ(in_group("remo"), Certainty::cannot_tell) << status;
        EXPECT_EQ(in_group("root"), Certainty::cannot_tell) << status;
    }
}

INSTANTIATE_TEST_SUITE_P(Last, SourceOfLibcAlone, ::testing::Values("files trial"));

class NameSourceActions : public NameSourceFailures {};

// What libc does not ask does not matter.
TEST_P(NameSourceActions, ASourceBehindALastWordIsNotAsked) {
    says("getpwnam=unavail:111 initgroups=unavail:111 getgrnam=unavail:111");
    const auto nobody = find("secondstep-no-such-user");
    ASSERT_TRUE(nobody) << nobody.error().detail;
    EXPECT_FALSE(nobody->person);
}

INSTANTIATE_TEST_SUITE_P(Actions, NameSourceActions,
                         ::testing::Values("files [NOTFOUND=return] trial", "files [!SUCCESS=return] trial",
                                           "files[notfound=RETURN]trial"));

class UninstalledSource : public NameSourceFailures {};

// A line that was left behind locks nobody out: libc passes over it as well.
TEST_P(UninstalledSource, IsPassedOver) {
    const auto nobody = find("secondstep-no-such-user");
    ASSERT_TRUE(nobody) << nobody.error().detail;
    EXPECT_FALSE(nobody->person);
    EXPECT_EQ(find("root")->membership.in("remote2fa"), Certainty::no);
}

INSTANTIATE_TEST_SUITE_P(Lines, UninstalledSource, ::testing::Values("files notinstalledhere trial"));

class LackingSource : public NameSourceFailures {};

// The loader says of a library that the source needs what it says of a source that is not installed.
TEST_P(LackingSource, IsNotOneThatIsNotInstalled) {
    const auto nobody = find("secondstep-no-such-user");
    ASSERT_FALSE(nobody);
    EXPECT_NE(nobody.error().detail.find("lacking"), std::string::npos) << nobody.error().detail;
    EXPECT_EQ(find("root")->membership.in("remote2fa"), Certainty::cannot_tell);
}

INSTANTIATE_TEST_SUITE_P(Lines, LackingSource, ::testing::Values("files lacking", "lacking files"));

// No table of open files, no memory, a disk that fails: /etc/passwd cannot be read,
// and says nothing of anybody.
TEST(UnreadablePasswd, IsNotAnUnknownUser) {
    const int errors[] = {EACCES, EMFILE, ENFILE, ENOMEM, EIO, EAGAIN, ELOOP};
    for (const long call : {static_cast<long>(SYS_openat), static_cast<long>(SYS_read)}) {
        for (const int error : errors) {
            const bool told = testing::holds_while_failing(call, error, [] {
                return !NameServicePeople().find("secondstep-no-such-user", {}).has_value();
            });
            EXPECT_TRUE(told) << (call == SYS_read ? "read" : "openat") << " " << error;
        }
    }
}

// Also where systemd is installed and does not run: its source then fails for everybody but root.
TEST(SourceOfSystemd, IsNoDirectoryThatIsAway) {
    testing::TemporaryDirectory directory;
    std::ofstream(directory.file("nsswitch.conf")) << "passwd: files systemd\ngroup: files systemd\n";
    const auto groups = NameSources(directory.file("nsswitch.conf")).groups_of("daemon", 1);
    EXPECT_EQ(groups.failure, "");
    EXPECT_FALSE(groups.ids.empty());
}

}  // namespace
}  // namespace secondstep
