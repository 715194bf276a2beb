#include "account/devices.h"

#include <gmock/gmock.h>

#include "unit/account/sample_account.h"

using ::testing::HasSubstr;

namespace secondstep {
namespace {

using testing::sample_credential;

Credential with_devices(const std::vector<std::string>& names, Method method = Method::totp) {
    Credential credential = sample_credential("alice", method);
    credential.authenticators.clear();
    for (const std::string& name : names) {
        const auto number = static_cast<std::uint8_t>(credential.authenticators.size() + 1);
        credential.authenticators.push_back(testing::sample_authenticator(number));
        credential.authenticators.back().name = name;
    }
    return credential;
}

AuthenticatorId id_of(const Credential& credential, std::size_t i) {
    return credential.authenticators.at(i).id;
}

TEST(Devices, AreMeantByTheirNames) {
    const Credential credential = with_devices({"phone", "tablet", "Key 7"});
    EXPECT_EQ(device_called(credential, "tablet"), id_of(credential, 1));
    EXPECT_EQ(device_called(credential, "Key 7"), id_of(credential, 2));
    EXPECT_EQ(device_called(credential, "2"), id_of(credential, 1));
    for (const char* word : {"Tablet", "TABLET ", "\xc2\xa0tablet", "\ttablet"})
        EXPECT_EQ(device_called(credential, word), id_of(credential, 1)) << word;
    EXPECT_EQ(device_called(credential, "key\xc2\xa0 7"), id_of(credential, 2));
    for (const char* word : {"", " ", "Tab let", "4", "0", "-1"}) {
        const auto none = device_called(credential, word);
        ASSERT_FALSE(none) << word;
        EXPECT_EQ(none.error().code, Errc::not_found);
        EXPECT_THAT(none.error().detail, HasSubstr("there are: phone, tablet, Key 7"));
    }
}

// What an import brought: two that differ in the case alone.
TEST(Devices, AreMeantByTheExactSpellingFirst) {
    const Credential credential = with_devices({"token", "Token", "phone"});
    EXPECT_EQ(device_called(credential, "token"), id_of(credential, 0));
    EXPECT_EQ(device_called(credential, "Token"), id_of(credential, 1));
    const auto either = device_called(credential, "TOKEN");
    ASSERT_FALSE(either);
    EXPECT_THAT(either.error().detail, HasSubstr("2 devices are called \"TOKEN\": say the number, 1 or 2"));
}

// What an import brought: one name twice, none at all, and a serial number that is a place in the list too.
TEST(Devices, ThatShareANameAreMeantByTheirNumbers) {
    const Credential credential = with_devices({"token", "", "token", "1"});
    const auto both = device_called(credential, "token");
    ASSERT_FALSE(both);
    EXPECT_EQ(both.error().code, Errc::exists);
    EXPECT_THAT(both.error().detail, HasSubstr("2 devices are called \"token\": say the number, 1 or 3"));
    EXPECT_EQ(device_called(credential, "3"), id_of(credential, 2));
    EXPECT_EQ(device_called(credential, "2"), id_of(credential, 1));
    EXPECT_EQ(device_called(credential, "1"), id_of(credential, 3)) << "a name goes before a number";
    EXPECT_EQ(names_of_devices(credential), "token, (no name), token, 1");
}

TEST(Devices, AreAddedUnderANameThatIsFree) {
    const Credential credential = with_devices({"phone", "Tablet"});
    EXPECT_TRUE(check_addition(credential, "watch"));
    for (const char* name : {"phone", "PHONE", "tablet", " tablet", "tablet\xc2\xa0", "\xc2\xa0Tablet "}) {
        const auto taken = check_addition(credential, name);
        ASSERT_FALSE(taken) << name;
        EXPECT_EQ(taken.error().code, Errc::exists);
        EXPECT_FALSE(check_new_name(with_devices({"phone", "tablet", "x"}), AuthenticatorId{}, name));
        EXPECT_NE(device_named_like(credential, name), nullptr);
    }
    for (const std::string& name :
         {std::string(), std::string("  "), std::string(65, 'x'), std::string("a\nb"), std::string("a\xff"),
          std::string("a\xe2\x80\xae") + "b", std::string("\xc2\xa0"), std::string("1"), std::string("0042"),
          std::string(" 7\xc2\xa0")}) {
        const auto no_name = check_addition(credential, name);
        ASSERT_FALSE(no_name) << name;
        EXPECT_EQ(no_name.error().code, Errc::invalid);
        EXPECT_FALSE(check_new_name(credential, id_of(credential, 0), name)) << name;
    }
    EXPECT_TRUE(check_addition(credential, "Key 7"));
    EXPECT_TRUE(check_addition(credential, std::string(64, 'x')));
}

TEST(Devices, AreAtMostFour) {
    EXPECT_TRUE(check_addition(with_devices({"a", "b", "c"}), "d"));
    const auto full = check_addition(with_devices({"a", "b", "c", "d"}), "e");
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code, Errc::too_large);
    EXPECT_THAT(full.error().detail, HasSubstr("remove one first (a, b, c, d)"));
}

TEST(Devices, DoNotStandBesideAnAddress) {
    for (const Method method : {Method::mail, Method::sms}) {
        const auto refused = check_addition(with_devices({}, method), "phone");
        ASSERT_FALSE(refused);
        EXPECT_THAT(refused.error().detail, HasSubstr("codes are sent by " + std::string(to_text(method))));
    }
    EXPECT_TRUE(check_addition(with_devices({"token"}, Method::hotp), "phone"));
}

TEST(Devices, AreRenamedToWhatIsFreeAndToAnotherSpelling) {
    const Credential credential = with_devices({"phone", "tablet"});
    EXPECT_TRUE(check_new_name(credential, id_of(credential, 0), "Phone"));
    EXPECT_TRUE(check_new_name(credential, id_of(credential, 0), "mobile"));
    EXPECT_FALSE(check_new_name(credential, id_of(credential, 0), "TABLET"));
    EXPECT_FALSE(check_new_name(credential, id_of(credential, 0), ""));
    const Credential renamed = with_renamed_device(credential, id_of(credential, 1), "pad");
    EXPECT_EQ(names_of_devices(renamed), "phone, pad");
    EXPECT_EQ(ids_of(renamed), ids_of(credential));
}

TEST(Devices, AreRemovedButForTheLastOne) {
    const Credential two = with_devices({"phone", "tablet"});
    EXPECT_TRUE(check_removal(two));
    const Credential one = without_device(two, id_of(two, 0));
    EXPECT_EQ(names_of_devices(one), "tablet");
    EXPECT_EQ(one.recovery->id, two.recovery->id);
    EXPECT_FALSE(check_removal(one));
}

TEST(Devices, AreCalledPhoneUntilThatIsTaken) {
    EXPECT_EQ(free_device_name(with_devices({"token"})), "phone");
    EXPECT_EQ(free_device_name(with_devices({"phone"})), "phone-2");
    EXPECT_EQ(free_device_name(with_devices({"Phone", "phone-3", "PHONE-2"})), "phone-4");
}

TEST(Devices, WereAddedWithTheAccountUnlessTheySayWhen) {
    Credential credential = with_devices({"phone", "tablet"});
    credential.authenticators[1].added_at = testing::at(5);
    EXPECT_EQ(added_at(credential.authenticators[0], credential), credential.enrolled_at);
    EXPECT_EQ(added_at(credential.authenticators[1], credential), testing::at(5));
    State state = testing::enrolled_state();
    EXPECT_EQ(last_used(credential.authenticators[1], state), never);
    state.uses.push_back({.id = id_of(credential, 1), .used = true, .last_success = testing::at(9)});
    EXPECT_EQ(last_used(credential.authenticators[1], state), testing::at(9));
    EXPECT_EQ(last_used(credential.authenticators[0], state), never);
}

}  // namespace
}  // namespace secondstep
