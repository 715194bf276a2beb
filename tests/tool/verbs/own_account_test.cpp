#include <gmock/gmock.h>

#include "own_account.h"
#include "verb_calls.h"

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace secondstep::testing {

namespace {

constexpr char full_status[] =
    R"({"user":"x","enrolled":true,"method":"totp","last_used":1000000000,"recovery_codes_left":2,)"
    R"("recovery_codes_total":10,"re_enroll":false,"invited_until":null,)"
    R"("clients":[{"service":"sshd","address":"192.0.2.7","since":1000000000,"until":1000003600}]})";
constexpr char no_second_step[] =
    R"({"user":"x","enrolled":false,"method":null,"last_used":null,"recovery_codes_left":0,)"
    R"("recovery_codes_total":0,"re_enroll":false,"invited_until":4000000000,"clients":[]})";

TEST_F(OwnAccount, IsManagedThroughTheService) {
    const std::vector<std::pair<std::vector<std::string>, Task>> calls{
        {{"status"}, Task::status},
        {{"enroll"}, Task::enroll},
        {{"recovery-codes", "--renew"}, Task::recovery_codes},
        {{"recovery-codes"}, Task::status},
        {{"disable"}, Task::disable},
        {{"clients", "list"}, Task::clients},
        {{"clients", "drop"}, Task::drop_clients}};
    for (const auto& [call, task] : calls) {
        for (const bool named : {false, true}) {
            std::vector<std::string> arguments = call;
            if (named) arguments.push_back(person());
            const Exchange result = exchange(arguments, Verdict::accepted, full_status);
            EXPECT_EQ(result.done.status, 0) << call[0] << result.done.err;
            EXPECT_EQ(result.hello.purpose, Purpose::manage);
            EXPECT_EQ(result.hello.task, task) << call[0];
            EXPECT_EQ(result.hello.user, person());
            EXPECT_EQ(result.hello.service, "secondstep");
            EXPECT_EQ(result.answer, "123456");
            EXPECT_THAT(result.done.out, HasSubstr("Hello there\nVerification code: "));
            EXPECT_THAT(result.done.out, Not(HasSubstr("{")));
        }
    }
}

// A play finds something to parse, beside the number.
TEST_F(OwnAccount, ThatHasNoSecondStepIsSaidInJsonToo) {
    for (const std::vector<std::string>& call :
         std::vector<std::vector<std::string>>{{"disable", "--json"}, {"clients", "list", "--json"}}) {
        const Exchange result = exchange(call, Verdict::not_needed, "");
        EXPECT_EQ(result.done.status, 6);
        EXPECT_EQ(nlohmann::json::parse(result.done.out),
                  (nlohmann::json{{"user", person()}, {"enrolled", false}, {"changed", false}}));
    }
}

TEST_F(OwnAccount, EndsByTheVerdict) {
    const std::vector<std::pair<Verdict, int>> endings{{Verdict::accepted, 0},     {Verdict::refused, 1},
                                                       {Verdict::cancelled, 1},    {Verdict::not_allowed, 5},
                                                       {Verdict::unavailable, 4},  {Verdict::not_needed, 6},
                                                       {Verdict::misconfigured, 4}};
    for (const auto& [verdict, status] : endings) {
        const Exchange result = exchange({"disable"}, verdict, "", "contact = extension 17\n");
        EXPECT_EQ(result.done.status, status) << result.done.err;
        const bool told_by_the_service = verdict == Verdict::not_needed;
        EXPECT_EQ(result.done.err.empty(), verdict == Verdict::accepted || told_by_the_service);
        if (status == 5) {
            EXPECT_THAT(result.done.err, HasSubstr("extension 17"));
        }
    }
}

TEST_F(OwnAccount, IsToldInSentences) {
    const std::string shown = exchange({"status"}, Verdict::accepted, full_status).done.out;
    EXPECT_THAT(shown,
                HasSubstr(person() + ": your second step is on, with codes of an authenticator app.\n"));
    EXPECT_THAT(shown, ContainsRegex("\nLast used +2001-09-09 [0-9:]+\n"));
    EXPECT_THAT(shown, ContainsRegex("\nRecovery codes +2 of 10 left: secondstep recovery-codes --renew "));
    EXPECT_THAT(shown, ContainsRegex("\nNot asked again +sshd from 192.0.2.7, until 2001-09-09 [0-9:]+\n"));
    EXPECT_THAT(shown, Not(HasSubstr("NOTE")));
    const std::string off = exchange({"status"}, Verdict::accepted, no_second_step).done.out;
    EXPECT_THAT(off,
                ContainsRegex(person() +
                              ": you have no second step. Until 2096-10-02 [0-9:]+ the registration code "));
    EXPECT_THAT(off, Not(HasSubstr("Recovery")));
    const std::string clients = exchange({"clients", "list"}, Verdict::accepted, full_status).done.out;
    EXPECT_THAT(clients, HasSubstr("192.0.2.7"));
    EXPECT_THAT(clients, Not(HasSubstr("few codes")));
}

TEST_F(OwnAccount, TellsHowManyRecoveryCodesAreLeft) {
    EXPECT_THAT(exchange({"recovery-codes"}, Verdict::accepted, full_status).done.out,
                HasSubstr(person() + " has 2 of 10 recovery codes left."));
    const Exchange none = exchange({"recovery-codes"}, Verdict::accepted, no_second_step);
    EXPECT_EQ(none.done.status, 6);
    EXPECT_THAT(none.done.out, Not(HasSubstr("left")));
}

TEST_F(OwnAccount, IsGivenToProgramsAsTheServiceSaysIt) {
    const Exchange result = exchange({"status", "--json"}, Verdict::accepted, full_status);
    auto expected = nlohmann::json::parse(full_status);
    expected["last_used"] = "2001-09-09T01:46:40Z";  // as root's
    expected["clients"][0]["since"] = "2001-09-09T01:46:40Z";
    expected["clients"][0]["until"] = "2001-09-09T02:46:40Z";
    EXPECT_EQ(nlohmann::json::parse(result.done.out), expected);
    EXPECT_THAT(result.done.err, HasSubstr("Hello there\nVerification code: "));
    EXPECT_EQ(exchange({"disable", "--json"}, Verdict::accepted, R"({"changed":true})").done.out,
              "{\"changed\":true}\n");
    EXPECT_EQ(exchange({"status", "--json"}, Verdict::accepted, "no JSON").done.status, 4);
    EXPECT_EQ(exchange({"status", "--json"}, Verdict::accepted, "[]").done.status, 4);
}

TEST_F(OwnAccount, ShowsTheClientsBeforeItIsAskedWhichToDrop) {
    const auto script = [](Peer& peer) {
        peer.hears();
        peer.says(wire::Show{.style = wire::Style::data, .text = Secret::copy_of(full_status)});
        peer.says(wire::Ask{.echo = true, .text = "Which? "});
        EXPECT_EQ(peer.hears_answer(), "all");
        peer.says(wire::Show{.style = wire::Style::data, .text = Secret::copy_of(R"({"changed":true})")});
        peer.says(wire::End{.verdict = Verdict::accepted});
    };
    {
        FakeService service(script);
        service.let_everybody_in();
        connect_to(service.socket());
        EXPECT_THAT(own({"clients", "drop"}, "all\n").out, ContainsRegex("192.0.2.7 .*\nWhich\\? $"));
    }
    FakeService service(script);
    service.let_everybody_in();
    connect_to(service.socket());
    EXPECT_EQ(own({"clients", "drop", "--json"}, "all\n").out, "{\"changed\":true}\n");
}

TEST_F(OwnAccount, IsNotTheOneOfSomebodyElse) {
    for (const std::vector<std::string>& call :
         std::vector<std::vector<std::string>>{{"status", "root"},
                                               {"status", person(), "root"},
                                               {"enroll", "root"},
                                               {"recovery-codes", "root"},
                                               {"disable", "root"},
                                               {"clients", "list", "root"},
                                               {"devices", "root"},
                                               {"devices", "rename", "root", "phone", "mobile"},
                                               {"devices", "remove", "root", "phone"},
                                               {"enroll", "root", "--add"},
                                               {"clients", "drop", "root"}}) {
        const Finished done = own(call);
        EXPECT_EQ(done.status, 5) << call[0];
        EXPECT_THAT(done.err, HasSubstr("your own second step only"));
        EXPECT_THAT(done.out, IsEmpty());
    }
}

TEST_F(OwnAccount, IsManagedWithoutTheOptionsOfTheAdministrator) {
    for (const std::vector<std::string>& call :
         std::vector<std::vector<std::string>>{{"enroll", "--bulk", "x", "--output", "y"},
                                               {"enroll", "--replace"},
                                               {"enroll", "--no-confirm"},
                                               {"recovery-codes", "--renew", "--yes"},
                                               {"recovery-codes", "--renew", "--save", "x"},
                                               {"disable", "--yes"},
                                               {"devices", "remove", "phone", "--yes"},
                                               {"enroll", "--name", "tablet"},
                                               {"enroll", "--add", "--no-confirm"},
                                               {"enroll", "--add", "--digits", "8"},
                                               {"status", "--enrolled"},
                                               {"status", "--group", "staff"},
                                               {"clients", "drop", "--service", "sshd"}}) {
        const Finished done = own(call);
        EXPECT_EQ(done.status, 5) << call[0] << " " << call[1];
        EXPECT_THAT(done.err, HasSubstr("is for the administrator"));
    }
    for (const std::string verb : {"invite", "temporary-code", "re-enroll", "unlock"})
        EXPECT_EQ(own({verb, person()}).status, 5) << verb;
}

// What the table of verbs says of who may run them, for each of them.
TEST_F(OwnAccount, IsAllThatVerbsLetPeopleDo) {
    for (const tool::Command& command : tool::commands()) {
        const Finished done = own(call_of(command, person(), By::owner));
        EXPECT_NE(done.status, 2) << command.verb << ": " << done.err;
        EXPECT_EQ(done.status == 5, command.who == tool::Who::root) << command.verb << ": " << done.err;
        EXPECT_EQ(done.err.find("as root") != std::string::npos, command.who == tool::Who::root)
            << command.verb << ": " << done.err;
    }
}

TEST_F(OwnAccount, ChoosesTheMethodInTheConversation) {
    for (const std::vector<std::string>& call :
         std::vector<std::vector<std::string>>{{"enroll", "--method", "hotp"},
                                               {"enroll", "--method", "mail", "--address", "m@example.com"},
                                               {"enroll", "--address", "m@example.com"}}) {
        const Finished done = own(call);
        EXPECT_EQ(done.status, 5);
        EXPECT_THAT(done.err, HasSubstr("leave --method and --address out"));
    }
    EXPECT_EQ(own({"send-test", person()}).status, 5);
}

TEST_F(OwnAccount, NeedsTheService) {
    for (const std::vector<std::string>& call : std::vector<std::vector<std::string>>{
             {"status"}, {"enroll"}, {"recovery-codes"}, {"disable"}, {"clients", "list"}}) {
        const Finished done = own(call);
        EXPECT_EQ(done.status, 4) << call[0];
        EXPECT_THAT(done.err, HasSubstr("the service cannot be reached"));
    }
}

TEST_F(OwnAccount, TellsThatTheServiceBrokeOff) {
    FakeService service([](Peer& peer) {
        peer.hears();
        peer.hangs_up();
    });
    service.let_everybody_in();
    connect_to(service.socket());
    const Finished done = own({"disable"});
    EXPECT_EQ(done.status, 4);
    EXPECT_THAT(done.err, HasSubstr("broke off"));
}

TEST_F(OwnAccount, HidesWhatIsTyped) {
    FakeService service([](Peer& peer) { peer.asks_once(Verdict::accepted); });
    service.let_everybody_in();
    connect_to(service.socket());
    ChildProcess child(as_person({"disable"}), ChildProcess::Kind::terminal);
    ASSERT_TRUE(child.wait_for("Verification code: "));
    child.send("424242\n");
    const Finished done = child.finish();
    EXPECT_EQ(done.status, 0);
    EXPECT_THAT(done.out, Not(HasSubstr("424242")));
}

// What the tool could check as the caller's own process proves nothing: it asks the service, which asks.
TEST_F(OwnAccount, EnrollingIsLeftToTheServiceWhateverTheRulesSay) {
    for (const char* rules : {"enrollment = open\n", ""}) {
        std::vector<Task> tasks;
        FakeService service([&](Peer& peer) {
            tasks.push_back(std::get<wire::Hello>(*peer.hears()).task);
            peer.says(wire::Ask{.echo = true, .text = "Registration code: "});
            peer.hears();
            peer.says(wire::End{.verdict = Verdict::accepted});
        });
        service.let_everybody_in();
        connect_to(service.socket(), rules);
        const auto call = as_person({"enroll"});
        const Finished done = run_program({call.begin(), call.end()}, "7K3M9-QXT2H\n");
        service.finish();
        EXPECT_EQ(done.status, 0) << done.err;
        EXPECT_THAT(done.out, Not(HasSubstr("Password")));
        EXPECT_EQ(tasks, std::vector{Task::enroll});
    }
}

}  // namespace

}  // namespace secondstep::testing
