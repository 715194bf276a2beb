// secondstep-pam-restore, run as a script on a directory of the test's own. Its PATH is set to begin with programs that
// write down what is logged, and that can end everything at a given call, as a power cut does.

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>

#include "support/temporary_directory.h"
#include "tool_world.h"

using ::testing::HasSubstr;
using ::testing::Not;

namespace secondstep::testing {

namespace {

namespace fs = std::filesystem;

const std::string old_text = "auth required pam_unix.so\n";
const std::string new_text = "auth requisite pam_unix.so\nauth required pam_secondstep.so\n";

class Restore : public ::testing::Test {
  protected:
    Restore() {
        for (const char* name : {"pam.d", "state", "stubs"})
            fs::create_directory(directory_.file(name));
        make_pending(new_text);
        make_script();
        stub("logger", "shift 2; echo \"$@\" >>" + file("log"));
        stub("systemctl", ":");
        stub("at", "echo \"$@\" >>" + file("jobs"));
    }

    [[nodiscard]] std::string file(const std::string& name) const { return directory_.file(name); }
    [[nodiscard]] std::string path() const { return file("pam.d/sshd"); }
    [[nodiscard]] std::string pending(const std::string& name) const { return file("state/pending/" + name); }
    void put(const std::string& name, const std::string& text) { write_file(pending(name), text); }
    // A change that is over since a second, and what the file is now.
    void make_pending(const std::string& present) {
        fs::remove_all(file("log"));
        fs::create_directory(file("state/pending"));
        put("service", "sshd\n");
        put("path", path() + "\n");
        put("way", "timer\n");
        put("kind", "add\n");
        put("log", "none\n");
        put("before", old_text);
        ::chmod(pending("before").c_str(), 0640);
        put("after", new_text);
        set_times(-601, -1);
        write_file(path(), present);
        ::chmod(path().c_str(), 0600);
    }
    // From now.
    void set_times(int made, int due) {
        const auto now = to_unix(clock_.now());
        put("made", std::to_string(now + made) + "\n");
        put("due", std::to_string(now + due) + "\n");
    }
    void stub(const std::string& name, const std::string& text) {
        write_file(file("stubs/" + name), "#!/bin/sh\n" + text + "\n");
        ::chmod(file("stubs/" + name).c_str(), 0755);
    }
    void make_script() {
        std::string text = content_of(SECONDSTEP_SOURCE_DIR "/admin_tool/pam_change/secondstep-pam-restore");
        const std::string line = "\nPATH=";
        const std::size_t at = text.find(line);
        ASSERT_NE(at, std::string::npos);
        write_file(file("restore"), text.insert(at + line.size(), file("stubs") + ":"));
    }
    [[nodiscard]] Finished run() const { return run_program({"/bin/sh", file("restore"), file("state")}); }
    [[nodiscard]] std::string log() const { return fs::exists(file("log")) ? content_of(file("log")) : ""; }
    [[nodiscard]] bool is_pending() const { return fs::exists(pending("service")); }
    void expect_put_back() const {
        EXPECT_EQ(content_of(path()), old_text);
        EXPECT_EQ(mode_of(path()), 0640U);
        EXPECT_FALSE(is_pending());
        EXPECT_EQ(std::distance(fs::directory_iterator(file("pam.d")), fs::directory_iterator()), 1);
    }

