// What `import` does with whoever is enrolled already, whose a token is, and when a code of it is asked for.
#include <gmock/gmock.h>

#include "encoding/base32.h"
#include "encoding/hex.h"
#include "otp/hotp.h"
#include "verbs/import_world.h"

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

namespace secondstep::testing {

namespace {

constexpr char key[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
constexpr char other_key[] = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU";

class ImportChanges : public ImportWorld {
  protected:
    // A list of two devices without people: 1001 (totp) and 1002 (hotp, the next counter is 5).
    std::string devices() {
        return source("devices.csv", std::string("serial,secret,type,counter\n1001,") + key +
                                         ",totp,\n1002," + other_key + ",hotp,5\n");
    }
    std::string device_of(const std::string& user, const std::string& secret, const std::string& more = "") {
        return source("one.csv", "user,secret,name" + std::string(more.empty() ? "" : ",type") + "\n" + user +
                                     "," + secret + ",token" + (more.empty() ? "" : "," + more) + "\n");
    }
    const Credential& credential(const std::string& user) {
        accounts_.push_back(account(user));
        return *accounts_.back().credential;
    }
    static std::string counter_code(std::uint64_t counter) {
        const auto bytes = otp::base32_decode(other_key);
        const auto made = otp::hotp(*bytes, counter, otp::six_digits(), otp::Algorithm::sha1);
        return made ? std::string(made->text()) : "";
    }

  private:
    std::vector<Account> accounts_;
};

TEST_F(ImportChanges, AFileWithoutPeopleListsItsDevicesAndBothWays) {
    const Finished done = import({"csv", devices()});
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.out,
                AllOf(HasSubstr("devices.csv:2: not imported: serial number 1001: nobody has it yet."),
                      HasSubstr("serial number 1002"), HasSubstr("--key SERIAL --user NAME"),
                      HasSubstr("--owners FILE (lines SERIAL,USER)")));
    const Finished json = import({"csv", devices(), "--json"});
    const auto second = nlohmann::json::parse(lines_of(json.out).at(2));
    EXPECT_EQ(second["serial"], "1002");
    EXPECT_EQ(second["user"], nullptr);
}

TEST_F(ImportChanges, OneDeviceIsGivenToOnePerson) {
    const Finished done = import({"csv", devices(), "--key", "1002", "--user", me()});
    EXPECT_EQ(done.status, 0) << done.out << done.err;
    EXPECT_EQ(credential(me()).method, Method::hotp);
    EXPECT_EQ(credential(me()).authenticators.at(0).name, "1002");
    const Finished none = import({"csv", devices(), "--key", "77", "--user", me()});
    EXPECT_EQ(none.status, 1);
    EXPECT_THAT(none.out, HasSubstr("No token of the source has this serial number."));
}

TEST_F(ImportChanges, AListOfOwnersGivesOutMany) {
    const std::string owners = source("owners.csv", "serial,user\n1002,bin\n");
    const Finished done = import({"csv", devices(), "--owners", owners});
    EXPECT_EQ(done.status, 0) << "a device that nobody has yet is no failure: " << done.out;
    EXPECT_THAT(done.out, HasSubstr("1 imported, 0 unchanged, 1 left out, 0 not imported."));
    const Finished again = import({"csv", devices(), "--owners", owners, "--json"});
    EXPECT_EQ(again.status, 0);
    const auto lines = lines_of(again.out);
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(nlohmann::json::parse(lines[0])["outcome"], "unchanged");
    EXPECT_EQ(nlohmann::json::parse(lines[1])["outcome"], "left_out");
    write_file(owners, "1002,bin\n9,daemon\n");
    const Finished wrong = import({"csv", devices(), "--owners", owners});
    EXPECT_EQ(wrong.status, 1);
    EXPECT_THAT(wrong.out, HasSubstr("owners.csv:2: not imported: No token of the source"));
    EXPECT_EQ(import({"csv", devices(), "--owners", file("absent")}).status, 4);
    write_file(owners, "\n");
    EXPECT_EQ(import({"csv", devices(), "--owners", owners}).status, 1);
}

TEST_F(ImportChanges, NamesWithADomainSayHowTheyBecomeNames) {
    const std::string list =
        source("entra.csv", "upn,serial number,secret key,time interval,manufacturer,model\n" + me() +
                                "@corp.example,2300000001," + key + ",30,Acme,C1\n");
    const Finished refused = import({"csv", list});
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.out, HasSubstr("--upn-suffix DOMAIN takes NAME@DOMAIN as NAME"));
    EXPECT_EQ(import({"csv", list, "--upn-suffix", "other.example"}).status, 1);
    const Finished done = import({"csv", list, "--upn-suffix", "@Corp.Example"});
    EXPECT_EQ(done.status, 0) << done.out;
    EXPECT_EQ(credential(me()).authenticators.at(0).name, "Acme C1 2300000001");
}

TEST_F(ImportChanges, WhoIsEnrolledKeepsWhatTheyHaveUnlessItIsSaid) {
    enroll(me());
    const std::string before(encode(credential(me())).text());
    const Finished refused = import({"csv", device_of(me(), key)});
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.out, AllOf(HasSubstr("(totp: phone)"), HasSubstr("--add sets this one beside it"),
                                   HasSubstr("--replace puts it in its place")));
    const Finished other = import({"csv", device_of(me(), key, "hotp")});
    EXPECT_THAT(other.out, AllOf(HasSubstr("This one is hotp"), Not(HasSubstr("--add"))));
    EXPECT_EQ(import({"csv", device_of(me(), key, "hotp"), "--add"}).status, 1);
    EXPECT_EQ(encode(credential(me())).text(), before);
}

