// What the owner is told when an administrator changes the second step.

#include <gmock/gmock.h>

#include <chrono>

#include "courier_world.h"

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

namespace secondstep::testing {

namespace {

using delivery::MessagePurpose;

class OwnerNotices : public CourierWorld {
  protected:
    OwnerNotices() { configure("notify_address = {user}@example.com\n"); }

    [[nodiscard]] std::string by_rule() const { return me() + "@example.com"; }
    Finished enroll_mail(const std::string& address, const std::vector<std::string>& more = {}) const {
        std::vector<std::string> all{"enroll", me(),        "--no-confirm", "--method",
                                     "mail",   "--address", address};
        all.insert(all.end(), more.begin(), more.end());
        return tool(all);
    }
    // To whom the notices of one call went; the calls before are not looked at.
    std::vector<std::string> told_by(const std::vector<std::string>& arguments) {
        const std::size_t before = recipients(MessagePurpose::notice).size();
        const Finished done = tool(arguments);
        EXPECT_EQ(done.status, 0) << done.err;
        EXPECT_THAT(done.err, IsEmpty());
        std::vector<std::string> all = recipients(MessagePurpose::notice);
        all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(before));
        return all;
    }
    [[nodiscard]] std::string last_notice() const { return messages(MessagePurpose::notice).back().notice; }
};

TEST_F(OwnerNotices, TellEveryChange) {
    start_courier();
    EXPECT_THAT(told_by({"enroll", me(), "--no-confirm", "--qr", "none"}), ElementsAre(by_rule()));
    EXPECT_THAT(last_notice(), HasSubstr("The second step of your login was set up anew, on 20"));
    EXPECT_THAT(last_notice(), HasSubstr(", from the administrator "));
    EXPECT_EQ(messages(MessagePurpose::notice).back().user, me());
    EXPECT_EQ(messages(MessagePurpose::notice).back().contact, "extension 17");
    EXPECT_THAT(told_by({"recovery-codes", me(), "--renew", "--yes"}), ElementsAre(by_rule()));
    EXPECT_THAT(last_notice(), HasSubstr("New recovery codes were made"));
    EXPECT_THAT(told_by({"re-enroll", me()}), ElementsAre(by_rule()));
    EXPECT_THAT(last_notice(), HasSubstr("You are asked to set up your second step again"));
    EXPECT_THAT(told_by({"re-enroll", me(), "--no-code"}), IsEmpty()) << "nothing changed";
    EXPECT_THAT(told_by({"disable", me(), "--yes"}), ElementsAre(by_rule()));
    EXPECT_THAT(last_notice(), HasSubstr("was deleted"));
    EXPECT_THAT(messages(MessagePurpose::code), IsEmpty());
}

TEST_F(OwnerNotices, GoToTheOldAddressAndToTheNewOne) {
    start_courier();
    const auto replaced_by = [this](const std::string& address) {
        return told_by(
            {"enroll", me(), "--no-confirm", "--replace", "--method", "mail", "--address", address});
    };
    enroll(me());
    EXPECT_THAT(replaced_by("one@example.com"), UnorderedElementsAre(by_rule(), "one@example.com"));
    EXPECT_THAT(replaced_by("two@example.com"), UnorderedElementsAre("one@example.com", "two@example.com"));
    EXPECT_THAT(replaced_by("two@example.com"), ElementsAre("two@example.com"));
    EXPECT_THAT(told_by({"disable", me(), "--yes"}), ElementsAre("two@example.com"));
}

TEST_F(OwnerNotices, AreNotSentWhereNothingChanged) {
    start_courier();
    enroll(me());
    ASSERT_THAT(messages(), SizeIs(1));
    EXPECT_EQ(tool({"enroll", me(), "--no-confirm"}).status, 1);
    EXPECT_EQ(tool({"enroll", me(), "--if-missing"}).status, 0);
    EXPECT_EQ(tool({"disable", me()}).status, 1) << "nobody confirmed";
    EXPECT_EQ(tool({"recovery-codes", me(), "--renew"}).status, 1);
    EXPECT_THAT(messages(), SizeIs(1));
}

TEST_F(OwnerNotices, AreSwitchedOff) {
    start_courier();
    configure("notify = no\nnotify_address = {user}@example.com\n");
    enroll(me());
    EXPECT_EQ(tool({"disable", me(), "--yes"}).status, 0);
    EXPECT_THAT(messages(), IsEmpty());
}

TEST_F(OwnerNotices, NeedAnAddress) {
    start_courier();
    configure();
    enroll(me());
    EXPECT_THAT(messages(), IsEmpty());
}

TEST_F(OwnerNotices, ThatDoNotLeaveAreSaidInOneLineAndFailNothing) {
    configure();
    start_courier("failed login 535 no");
    const Finished done = enroll_mail("maria@example.com");
    EXPECT_EQ(done.status, 0);
    EXPECT_THAT(lines_of(done.err), SizeIs(1));
    EXPECT_THAT(done.err, HasSubstr("secondstep: the notice to m…@example.com was not sent: "));
    EXPECT_THAT(done.err, HasSubstr("refused our name and password"));
    EXPECT_THAT(done.err, Not(HasSubstr("maria")));
    EXPECT_TRUE(account(me()).credential.has_value());
}

TEST_F(OwnerNotices, OfACourierThatCrashesFailNothing) {
    start_courier([](int, int) {});
    const Finished done = enroll_mail("maria@example.com");
    EXPECT_EQ(done.status, 0);
    EXPECT_THAT(done.err, HasSubstr("was not sent: "));
}

TEST_F(OwnerNotices, AreNotMissedWhereNobodyHasSetUpACourier) {
    const Finished app = tool({"enroll", me(), "--no-confirm", "--qr", "none"});
    EXPECT_EQ(app.status, 0);
    EXPECT_THAT(app.err, IsEmpty());
    const Finished mail = enroll_mail("maria@example.com", {"--replace"});
    EXPECT_EQ(mail.status, 0);
    EXPECT_THAT(mail.err, HasSubstr("nobody listens on")) << "such an account needs one";
}

TEST_F(OwnerNotices, DoNotWaitLongForACourierThatHangs) {
    start_silent_courier();
    const auto before = std::chrono::steady_clock::now();
    const Finished done = enroll_mail("maria@example.com");
    const auto taken = std::chrono::steady_clock::now() - before;
    EXPECT_EQ(done.status, 0);
    EXPECT_THAT(done.err, IsEmpty()) << "it has taken the message over";
    EXPECT_LT(taken, std::chrono::seconds(15)) << "the courier's own limit is 20 s, the link's 22 s";
}

}  // namespace

}  // namespace secondstep::testing
