// What is said of a call that cannot be meant: one line, with what to type instead.

#include <gmock/gmock.h>

#include "tool_world.h"

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

namespace secondstep::testing {

namespace {

using Words = std::vector<std::string>;

class WrongCalls : public ToolWorld {
  protected:
    WrongCalls() { set_up(); }
    void expect_one_line(const Words& call, const std::string& sentence, int status = 2) {
        const Finished done = tool(call);
        EXPECT_EQ(done.status, status) << ::testing::PrintToString(call);
        EXPECT_THAT(done.out, IsEmpty()) << ::testing::PrintToString(call);
        EXPECT_THAT(lines_of(done.err), SizeIs(1)) << done.err;
        EXPECT_THAT(done.err, StartsWith("secondstep: "));
        EXPECT_THAT(done.err, HasSubstr(sentence));
    }
};

TEST_F(WrongCalls, NameTheVerbThatWasMeant) {
    expect_one_line({"enrol"}, R"(there is no verb "enrol"; did you mean "enroll"?)");
    expect_one_line({"help", "temp"}, R"(did you mean "temporary-code"?)");
    expect_one_line({"frobnicate"}, R"(there is no verb "frobnicate"; see secondstep help)");
}

TEST_F(WrongCalls, NameTheOptionThatWasMeant) {
    expect_one_line(
        {"status", "--metod", "totp"},
        R"(status: there is no option --metod; did you mean "--method"?; see secondstep status --help)");
    expect_one_line({"code", "bank", "--qr", "x"}, "code: there is no option --qr");
    expect_one_line({"enroll", "p.x", "--frobnicate"},
                    "there is no option --frobnicate; see secondstep enroll --help");
    expect_one_line({"invite", "p.x", "--valid"}, "--valid");
    expect_one_line({"invite", "p.x", "--valid", "99d"}, "--valid: ");
}

TEST_F(WrongCalls, SayWhatIsMissing) {
    expect_one_line({"import"},
                    "import: which source? google-authenticator, oath, pskc, csv, otpauth or app-export");
    expect_one_line({"import", "oaht", "x"}, R"(import: not "oaht"; did you mean "oath"?)");
    expect_one_line({"clients"}, "clients: what? list or drop");
    expect_one_line({"clients", "forget"}, R"(clients: not "forget", but list or drop)");
    expect_one_line({"portal"}, "portal: what? add, code, list");
    expect_one_line({"portal", "lst"}, R"(portal: not "lst"; did you mean "list"?)");
    expect_one_line({"code"}, "portal code: which portal? One NAME; see secondstep portal code --help");
    expect_one_line({"portal", "rename", "bank"}, "portal rename: which portal? NAME NEW-NAME; see");
    expect_one_line({"portal", "list", "bank"}, "portal list: no name goes with it; see");
    expect_one_line({"import", "oath"}, "import: one file is read; see secondstep import --help");
    expect_one_line({"import", "google-authenticator"}, "import: one file is read, or --all-homes; see");
    expect_one_line({"import", "otpauth"}, "import: one file is read, or --qr PICTURE; see");
    expect_one_line({"pam"}, "pam: what? add, remove or keep");
    expect_one_line({"pam", "add"}, "pam: a word is missing: secondstep pam add|remove|keep SERVICE");
    expect_one_line({"invite"}, "invite: which user? secondstep invite USER");
    expect_one_line({"unlock"}, "unlock: which user?");
    expect_one_line({"rename", "bob"}, "rename: a word is missing: secondstep rename OLD NEW");
    expect_one_line({"temporary-code", "p.x", "p.y"}, R"(temporary-code: too many words: "p.y")");
    expect_one_line({"doctor", "now"}, R"(doctor: too many words: "now")");
}

TEST_F(WrongCalls, NameAFileOnce) {
    for (const std::string& path : {file("nix"), file("nix/nix.conf"), std::string("/nix")}) {
        const Finished done = run_program({SECONDSTEP_TOOL, "--config", path, "status"});
        EXPECT_EQ(done.status, 4);
        EXPECT_THAT(done.err, StartsWith("secondstep: " + path + ": No such file or directory: "));
    }
}

TEST_F(WrongCalls, CountInWords) {
    enroll("p.one");
    const Finished done = tool({"export", "--all", "--plain", "--yes"});
    EXPECT_THAT(done.err, StartsWith("1 account. "));
}

TEST_F(WrongCalls, OfAListWithoutAccountsAreToldOnce) {
    std::string list;
    for (int i = 0; i < 500; ++i)
        list += "p.user" + std::to_string(i) + "\n";
    write_file(file("list.csv"), list);
    const Finished done = tool({"enroll", "--bulk", file("list.csv"), "--output", file("out.csv")});
    EXPECT_EQ(done.status, 1);
    EXPECT_LE(lines_of(done.err).size(), 25U);
    EXPECT_THAT(done.err, HasSubstr("line 1: this machine has no such user"));
    EXPECT_THAT(done.err, HasSubstr("... and 480 more bad lines"));
    EXPECT_THAT(done.err, HasSubstr("500 lines name nobody of this machine"));
    EXPECT_THAT(done.err, HasSubstr("--portal-user"));
    EXPECT_THAT(done.err, Not(HasSubstr("line 21:")));
}

}  // namespace

}  // namespace secondstep::testing