TEST_F(ImportChanges, ADeviceIsAddedBesideOthers) {
    enroll(me());
    const Credential before = credential(me()).clone();
    EXPECT_EQ(import({"csv", device_of(me(), key), "--add", "--dry-run"}).status, 0);
    EXPECT_EQ(credential(me()).authenticators.size(), 1U);
    const Finished done = import({"csv", device_of(me(), key), "--add"});
    EXPECT_EQ(done.status, 0) << done.out << done.err;
    EXPECT_THAT(done.out, HasSubstr("It stands beside phone; the recovery codes stay as they are."));
    const Credential& after = credential(me());
    ASSERT_EQ(after.authenticators.size(), 2U);
    EXPECT_EQ(after.authenticators[1].name, "token");
    EXPECT_EQ(after.authenticators[0].id, before.authenticators[0].id);
    EXPECT_EQ(after.recovery->id, before.recovery->id);
    EXPECT_EQ(account(me()).state.notice.change, Change::device_added);
    EXPECT_THAT(import({"csv", device_of(me(), key), "--add"}).out, HasSubstr("1 unchanged"));
    EXPECT_EQ(import({"csv", device_of(me(), other_key), "--add"}).status, 0);
    EXPECT_EQ(credential(me()).authenticators[2].name, "token-2");
}

TEST_F(ImportChanges, AFifthDeviceDoesNotFit) {
    enroll(me());
    const std::string many = source(
        "many.csv", "user,secret\n" + me() + ",GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJA\n" + me() +
                        ",GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJB\n" + me() + ",GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJC\n" +
                        me() + ",GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJD\n");
    const Finished done = import({"csv", many, "--add"});
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.out, HasSubstr("at most 4 devices, and there are 1 (phone)"));
    EXPECT_EQ(credential(me()).authenticators.size(), 1U);
}

TEST_F(ImportChanges, TheSameKeyWithOtherDigitsIsNotTheSame) {
    const auto with_digits = [&](const std::string& digits) {
        return source("digits.csv", "user,secret,digits\n" + me() + "," + key + "," + digits + "\n");
    };
    EXPECT_EQ(import({"csv", with_digits("6")}).status, 0);
    EXPECT_EQ(import({"csv", with_digits("8")}).status, 1);
    EXPECT_THAT(import({"csv", with_digits("8"), "--add"}).out,
                HasSubstr("the same key is there with another"));
    EXPECT_EQ(import({"csv", with_digits("8"), "--replace"}).status, 0);
    EXPECT_EQ(credential(me()).authenticators.at(0).digits.value(), 8U);
}

