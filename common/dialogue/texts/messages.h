#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "account/credential.h"
#include "account/state.h"
#include "base/clock.h"
#include "base/secret.h"
#include "delivery/address.h"

// Every text a person can see in a login. At most 72 columns; state in words, never by colour alone. Texts of
// several lines start with '\n' (sshd puts them in front of the next prompt) and do not end with one.
namespace secondstep::messages {

inline constexpr std::string_view code_prompt = "Verification code: ";
inline constexpr std::string_view combined_prompt = "Password and verification code: ";

// The same for every refusal, whatever its cause.
[[nodiscard]] std::string not_accepted();
// Instead of it, while answers of the host of a fleet are not judged; whatever was refused.
[[nodiscard]] std::string host_has_to_wait();

// --- the answer to what is no code: by what was typed alone, and nothing was judged ---

// Behind them where '?' helps.
inline constexpr std::string_view help_hint = "\n? = help";
[[nodiscard]] std::string no_code();
[[nodiscard]] std::string several_codes();
[[nodiscard]] std::string no_one_time_code();  // where a temporary or registration code is asked for
[[nodiscard]] std::string no_code_of_an_app();
[[nodiscard]] std::string no_sent_code();

// The answer to '?'. `contact` may be empty.
[[nodiscard]] std::string help(std::string_view contact);

// In front of the first prompt.
[[nodiscard]] std::string hint();

// --- the menu behind '?' ---

struct MenuText {
    bool set_up_again = false;          // "phone or app lost or new": only where the first factor has passed
    bool sends_codes = false;           // a new code can be sent
    std::string_view masked_address{};  // where to; empty: not to be seen
    std::string_view contact;
};
// Numbered from 1; what is not offered has no number.
[[nodiscard]] std::string menu(const MenuText& menu);
inline constexpr std::string_view menu_prompt = "Number (Enter = back): ";
[[nodiscard]] std::string not_in_the_menu();
inline constexpr std::string_view recovery_code_prompt = "Recovery code: ";
inline constexpr std::string_view one_time_code_prompt = "Temporary or registration code: ";
[[nodiscard]] std::string codes_are_refused(std::string_view host, std::string_view account,
                                            std::string_view contact);
[[nodiscard]] std::string whom_to_call(std::string_view contact);

// --- codes that are sent ---

// `masked_address` is empty where it is not to be seen.
[[nodiscard]] std::string sent_again(std::string_view masked_address);
// In the same words for every cause; the journal has it.
[[nodiscard]] std::string could_not_be_sent(std::string_view contact);
[[nodiscard]] std::string sent_codes_are_refused(std::string_view contact);

// --- setting up an authenticator ---

// With what somebody may enroll.
struct EnrollmentMethods {
    bool app = true;
    bool mail = false;
    bool sms = false;
};

struct Deadline {
    UnixTime now;
    UnixTime last_moment;
};
// `deadline`: nothing: it may not be declined.
[[nodiscard]] std::string first_login(std::string_view host, std::string_view apps,
                                      const EnrollmentMethods& methods, const Deadline* deadline);
[[nodiscard]] std::string enroll_again(std::string_view host, std::string_view apps,
                                       const EnrollmentMethods& methods);
inline constexpr std::string_view choice_prompt = "Choice: ";
[[nodiscard]] std::string method_prompt(const EnrollmentMethods& methods);  // "QR picture or text (q/t): "
inline constexpr std::string_view registration_prompt = "Registration code: ";
[[nodiscard]] std::string registration_explained(std::string_view contact);
[[nodiscard]] std::string registration_refused(std::string_view contact);
[[nodiscard]] std::string enrollment_overdue(std::string_view contact);
// For people of whom it is not known that a first factor has passed (a key alone).
[[nodiscard]] std::string first_factor_first(std::string_view host);
// Who has to enroll again shows something first, once.
[[nodiscard]] std::string present_step_first(std::string_view host);
// On a host of the fleet where nothing of a second step may be changed; `node` is where it may.
[[nodiscard]] std::string only_on(std::string_view node, std::string_view host);
// The same, where somebody was about to.
[[nodiscard]] std::string no_longer_on(std::string_view node, std::string_view host);
// On a host of the fleet while all nodes are down; `left` codes of the host.
[[nodiscard]] std::string break_glass(std::string_view host);
[[nodiscard]] std::string break_glass_accepted(std::size_t left);
[[nodiscard]] std::string no_break_glass_code();
[[nodiscard]] std::string nodes_are_back();
inline constexpr std::string_view any_code_prompt = "Present code, or registration code: ";
[[nodiscard]] std::string any_code_help(std::string_view contact);  // the answer to '?' there
// `judged`: it had the shape of a code.
[[nodiscard]] std::string present_step_not_shown(std::string_view contact, bool judged);

// `picture` is empty for text only.
struct KeyText {
    std::string_view issuer;
    std::string_view account;
    std::string_view key;
    std::string_view picture;
    bool counted = false;  // HOTP
};
[[nodiscard]] Secret key_to_scan(const KeyText& key);
[[nodiscard]] Secret key_to_type(const KeyText& key);
inline constexpr std::string_view picture_code_prompt =
    "Code in the app (t = text only, i = inverted picture): ";
inline constexpr std::string_view text_code_prompt = "Code in the app: ";
[[nodiscard]] std::string not_the_code();
[[nodiscard]] std::string clock_off(std::chrono::seconds offset);  // > 0: the device is ahead
// `same_key`: who logs in again is shown it once more.
[[nodiscard]] std::string not_set_up(std::string_view contact, bool same_key);
[[nodiscard]] std::string set_up_elsewhere();

// --- setting up an address ---

// What it means to have codes sent.
[[nodiscard]] std::string address_explained(delivery::Channel channel);
inline constexpr std::string_view mail_address_prompt = "Mail address: ";
inline constexpr std::string_view phone_number_prompt = "Phone number, with + and country code: ";
[[nodiscard]] std::string not_an_address(std::string_view why);
[[nodiscard]] std::string sent_to_address(const delivery::Address& address);
inline constexpr std::string_view sent_code_prompt = "Code in the message (Enter = other address): ";
[[nodiscard]] std::string not_the_sent_code();
[[nodiscard]] std::string address_not_reached(std::string_view contact);
[[nodiscard]] std::string too_many_sent(std::string_view contact);

// --- after setting up ---

// What is void now.
struct Replaced {
    bool something = false;  // there was a second step before
    bool entry = false;      // with one entry in one app
};
// `label`: of the new entry; empty when there is none. What the old one is called in its app nobody knows: the issuer may
// have been another, or the program that enrolled.
[[nodiscard]] Secret set_up(const std::vector<Secret>& codes, Method method, const Replaced& before,
                            std::string_view label);
[[nodiscard]] Secret new_codes(const std::vector<Secret>& codes, Method method = Method::totp);
inline constexpr std::string_view saved_prompt = "Type \"saved\" to go on: ";
// In front of what was made when the disk has not confirmed it.
[[nodiscard]] std::string may_not_last(std::string_view contact);
[[nodiscard]] std::string type_saved();
[[nodiscard]] std::string codes_not_saved();
inline constexpr std::string_view new_codes_prompt = "New recovery codes now (y, Enter = later): ";

// A recovery code opened the way to a new authenticator.
[[nodiscard]] std::string restore_open(UnixTime until);

// --- a change of which the owner may not know ---

[[nodiscard]] std::string changed(const ChangeNotice& notice, std::string_view contact);

// --- the same by mail or SMS, one sentence each ---

// What the owner is told by mail or SMS; empty of no change.
[[nodiscard]] std::string notice_of_change(Change change);
[[nodiscard]] std::string restore_begun();
[[nodiscard]] std::string recovery_code_used();
// `a_code_helps`: the account's recovery codes open what is closed, which scratch codes do not.
[[nodiscard]] std::string hundred_failures(bool a_code_helps);
// "The second step was deleted, on 2026-03-22 02:41, from 192.0.2.7."
[[nodiscard]] std::string told_by_notice(std::string_view what_happened, UnixTime when,
                                         std::string_view from);

// --- managing one's own second step ---

inline constexpr std::string_view present_code_prompt = "Present verification or recovery code: ";
// The answer to '?' there.
[[nodiscard]] std::string present_code_help(std::string_view contact);
[[nodiscard]] std::string no_one_time_code_here();  // it was not judged
// After the last refusal.
[[nodiscard]] std::string not_proved(std::string_view contact);
[[nodiscard]] std::string deleted();
[[nodiscard]] std::string may_not_disable(std::string_view contact);
[[nodiscard]] std::string not_enrolled();
inline constexpr std::string_view drop_prompt = "Address to forget (all = every one, Enter = none): ";
[[nodiscard]] std::string no_such_client();

// --- devices ---

// `names`: "phone, tablet".
[[nodiscard]] std::string replaces_devices(std::string_view names);
[[nodiscard]] std::string adds_device(std::string_view name);
[[nodiscard]] std::string removes_device(std::string_view name, UnixTime added);
[[nodiscard]] std::string renames_device(std::string_view name, std::string_view new_name);
[[nodiscard]] std::string device_added(std::string_view name, std::string_view label);
[[nodiscard]] std::string device_removed(std::string_view name);
[[nodiscard]] std::string device_renamed(std::string_view name, std::string_view new_name);
// `why`: a sentence without its full stop.
[[nodiscard]] std::string devices_unchanged(std::string_view why);
[[nodiscard]] std::string devices_changed_elsewhere();
// A sentence without its full stop: of a method the account has and the rules do not `allow` it any more.
[[nodiscard]] std::string method_not_allowed(Method method, const std::vector<std::string>& allowed);
// Of a change that was not made after all.
[[nodiscard]] std::string recovery_code_is_used_up();
[[nodiscard]] std::string enroll_again_instead();
// A later program asks for what this one does not know.
[[nodiscard]] std::string unknown_task();

// --- recovery codes ---

// After a login with a recovery code: how many of the set's `total` are left, and where new ones come from
// when they run out.
[[nodiscard]] std::string recovery_code_accepted(std::size_t left, std::size_t total,
                                                 std::string_view contact);

}  // namespace secondstep::messages
