// What an authenticator app exported, for a linked portal and for a login.
#include <gmock/gmock.h>

#include <filesystem>

#include "encoding/base32.h"
#include "tool_world.h"

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

namespace secondstep::testing {

namespace {

constexpr std::string_view acme_key = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

std::string sample(const std::string& name) {
    return SECONDSTEP_SOURCE_DIR "/tests/data/app_exports/" + name;
}

class AppExports : public ToolWorld {
  protected:
    AppExports() {
        set_up();
        write_file(file("password"), "pass phrase \xc3\xbc\n");
        write_file(file("wrong"), "pass phrase\n");
    }
    Finished add(const std::string& path, const std::vector<std::string>& more = {}) {
        std::vector<std::string> call{"portal", "add", "x", "--yes", "--replace", "--export", path};
        call.insert(call.end(), more.begin(), more.end());
        return tool(call);
    }
    Finished import(const std::string& path, const std::vector<std::string>& more = {}) {
        std::vector<std::string> call{"import", "app-export", path, "--user", me()};
        call.insert(call.end(), more.begin(), more.end());
        return tool(call);
    }
    bool is_enrolled() { return account(me()).credential.has_value(); }
};

TEST_F(AppExports, LinkThePortalThatIsChosen) {
    const Finished done = add(sample("aegis.json"), {"--choose", "1"});
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("x (Acme: alice), totp, 6 digits, every 30 s"));
    const std::string code = tool({"code", "x"}).out;
    const std::string uri = "otpauth://totp/x?secret=" + std::string(acme_key);
    EXPECT_TRUE(code == code_of(uri) + "\n" || code == code_of(uri, std::chrono::seconds{-30}) + "\n")
        << code;
}

TEST_F(AppExports, LinkSteamAndCounters) {
    EXPECT_THAT(add(sample("2fas.2fas"), {"--choose", "4"}).out,
                HasSubstr("x (Steam: dora), totp, 5 letters of Steam, every 30 s"));
    EXPECT_THAT(add(sample("andotp.json"), {"--choose", "3"}).out,
                HasSubstr("x (Gate: carol), hotp, 6 digits"));
}

TEST_F(AppExports, AreListedWhereNobodyChose) {
    const Finished done = add(sample("aegis.json"));
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.out, AllOf(HasSubstr("There are 4 keys in it:"), HasSubstr("  1  Acme: alice"),
                                HasSubstr("  4  Steam: dora")));
    EXPECT_THAT(done.err, HasSubstr("none was chosen (--choose N); nothing is stored"));
    EXPECT_THAT(add(sample("aegis.json"), {"--choose", "5"}).err, HasSubstr("there is no number 5"));
    EXPECT_EQ(add(sample("aegis.json"), {"--choose", "x"}).status, 2);
}

TEST_F(AppExports, NeedNoChoiceOfOne) {
    write_file(file("one.txt"), "otpauth://totp/Acme:alice?secret=" + std::string(acme_key) + "\n");
    EXPECT_EQ(add(file("one.txt")).status, 0);
}

// Perhaps the one that cannot be used is the one that is meant.
TEST_F(AppExports, NeedAChoiceWhereOthersWerePassedOver) {
    write_file(file("two.txt"), "otpauth://totp/Acme:alice?secret=1\notpauth://totp/Acme:bob?secret=" +
                                    std::string(acme_key) + "\n");
    for (const Finished& done : {add(file("two.txt")), import(file("two.txt"))}) {
        EXPECT_EQ(done.status, 1);
        EXPECT_THAT(done.out + done.err, AllOf(HasSubstr("Passed over: Entry 1"), HasSubstr("  2  Acme: bob"),
                                               HasSubstr("none was chosen")));
    }
    EXPECT_EQ(add(file("two.txt"), {"--choose", "1"}).status, 1);
    EXPECT_EQ(add(file("two.txt"), {"--choose", "2"}).status, 0);
}

TEST_F(AppExports, AreOpenedWithTheirPassword) {
    for (const std::string name : {"aegis-encrypted.json", "2fas-encrypted.2fas"}) {
        EXPECT_EQ(add(sample(name), {"--choose", "1", "--password-file", file("password")}).status, 0)
            << name;
        const Finished wrong = add(sample(name), {"--choose", "1", "--password-file", file("wrong")});
        EXPECT_EQ(wrong.status, 1) << name;
        EXPECT_THAT(wrong.err, HasSubstr("the password ")) << name;
        // Nobody is there to ask.
        const Finished none = add(sample(name), {"--choose", "1"});
        EXPECT_EQ(none.status, 1) << name;
        EXPECT_THAT(none.err, HasSubstr("no password was entered (--password-file FILE)")) << name;
    }
}

