#include "base/local_time.h"
#include "base/service_mending.h"
#include "base/text.h"
#include "dialogue/texts/messages.h"
#include "dialogue/texts/paragraph.h"

// What is said to somebody who manages the devices of their own second step.
namespace secondstep::messages {
namespace {

std::string in_quotes(std::string_view name) {
    return name.empty() ? "a device without a name" : "\"" + printable(name) + "\"";
}

std::string shown(const std::string& sentences) {
    return "\n" + paragraph(sentences);
}

// Said before it is entered: what is asked for first is judged before the rest is done.
constexpr char recovery_code_goes[] = " A recovery code is used up by this, even if you stop.";

std::string kind_of(Method method) {
    switch (method) {
        case Method::totp:
            return "goes by the time (totp)";
        case Method::hotp:
            return "counts codes (hotp)";
        case Method::mail:
            return "is a mail address";
        case Method::sms:
            return "is a telephone number";
    }
    return "";
}

// "totp, mail or sms"
std::string listed(const std::vector<std::string>& words) {
    std::string list;
    for (std::size_t i = 0; i < words.size(); ++i)
        list += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
    return list;
}

}  // namespace

std::string replaces_devices(std::string_view names) {
    return shown("This sets up your second step anew, in place of what you have: " + std::string(names) +
                 ". To add a device beside that: secondstep enroll --add." + recovery_code_goes);
}

std::string adds_device(std::string_view name) {
    return shown("This adds " + in_quotes(name) +
                 " to your second step. What you have goes on working, and so do your recovery codes." +
                 recovery_code_goes);
}

std::string removes_device(std::string_view name, UnixTime added) {
    return shown("This removes " + in_quotes(name) + ", added on " + local_minute(added) +
                 ": its codes are refused from then on." + recovery_code_goes);
}

std::string renames_device(std::string_view name, std::string_view new_name) {
    return shown("This calls " + in_quotes(name) + " " + in_quotes(new_name) + "." + recovery_code_goes);
}

std::string device_added(std::string_view name, std::string_view label) {
    return shown("Code successfully verified. " + in_quotes(name) +
                 " is added: you can log in with it, as with what you had. In its app the entry is called " +
                 printable(label) + ". Your recovery codes stay as they are.");
}

std::string device_removed(std::string_view name) {
    return shown(in_quotes(name) +
                 " is removed: its codes are refused. Addresses at which you were not asked for a code ask "
                 "again. Delete the entry from its app, if you still have it.");
}

std::string device_renamed(std::string_view name, std::string_view new_name) {
    return shown(in_quotes(name) + " is called " + in_quotes(new_name) + " now.");
}

std::string devices_unchanged(std::string_view why) {
    return shown("Nothing was changed: " + std::string(why) + ".");
}

std::string devices_changed_elsewhere() {
    return shown(
        "Nothing was changed: your second step was changed from elsewhere meanwhile. Look with "
        "secondstep devices, and begin again.");
}

std::string method_not_allowed(Method method, const std::vector<std::string>& allowed) {
    return "your second step " + kind_of(method) + ", and the rules allow " + listed(allowed) +
           ": secondstep enroll sets that up anew";
}

std::string recovery_code_is_used_up() {
    return shown("The recovery code that you entered is used up all the same.");
}

std::string enroll_again_instead() {
    return "you are asked to set up your second step anew, which replaces every device: secondstep enroll";
}

std::string unknown_task() {
    return shown(
        "The service that runs is older than this program, and does not know what it is asked for. After an "
        "update it has to be started again: " +
        std::string(how_to_restart_the_service));
}

}  // namespace secondstep::messages
