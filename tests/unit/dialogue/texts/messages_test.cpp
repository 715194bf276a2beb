#include "dialogue/texts/messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/character_width.h"
#include "base/text.h"
#include "dialogue/texts/outage_messages.h"
#include "dialogue/visit/damage.h"

namespace secondstep {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr messages::EnrollmentMethods every_way{.app = true, .mail = true, .sms = true};
constexpr std::string_view long_host = "a-very-long-name-of-a-machine.in-a-department.of-a-company.example";
constexpr std::string_view long_account = "a-person-with-a-long-name@of-a-company.example";
constexpr std::string_view some_key = "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP";
const messages::Deadline deadline{from_unix(1'800'000'000), from_unix(1'800'864'000)};

std::vector<Secret> sixteen_codes() {
    std::vector<Secret> codes;
    for (int i = 0; i < 16; ++i)
        codes.push_back(Secret::copy_of(std::string_view("7K3M-9QXT-2HVB-W4ZD")));
    return codes;
}

// Of a text that stays a Secret until it is on a screen.
std::string shown(const Secret& text) {
    return std::string(text.text());
}

std::vector<std::string> all_texts(const std::string& contact) {
    return {
        messages::not_accepted(),
        messages::host_has_to_wait(),
        messages::help(contact),
        messages::recovery_code_accepted(9, 10, contact),
        messages::recovery_code_accepted(3, 10, contact),
        messages::recovery_code_accepted(1, 10, contact),
        messages::recovery_code_accepted(0, 10, contact),
        messages::hint(),
        messages::may_not_last(contact),
        messages::menu({.set_up_again = true, .contact = contact}),
        messages::menu({.set_up_again = false, .contact = contact}),
        messages::not_in_the_menu(),
        messages::codes_are_refused(long_host, long_account, contact),
        messages::whom_to_call(contact),
        messages::first_login(long_host, contact, {}, nullptr),
        messages::first_login(long_host, contact, every_way, &deadline),
        messages::enroll_again(long_host, contact, every_way),
        messages::menu({.set_up_again = true,
                        .sends_codes = true,
                        .masked_address = "m…@example.com",
                        .contact = contact}),
        messages::menu({.set_up_again = false, .sends_codes = true, .contact = contact}),
        messages::sent_again("m…@" + std::string(long_host)),
        messages::sent_again(""),
        messages::could_not_be_sent(contact),
        messages::sent_codes_are_refused(contact),
        messages::address_explained(delivery::Channel::mail),
        messages::address_explained(delivery::Channel::sms),
        messages::not_an_address(contact),
        messages::sent_to_address(*delivery::Address::create(delivery::Channel::mail, "maria@example.com")),
        messages::not_the_sent_code(),
        messages::address_not_reached(contact),
        messages::too_many_sent(contact),
        messages::registration_explained(contact),
        messages::registration_refused(contact),
        messages::enrollment_overdue(contact),
        shown(
            messages::key_to_type({.issuer = "web01", .account = "alice-2", .key = some_key, .picture = {}})),
        messages::not_the_code(),
        messages::clock_off(std::chrono::seconds{30}),
        messages::clock_off(std::chrono::hours{-12}),
        messages::not_set_up(contact, true),
        messages::not_set_up(contact, false),
        messages::first_factor_first("web01"),
        messages::present_step_first("web01"),
        messages::only_on("auth1", "web01"),
        messages::no_longer_on("auth1", "web01"),
        messages::break_glass("web01"),
        messages::break_glass(long_host),
        messages::break_glass_without_relay("web01"),
        messages::break_glass_without_relay(long_host),
        messages::break_glass_accepted(7),
        messages::break_glass_accepted(0),
        messages::no_break_glass_code(),
        messages::nodes_are_back(),
        messages::nodes_are_looked_for(),
        messages::host_is_not_known(),
        messages::node_does_not_answer_in_time(),
        messages::nodes_not_heard_of_in_time(true),
        messages::nodes_not_heard_of_in_time(false),
        messages::present_step_not_shown(contact, true),
        messages::present_step_not_shown(contact, false),
        messages::no_code() + std::string(messages::help_hint),
        messages::several_codes() + std::string(messages::help_hint),
        messages::no_one_time_code() + std::string(messages::help_hint),
        messages::no_code_of_an_app(),
        messages::no_sent_code(),
        messages::set_up_elsewhere(),
        shown(messages::set_up(sixteen_codes(), Method::totp, {true, true}, "web01:alice-2")),
        shown(messages::set_up(sixteen_codes(), Method::totp, {true, true},
                               std::string(long_host) + ":" + std::string(long_account))),
        shown(messages::set_up(sixteen_codes(), Method::mail, {true, true}, "")),
        shown(messages::set_up(sixteen_codes(), Method::mail, {true, false}, "")),
        shown(messages::set_up(sixteen_codes(), Method::sms, {}, "")),
        shown(messages::new_codes(sixteen_codes())),
        messages::type_saved(),
        messages::codes_not_saved(),
        messages::restore_open(from_unix(1'800'000'000)),
        messages::changed({.change = Change::to_enroll_again,
                           .when = from_unix(1'800'000'000),
                           .from = std::string(63, 'h')},
                          contact),
        messages::changed({.change = Change::renamed, .when = from_unix(1'800'000'000), .from = "x"},
                          contact),
        messages::changed({.change = Change::device_added, .when = from_unix(1'800'000'000), .from = "x"},
                          contact),
        messages::changed({.change = Change::device_removed, .when = from_unix(1'800'000'000), .from = "x"},
                          contact),
        messages::replaces_devices(contact),
        messages::adds_device(contact),
        messages::adds_device(std::string(64, 'n')),
        messages::removes_device("", from_unix(1'800'000'000)),
        messages::removes_device(contact, from_unix(1'800'000'000)),
        messages::renames_device(contact, contact),
        messages::device_added(contact, contact),
        messages::device_removed(contact),
        messages::device_renamed(contact, contact),
        messages::devices_unchanged(messages::method_not_allowed(Method::hotp, {"totp", "mail", "sms"})),
        messages::devices_unchanged(messages::method_not_allowed(Method::totp, {"mail"})),
        messages::recovery_code_is_used_up(),
        messages::present_code_help(contact),
        messages::any_code_help(contact),
        messages::no_one_time_code_here(),
        messages::not_proved(contact),
        messages::devices_unchanged(messages::enroll_again_instead()),
        messages::devices_unchanged(contact),
        messages::devices_changed_elsewhere(),
        messages::unknown_task(),
        messages::deleted(),
        messages::may_not_disable(contact),
        messages::not_enrolled(),
        messages::no_such_client()};
}

const std::string long_contacts[] = {"", "night desk, 1234", std::string(120, 'w'),
                                     "w " + std::string(119, 'x'), "\xe5\xa4\x9c" + std::string(100, 'y'),
                                     // 40 wide characters are 80 columns.
                                     [] {
                                         std::string wide;
                                         for (int i = 0; i < 40; ++i)
                                             wide += "\xe5\xa4\x9c";
                                         return wide;
                                     }(),
                                     "two\nlines\x1b[2J and more"};

TEST(Messages, HaveAtMost72Columns) {
    for (const std::string& contact : long_contacts) {
        for (const std::string& text : all_texts(contact)) {
            for (const std::string_view line : split(text, '\n'))
                EXPECT_LE(display_width(line), 72U) << line;
        }
    }
}

TEST(Messages, HaveNoControlCharactersButNewlines) {
    for (const std::string& contact : long_contacts) {
        for (const std::string& text : all_texts(contact)) {
            EXPECT_TRUE(is_valid_utf8(text)) << text;
            for (const std::string_view line : split(text, '\n'))
                EXPECT_FALSE(has_control_characters(line)) << line;
        }
    }
}

TEST(Messages, OfSeveralLinesBeginWithANewlineAndDoNotEndWithOne) {
    for (const std::string& text : all_texts("desk")) {
        const bool several = text.find('\n') != std::string::npos;
        EXPECT_EQ(text.starts_with('\n'), several) << text;
        EXPECT_FALSE(text.ends_with('\n')) << text;
    }
}

TEST(Messages, TheFirstPromptIsTheOneAutomationMatches) {
    EXPECT_EQ(messages::code_prompt, "Verification code: ");
}

TEST(Messages, ARefusalSaysWhatToDo) {
    const std::string text = messages::not_accepted();
    for (const char* words : {"Not accepted.", "Each code works once", "wait", "recovery code", "? = help"}) {
        EXPECT_THAT(text, HasSubstr(words));
    }
}

TEST(Messages, HelpNamesTheContactInFull) {
    EXPECT_THAT(messages::help("night desk, +49 30 1234"), HasSubstr("night desk"));
    EXPECT_THAT(messages::help("night desk, +49 30 1234"), HasSubstr("1234"));
    EXPECT_THAT(messages::help(""), HasSubstr("Ask the administrator."));
    std::string letters = messages::help(std::string(120, 'w'));
    EXPECT_GE(std::count(letters.begin(), letters.end(), 'w'), 120);
}

TEST(Messages, SayHowManyRecoveryCodesAreLeft) {
    EXPECT_EQ(messages::recovery_code_accepted(9, 10, ""), "\nAccepted. 9 recovery codes left.");
    EXPECT_THAT(messages::recovery_code_accepted(1, 10, ""), HasSubstr("1 recovery code left."));
    EXPECT_THAT(messages::recovery_code_accepted(0, 10, ""), HasSubstr("No recovery codes left."));
}

TEST(Messages, SayWhereNewRecoveryCodesComeFromWhenTheyRunOut) {
    const std::string advice = "secondstep recovery-codes";
    EXPECT_THAT(messages::recovery_code_accepted(4, 10, "desk"), Not(HasSubstr(advice)));
    EXPECT_THAT(messages::recovery_code_accepted(3, 10, "desk"), HasSubstr(advice));
    EXPECT_THAT(messages::recovery_code_accepted(3, 10, "desk"), HasSubstr("desk"));
    EXPECT_THAT(messages::recovery_code_accepted(2, 3, "desk"), Not(HasSubstr(advice)));
    EXPECT_THAT(messages::recovery_code_accepted(0, 3, "desk"), HasSubstr(advice));
}

TEST(Messages, ADecoysDamageAsksNothingOfAnybody) {
    EXPECT_THAT(dialogue::damage_notice(""), Not(HasSubstr("secondstep recovery-codes")));
    EXPECT_THAT(dialogue::damage_notice("alice"), HasSubstr("secondstep recovery-codes --renew alice"));
}

}  // namespace
}  // namespace secondstep
