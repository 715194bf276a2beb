#include "dialogue/texts/messages.h"
#include "dialogue/texts/outage_messages.h"
#include "dialogue/texts/paragraph.h"

namespace secondstep::messages {

std::string break_glass(std::string_view host) {
    return "\n" + paragraph(
                      "No node of the fleet answers: codes of an app cannot be checked now. Enter one of the "
                      "break-glass codes of " +
                      std::string(host) + ". Each works once.");
}

std::string break_glass_without_relay(std::string_view host) {
    return "\n" +
           paragraph(
               "This host cannot ask the fleet, because its secondstep-relay does not answer: codes of an "
               "app cannot be checked now. Enter one of the break-glass codes of " +
               std::string(host) + ". Each works once.");
}

std::string break_glass_accepted(std::size_t left) {
    const std::string number = left == 0 ? "No" : std::to_string(left);
    std::string text =
        "\nAccepted. " + number + " break-glass code" + (left == 1 ? "" : "s") + " left on this host.";
    return text + "\nFor new ones run: secondstep break-glass --new";
}

std::string no_break_glass_code() {
    return "\n" +
           paragraph(
               "Not accepted. A break-glass code has 24 letters and digits; each works once, on the host "
               "that it was made on. ? = help");
}

std::string nodes_are_back() {
    return "\nA node answers again, and nothing was used up: log in once more.";
}

std::string nodes_are_looked_for() {
    return "\n" +
           paragraph(
               "This host asks the fleet again, and has not heard of a node yet. Nothing was used up. Log "
               "in once more in ten seconds: a node judges then, or break-glass codes are asked for.");
}

std::string host_is_not_known() {
    return "\n" +
           paragraph(
               "A node of the fleet answers, and does not know this host (any more): no code is checked, and none of a "
               "break-glass sheet is taken while a node answers. Nothing was used up. Another try does not help. On a "
               "node, \"secondstep fleet status\" says which hosts it knows. To let this one join again: "
               "\"secondstep fleet invite-hosts\" there, then \"secondstep setup --join ... --again\" here.");
}

std::string node_does_not_answer_in_time() {
    return "\n" +
           paragraph(
               "A node of the fleet is up again, but does not answer in time, so the code was not judged and not used "
               "up. Log in once more in a minute; if it stays so, the node is too busy: \"secondstep doctor\" there says "
               "more.");
}

std::string nodes_not_heard_of_in_time(bool is_at_the_machine) {
    const std::string at_the_console =
        "; if it stays so, at the console, which does not wait for logins over the network.";
    return "\n" +
           paragraph(
               "This host is too busy to find out whether a node of the fleet answers again, so the code was not "
               "judged and not used up. Log in once more in a minute" +
               (is_at_the_machine ? std::string(".") : at_the_console));
}

}  // namespace secondstep::messages
