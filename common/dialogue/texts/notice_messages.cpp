#include "base/local_time.h"
#include "base/text.h"
#include "dialogue/texts/administrator.h"
#include "dialogue/texts/messages.h"
#include "dialogue/texts/paragraph.h"

// What the owner of an account is told in case it was not them.
namespace secondstep::messages {
namespace {

std::string_view what_changed(Change change) {
    switch (change) {
        case Change::none:
            break;
        case Change::enrolled:
            return "it was set up";
        case Change::renewed_codes:
            return "new recovery codes were made";
        case Change::disabled:
            return "it was deleted";
        case Change::to_enroll_again:
            return "you were asked to set it up again";
        case Change::renamed:
            return "it was carried over when your account was renamed";
        case Change::device_added:
            return "a device was added (secondstep devices shows which)";
        case Change::device_removed:
            return "a device was removed (secondstep devices shows which are left)";
    }
    return "";
}

}  // namespace

std::string changed(const ChangeNotice& notice, std::string_view contact) {
    return "\n" + paragraph("Your second step was changed on " + local_minute(notice.when) + " from " +
                            notice.from + ": " + std::string(what_changed(notice.change)) +
                            ". Not you? Call " + administrator(contact) + ".");
}

std::string notice_of_change(Change change) {
    switch (change) {
        case Change::enrolled:
            return "The second step of your login was set up anew";
        case Change::renewed_codes:
            return "New recovery codes were made, and the old ones no longer work";
        case Change::disabled:
            return "The second step of your login was deleted";
        case Change::to_enroll_again:
            return "You are asked to set up your second step again at the next login";
        case Change::renamed:
            return "The second step of your login was carried over when your account was renamed";
        case Change::device_added:
            return "A device was added to the second step of your login; secondstep devices shows which";
        case Change::device_removed:
            return "A device was removed from the second step of your login; secondstep devices shows which are "
                   "left";
        case Change::none:
            break;
    }
    return {};
}

std::string restore_begun() {
    return "A recovery code was used to set up a new second step";
}

std::string recovery_code_used() {
    return "A recovery code was used to log in";
}

std::string hundred_failures(bool a_code_helps) {
    return "A hundred wrong codes were entered, one after the other; more from there are refused until " +
           std::string(a_code_helps ? "a recovery code is used or " : "") +
           "an administrator unlocks the account";
}

std::string told_by_notice(std::string_view what_happened, UnixTime when, std::string_view from) {
    return std::string(what_happened) + ", on " + local_minute(when) + ", from " + printable(from) + ".";
}

}  // namespace secondstep::messages
