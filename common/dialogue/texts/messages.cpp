#include "dialogue/texts/messages.h"

#include <cstdint>
#include <vector>

#include "base/clock_offset.h"
#include "base/duration.h"
#include "base/local_time.h"
#include "base/text.h"
#include "dialogue/texts/administrator.h"
#include "dialogue/texts/paragraph.h"

namespace secondstep::messages {
namespace {

std::string choices(const EnrollmentMethods& methods) {
    std::string lines;
    if (methods.app) lines += "\n  q = QR picture (needs 24 lines)\n  t = text only";
    if (methods.mail) lines += "\n  m = mail: a code is sent at every login";
    if (methods.sms) lines += "\n  s = SMS: a code is sent at every login";
    return lines;
}

// "a, b or c"
std::string one_of(const std::vector<std::string_view>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i != 0) text += i + 1 == words.size() ? " or " : ", ";
        text += words[i];
    }
    return text;
}

std::string have_ready(const EnrollmentMethods& methods, std::string_view apps) {
    std::vector<std::string_view> needed;
    const std::string app =
        "a phone with an authenticator app" + (apps.empty() ? std::string() : " (" + std::string(apps) + ")");
    if (methods.app) needed.emplace_back(app);
    if (methods.mail) needed.emplace_back("a mailbox that you can read now");
    if (methods.sms) needed.emplace_back("a phone that gets SMS");
    return " Have ready: " + one_of(needed) + ".";
}

std::string_view in_capitals(Method method) {
    switch (method) {
        case Method::totp:
            return "TOTP";
        case Method::hotp:
            return "HOTP";
        case Method::mail:
            return "MAIL";
        case Method::sms:
            return "SMS";
    }
    return "?";
}

// Whole days, rounded down; the last one in hours.
std::string time_left(const Deadline& deadline) {
    const std::int64_t seconds = (deadline.last_moment - deadline.now).count();
    constexpr std::int64_t hour = 3600;
    return seconds >= 24 * hour ? counted(seconds / (24 * hour), "day") : counted(seconds / hour, "hour");
}

// Two columns. Also readable where a page makes one paragraph of it: in order,
// and no number looks like a code.
void append_in_columns(Secret& text, const std::vector<Secret>& codes) {
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const std::string number = std::to_string(i + 1);
        if (i != 0) text.append(i % 2 == 0 ? "\n" : "  ");
        text.append(std::string(4 - number.size(), ' ') + number + ") ");
        text.append(codes[i].text());
    }
}

}  // namespace

std::string not_accepted() {
    return "\nNot accepted. Each code works once: wait for the next one. After\n"
           "several refusals wait up to an hour, or use a recovery code. ? = help";
}

std::string host_has_to_wait() {
    return "\nNot judged. Too many codes that were typed on this host were wrong or\n"
           "came too often: wait a minute, then type a new one.";
}

std::string no_code() {
    return "\n" + paragraph(
                      "That is no code, and nothing was used up. A code has 6 to 8 digits; a recovery code "
                      "looks like XXXX-XXXX-XXXX-XXXX.");
}

std::string several_codes() {
    return "\n" + paragraph("That is more than one code, and nothing was used up. Enter one of them.");
}

std::string no_one_time_code() {
    return "\n" + paragraph("That is no such code, and nothing was used up. It looks like XXXXX-XXXXX.");
}

std::string no_code_of_an_app() {
    return "\n" + paragraph("That is no code: enter the 6 to 8 digits that the app shows now.");
}

std::string no_sent_code() {
    return "\n" +
           paragraph(
               "That is no code: enter the 6 to 8 digits of the newest message, or press Enter to name "
               "another address.");
}

std::string help(std::string_view contact) {
    return "\nHelp with the second step\n" +
           paragraph("- Enter the code that your authenticator app shows now.") + "\n" +
           paragraph(
               "- Each code works once: after a refusal wait for the next one. "
               "After several refusals wait up to an hour.") +
           "\n" + paragraph("- Codes are refused? Set the clock of your phone to automatic time.") + "\n" +
           paragraph(
               "- No phone here, or a new one? Enter a recovery code, "
               "such as 7K3M-9QXT-2HVB-W4ZD; each works once.") +
           "\n" + paragraph("- No recovery code either? Ask " + administrator(contact) + ".");
}

std::string hint() {
    return "\nNo code? Type ? and press Enter.";
}

std::string menu(const MenuText& menu) {
    Numbered items("\nCannot get a code to enter");
    const bool sent = menu.sends_codes;
    const bool seen = !menu.masked_address.empty();
    if (sent) items.add("Send a new code" + (seen ? " to " + std::string(menu.masked_address) : ""));
    items.add(sent ? "No way to read it now: log in once with a recovery code"
                   : "Phone not here now: log in once with a recovery code");
    if (menu.set_up_again)
        items.add(sent ? "Address or number lost or new: set up again"
                       : "Phone or app lost or new: set up again");
    items.add("Temporary or registration code");
    items.add("My codes are refused");
    items.add(menu.contact.empty() ? "None of these: call the administrator"
                                   : "None of these: call " + std::string(menu.contact));
    return std::move(items).finish();
}

