// enroll --method mail, and sms.

#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>

#include "courier_world.h"
#include "otp/recovery_codes.h"

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

namespace secondstep::testing {

namespace {

using delivery::MessagePurpose;

constexpr char prompt[] = "Code in the message: ";
constexpr char wrong_code[] = "00000000";  // eight digits: no code that is sent has so many

class EnrollAddress : public CourierWorld {
  protected:
    [[nodiscard]] std::vector<std::string> enroll_mail(const std::vector<std::string>& more = {}) const {
        std::vector<std::string> all =
            words({"enroll", me(), "--method", "mail", "--address", "maria@example.com"});
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    bool nothing_is_stored() {
        const Account present = account(me());
        return !present.credential && !present.state.enrolled;
    }
    std::size_t messages_counted() { return account(me()).state.sends.size(); }
    // Begins, and answers with what was sent.
    Finished enroll_with_the_code(const std::vector<std::string>& more = {}) {
        ChildProcess child(enroll_mail(more), ChildProcess::Kind::pipes);
        EXPECT_TRUE(child.wait_for(prompt)) << child.out();
        child.send(last_code() + "\n");
        return child.finish();
    }
    Finished refused(const std::vector<std::string>& more) const {
        std::vector<std::string> all{"enroll", me()};
        all.insert(all.end(), more.begin(), more.end());
        return tool(all);
    }
};

TEST_F(EnrollAddress, StoresAfterTheRightCodeAndNotBefore) {
    start_courier();
    ChildProcess child(enroll_mail(), ChildProcess::Kind::pipes);
    ASSERT_TRUE(child.wait_for(prompt)) << child.out();
    EXPECT_THAT(child.out(), HasSubstr("The code was sent to the address provided.\n"));
    EXPECT_TRUE(nothing_is_stored());
    ASSERT_EQ(last_code().size(), 6U);
    child.send(last_code() + "\n");
    const Finished done = child.finish();
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("Code successfully verified. 2FA method is set to MAIL.\n"));
    EXPECT_THAT(done.out, HasSubstr("cannot log in, unless the recovery codes are kept.\n"));
    EXPECT_THAT(done.out, HasSubstr("   4  "));
    const Account present = account(me());
    ASSERT_TRUE(present.credential.has_value());
    EXPECT_EQ(present.credential->method, Method::mail);
    EXPECT_EQ(present.credential->destination->address.text(), "maria@example.com");
    EXPECT_THAT(present.credential->authenticators, IsEmpty());
    EXPECT_EQ(present.credential->uid, ::geteuid());
    EXPECT_EQ(recovery_codes_left(*present.credential, present.state), 4U);
}

TEST_F(EnrollAddress, SaysInTheMessageWhatItIs) {
    configure("sent_code_digits = 8\nsent_code_lifetime = 10m\n");
    start_courier();
    EXPECT_EQ(enroll_with_the_code().status, 0);
    const auto codes = messages(MessagePurpose::code);
    ASSERT_THAT(codes, SizeIs(1));
    EXPECT_EQ(codes[0].user, me());
    EXPECT_EQ(codes[0].contact, "extension 17");
    EXPECT_EQ(codes[0].code.size(), 8U);
    EXPECT_EQ(codes[0].valid, std::chrono::minutes(10));
    EXPECT_FALSE(codes[0].host.empty());
}

TEST_F(EnrollAddress, TakesATelephoneNumberAsItIsWritten) {
    start_courier();
    ChildProcess child(words({"enroll", me(), "--method", "sms", "--address", " +49 151 234-5678"}),
                       ChildProcess::Kind::pipes);
    ASSERT_TRUE(child.wait_for(prompt));
    EXPECT_THAT(recipients(MessagePurpose::code), ElementsAre("+491512345678"));
    child.send(last_code().insert(3, " ") + "\n");
    const Finished done = child.finish();
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("2FA method is set to SMS.\n"));
    EXPECT_EQ(account(me()).credential->destination->address.text(), "+491512345678");
}

TEST_F(EnrollAddress, AsksAgainAfterAWrongCode) {
    start_courier();
    ChildProcess child(enroll_mail(), ChildProcess::Kind::pipes);
    ASSERT_TRUE(child.wait_for(prompt));
    child.send(std::string(wrong_code) + "\n");
    ASSERT_TRUE(child.wait_for("Not accepted. Enter the code of the newest message.\n"));
    ASSERT_TRUE(child.wait_for(prompt));
    EXPECT_TRUE(nothing_is_stored());
    child.send("nonsense\n");
    ASSERT_TRUE(child.wait_for(prompt));
    child.send(last_code() + "\n");
    EXPECT_EQ(child.finish().status, 0);
    EXPECT_THAT(messages(MessagePurpose::code), SizeIs(1));
}

TEST_F(EnrollAddress, RefusesAfterThreeWrongCodesAndStoresNothing) {
    start_courier();
    ChildProcess child(enroll_mail(), ChildProcess::Kind::pipes);
    ASSERT_TRUE(child.wait_for(prompt));
    const std::string code = last_code();
    // At once: after the third the program may be gone before anything more is written.
    const std::string wrong = std::string(wrong_code) + "\n";
    child.send(wrong + wrong + wrong + code + "\n");
    const Finished done = child.finish();
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.err, HasSubstr("not stored: no right code was entered"));
    EXPECT_TRUE(nothing_is_stored());
    EXPECT_EQ(messages_counted(), 1U) << "the message has left";
}

