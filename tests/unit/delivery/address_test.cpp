#include "delivery/address.h"

#include <gtest/gtest.h>

#include <string>

namespace secondstep::delivery {
namespace {

bool is_mail(std::string_view typed) {
    return Address::create(Channel::mail, typed).has_value();
}

std::string number(std::string_view typed) {
    const auto address = Address::create(Channel::sms, typed);
    return address ? address->text() : "refused";
}

std::string masked(Channel channel, std::string_view typed) {
    return Address::create(channel, typed)->masked();
}

TEST(AddressTest, TakesMailAddresses) {
    for (const char* typed : {"alice@example.com", "a@b", "o'brien+login@mail.example.org", "x_y-z@192.0.2.1",
                              "käthe@bücher.example", "a.b.c@d-e.f", "root@localhost"}) {
        EXPECT_TRUE(is_mail(typed)) << typed;
    }
    EXPECT_EQ(Address::create(Channel::mail, " alice@example.com\t")->text(), "alice@example.com");
}

TEST(AddressTest, RefusesWhatAMailServerOrACommandLineCouldTakeForSomethingElse) {
    for (const char* typed : {"",
                              "alice",
                              "@example.com",
                              "alice@",
                              "alice@@example.com",
                              "a@b@c",
                              "-oQ/tmp@example.com",
                              "/etc/passwd@example.com",
                              "alice@-example.com",
                              "alice@example-.com",
                              "alice@example..com",
                              "alice@.com",
                              "alice@example.com.",
                              ".alice@example.com",
                              "alice.@example.com",
                              "a..b@example.com",
                              "alice@example.com\r\nBcc: eve@example.com",
                              "alice@example.com\nRCPT TO:<eve@example.com>",
                              "alice <alice@example.com>",
                              "<alice@example.com>",
                              "alice@example.com,eve@example.com",
                              "alice@example.com;eve@example.com",
                              "\"alice\"@example.com",
                              "alice@[127.0.0.1]",
                              "@relay:alice@example.com",
                              "al\\ice@example.com",
                              "alice(x)@example.com",
                              "root%other@example.com",
                              "other!root@example.com",
                              "|sh@example.com",
                              "`id`@example.com",
                              "a b@example.com",
                              "alice@exam\xc2\xa0ple.com",
                              "al\xe2\x80\x8bice@example.com",
                              "alice@example.com\x7f",
                              "al\xff@example.com",
                              "al\xe2\x80\xaeice@example.com",
                              "alice@exa_mple.com"}) {
        EXPECT_FALSE(is_mail(typed)) << typed;
    }
    EXPECT_FALSE(is_mail(std::string_view("alice\0@example.com", 18)));
}

TEST(AddressTest, KnowsTheBoundsOfAMailAddress) {
    const std::string local(64, 'a');
    const std::string label(63, 'b');
    EXPECT_TRUE(is_mail(local + "@b"));
    EXPECT_FALSE(is_mail(local + "a@b"));
    EXPECT_TRUE(is_mail("a@" + label));
    EXPECT_FALSE(is_mail("a@b" + label));
    const std::string long_domain = label + "." + label + "." + std::string(61, 'c');
    EXPECT_TRUE(is_mail(local + "@" + long_domain));  // 254
    EXPECT_FALSE(is_mail(local + "@" + long_domain + "c"));
}

TEST(AddressTest, TakesNumbersAsPeopleTypeThem) {
    EXPECT_EQ(number("+49 151 234-567"), "+49151234567");
    EXPECT_EQ(number(" +1 (212) 555.0100 "), "+12125550100");
    EXPECT_EQ(number("+49/151/234567"), "+49151234567");
    EXPECT_EQ(number("+1234567"), "+1234567");
    EXPECT_EQ(number("+123456789012345"), "+123456789012345");
}

TEST(AddressTest, TakesNumbersAsAddressBooksCopyThem) {
    EXPECT_EQ(number("\xe2\x80\xaa+49\xc2\xa0"
                     "151\xe2\x80\x91"
                     "234\xe2\x80\x93"
                     "567\xe2\x80\xac"),
              "+49151234567");
    EXPECT_EQ(number("+49\xe2\x80\x89"
                     "151\xe2\x80\x8b\xe2\x80\xaf"
                     "234567"),
              "+49151234567");
    EXPECT_EQ(Address::create(Channel::mail,
                              "\xef\xbb\xbf\xc2\xa0"
                              "alice@example.com\xe2\x80\x8b")
                  ->text(),
              "alice@example.com");
}

TEST(AddressTest, RefusesWhatIsNoInternationalNumber) {
    for (const char* typed : {"", "+", "0151234567", "0049151234567", "49151234567", "+0151234567", "+123456",
                              "+1234567890123456", "+49 151 CALLME", "+49151234567 ext 3", "++49151234567",
                              "+49151234567,+49151234568", "+-49151234567", "+49151234567-", "-49151234567",
                              "+49\n151234567", "+4915123456\xd9\xa7"}) {
        EXPECT_EQ(number(typed), "refused") << typed;
    }
}

// Taking only the brackets out of "+49 (0)151" makes a number that is somebody else's.
TEST(AddressTest, RefusesTheTrunkZeroInsteadOfGuessing) {
    const auto address = Address::create(Channel::sms, "+49 (0)151 234567");
    ASSERT_FALSE(address.has_value());
    EXPECT_EQ(address.error().code, Errc::invalid);
    EXPECT_EQ(address.error().detail, "Leave out the (0): after a country code it is not dialled.");
}

TEST(AddressTest, MasksWhatOthersShallNotLearn) {
    EXPECT_EQ(masked(Channel::mail, "maria.long.name@example.com"), "m…@example.com");
    EXPECT_EQ(masked(Channel::mail, "m@example.com"), "m…@example.com");
    EXPECT_EQ(masked(Channel::mail, "ökonom@example.com"), "ö…@example.com");
    EXPECT_EQ(masked(Channel::sms, "+4915123456745"), "+49 … 45");
    EXPECT_EQ(masked(Channel::sms, "+12125550100"), "+1 … 00");
    EXPECT_EQ(masked(Channel::sms, "+79161234567"), "+7 … 67");
    EXPECT_EQ(masked(Channel::sms, "+353871234567"), "+353 … 67");
    EXPECT_EQ(masked(Channel::sms, "+9981234567"), "+998 … 67") << "98 is Iran, 998 is Uzbekistan";
}

TEST(AddressTest, NamesTheChannels) {
    EXPECT_EQ(to_text(Channel::mail), "mail");
    EXPECT_EQ(to_text(Channel::sms), "sms");
}

}  // namespace
}  // namespace secondstep::delivery
