// The link to the page for a picture, by SMS.

#include "dialogue/manage/portal_link.h"

#include "support/temporary_directory.h"
#include "unit/dialogue/conversation.h"

namespace secondstep {
namespace {

using dialogue::is_page_link;
using dialogue::PortalRequest;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::Transcript;
using testing::Typed;

constexpr char link[] = "https://web01:8443/0123456789abcdef0123456789abcdef";

TEST(PageLink, LeadsToThisHostsPageAndNowhereElse) {
    EXPECT_TRUE(is_page_link(link, "", "web01"));
    EXPECT_TRUE(is_page_link("https://web01/0123456789abcdef0123456789abcdef", "", "web01"));
    EXPECT_TRUE(is_page_link("https://login.example.com:99/0123456789abcdef0123456789abcdef",
                             "login.example.com:99", "web01"));
    for (const char* bad : {"http://web01:8443/0123456789abcdef0123456789abcdef",
                            "https://web01.evil.example/0123456789abcdef0123456789abcdef",
                            "https://web01@evil.example/0123456789abcdef0123456789abcdef",
                            "https://web01:8443@evil.example/0123456789abcdef0123456789abcdef",
                            "https://web01:8443/", "https://web01:8443/0123456789abcdef0123456789abcde",
                            "https://web01:8443/0123456789abcdef0123456789abcdef0",
                            "https://web01:8443/0123456789abcdef0123456789ABCDEF",
                            "https://web01:8443/call +49 900 1 now and say it", "https://other/x", ""})
        EXPECT_FALSE(is_page_link(bad, "", "web01")) << bad;
    EXPECT_FALSE(is_page_link("https:///0123456789abcdef0123456789abcdef", "", ""));
}

class PortalLink : public testing::Conversation {
  protected:
    Transcript ask(const std::string& number = "+49 151 23456745", const std::string& to = link) {
        const PortalRequest request{.wanted = PortalRequest::SendLink{*PortalName::create("invoices"), number,
                                                                      Secret::copy_of(to),
                                                                      std::chrono::minutes{3}}};
        dialogue::Request hello = world_.request("alice");
        hello.purpose = Purpose::manage;
        hello.task = Task::portals;
        hello.caller = dialogue::Caller::own_uid;
        hello.uid = 1000;
        return world_.login(hello, {Typed::form(std::string(encode(request).text()))});
    }
    PortalLink() {
        world_.portals = std::make_shared<const PortalStore>(
            PortalStore::open(directory_.path(), false, *world_.keyring, world_.randomness).value());
    }
    testing::TemporaryDirectory directory_;
};

TEST_F(PortalLink, IsSentForThoseWhoAreNamed) {
    configure("portal_phone_users = alice");
    EXPECT_EQ(ask().verdict, Verdict::accepted);
    ASSERT_THAT(world_.courier.sent(), SizeIs(1));
    const auto message = world_.courier.sent().front();
    EXPECT_EQ(message.purpose, delivery::MessagePurpose::link);
    EXPECT_EQ(message.to, "+4915123456745");
    EXPECT_EQ(message.code, link);
    EXPECT_EQ(message.service, "invoices");
    EXPECT_EQ(message.valid, std::chrono::minutes{3}) << "what the link is, not what it may be at most";
    EXPECT_EQ(word_of(world_.journal.changes.back()), "portal-link-sent");
}

TEST_F(PortalLink, IsNotSentForAnybodyElse) {
    configure("portal_phone_users = bob");
    const Transcript seen = ask();
    EXPECT_EQ(seen.verdict, Verdict::not_allowed);
    EXPECT_THAT(seen.texts.back(), HasSubstr("portal_phone_users"));
    EXPECT_THAT(world_.courier.sent(), IsEmpty());
}

TEST_F(PortalLink, ThatLeadsElsewhereIsNotSent) {
    configure("portal_phone_users = alice");
    EXPECT_EQ(ask("+4915123456745", "https://evil.example/0123456789abcdef0123456789abcdef").verdict,
              Verdict::unavailable);
    EXPECT_THAT(world_.courier.sent(), IsEmpty());
}

TEST_F(PortalLink, ANumberThatIsNoneIsSaidToBeNone) {
    configure("portal_phone_users = alice");
    EXPECT_EQ(ask("0151 2345").verdict, Verdict::refused);
    EXPECT_THAT(world_.courier.sent(), IsEmpty());
}

TEST_F(PortalLink, CountsAgainstTheAccountsBudget) {
    configure("portal_phone_users = alice\nsent_codes_per_account = 2/15m");
    EXPECT_EQ(ask().verdict, Verdict::accepted);
    EXPECT_EQ(ask().verdict, Verdict::accepted);
    EXPECT_EQ(ask().verdict, Verdict::refused);
    EXPECT_THAT(world_.courier.sent(), SizeIs(2));
}

TEST_F(PortalLink, IsNotSentWhenItCannotBeCounted) {
    configure("portal_phone_users = alice");
    world_.store->write_error = Error{Errc::no_space, "disk full"};
    EXPECT_EQ(ask().verdict, Verdict::unavailable);
    EXPECT_THAT(world_.courier.sent(), IsEmpty());
}

}  // namespace
}  // namespace secondstep
