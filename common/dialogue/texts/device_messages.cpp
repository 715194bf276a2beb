#include "base/local_time.h"
#include "base/text.h"
#include "dialogue/texts/messages.h"
#include "dialogue/texts/paragraph.h"

// What is said to somebody who manages the devices of their own second step.
namespace secondstep::messages {
namespace {

std::string quoted(std::string_view name) {
    return name.empty() ? "a device without a name" : "\"" + printable(name) + "\"";
}

std::string shown(const std::string& sentences) {
    return "\n" + paragraph(sentences);
}

}  // namespace

std::string replaces_devices(std::string_view names) {
    return shown("This sets up your second step anew, in place of what you have: " + std::string(names) +
                 ". To add a device beside that: secondstep enroll --add");
}

std::string adds_device(std::string_view name) {
    return shown("This adds " + quoted(name) +
                 " to your second step. What you have goes on working, and so do your recovery codes.");
}

std::string removes_device(std::string_view name, UnixTime added) {
    return shown("This removes " + quoted(name) + ", added on " + local_minute(added) +
                 ": its codes are refused from then on.");
}

std::string renames_device(std::string_view name, std::string_view new_name) {
    return shown("This calls " + quoted(name) + " " + quoted(new_name) + ".");
}

std::string device_added(std::string_view name, std::string_view label) {
    return shown("Code successfully verified. " + quoted(name) +
                 " is added: you can log in with it, as with what you had. In its app the entry is called " +
                 printable(label) + ". Your recovery codes stay as they are.");
}

std::string device_removed(std::string_view name) {
    return shown(quoted(name) +
                 " is removed: its codes are refused. Addresses at which you were not asked for a code ask "
                 "again. Delete the entry from its app, if you still have it.");
}

std::string device_renamed(std::string_view name, std::string_view new_name) {
    return shown(quoted(name) + " is called " + quoted(new_name) + " now.");
}

std::string devices_unchanged(std::string_view why) {
    return shown("Nothing was changed: " + std::string(why) + ".");
}

std::string devices_changed_elsewhere() {
    return shown(
        "Nothing was changed: your second step was changed from elsewhere in this moment. Look with "
        "secondstep devices, and begin again.");
}

std::string app_not_allowed() {
    return "the rules do not allow an app any more; secondstep enroll sets up what they allow";
}

std::string enroll_again_instead() {
    return "you are asked to set up your second step anew, which replaces every device: secondstep enroll";
}

std::string unknown_task() {
    return shown(
        "The service that runs is older than this program, and does not know what it is asked for. After an "
        "update it has to be started again: systemctl restart secondstepd");
}

}  // namespace secondstep::messages