    TemporaryDirectory directory_;
    SystemClock clock_;
};

TEST_F(Restore, PutsTheOldFileBackWithItsModeAndSaysSo) {
    const Finished done = run();
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_EQ(done.err, "");
    expect_put_back();
    EXPECT_THAT(log(), HasSubstr("authpriv.alert"));
    EXPECT_THAT(log(), HasSubstr(path() + " is again as it was"));
    bool kept = false;
    for (const auto& entry : fs::directory_iterator(file("state/backup")))
        kept = kept || content_of(entry.path() / "after") == new_text;
    EXPECT_TRUE(kept);
}

TEST_F(Restore, WaitsUntilItIsTime) {
    set_times(-10, 590);
    EXPECT_EQ(run().status, 0);
    EXPECT_EQ(content_of(path()), new_text);
    EXPECT_TRUE(is_pending());
    EXPECT_EQ(log(), "");
    EXPECT_FALSE(fs::exists(file("jobs")));
}

// A machine that starts with its clock in the past would keep a broken file for years.
TEST_F(Restore, DoesNotBelieveAClockThatWentBack) {
    set_times(86400, 87000);
    EXPECT_EQ(run().status, 0);
    expect_put_back();
}

TEST_F(Restore, DoesNotWaitForATimeThatIsNone) {
    put("due", "soon\n");
    EXPECT_EQ(run().status, 0);
    expect_put_back();
}

TEST_F(Restore, LeavesAFileThatSomebodyElseHasWrittenSince) {
    for (const std::string& theirs : {new_text + "\n", std::string("x"), std::string()}) {
        make_pending(theirs);
        EXPECT_EQ(run().status, 0);
        EXPECT_EQ(content_of(path()), theirs);
        EXPECT_FALSE(is_pending());
        EXPECT_THAT(log(), HasSubstr("authpriv.alert"));
        EXPECT_THAT(log(), HasSubstr("is left as it is"));
    }
}

TEST_F(Restore, LeavesALinkThatSomebodyElseHasPutThere) {
    fs::rename(path(), file("theirs"));
    fs::create_symlink(file("theirs"), path());
    EXPECT_EQ(run().status, 0);
    EXPECT_TRUE(fs::is_symlink(path()));
    EXPECT_EQ(content_of(file("theirs")), new_text);
    EXPECT_THAT(log(), HasSubstr("is left as it is"));
}

TEST_F(Restore, TakesAwayAFileThatTookTheVendorsPlace) {
    fs::remove(pending("before"));
    put("created", "");
    EXPECT_EQ(run().status, 0);
    EXPECT_FALSE(fs::exists(path()));
    EXPECT_FALSE(is_pending());
}

TEST_F(Restore, NeverTakesAFileAwayBecauseTheOldOneIsLost) {
    fs::remove(pending("before"));
    EXPECT_EQ(run().status, 1);
    EXPECT_EQ(content_of(path()), new_text);
    EXPECT_TRUE(is_pending());
    EXPECT_THAT(log(), HasSubstr("cannot be put back"));
}

TEST_F(Restore, ChangesNothingWhereTheNewFileWasNeverWritten) {
    write_file(path(), old_text);
    EXPECT_EQ(run().status, 0);
    EXPECT_EQ(content_of(path()), old_text);
    EXPECT_FALSE(is_pending());
}

TEST_F(Restore, TriesAgainWhenTheDiskDidNotTakeIt) {
    stub("cp", "exit 1");
    EXPECT_EQ(run().status, 1);
    EXPECT_EQ(content_of(path()), new_text);
    EXPECT_TRUE(is_pending());
    EXPECT_THAT(log(), HasSubstr("tried again"));
    fs::remove(file("stubs/cp"));
    EXPECT_EQ(run().status, 0);
    expect_put_back();
}

TEST_F(Restore, DoesNotBelieveACopyThatIsNotWhole) {
    stub("cp", "head -c 5 \"$2\" >\"$3\"");
    EXPECT_EQ(run().status, 1);
    EXPECT_EQ(content_of(path()), new_text);
    EXPECT_TRUE(is_pending());
}

// at(1) runs a job once: one that came too early, or failed, says itself again.
TEST_F(Restore, AsAJobOfAtSaysItselfAgainUntilItIsDone) {
    put("way", "at\n");
    set_times(-10, 590);
    EXPECT_EQ(run().status, 0);
    EXPECT_THAT(content_of(file("jobs")), HasSubstr("-f " + file("state/restore") + " now + 1 minutes"));
    fs::remove(file("jobs"));
    set_times(-601, -1);
    stub("cp", "exit 1");
    EXPECT_EQ(run().status, 1);
    EXPECT_TRUE(fs::exists(file("jobs")));
    fs::remove(file("jobs"));
    fs::remove(file("stubs/cp"));
    EXPECT_EQ(run().status, 0);
    EXPECT_FALSE(fs::exists(file("jobs")));
    expect_put_back();
}

// at(1) gives a shell the text as its input: a command that reads would take the rest of the script.
TEST_F(Restore, RunsAsTheInputOfAShell) {
    const std::string script = "set -- " + file("state") + "\n" + content_of(file("restore"));
    EXPECT_EQ(run_program({"/bin/sh"}, script).status, 0);
    expect_put_back();
}

TEST_F(Restore, HasNothingToDoWhereNothingIsPending) {
    fs::remove_all(file("state/pending"));
    EXPECT_EQ(run().status, 0);
    EXPECT_EQ(log(), "");
    fs::remove_all(file("state"));
    EXPECT_EQ(run().status, 0);
}

// Every command that it runs is the last one in turn, before and after it has done its work.
TEST_F(Restore, IsFinishedByTheNextRunWhereverThePowerFails) {
    const std::string stubs = file("stubs");
    for (const char* name : {"cat", "cmp", "cp", "date", "flock", "mkdir", "mv", "rm", "sync"})
        stub(name, "n=$(($(/bin/cat " + file("count") + ") + 1)); echo $n >" + file("count") +
                       "\n[ $n = $(/bin/cat " + file("last") + ") ] && { [ -e " + file("after") +
                       " ] && /bin/" + name + " \"$@\"; kill -KILL 0; }\n" + "PATH=/usr/bin:/bin exec " +
                       name + " \"$@\"");
    std::size_t cut = 0;
    for (const bool after : {false, true})
        for (int last = 1; last < 100; ++last) {
            make_pending(new_text);
            write_file(file("count"), "0\n");
            write_file(file("last"), std::to_string(last) + "\n");
            if (after) write_file(file("after"), "");
            const Finished done =
                run_program({"setsid", "--wait", "/bin/sh", file("restore"), file("state")});
            const std::string present = content_of(path());
            EXPECT_TRUE(present == old_text || present == new_text) << last;
            write_file(file("last"), "0\n");
            EXPECT_EQ(run().status, 0) << last;
            expect_put_back();
            EXPECT_THAT(log(), HasSubstr("is again as it was")) << last;
            if (done.status == 0) break;
            ++cut;
        }
    EXPECT_GT(cut, 30U);
}

}  // namespace

}  // namespace secondstep::testing