TEST_F(ImportChanges, AnotherMethodReplacesWhatThereIs) {
    enroll(me());
    const Finished done = import({"csv", device_of(me(), key, "hotp"), "--replace"});
    EXPECT_EQ(done.status, 0) << done.out << done.err;
    EXPECT_THAT(done.out,
                AllOf(HasSubstr("What was there before (totp) and its recovery codes no longer work."),
                      HasSubstr("recovery-codes " + me() + " --renew")));
    EXPECT_EQ(credential(me()).method, Method::hotp);
    EXPECT_FALSE(credential(me()).recovery);
    EXPECT_EQ(account(me()).state.notice.change, Change::enrolled);
    EXPECT_THAT(import({"csv", device_of(me(), key, "hotp"), "--replace"}).out, HasSubstr("1 unchanged"));
}

TEST_F(ImportChanges, ACodeOfTheDeviceIsAskedForBeforeItIsStored) {
    const std::vector<std::string> call{"csv", devices(), "--key", "1002", "--user", me(), "--confirm"};
    const Finished wrong = import(call, "000000\n000001\n000002\n");
    EXPECT_EQ(wrong.status, 1);
    EXPECT_THAT(wrong.out, AllOf(HasSubstr("Code that " + me() + "'s new device shows: "),
                                 HasSubstr("nothing is stored.")));
    EXPECT_FALSE(account(me()).credential);
    EXPECT_EQ(import(call, counter_code(4) + "\n").status, 1) << "of before";
    EXPECT_EQ(import(call, counter_code(16) + "\n").status, 1) << "too far ahead";
    const Finished done = import(call, counter_code(9) + "\n");
    EXPECT_EQ(done.status, 0) << done.out << done.err;
    EXPECT_EQ(credential(me()).authenticators.at(0).floor, 9U) << "it cannot be used again to log in";
    const Finished timed =
        import({"csv", devices(), "--key", "1001", "--user", "bin", "--confirm"}, code_of_key(key) + "\n");
    EXPECT_EQ(timed.status, 0) << timed.out;
    EXPECT_TRUE(credential("bin").authenticators.at(0).has_floor);
}

TEST_F(ImportChanges, AKeyInDoubtIsTakenWithACodeOnly) {
    const std::string both =
        source("both.csv", "user,secret\n" + me() + ",abcdef234567abcdef234567abcdef23\n");
    const Finished refused = import({"csv", both});
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.out,
                AllOf(HasSubstr("as base32 and as hexadecimal"), HasSubstr("--confirm takes it after")));
    EXPECT_EQ(
        import({"csv", both, "--confirm"}, code_of_key("ABCDEF234567ABCDEF234567ABCDEF23") + "\n").status, 0);
    EXPECT_EQ(credential(me()).authenticators.at(0).key.size(), 20U);
}

TEST_F(ImportChanges, ACodeSaysWhichOfTwoReadingsAKeyHas) {
    const std::string both =
        source("both.csv", "user,secret\n" + me() + ",abcdef234567abcdef234567abcdef23\n");
    const auto bytes = otp::hex_decode("abcdef234567abcdef234567abcdef23");
    ASSERT_TRUE(bytes);
    const std::string code = code_of_key(std::string(otp::base32_encode(bytes->bytes()).text()));
    const Finished done = import({"csv", both, "--confirm"}, code + "\n");
    EXPECT_EQ(done.status, 0) << done.out;
    EXPECT_TRUE(equal_in_constant_time(credential(me()).authenticators.at(0).key, *bytes));
    EXPECT_THAT(import({"csv", both}).out, HasSubstr("1 unchanged"));
}

TEST_F(ImportChanges, WordsThatDoNotGoTogetherAreRefused) {
    const std::string list = devices();
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{"--owners", list, "--user", me()},
                                               {"--owners", list, "--key", "1001"},
                                               {"--owners", list, "--confirm"},
                                               {"--add", "--replace"},
                                               {"--confirm", "--dry-run"},
                                               {"--columns", "x"},
                                               {"--columns", "a=b"},
                                               {"--upn-suffix", "@"}}) {
        std::vector<std::string> call{"csv", list};
        call.insert(call.end(), words.begin(), words.end());
        EXPECT_EQ(import(call).status, 2) << words[0];
    }
    EXPECT_EQ(import({"oath", list, "--columns", "user=upn"}).status, 2);
    EXPECT_EQ(import({"csv", "-", "--confirm"}).status, 2);
    const Finished several = import({"csv", list, "--confirm"});
    EXPECT_EQ(several.status, 1);
}

}  // namespace

}  // namespace secondstep::testing
