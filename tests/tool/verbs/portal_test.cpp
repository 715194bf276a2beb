#include <gmock/gmock.h>

#include "encoding/base32.h"
#include "tool_world.h"

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

namespace secondstep::testing {

namespace {

constexpr char key[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
constexpr char uri[] =
    "otpauth://totp/"
    "Example%20Corp:alice%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example%20Corp";
constexpr char hotp_uri[] = "otpauth://hotp/bank:7?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=0";

class Portal : public ToolWorld {
  protected:
    Portal() { set_up(); }
    Finished portal(std::vector<std::string> words, std::string_view input = "") {
        words.insert(words.begin(), "portal");
        return tool(words, input);
    }
    void link(const std::string& name, std::string_view text = uri,
              const std::vector<std::string>& more = {}) {
        std::vector<std::string> words{"add", name, "--yes"};
        words.insert(words.end(), more.begin(), more.end());
        const Finished done = portal(words, text);
        ASSERT_EQ(done.status, 0) << done.err;
    }
    nlohmann::json json_of(std::vector<std::string> words) {
        words.emplace_back("--json");
        const Finished done = portal(words);
        EXPECT_EQ(done.status, 0) << done.err;
        return nlohmann::json::parse(done.out);
    }
    // The code of now; twice, so that one of them is right when a step ends in between.
    static bool is_present_code(const std::string& code) {
        return code == code_of_key(key) || code == code_of_key(key, std::chrono::seconds{-30});
    }
};

TEST_F(Portal, IsLinkedFromEveryFormOfAKey) {
    const std::vector<std::string> forms{uri, key, "gezd gnbv gy3t qojq gezd gnbv gy3t qojq",
                                         "31323334 35363738 39303132 33343536 37383930",
                                         "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ==="};
    for (std::size_t i = 0; i < forms.size(); ++i) {
        const std::string name = "p" + std::to_string(i);
        link(name, forms[i] + "\n");
        const Finished code = tool({"code", name});
        EXPECT_EQ(code.status, 0) << code.err;
        EXPECT_TRUE(is_present_code(code.out.substr(0, 6))) << forms[i];
    }
}

TEST_F(Portal, CodePrintsTheCodeAlone) {
    link("invoices");
    EXPECT_THAT(tool({"code", "invoices"}).out, MatchesRegex("[0-9]{6}\n"));
    EXPECT_THAT(portal({"code", "invoices"}).out, MatchesRegex("[0-9]{6}\n"));
}

TEST_F(Portal, AddShowsTheCodeAndReminds) {
    const Finished done = portal({"add", "invoices", "--yes", "--note", "mine"}, uri);
    EXPECT_THAT(done.out,
                HasSubstr("invoices (Example Corp: alice@example.com), totp, 6 digits, every 30 s"));
    EXPECT_THAT(done.out, ::testing::ContainsRegex("Code now:  [0-9]{6}"));
    EXPECT_THAT(done.out, HasSubstr("your own authenticator app"));
    EXPECT_THAT(done.out, HasSubstr("secondstep code invoices"));
    EXPECT_THAT(done.out + done.err, Not(HasSubstr(key)));
}

TEST_F(Portal, AtATerminalThePresentCodeIsShownUntilThePortalHasTakenIt) {
    ChildProcess process(words({"portal", "add", "invoices"}), ChildProcess::Kind::terminal);
    ASSERT_TRUE(process.wait_for("Security key"));
    process.send(std::string(key) + "\n");
    ASSERT_TRUE(process.wait_for("Code now:"));
    ASSERT_TRUE(process.wait_for("Store it?"));
    process.send("\n");
    ASSERT_TRUE(process.wait_for("Code now:"));
    ASSERT_TRUE(process.wait_for("Store it?"));
    process.send("y\n");
    const Finished done = process.finish();
    EXPECT_EQ(done.status, 0) << done.out;
    EXPECT_EQ(tool({"code", "invoices"}).status, 0);
}

TEST_F(Portal, AtATerminalNoIsNo) {
    ChildProcess process(words({"portal", "add", "invoices"}), ChildProcess::Kind::terminal);
    ASSERT_TRUE(process.wait_for("Security key"));
    process.send(std::string(key) + "\n");
    ASSERT_TRUE(process.wait_for("Store it?"));
    process.send("n\n");
    EXPECT_EQ(process.finish().status, 1);
    EXPECT_EQ(tool({"code", "invoices"}).status, 1);
}

TEST_F(Portal, NothingIsStoredThatNobodyConfirmed) {
    const Finished done = portal({"add", "invoices"}, uri);
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.err, HasSubstr("--yes"));
    EXPECT_EQ(tool({"code", "invoices"}).status, 1);
}

TEST_F(Portal, AnUsedCodeIsSaidToBeOneAndIsNotFresh) {
    link("invoices");
    Finished first = tool({"code", "invoices"});
    Finished second = tool({"code", "invoices"});
    // A step may end in between, but not twice in a row.
    if (first.out != second.out) first = std::exchange(second, tool({"code", "invoices"}));
    ASSERT_EQ(first.out, second.out);
    EXPECT_THAT(second.err, HasSubstr("--wait"));
}

TEST_F(Portal, CountedCodesAreNeverHandedOutTwice) {
    portal({"add", "bank", "--yes"}, hotp_uri);
    // RFC 4226, appendix D; the first one was shown when it was linked.
    EXPECT_EQ(tool({"code", "bank"}).out, "287082\n");
    EXPECT_EQ(tool({"code", "bank", "--wait"}).out, "359152\n");
    EXPECT_EQ(json_of({"code", "bank"})["code"], "969429");
}

TEST_F(Portal, StdinIsComputedAndNotStored) {
    const Finished code = tool({"code", "--stdin"}, std::string(key) + "\n");
    // A script of somebody who may not read secondstep.conf, or on a machine without one.
    for (const std::vector<std::string>& call :
         std::vector<std::vector<std::string>>{{"code", "--stdin"}, {"portal", "code", "--stdin"}}) {
        std::vector<std::string> words{SECONDSTEP_TOOL, "--config", file("absent.conf")};
        words.insert(words.end(), call.begin(), call.end());
        const Finished alone = run_program(words, std::string(key) + "\n");
        EXPECT_EQ(alone.status, 0) << alone.err;
        EXPECT_EQ(alone.out.size(), 7U) << alone.out;
    }
    EXPECT_EQ(run_program({SECONDSTEP_TOOL, "--config", file("absent.conf"), "code", "site"}).status, 4);
    EXPECT_TRUE(is_present_code(code.out.substr(0, 6))) << code.out << code.err;
    EXPECT_EQ(
        tool({"code", "--stdin"}, "otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=1\n").out,
        "287082\n");
    EXPECT_THAT(portal({"list"}).out, StartsWith("No portal is linked"));
}

TEST_F(Portal, JsonHasEverythingButTheKey) {
    link("invoices", uri, {"--note", "with \"quotes\"", "--url", "https://x.example", "--share", me()});
    const auto seen = json_of({"list"});
    EXPECT_EQ(seen["portal"], "invoices");
    EXPECT_EQ(seen["owner"], "host");
    EXPECT_EQ(seen["note"], "with \"quotes\"");
    EXPECT_EQ(seen["url"], "https://x.example");
    EXPECT_EQ(seen["shared_with"], nlohmann::json::array({me()}));
    EXPECT_EQ(seen["enabled"], true);
    EXPECT_EQ(seen["issuer"], "Example Corp");
    EXPECT_THAT(seen.dump(), Not(HasSubstr(key)));
    EXPECT_LE(json_of({"code", "invoices"})["remaining_seconds"], 30);
}

TEST_F(Portal, IsListedShownRenamedSwitchedAndRemoved) {
    link("invoices");
    EXPECT_THAT(portal({"list"}).out, HasSubstr("invoices"));
    EXPECT_THAT(portal({"show", "invoices"}).out, HasSubstr("Entry      Example Corp: alice@example.com"));
    EXPECT_EQ(portal({"rename", "invoices", "bills"}).status, 0);
    EXPECT_EQ(portal({"disable", "bills"}).status, 1) << "it asks";
    EXPECT_EQ(portal({"disable", "bills", "--yes"}).status, 0);
    const Finished off = tool({"code", "bills"});
    EXPECT_EQ(off.status, 1);
    EXPECT_THAT(off.err, HasSubstr("secondstep portal enable bills"));
    EXPECT_THAT(off.out, IsEmpty());
    EXPECT_EQ(portal({"enable", "bills", "--yes"}).status, 0);
    EXPECT_EQ(tool({"code", "bills"}).status, 0);
    EXPECT_EQ(portal({"remove", "bills"}).status, 1) << "it asks";
    EXPECT_EQ(portal({"remove", "bills", "--yes"}).status, 0);
    EXPECT_EQ(tool({"code", "bills"}).status, 1);
}

TEST_F(Portal, ExportAsksAndGivesTheKeyBack) {
    link("invoices");
    const Finished asked = portal({"export", "invoices"});
    EXPECT_EQ(asked.status, 1);
    EXPECT_THAT(asked.out, Not(HasSubstr(key)));
    const Finished done = portal({"export", "invoices", "--yes"});
    EXPECT_EQ(done.out, std::string(uri) + "\n");
    EXPECT_THAT(portal({"export", "invoices", "--yes", "--qr", "ascii"}).out, HasSubstr("\x1b[47m"));
}

TEST_F(Portal, ANameIsTakenOnce) {
    link("invoices");
    const Finished again = portal({"add", "invoices", "--yes"}, uri);
    EXPECT_EQ(again.status, 1);
    EXPECT_THAT(again.err, HasSubstr("--replace"));
    EXPECT_EQ(portal({"add", "invoices", "--yes", "--replace"}, hotp_uri).status, 0);
    EXPECT_EQ(tool({"code", "invoices"}).out, "287082\n");
}

TEST_F(Portal, OfAnAccountIsNotTheHosts) {
    link("invoices", uri, {"--owner", me()});
    EXPECT_EQ(tool({"code", "invoices"}).status, 1);
    EXPECT_EQ(tool({"code", "invoices", "--owner", me()}).status, 0);
    EXPECT_EQ(json_of({"list", "--owner", me()})["owner"], me());
}

TEST_F(Portal, BadInputSaysWhatWouldBeRight) {
    struct Case {
        std::string input;
        const char* says;
    };
    for (const auto& [input, says] :
         std::vector<Case>{{"", "key"},
                           {"not a key at all!", "key"},
                           {"otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&algorithm=MD5", "algorithm"},
                           {"otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&digits=0", "digits"},
                           {"otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&period=0", "period"},
                           {"otpauth://totp/x?secret=", "secret"},
                           {"otpauth://totp/x?secret=" + std::string(1600, 'A'), "128 bytes"},
                           {std::string(9000, 'A'), "8192"},
                           {"otpauth-migration://offline?data=Cg", "export"}}) {
        const Finished done = portal({"add", "invoices", "--yes"}, input);
        EXPECT_EQ(done.status, 1) << input << done.out;
        EXPECT_THAT(done.err, HasSubstr(says)) << input;
        EXPECT_THAT(done.err, StartsWith("secondstep: ")) << input;
        EXPECT_THAT(done.err, Not(HasSubstr("GEZDGNBVGY3TQOJQ"))) << input;
    }
    EXPECT_THAT(portal({"list"}).out, StartsWith("No portal is linked"));
}

TEST_F(Portal, WordsAndOptionsAreChecked) {
    EXPECT_EQ(portal({}).status, 2);
    EXPECT_EQ(portal({"frobnicate"}).status, 2);
    EXPECT_EQ(portal({"add"}).status, 2);
    EXPECT_EQ(portal({"add", "../x"}).status, 2);
    EXPECT_EQ(portal({"rename", "a"}).status, 2);
    EXPECT_EQ(portal({"list", "--wait"}).status, 2);
    EXPECT_EQ(portal({"change", "a"}).status, 2);
    EXPECT_EQ(portal({"add", "a", "--qr", "x", "--link"}).status, 2);
    EXPECT_EQ(portal({"add", "a", "--yes", "--share", "no-such-user-here"}, uri).status, 3);
    EXPECT_EQ(portal({"list", "--owner", "a/b"}).status, 2);
}

TEST_F(Portal, ChangesTellWhoMayRead) {
    link("invoices");
    EXPECT_EQ(portal({"change", "invoices", "--share", me(), "--note", "x"}).status, 0);
    EXPECT_EQ(json_of({"show", "invoices"})["shared_with"].size(), 1U);
    EXPECT_EQ(portal({"change", "invoices", "--unshare", me()}).status, 0);
    EXPECT_EQ(json_of({"show", "invoices"})["shared_with"].size(), 0U);
    EXPECT_EQ(json_of({"show", "invoices"})["note"], "x");
}

TEST_F(Portal, WaitGivesEachStepOnceAlsoToSeveralAtOnce) {
    // A short period, so that waiting for the next step takes at most 15 s.
    link("invoices", "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&period=15");
    std::vector<std::unique_ptr<ChildProcess>> waiting;
    for (int i = 0; i < 2; ++i)
        waiting.push_back(
            std::make_unique<ChildProcess>(words({"code", "invoices", "--wait"}), ChildProcess::Kind::pipes));
    std::vector<std::string> codes;
    for (auto& each : waiting)
        codes.push_back(each->finish().out);
    EXPECT_THAT(codes[0], MatchesRegex("[0-9]{6}\n"));
    EXPECT_NE(codes[0], codes[1]);
}

}  // namespace

}  // namespace secondstep::testing