TEST_F(EnrollAddress, StoresNothingAtTheEndOfInputAndAfterCtrlC) {
    start_courier();
    const Finished ended = run_program(enroll_mail());
    EXPECT_EQ(ended.status, 1);
    EXPECT_THAT(ended.err, HasSubstr("--no-confirm"));
    ChildProcess child(enroll_mail({"--save", file("codes.txt")}), ChildProcess::Kind::terminal);
    ASSERT_TRUE(child.wait_for(prompt));
    child.send("\x03");
    EXPECT_EQ(child.finish(ChildProcess::Input::open).signal, SIGINT);
    EXPECT_TRUE(nothing_is_stored());
    EXPECT_FALSE(std::filesystem::exists(file("codes.txt")));
}

TEST_F(EnrollAddress, ShowsTheCodeNowhere) {
    start_courier();
    ChildProcess child(enroll_mail({"--json"}), ChildProcess::Kind::pipes);
    ASSERT_TRUE(wait_for_message());
    const std::string code = last_code();
    const std::string argv = content_of("/proc/" + std::to_string(child.pid()) + "/cmdline");
    child.send(code + "\n");
    const Finished done = child.finish();
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(argv, HasSubstr("maria@example.com"));
    for (const std::string& text : {argv, done.out, done.err})
        EXPECT_THAT(text, Not(HasSubstr(code)));
    const auto made = nlohmann::json::parse(done.out);
    EXPECT_EQ(made["method"], "mail");
    EXPECT_EQ(made["confirmed"], true);
    EXPECT_EQ(made["address"], "m…@example.com");
    EXPECT_EQ(made["recovery_codes"].size(), 4U);
    EXPECT_THAT(done.out, Not(HasSubstr("maria@")));
    for (const auto& entry : std::filesystem::recursive_directory_iterator(file("store"))) {
        if (entry.is_regular_file()) {
            EXPECT_THAT(content_of(entry.path()), Not(HasSubstr(code))) << entry.path();
        }
    }
}

TEST_F(EnrollAddress, StoresWithoutAMessageForScripts) {
    start_courier();
    configure("notify = no\n");
    const auto made = enroll(me(), {"--method", "sms", "--address", "+491512345678"});
    EXPECT_EQ(made["confirmed"], false);
    EXPECT_EQ(made["address"], "+49 … 78");
    EXPECT_THAT(messages(), IsEmpty());
    EXPECT_EQ(account(me()).credential->destination->address.text(), "+491512345678");
    const Finished done =
        tool({"enroll", me(), "--replace", "--no-confirm", "--method", "mail", "--address", "m@example.com"});
    EXPECT_THAT(done.out, HasSubstr("2FA method is set to MAIL. No code was sent.\n"));
    EXPECT_THAT(done.out,
                HasSubstr("Codes that were sent before, and the old recovery codes, no longer work."));
}

TEST_F(EnrollAddress, SavesTheRecoveryCodes) {
    start_courier();
    EXPECT_EQ(enroll_with_the_code({"--save", file("codes.txt")}).status, 0);
    EXPECT_EQ(mode_of(file("codes.txt")), 0600U);
    const std::string code = after(content_of(file("codes.txt")), "[ ]   1  ");
    EXPECT_TRUE(otp::normalize_recovery_code(code).has_value()) << code;
}

