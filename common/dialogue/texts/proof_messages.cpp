#include "dialogue/texts/administrator.h"
#include "dialogue/texts/messages.h"
#include "dialogue/texts/paragraph.h"

// What is said to somebody who has proved nothing yet.
namespace secondstep::messages {

std::string registration_explained(std::string_view contact) {
    return "\n" + paragraph("To set up the second step you need the registration code that " +
                            administrator(contact) + " gives you. It works once.");
}

std::string registration_refused(std::string_view contact) {
    return "\n" + paragraph("Not accepted. A registration code works once and for a limited time; ask " +
                            administrator(contact) + " for a new one.");
}

std::string first_factor_first(std::string_view host) {
    return "\n" +
           paragraph(std::string(host) +
                     " asks for a second step, and you have none yet. Log in with your password to set it "
                     "up: you are asked for it there. With a registration code: run secondstep enroll.");
}

std::string present_step_first(std::string_view host) {
    return "\n" + paragraph(std::string(host) +
                            " asks you to set up your second step again. Show the present one first, or the "
                            "registration code that you were given for it. Enter = not now");
}

std::string only_on(std::string_view node, std::string_view host) {
    return "\n" + paragraph("A second step cannot be set up or changed on " + std::string(host) +
                            ". Log in to " + std::string(node) + " for that; it then works on all hosts.");
}

std::string no_longer_on(std::string_view node, std::string_view host) {
    return "\n" + paragraph("Nothing was changed: an administrator has just allowed less on " +
                            std::string(host) + ". Log in to " + std::string(node) +
                            " and begin again there; it then works on all hosts.");
}

std::string present_step_not_shown(std::string_view contact, bool judged) {
    return "\n" +
           paragraph(std::string(judged ? "Not accepted" : "That is no code, and nothing was used up") +
                     "; nothing was changed, and you are asked again at the next login. No code? Call " +
                     administrator(contact) + ".");
}

std::string present_code_help(std::string_view contact) {
    return "\nWhat you can enter here\n" +
           paragraph("- The code that your app or token shows now, or that of the newest message.") + "\n" +
           paragraph("- Or one of your recovery codes, such as 7K3M-9QXT-2HVB-W4ZD. It is used up by this.") +
           "\n" + paragraph("- A temporary or registration code does not do here.") + "\n" +
           paragraph("- None of these? Nothing is changed without one; ask " + administrator(contact) + ".");
}

std::string any_code_help(std::string_view contact) {
    return "\nWhat you can enter here\n" +
           paragraph("- The code that your app or token shows now, or that of the newest message.") + "\n" +
           paragraph("- Or one of your recovery codes, such as 7K3M-9QXT-2HVB-W4ZD. It is used up by this.") +
           "\n" + paragraph("- Or the registration code that " + administrator(contact) + " gave you.") +
           "\n" + paragraph("- None of these? Press Enter: you are asked again at the next login.");
}

std::string no_one_time_code_here() {
    return "\n" +
           paragraph(
               "A temporary or registration code does not do here, and it was not used up. Enter the "
               "code that your app or token shows now, or a recovery code.") +
           std::string(help_hint);
}

std::string not_proved(std::string_view contact) {
    return "\n" + paragraph("Nothing was changed. To try again, call the same command again. No code? Ask " +
                            administrator(contact) + ".");
}

}  // namespace secondstep::messages