std::string not_in_the_menu() {
    return "Type one of the numbers, or nothing.";
}

std::string codes_are_refused(std::string_view host, std::string_view account, std::string_view contact) {
    return "\nMy codes are refused\n" +
           paragraph("- Is the phone's clock set automatically? Codes depend on the time.") + "\n" +
           paragraph("- Is it the right entry of the app? It is named " + std::string(host) + " and " +
                     std::string(account) + "; after setting up again the name ends in -2, -3 ...") +
           "\n" + paragraph("- Each code works once: wait until the app shows the next one.") + "\n" +
           paragraph("- After several refusals every code is refused for a while, up to an hour.") + "\n" +
           paragraph("- A recovery code works all the same, also during that time.") + "\n" +
           paragraph("- Still refused? Call " + administrator(contact) + ".");
}

std::string whom_to_call(std::string_view contact) {
    return "\n" +
           paragraph("Call " + administrator(contact) +
                     ": after making sure that it is you, they can give you a code for one login "
                     "(secondstep temporary-code) or one to set up a new phone (secondstep re-enroll).");
}

std::string sent_again(std::string_view masked_address) {
    return "\nThe code was sent to the address provided.\n" +
           paragraph((masked_address.empty() ? "It" : std::string(masked_address) + ": it") +
                     " may take some minutes, and codes sent before no longer work. Only a few are sent "
                     "in a quarter of an hour.");
}

std::string could_not_be_sent(std::string_view contact) {
    return "\n" +
           paragraph("A code could not be sent; enter a recovery code or call " +
                     (contact.empty() ? "the administrator" : std::string(contact)) + ".") +
           "\n? = help";
}

std::string sent_codes_are_refused(std::string_view contact) {
    return "\nMy codes are refused\n" +
           paragraph(
               "- Only the newest code works, once, for some minutes, and only for the login that asked "
               "for it: the same program from the same place.") +
           "\n" + paragraph("- After three wrong codes it is void: log in again, and a new one is sent.") +
           "\n" + paragraph("- After several refusals every code is refused for a while, up to an hour.") +
           "\n" + paragraph("- A recovery code works all the same, also during that time.") + "\n" +
           paragraph("- Still refused? Call " + administrator(contact) + ".");
}

std::string first_login(std::string_view host, std::string_view apps, const EnrollmentMethods& methods,
                        const Deadline* deadline) {
    std::string text = std::string(host) + " asks for a second step";
    if (deadline != nullptr) {
        text += " after " + local_day(deadline->last_moment) + " (" + time_left(*deadline) + " left)";
    }
    return "\n" + paragraph(text + "." + have_ready(methods, apps)) + choices(methods) +
           (deadline != nullptr ? "\n  Enter = not now" : "");
}

std::string enroll_again(std::string_view host, std::string_view apps, const EnrollmentMethods& methods) {
    return "\n" +
           paragraph(std::string(host) + " asks you to set up your second step again." +
                     have_ready(methods, apps)) +
           choices(methods);
}

std::string method_prompt(const EnrollmentMethods& methods) {
    std::vector<std::string_view> words;
    std::string letters;
    const auto offer = [&](bool offered, std::string_view word, char letter) {
        if (!offered) return;
        words.push_back(word);
        letters += (letters.empty() ? "" : "/") + std::string(1, letter);
    };
    offer(methods.app, "QR picture", 'q');
    offer(methods.app, "text", 't');
    offer(methods.mail, "mail", 'm');
    offer(methods.sms, "SMS", 's');
    return one_of(words) + " (" + letters + "): ";
}

std::string enrollment_overdue(std::string_view contact) {
    return "\n" + paragraph(
                      "Without a second step you cannot log in here any more. Log in where you can be "
                      "asked (for example with ssh in a terminal) and set it up, or call " +
                      administrator(contact) + ".");
}

Secret key_to_scan(const KeyText& key) {
    Secret text = Secret::copy_of(std::string_view("\nKey: "));
    text.append(key.key);
    text.push_back('\n');
    text.append(key.picture);
    return text;
}

Secret key_to_type(const KeyText& key) {
    Secret text =
        Secret::copy_of("\nIn the app choose \"enter a setup key\":\n  Account:  " + std::string(key.issuer) +
                        ":" + std::string(key.account) + "\n  Key:      ");
    text.append(key.key);
    text.append(key.counted ? "\n  Type:     counter-based" : "\n  Type:     time-based");
    return text;
}

std::string not_the_code() {
    return "\nNot accepted. If the app shows another code now, enter that; is it the\n"
           "entry with this key, and is the phone's clock set automatically?";
}

std::string clock_off(std::chrono::seconds offset) {
    return "\n" + paragraph("Not stored: that phone's clock is " + clock_offset_in_words(offset) +
                            ". Set it to automatic time.");
}

