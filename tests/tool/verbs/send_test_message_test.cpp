#include <gmock/gmock.h>

#include "courier_world.h"

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace secondstep::testing {

namespace {

using delivery::MessagePurpose;

class SendTest : public CourierWorld {
  protected:
    SendTest() { configure("notify = no\n"); }
    void enroll_mail() { enroll(me(), {"--method", "mail", "--address", "maria@example.com"}); }
};

TEST_F(SendTest, SendsOneMessageToTheAddressOfTheCodes) {
    start_courier("sent 250 OK id=1");
    enroll_mail();
    const Finished done = tool({"send-test", me()});
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_EQ(done.out, "A test message to m…@example.com: It was sent. (250 OK id=1)\n");
    EXPECT_THAT(recipients(MessagePurpose::test), ElementsAre("maria@example.com"));
    EXPECT_EQ(messages()[0].user, me());
    EXPECT_THAT(account(me()).state.sends, IsEmpty()) << "the budget is for codes";
}

TEST_F(SendTest, SendsToTheAddressForNotices) {
    configure("notify = no\nnotify_address = {user}@example.com\n");
    start_courier();
    EXPECT_EQ(tool({"send-test", me()}).status, 0) << "not enrolled";
    enroll(me());
    EXPECT_EQ(tool({"send-test", me()}).status, 0);
    EXPECT_THAT(recipients(MessagePurpose::test), ElementsAre(me() + "@example.com", me() + "@example.com"));
}

TEST_F(SendTest, SaysWhatWentWrong) {
    enroll_mail();
    std::string line;
    start_courier([&line](int, int fd) { FakeCourier::say(fd, line); });
    const std::vector<std::pair<std::string, std::string>> endings{
        {"failed certificate self-signed", "certificate is not trusted"},
        {"failed login", "refused our name and password"},
        {"failed recipient 550 unknown",
         "refused this recipient. Look at the address or number of the account. (550 unknown)"},
        {"failed refused", "refused the message"},
        {"failed no-answer", "could not be reached, or did not answer in time"},
        {"failed misconfigured", "courier.conf or the credentials file cannot be used"},
        {"failed program", "local program"},
        {"deferred 451", "asks to try again later"},
        {"nonsense", "answered something that is no report"}};
    for (const auto& [said, words] : endings) {
        line = said;
        const Finished done = tool({"send-test", me()});
        EXPECT_EQ(done.status, 4) << said;
        EXPECT_THAT(done.out, IsEmpty());
        EXPECT_THAT(done.err, HasSubstr("the test message to m…@example.com was not sent. ")) << said;
        EXPECT_THAT(done.err, HasSubstr(words));
    }
}

TEST_F(SendTest, AnswersPrograms) {
    enroll_mail();
    start_courier("failed login 535 no");
    const Finished failed = tool({"send-test", me(), "--json"});
    EXPECT_EQ(failed.status, 4);
    const auto said = nlohmann::json::parse(failed.out);
    EXPECT_EQ(said["user"], me());
    EXPECT_EQ(said["address"], "m…@example.com");
    EXPECT_EQ(said["outcome"], "failed");
    EXPECT_EQ(said["cause"], "login");
    EXPECT_THAT(said["text"].get<std::string>(), HasSubstr("(535 no)"));
    EXPECT_THAT(failed.out, Not(HasSubstr("maria")));
}

TEST_F(SendTest, SaysThatNobodyDelivers) {
    enroll_mail();
    const Finished done = tool({"send-test", me()});
    EXPECT_EQ(done.status, 4);
    EXPECT_THAT(done.err, HasSubstr("nobody listens on " + file("courier.sock")));
}

TEST_F(SendTest, NeedsAnAddress) {
    start_courier();
    EXPECT_EQ(tool({"send-test", me()}).status, 6);
    EXPECT_EQ(tool({"send-test", "nobody.by.this.name"}).status, 3);
    enroll(me());
    const Finished done = tool({"send-test", me()});
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.err, HasSubstr("there is no address on file for " + me() +
                                    " (method totp), and notify_address is not set"));
    EXPECT_THAT(messages(), IsEmpty());
}

}  // namespace

}  // namespace secondstep::testing