TEST_F(AppExports, AskAtATerminalForThePasswordAndTheNumber) {
    ChildProcess process(words({"portal", "add", "x", "--export", sample("aegis-encrypted.json")}),
                         ChildProcess::Kind::terminal);
    ASSERT_TRUE(process.wait_for("Password of the export: ")) << process.out();
    process.send("pass phrase \xc3\xbc\n");
    ASSERT_TRUE(process.wait_for("Number: ")) << process.out();
    process.send("2\n");
    ASSERT_TRUE(process.wait_for("Store it?")) << process.out();
    process.send("y\n");
    const Finished done = process.finish(ChildProcess::Input::open);
    EXPECT_EQ(done.status, 0) << done.out;
    EXPECT_THAT(done.out, AllOf(HasSubstr("bob@example.org), totp, 8 digits, every 60 s"),
                                Not(HasSubstr("pass phrase"))));
}

TEST_F(AppExports, AreRefusedByNameWhereTheyAreNone) {
    const std::pair<std::string, std::string_view> others[] = {
        {"{\"hello\":1}", "none of the exports that are known"},
        {"", "it is empty"},
        {"PK\x03\x04", "unpack it first"},
        {R"({"encrypted":true,"encKeyValidation_DO_NOT_EDIT":"x","items":[]})",
         "encrypted export of Bitwarden"}};
    for (const auto& [content, why] : others) {
        write_file(file("other"), content);
        for (const Finished& done : {add(file("other")), import(file("other"))}) {
            EXPECT_EQ(done.status, 1) << content;
            EXPECT_THAT(done.err, HasSubstr(why)) << content;
        }
    }
    EXPECT_EQ(add(file("not there")).status, 4);
    EXPECT_EQ(import(file("not there")).status, 4);
}

TEST_F(AppExports, DoNotGoWithOtherSourcesOfAKey) {
    EXPECT_EQ(add(sample("aegis.json"), {"--qr", "x.png"}).status, 2);
    EXPECT_EQ(add(sample("aegis.json"), {"--link"}).status, 2);
    EXPECT_EQ(tool({"portal", "add", "x", "--password-file", file("password")}).status, 2);
    EXPECT_EQ(tool({"portal", "list", "--export", "x"}).status, 2);
    EXPECT_EQ(tool({"import", "app-export", sample("aegis.json")}).status, 2);
    EXPECT_EQ(tool({"import", "csv", sample("aegis.json"), "--choose", "1"}).status, 2);
}

TEST_F(AppExports, EnrollForALogin) {
    const Finished dry = import(sample("aegis.json"), {"--choose", "1", "--dry-run"});
    EXPECT_EQ(dry.status, 0) << dry.out << dry.err;
    EXPECT_FALSE(is_enrolled());
    const Finished done = import(sample("aegis.json"), {"--choose", "1"});
    EXPECT_EQ(done.status, 0) << done.out << done.err;
    EXPECT_THAT(done.out, HasSubstr(me() + ": imported: totp, 1 device"));
    ASSERT_TRUE(is_enrolled());
    const Credential credential = account(me()).credential->clone();
    const Authenticator& device = credential.authenticators.front();
    EXPECT_EQ(otp::base32_encode(device.key.bytes()).text(), acme_key);
    EXPECT_EQ(device.name, "Acme");
    EXPECT_THAT(import(sample("aegis.json"), {"--choose", "1"}).out, HasSubstr("1 unchanged"));
}

TEST_F(AppExports, EnrollACounterWhereItIs) {
    EXPECT_EQ(import(sample("andotp.json"), {"--choose", "3"}).status, 0);
    ASSERT_TRUE(is_enrolled());
    const Credential credential = account(me()).credential->clone();
    EXPECT_EQ(credential.method, Method::hotp);
    EXPECT_EQ(credential.authenticators.front().floor, 6U) << "the app shows the code of 7 next";
}

TEST_F(AppExports, EnrollNobodyWithCodesThatSecondstepCannotCheck) {
    const Finished steam = import(sample("2fas.2fas"), {"--choose", "4"});
    EXPECT_EQ(steam.status, 1);
    EXPECT_THAT(steam.out + steam.err, HasSubstr("Steam's five letters"));
    EXPECT_FALSE(is_enrolled());
}

TEST_F(AppExports, AreListedForALoginToo) {
    const Finished done = import(sample("aegis.json"));
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.err, AllOf(HasSubstr("  3  Gate: carol"), HasSubstr("none was chosen")));
    EXPECT_THAT(done.err + done.out, Not(HasSubstr(std::string(acme_key))));
}

TEST_F(AppExports, StayAsTheyAre) {
    std::filesystem::copy_file(sample("aegis.json"), file("export.json"));
    const std::string before = content_of(file("export.json"));
    EXPECT_EQ(add(file("export.json"), {"--choose", "1"}).status, 0);
    EXPECT_EQ(import(file("export.json"), {"--choose", "1"}).status, 0);
    EXPECT_EQ(content_of(file("export.json")), before);
}

}  // namespace
}  // namespace secondstep::testing