TEST_F(EnrollAddress, ReplacesWhatWasThereOnlyWhenToldTo) {
    start_courier();
    enroll(me());
    const Finished again = run_program(enroll_mail());
    EXPECT_EQ(again.status, 1);
    EXPECT_THAT(again.err, HasSubstr("is enrolled already (method totp)"));
    EXPECT_THAT(messages(), IsEmpty()) << "nothing is sent for nothing";
    const Finished missing = run_program(enroll_mail({"--if-missing"}));
    EXPECT_EQ(missing.status, 0);
    EXPECT_THAT(messages(), IsEmpty());
    const Finished replaced = enroll_with_the_code({"--replace"});
    EXPECT_EQ(replaced.status, 0) << replaced.err;
    EXPECT_THAT(replaced.out, HasSubstr("delete it from the app."));
    EXPECT_EQ(account(me()).credential->method, Method::mail);
    EXPECT_THAT(account(me()).credential->authenticators, IsEmpty());
    const auto unchanged = json({"enroll", me(), "--if-missing"});
    EXPECT_EQ(unchanged["method"], "mail");
    EXPECT_EQ(unchanged["address"], "m…@example.com");
    enroll(me(), {"--replace"});
    EXPECT_EQ(account(me()).credential->method, Method::totp);
    EXPECT_FALSE(account(me()).credential->destination.has_value());
}

TEST_F(EnrollAddress, KeepsTheOldSecondStepUntilTheNewOneIsConfirmed) {
    start_courier();
    enroll(me());
    ChildProcess child(enroll_mail({"--replace"}), ChildProcess::Kind::pipes);
    ASSERT_TRUE(child.wait_for(prompt));
    EXPECT_EQ(account(me()).credential->method, Method::totp);
    child.close_input();
    EXPECT_EQ(child.finish().status, 1);
    EXPECT_EQ(account(me()).credential->method, Method::totp);
}

TEST_F(EnrollAddress, StandsInPlaceOfADamagedSecondStep) {
    start_courier();
    enroll(me());
    write_file(file("store/users/" + me() + ".credential"), "no credential");
    EXPECT_EQ(run_program(enroll_mail()).status, 4);
    const Finished done = enroll_with_the_code({"--replace"});
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_EQ(account(me()).credential->method, Method::mail);
}

TEST_F(EnrollAddress, CountsMessagesAgainstTheAccountsBudget) {
    configure("sent_codes_per_account = 2/1h\n");
    start_courier();
    EXPECT_EQ(run_program(enroll_mail()).status, 1);
    EXPECT_EQ(run_program(enroll_mail()).status, 1);
    const Finished held_back = run_program(enroll_mail());
    EXPECT_EQ(held_back.status, 1);
    EXPECT_THAT(held_back.err, HasSubstr("sent_codes_per_account"));
    EXPECT_THAT(messages(MessagePurpose::code), SizeIs(2));
    EXPECT_EQ(messages_counted(), 2U);
    EXPECT_TRUE(nothing_is_stored());
}

TEST_F(EnrollAddress, HasCountedTheMessageBeforeItIsSent) {
    std::size_t counted = 0;
    start_courier([&](int number, int fd) {
        if (number == 1) counted = messages_counted();  // a notice follows
        FakeCourier::say(fd, "sent");
    });
    EXPECT_EQ(enroll_with_the_code().status, 0);
    EXPECT_EQ(counted, 1U);
}

struct Undelivered {
    std::string line;
    int status;
    std::string words;
};

TEST_F(EnrollAddress, SaysWhyAMessageCouldNotBeSentAndStoresNothing) {
    const std::vector<Undelivered> causes{
        {"failed recipient 550 no such user", 1, "refused this recipient"},
        {"failed certificate", 4, "certificate is not trusted"},
        {"failed login 535 nope", 4, "refused our name and password"},
        {"failed no-answer", 4, "could not be reached"},
        {"failed misconfigured", 4, "courier.conf"},
        {"hello there", 4, "secondstep-courier cannot be reached or gave no result"},
        {std::string(5000, 'x'), 4, "gave no result"},
        {"", 4, "gave no result"},
    };
    std::string line;
    start_courier([&line](int, int fd) {
        if (!line.empty()) FakeCourier::say(fd, line);  // otherwise it crashes
    });
    for (const Undelivered& each : causes) {
        line = each.line;
        const Finished done = run_program(enroll_mail());
        EXPECT_EQ(done.status, each.status) << each.line;
        EXPECT_THAT(done.err, HasSubstr("not stored: the code could not be sent."));
        EXPECT_THAT(done.err, HasSubstr(each.words));
        EXPECT_THAT(done.out, Not(HasSubstr("was sent")));
        EXPECT_THAT(done.out, Not(HasSubstr(prompt)));
        EXPECT_TRUE(nothing_is_stored());
        EXPECT_EQ(messages_counted(), 0U) << "what did not leave does not count";
    }
}

