// What people hand to `portal add` and `code --stdin`: each line is one that somebody had. On the right stands what
// is said of the key, and the code of it at one moment is compared with that of the key it really is.
#include <gmock/gmock.h>

#include "encoding/base32.h"
#include "tool_world.h"

using ::testing::HasSubstr;
using ::testing::Not;

namespace secondstep::testing {

namespace {

const std::string key = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

class PortalKeys : public ToolWorld {
  protected:
    PortalKeys() { set_up(); }
    Finished add(std::string_view input) { return tool({"portal", "add", "x", "--yes", "--replace"}, input); }
    Finished code(std::string_view input) { return tool({"code", "--stdin"}, input); }
    // Of now; of two steps, so that one is right when a step ends in between.
    static bool is_code_of(const std::string& code, const std::string& canonical) {
        return code == code_of(canonical) + "\n" ||
               code == code_of(canonical, std::chrono::seconds{-30}) + "\n" ||
               code == code_of(canonical, std::chrono::seconds{-300}) + "\n";
    }
};

struct Handed {
    std::string input;
    std::string said;       // in the first line
    std::string remarked;   // behind it; empty: nothing
    std::string canonical;  // what it is
};

std::string canonical(const std::string& parameters = "") {
    return "otpauth://totp/x?secret=" + key + parameters;
}

std::vector<Handed> handed() {
    const std::string six = ", totp, 6 digits, every 30 s";
    return {
        {"otpauth://totp/Contoso%3Aalice%40contoso.example?secret=" + key + "&issuer=Microsoft",
         "x (Microsoft: alice@contoso.example (in its label: Contoso))" + six, "", canonical()},
        {"otpauth://totp/Acme%20Cloud:alice?secret=" + key + "&issuer=Acme+Cloud",
         "x (Acme Cloud: alice)" + six, "", canonical()},
        {"otpauth://totp/Gate:alice@proxy.example:3080?secret=" + key + "&issuer=Gate",
         "x (Gate: alice@proxy.example 3080)" + six, "", canonical()},
        {"otpauth://totp/Contoso:Sales:alice@contoso.example?secret=" + key + "&issuer=Contoso",
         "x (Contoso: Sales alice@contoso.example)" + six, "", canonical()},
        {"otpauth://totp/https%3A%2F%2Fid.example:alice?secret=" + key + "&issuer=https%3A%2F%2Fid.example",
         "x (id.example: alice)" + six, "", canonical()},
        {"otpauth://totp?secret=" + key, "x (x)" + six, "", canonical()},
        {"otpauth://totp/?secret=" + key + "&issuer=Acme", "x (Acme: x)" + six, "", canonical()},
        {"otpauth://totp/caf%E9:alice?secret=" + key, "x (caf\xc3\xa9: alice)" + six, "", canonical()},
        {"otpauth://totp/Acme#2:alice?secret=" + key, "x (Acme#2: alice)" + six, "", canonical()},
        {"otpauth://totp/AT&T:alice?secret=" + key + "&issuer=AT&T", "x (AT&T: alice)" + six, "",
         canonical()},
        {"otpauth://hotp/Acme:alice?secret=" + key, "x (Acme: alice), hotp, 6 digits", "counter 0",
         "otpauth://hotp/x?counter=0&secret=" + key},
        {"otpauth://totp/Acme:alice?secret=KRSXG5CTMVRXEZLUKR4C&issuer=Acme", "x (Acme: alice)" + six,
         "bits that belong to no byte", "otpauth://totp/x?secret=KRSXG5CTMVRXEZLUKR4A"},
        {"otpauth://totp/Acme:alice?secret=JBSW+Y3DP+EHPK+3PXP&issuer&algorithm=SHA1",
         "x (Acme: alice)" + six, "", "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP"},
        {"otpauth://totp/Acme:alice?secret=" + key + "&issuer=Acme&algorithm=SHA-1&digits=6&period=30",
         "x (Acme: alice)" + six, "", canonical()},
        {"otpauth://totp/Acme:alice?secret=" + key + "&issuer=Acme&algorithm=HmacSHA256",
         "x (Acme: alice)" + six, "", canonical("&algorithm=SHA256")},
        {"otpauth://totp/Acme:alice?secret=" + key + "&algorithm=&digits=&period=", "x (Acme: alice)" + six,
         "", canonical()},
        {"otpauth://totp/Acme:alice?secret=" + key + "&digits=7&period=10",
         "x (Acme: alice), totp, 7 digits, every 10 s", "", canonical("&digits=7&period=10")},
        {"otpauth://totp/Acme:alice?secret=" + key + "&period=300",
         "x (Acme: alice), totp, 6 digits, every 300 s", "", canonical("&period=300")},
        {"otpauth://totp/Acme:alice?secret=" + key + "&digits=10",
         "x (Acme: alice), totp, 10 digits, every 30 s", "", canonical("&digits=10")},
        {"otpauth://totp/Steam:alice?secret=" + key + "&issuer=Steam",
         "x (Steam: alice), totp, 5 letters of Steam, every 30 s", "", canonical("&encoder=steam")},
        {"otpauth://totp/alice?secret=" + key + "&amp;algorithm=SHA256&amp;digits=8&amp;period=60",
         "x (alice), totp, 8 digits, every 60 s", "web page",
         canonical("&algorithm=SHA256&digits=8&period=60")},
        {"Setup key: JBSW Y3DP EHPK 3PXP", "x (x)" + six, "no part of it",
         "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP"},
        {"Passcode: " + key, "x (x)" + six, "no part of it", canonical()},
    };
}

TEST_F(PortalKeys, AreReadAndSaidAsTheyAre) {
    for (const Handed& one : handed()) {
        const Finished done = add(one.input + "\n");
        ASSERT_EQ(done.status, 0) << one.input << done.err;
        EXPECT_EQ(done.out.substr(0, done.out.find('\n')), one.said);
        EXPECT_THAT(done.out, HasSubstr(one.remarked)) << one.input;
        EXPECT_EQ(done.out.find("Note: ") != std::string::npos, !one.remarked.empty()) << done.out;
        const Finished shown = code(one.input);
        EXPECT_EQ(shown.status, 0) << shown.err;
        EXPECT_TRUE(is_code_of(shown.out, one.canonical)) << one.input << ": " << shown.out;
        EXPECT_THAT(done.out + done.err, Not(HasSubstr(key)));
    }
}

TEST_F(PortalKeys, WhatAPortalChoseIsKeptAndShown) {
    ASSERT_EQ(add("otpauth://totp/Steam:alice?secret=" + key).status, 0);
    EXPECT_THAT(tool({"portal", "show", "x"}).out, HasSubstr("5 letters of Steam"));
    EXPECT_THAT(tool({"portal", "list", "--json"}).out, HasSubstr("\"encoder\":\"steam\""));
    EXPECT_THAT(tool({"code", "x"}).out, ::testing::MatchesRegex("[2-9BCDFGHJKMNPQRTVWXY]{5}\n"));
    EXPECT_THAT(tool({"portal", "export", "x", "--yes"}).out, HasSubstr("&digits=5&encoder=steam"));
    ASSERT_EQ(add("otpauth://totp/a?period=86400&digits=10&secret=" + key).status, 0);
    EXPECT_THAT(tool({"code", "x"}).out, ::testing::MatchesRegex("[0-9]{10}\n"));
    EXPECT_THAT(tool({"portal", "show", "x"}).out, HasSubstr("10 digits, sha1, every 86400 s"));
}

TEST_F(PortalKeys, NothingThatIsAroundAKeyIsLinked) {
    for (const std::string_view input :
         {"JBSWY3DPEHPK3PXP\nalice\n", "JBSWY3DPEHPK3PXP alice", "Setup key JBSW Y3DP EHPK 3PXP",
          "JBSWY3DP:EHPK3PXP", "abcdef234567abcdef234567abcdef23", "", "\n", "phonefactor://activate?x",
          "{\"version\":1}\n", "otpauth://yaotp/x?secret=MY", "otpauth://totp/x?algorithm=MD5&secret=MY",
          "https://example.org"}) {
        for (const Finished& done : {add(input), code(input)}) {
            EXPECT_EQ(done.status, 1) << input << done.out;
            EXPECT_THAT(done.err, HasSubstr("secondstep: ")) << input;
            EXPECT_THAT(done.out, Not(HasSubstr("Linked"))) << input;
        }
    }
}

// Nobody compares that code with anything before it is used.
TEST_F(PortalKeys, CodeOfStandardInputRefusesWhatIsInDoubt) {
    const std::string doubtful[] = {canonical("&offset=3"), canonical("&pin=true"), "JBSWY3DPEHPK3PXPJ",
                                    "otpauth://totp/Steam:a?issuer=Steam&digits=6&secret=" + key};
    for (const std::string& input : doubtful) {
        const Finished linked = add(input);
        EXPECT_EQ(linked.status, 0) << linked.err;
        EXPECT_THAT(linked.out, HasSubstr("\nIn doubt: ")) << input;
        const Finished refused = code(input);
        EXPECT_EQ(refused.status, 1) << input;
        EXPECT_EQ(refused.out, "");
        EXPECT_THAT(refused.err, HasSubstr("no code is shown: "));
    }
    EXPECT_THAT(add(canonical("&offset=3")).out, HasSubstr("the parameter offset"));
}

TEST_F(PortalKeys, OfSeveralAddressesOneIsChosen) {
    const std::string two = "otpauth://totp/A:alice?secret=" + key + "\notpauth://totp/B:alice?secret=MY\n";
    const Finished none = add(two);
    EXPECT_EQ(none.status, 1);
    EXPECT_THAT(none.out + none.err, HasSubstr("There are 2 keys in it"));
    EXPECT_THAT(none.err, HasSubstr("--choose N"));
    const Finished second = tool({"portal", "add", "x", "--yes", "--choose", "2"}, two);
    EXPECT_EQ(second.status, 0) << second.err;
    EXPECT_THAT(second.out, HasSubstr("x (B: alice)"));
}

TEST_F(PortalKeys, AtATerminalItIsAskedWhichOfTwoKeysATextIs) {
    const std::string both = "abcdef234567abcdef234567abcdef23";
    for (const auto& [number, prefix] : {std::pair{"1\n", "base32:"}, std::pair{"2\n", "hex:"}}) {
        ChildProcess process(words({"portal", "add", "x", "--replace"}), ChildProcess::Kind::terminal);
        ASSERT_TRUE(process.wait_for("Security key"));
        process.send(both + "\n");
        ASSERT_TRUE(process.wait_for("Number:"));
        process.send(number);
        ASSERT_TRUE(process.wait_for("Store it?"));
        process.send("y\n");
        const Finished done = process.finish();
        EXPECT_EQ(done.status, 0) << done.out;
        const auto shown = tool({"portal", "export", "x", "--yes"}).out;
        ASSERT_EQ(add(prefix + both).status, 0);
        EXPECT_EQ(tool({"portal", "export", "x", "--yes"}).out, shown);
    }
}

TEST_F(PortalKeys, RemarksAreForProgramsToo) {
    const Finished done = tool({"portal", "add", "x", "--yes", "--json"}, "otpauth://hotp/a?secret=" + key);
    ASSERT_EQ(done.status, 0) << done.err;
    const auto json = nlohmann::json::parse(done.out);
    ASSERT_EQ(json["remarks"].size(), 1U);
    EXPECT_THAT(json["remarks"][0].get<std::string>(), HasSubstr("counter 0"));
}

}  // namespace
}  // namespace secondstep::testing
