// A source without a key is not success: what was found instead is said once, whatever it was called.
#include <gmock/gmock.h>

#include "verbs/import_world.h"

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

namespace secondstep::testing {

namespace {

constexpr char key[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

class ImportKinds : public ImportWorld {
  protected:
    std::string source(const std::string& content) { return ImportWorld::source("source", content); }
    std::string uri(const std::string& user) { return "otpauth://totp/" + user + "?secret=" + key + "\n"; }
};

std::vector<std::string> call(const std::string& door, const std::string& path, const std::string& user) {
    std::vector<std::string> words{door, path};
    if (door == "google-authenticator") words.insert(words.end(), {"--user", user});
    return words;
}

TEST_F(ImportKinds, NothingRecognisedIsNoSuccessAtAnyDoor) {
    for (const std::string door : {"google-authenticator", "oath", "pskc", "csv", "otpauth"}) {
        for (const auto& [content, found] : std::vector<std::pair<std::string, std::string>>{
                 {"", "it is empty"},
                 {"# nothing\n# yet\n", "it has comments and nothing else"},
                 {"{\"db\": [\n1,\n2]}\n", "JSON"},
                 {"phonefactor://activate?x\n", "choose \"other authenticator app\""},
                 {"<html>\n</html>\n", "XML without a KeyContainer"}}) {
            const Finished done = import(call(door, source(content), me()));
            EXPECT_EQ(done.status, 1) << door << content;
            EXPECT_THAT(done.out,
                        AllOf(HasSubstr("source: not imported: no key was found in it: "), HasSubstr(found),
                              HasSubstr("0 imported, 0 unchanged, 1 not imported.")))
                << door << " " << content;
        }
    }
    EXPECT_EQ(import({"otpauth", "/dev/null"}).status, 1);
    EXPECT_EQ(import({"pskc", source("<KeyContainer/>")}).status, 1);
}

TEST_F(ImportKinds, TheWrongDoorIsNamedOnceAndTheRightOneToo) {
    const Finished csv = import({"otpauth", source("user,secret\nalice," + std::string(key) + "\nbob,x\n")});
    EXPECT_EQ(csv.status, 1);
    EXPECT_THAT(csv.out, AllOf(HasSubstr("import csv reads those"), HasSubstr(" 1 not imported.")));
    const Finished uris = import({"csv", source(uri(me()) + uri("bin"))});
    EXPECT_THAT(uris.out, AllOf(HasSubstr("import otpauth reads those"), HasSubstr(" 1 not imported.")));
    const Finished base32 = import({"oath", source("HOTP/T30 " + me() + " - " + key + "\n")});
    EXPECT_THAT(base32.out, HasSubstr("it looks like base32"));
}

TEST_F(ImportKinds, AmongOthersALineOfAnotherKindIsNamed) {
    const Finished done = import({"otpauth", source(uri(me()) + "phonefactor://activate?x\n" + key + "\n")});
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.out, AllOf(HasSubstr("1 imported"),
                                HasSubstr("source:2: not imported: It is for Microsoft's own app"),
                                HasSubstr("source:3: not imported"), Not(HasSubstr(key))));
}

TEST_F(ImportKinds, JsonIsPrintedWhateverCameOut) {
    const Finished nothing = import({"otpauth", source(""), "--json"});
    EXPECT_EQ(nothing.status, 1);
    const auto line = nlohmann::json::parse(lines_of(nothing.out).at(0));
    EXPECT_EQ(line["outcome"], "not_imported");
    EXPECT_EQ(line["changed"], false);
    EXPECT_EQ(import({"otpauth", source(uri(me())), "--json"}).status, 0);
    const Finished again = import({"otpauth", source(uri(me())), "--json"});
    EXPECT_EQ(again.status, 0);
    EXPECT_EQ(nlohmann::json::parse(lines_of(again.out).at(0))["outcome"], "unchanged");
}

TEST_F(ImportKinds, WhatSpreadsheetsMakeOfAListIsRead) {
    const std::string list = "user;secret\r\n" + me() + ";" + key + "\r\n";
    std::string utf16 = "\xff\xfe";
    for (const char c : list)
        utf16 += std::string{c, '\0'};
    const Finished done = import({"csv", source(utf16), "--dry-run"});
    EXPECT_EQ(done.status, 0) << done.out;
    EXPECT_THAT(done.out, AllOf(HasSubstr("source: It is in UTF-16."), HasSubstr("between semicolons"),
                                HasSubstr(me() + ": would be imported")));
    const auto note =
        nlohmann::json::parse(lines_of(import({"csv", source(utf16), "--dry-run", "--json"}).out).at(0));
    EXPECT_EQ(note["outcome"], "note");
}

}  // namespace

}  // namespace secondstep::testing