TEST_F(EnrollAddress, SaysThatNobodyDelivers) {
    const Finished done = run_program(enroll_mail());
    EXPECT_EQ(done.status, 4);
    EXPECT_THAT(done.err, HasSubstr("nobody listens on " + file("courier.sock")));
    EXPECT_TRUE(nothing_is_stored());
}

TEST_F(EnrollAddress, WaitsForADeferredMessage) {
    start_courier("deferred 451 greylisted");
    ChildProcess child(enroll_mail(), ChildProcess::Kind::pipes);
    ASSERT_TRUE(child.wait_for(prompt));
    EXPECT_THAT(child.out(),
                HasSubstr("(451 greylisted)\nIt is sent again as long as this command waits.\n"));
    EXPECT_THAT(child.out(), Not(HasSubstr("was sent to")));
    child.send(last_code() + "\n");
    EXPECT_EQ(child.finish().status, 0);
}

TEST_F(EnrollAddress, CanBeInterruptedWhileTheCourierHangs) {
    start_silent_courier();
    ChildProcess child(enroll_mail(), ChildProcess::Kind::terminal);
    ASSERT_TRUE(wait_for_message());
    child.send("\x03");
    EXPECT_EQ(child.finish(ChildProcess::Input::open).signal, SIGINT);
    EXPECT_TRUE(nothing_is_stored());
}

TEST_F(EnrollAddress, RefusesWhatIsNoAddress) {
    const std::vector<std::pair<std::string, std::string>> wrong{
        {"mail", "maria"},
        {"mail", "-f@example.com"},
        {"mail", "m@example.com\r\nBcc: x@example.com"},
        {"mail", "+491512345678"},
        {"sms", "0151234567"},
        {"sms", "+49 (0)151 234567"},
        {"sms", "m@example.com"},
        {"sms", "+49151234567; rm"}};
    for (const auto& [method, address] : wrong) {
        const Finished done = refused({"--method", method, "--address", address});
        EXPECT_EQ(done.status, 2) << address;
        EXPECT_THAT(done.err, HasSubstr("secondstep: --address: ")) << address;
    }
}

TEST_F(EnrollAddress, RefusesOptionsThatMakeNoSense) {
    const std::vector<std::string> mail{"--method", "mail", "--address", "m@example.com"};
    const std::vector<std::pair<std::string, std::string>> of_apps{
        {"--digits", "6"}, {"--period", "30"},  {"--algorithm", "sha1"}, {"--counter", "0"},
        {"--qr", "none"},  {"--name", "phone"}, {"--issuer", "x"},       {"--label", "x"}};
    for (const auto& [option, value] : of_apps) {
        std::vector<std::string> all = mail;
        all.insert(all.end(), {option, value});
        const Finished done = refused(all);
        EXPECT_EQ(done.status, 2) << option;
        EXPECT_THAT(done.err,
                    HasSubstr(option + " is for authenticator apps (totp, hotp), not for --method mail"));
    }
    EXPECT_THAT(refused({"--address", "m@example.com"}).err, HasSubstr("--address belongs to --method mail"));
    EXPECT_THAT(refused({"--method", "mail"}).err, HasSubstr("--method mail needs --address"));
    EXPECT_THAT(refused({"--method", "sms"}).err, HasSubstr("--method sms needs --address"));
    EXPECT_THAT(refused({"--method", "fax"}).err, HasSubstr("totp, hotp, mail or sms"));
    EXPECT_EQ(tool({"enroll", "--bulk", "-", "--output", file("o"), "--method", "mail", "--address",
                    "m@example.com"})
                  .status,
              2);
}

TEST_F(EnrollAddress, NoticesThatSomebodyElseWasFaster) {
    start_courier();
    ChildProcess child(enroll_mail(), ChildProcess::Kind::pipes);
    ASSERT_TRUE(child.wait_for(prompt));
    enroll(me());
    child.send(last_code() + "\n");
    const Finished done = child.finish();
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.err, HasSubstr("enrolled by somebody else meanwhile"));
    EXPECT_EQ(account(me()).credential->method, Method::totp);
}

}  // namespace

}  // namespace secondstep::testing