std::string not_set_up(std::string_view contact, bool same_key) {
    return "\n" +
           paragraph("Nothing was changed: no right code was entered. Log in again to try once more; " +
                     std::string(same_key ? "for 15 minutes you see the same key"
                                          : "delete the entry from the app, a new key is shown then") +
                     ". Help: " + administrator(contact) + ".");
}

std::string set_up_elsewhere() {
    return "\nAnother login of yours has just set up the second step; this one changed\n"
           "nothing. Log in again with a code of the entry you set up there, and\n"
           "delete the one from here from the app.";
}

std::string address_explained(delivery::Channel channel) {
    const bool mail = channel == delivery::Channel::mail;
    return "\n" +
           paragraph(
               mail ? "A code is sent to your mail address at every login. Whoever reads your mail can use "
                      "it; an authenticator app is safer."
                    : "A code is sent to your phone at every login. SMS is weak: a number can be moved to "
                      "somebody else's card; an authenticator app is safer.") +
           "\n" +
           paragraph(mail ? "Without that mailbox you cannot log in, unless you keep the recovery codes."
                          : "Without that number you cannot log in, unless you keep the recovery codes.");
}

std::string not_an_address(std::string_view why) {
    return "\n" + paragraph(why);
}

std::string sent_to_address(const delivery::Address& address) {
    return "\nThe code was sent to the address provided.\n" +
           paragraph(address.text() + ": it may take some minutes.");
}

std::string not_the_sent_code() {
    return "\nNot accepted. Enter the code of the newest message, or press Enter to\nname another address.";
}

std::string address_not_reached(std::string_view contact) {
    return "\n" + paragraph(
                      "The code could not be sent there. Look at the address, and try again or choose "
                      "another one. Still not? Call " +
                      administrator(contact) + ".");
}

std::string too_many_sent(std::string_view contact) {
    return "\n" + paragraph(
                      "No more codes are sent for you at the moment. Nothing was changed: try again in a "
                      "quarter of an hour, or call " +
                      administrator(contact) + ".");
}

namespace {

std::string void_now(const Replaced& before, std::string_view label) {
    if (!before.something) return "";
    if (!before.entry) return " Codes of before, and the old recovery codes, no longer work.";
    const std::string entry = " The old entry and the old recovery codes no longer work; ";
    if (label.empty()) return entry + "delete that entry from the app.";
    return entry + "keep " + std::string(label) + " in the app, and delete the entry before it.";
}

}  // namespace

Secret set_up(const std::vector<Secret>& codes, Method method, const Replaced& before,
              std::string_view label) {
    std::string text =
        "Code successfully verified. 2FA method is set to " + std::string(in_capitals(method)) + ".";
    text += void_now(before, label);
    Secret shown = Secret::copy_of("\n" + paragraph(text));
    shown.append(new_codes(codes, method).text());
    return shown;
}

Secret new_codes(const std::vector<Secret>& codes, Method method) {
    const std::string needed = method == Method::mail ? "mailbox" : "phone";
    Secret shown =
        Secret::copy_of("\n" +
                        paragraph("Recovery codes. Without your " + needed +
                                  " and these you cannot log in. Each works once. Keep them in two places:") +
                        "\n");
    append_in_columns(shown, codes);
    return shown;
}

std::string may_not_last(std::string_view contact) {
    return "\n" + paragraph(
                      "Warning: this counts from now on, but the disk did not confirm it: after a power "
                      "cut what was before may count again. Keep both until your next login; tell " +
                      administrator(contact) + ".");
}

std::string type_saved() {
    return "When the codes are written down or printed, type the word saved.";
}

std::string codes_not_saved() {
    return "\n" + paragraph(
                      "Your recovery codes were shown but never confirmed as saved. Make new ones now? The "
                      "present ones become void then.");
}

std::string restore_open(UnixTime until) {
    return "\nAccepted. If the connection breaks, this code resumes until " + local_clock(until) + ".";
}

std::string deleted() {
    return "Your 2FA settings have been successfully deleted.";
}

std::string may_not_disable(std::string_view contact) {
    return "\n" + paragraph(
                      "A second step is required of you, so you cannot delete it yourself. Set up again: "
                      "secondstep enroll. Otherwise call " +
                      administrator(contact) + ".");
}

std::string not_enrolled() {
    return "You have no second step. To set one up: secondstep enroll";
}

std::string no_such_client() {
    return "That address is not remembered.";
}

std::string recovery_code_accepted(std::size_t left, std::size_t total, std::string_view contact) {
    const std::string number = left == 0 ? "No" : std::to_string(left);
    std::string text = "\nAccepted. " + number + " recovery code" + (left == 1 ? "" : "s") + " left.";
    if (left > few_recovery_codes || (left > 0 && total <= few_recovery_codes)) return text;
    return text + "\n" +
           paragraph("For new ones run: secondstep recovery-codes --renew, or ask " + administrator(contact) +
                     ".");
}

}  // namespace secondstep::messages
