// Where the rename of the credential is the line: before it "not stored" and the old second step, after it
// the new one, whose key and codes are shown whatever the disk says of the rest.

#include <gmock/gmock.h>
#include <unistd.h>

#include "otp/otpauth_uri.h"
#include "tool_world.h"

namespace secondstep::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CommitOfTheTool : public ToolWorld {
  protected:
    CommitOfTheTool() { set_up(); }

    // The tool with `injection` into its system calls, as strace writes it.
    enum class Traced { all, parent };
    Finished spoiled(const std::string& injection, const std::vector<std::string>& arguments,
                     Traced traced = Traced::all) {
        std::vector<std::string> all{"/usr/bin/strace", "-f", "-o",
                                     file("trace"),     "-e", "inject=" + injection};
        if (traced == Traced::parent) all.erase(all.begin() + 1);
        const std::vector<std::string> rest = words(arguments);
        all.insert(all.end(), rest.begin(), rest.end());
        return run_program(all, "");
    }
    // The call that was asked for was made, and failed.
    bool hit() const { return content_of(file("trace")).find("(INJECTED)") != std::string::npos; }
    void SetUp() override {
        const Finished tried = spoiled("fsync:error=EIO:when=1", {"doctor"});
        if (tried.err.find("ptrace") != std::string::npos || ::access("/usr/bin/strace", X_OK) != 0)
            GTEST_SKIP() << "no strace here, or it may not trace: " << tried.err;
    }

    Secret key_in_force(const std::string& user) {
        return account(user).credential->authenticators.front().key.clone();
    }
    static bool shows(const std::string& output, const Secret& key) {
        const auto json = nlohmann::json::parse(output, nullptr, false);
        if (json.is_discarded() || !json.contains("uri")) return false;
        const auto uri = otp::parse_otpauth_uri(json["uri"].get<std::string>());
        return uri && uri->key.key.text() == key.text();
    }
};

const std::vector<std::string> replacing{"enroll",    "alice",  "--portal-user", "--no-confirm",
                                         "--replace", "--json", "--qr",          "none"};

TEST_F(CommitOfTheTool, WhateverCallFailsTheSecondStepInForceIsTheOneThatWasShown) {
    enroll("alice");
    int in_force = 0;
    int refused = 0;
    for (const char* call : {"fsync", "fdatasync", "pwrite64", "renameat", "fchmod", "flock"}) {
        for (int n = 1; n < 20; ++n) {
            SCOPED_TRACE(call + std::string(" ") + std::to_string(n));
            const Secret old = key_in_force("alice");
            const Finished done =
                spoiled(call + std::string(":error=EIO:when=") + std::to_string(n), replacing);
            if (!hit()) break;
            const Secret now = key_in_force("alice");
            const bool is_new = now.text() != old.text();
            (is_new ? in_force : refused)++;
            EXPECT_EQ(done.status, is_new ? 0 : 4) << done.err;
            EXPECT_EQ(shows(done.out, now), is_new) << done.out;
            EXPECT_EQ(done.err.find("not stored") == std::string::npos, is_new) << done.err;
        }
    }
    EXPECT_GE(in_force, 3) << "the directory, the state, what is noted at the end";
    EXPECT_GE(refused, 3);
}

TEST_F(CommitOfTheTool, AnUnconfirmedCommitWarnsOnEveryVerb) {
    enroll("alice");
    const std::string directory = "fsync:error=EIO:when=2";
    EXPECT_THAT(spoiled(directory, replacing).err, HasSubstr("did not confirm"));
    EXPECT_TRUE(account("alice").state.recovery.not_saved)
        << "no durable state before the credential is durable";
    const Finished renewed = spoiled(directory, {"recovery-codes", "alice", "--renew", "--yes"});
    EXPECT_EQ(renewed.status, 0) << renewed.err;
    EXPECT_THAT(renewed.err, HasSubstr("did not confirm"));
    EXPECT_THAT(renewed.out, HasSubstr("   4  "));
    const Finished gone = spoiled("fsync:error=EIO:when=1", {"disable", "alice", "--yes"});
    EXPECT_EQ(gone.status, 0) << gone.err;
    EXPECT_THAT(gone.err, HasSubstr("did not confirm"));
    EXPECT_FALSE(account("alice").credential);
}

TEST_F(CommitOfTheTool, SavedCodesAreKeptWhenTheDiskDidNotConfirm) {
    enroll("alice");
    auto arguments = replacing;
    arguments.insert(arguments.end(), {"--save", file("codes")});
    // The form, the credential, then the directory.
    EXPECT_EQ(spoiled("fsync:error=EIO:when=3", arguments).status, 0);
    EXPECT_THAT(content_of(file("codes")), HasSubstr("alice"));
}

// The process that publishes the file is another one than that which enrolled.
TEST_F(CommitOfTheTool, SavedCodesAreKeptWhenTheirFileIsNotConfirmed) {
    for (const char* n : {"1", "2"}) {
        const std::string user = std::string("user") + n;
        const Finished done =
            spoiled(std::string("fsync:error=EIO:when=") + n,
                    {"enroll", user, "--portal-user", "--no-confirm", "--qr", "none", "--save", file(user)},
                    Traced::parent);
        EXPECT_TRUE(hit()) << n;
        EXPECT_EQ(done.status, 0) << done.err;
        EXPECT_THAT(done.err, HasSubstr("did not confirm"));
        EXPECT_TRUE(account(user).credential);
        EXPECT_THAT(content_of(file(user)), HasSubstr(user)) << "the only copy of the codes";
    }
}

TEST_F(CommitOfTheTool, KilledBeforeItWasShownLeavesAMarkThatIfMissingSays) {
    for (const char* at : {"fdatasync", "write"}) {
        const std::string user = std::string("killed-at-") + at;
        const Finished killed = spoiled(at + std::string(":signal=KILL:when=1"),
                                        {"enroll", user, "--portal-user", "--no-confirm", "--json"});
        EXPECT_NE(killed.status, 0) << at;
        EXPECT_TRUE(killed.out.empty()) << killed.out;
        ASSERT_TRUE(account(user).credential) << at;
        EXPECT_TRUE(account(user).state.recovery.not_saved) << at;
        const Finished again = tool({"enroll", user, "--portal-user", "--if-missing", "--no-confirm"});
        EXPECT_EQ(again.status, 0);
        EXPECT_THAT(again.err, HasSubstr("nobody has confirmed seeing the codes")) << at;
        EXPECT_EQ(json({"enroll", user, "--portal-user", "--if-missing", "--no-confirm"})["codes_confirmed"],
                  false);
        EXPECT_EQ(json({"status", user})[0]["codes_confirmed"], false);
        EXPECT_THAT(tool({"status", user}).out, HasSubstr("never confirmed"));
    }
}

TEST_F(CommitOfTheTool, WhatWasShownLeavesNoMark) {
    enroll("alice");
    EXPECT_FALSE(account("alice").state.recovery.not_saved);
    EXPECT_EQ(tool({"recovery-codes", "alice", "--renew", "--yes"}).status, 0);
    EXPECT_FALSE(account("alice").state.recovery.not_saved);
    const Finished again = tool({"enroll", "alice", "--portal-user", "--if-missing", "--no-confirm"});
    EXPECT_THAT(again.err, Not(HasSubstr("confirmed")));
}

}  // namespace
}  // namespace secondstep::testing
