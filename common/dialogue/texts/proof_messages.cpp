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

std::string present_step_not_shown(std::string_view contact, bool judged) {
    return "\n" +
           paragraph(std::string(judged ? "Not accepted" : "That is no code, and nothing was used up") +
                     "; nothing was changed, and you are asked again at the next login. No code? Call " +
                     administrator(contact) + ".");
}

}  // namespace secondstep::messages
