#include "check/login_notes.h"

#include <algorithm>

#include "check/sudo_program.h"
#include "stacks/programs/sshd_configuration.h"

namespace secondstep::tool {

namespace {

LoginNotes::Names names_given_by_sshd() {
    const auto sshd = SshdConfiguration::read("/etc/ssh/sshd_config");
    if (!sshd)
        return sshd.error().code == Errc::not_found ? LoginNotes::Names::no : LoginNotes::Names::cannot_tell;
    if (sshd->global().is_yes("usedns", false)) return LoginNotes::Names::yes;
    return sshd->unread().empty() ? LoginNotes::Names::no : LoginNotes::Names::cannot_tell;
}

std::string place_of(const Sudoers::Answer& answer) {
    return answer.line == 0 ? answer.file : answer.file + ":" + std::to_string(answer.line);
}

}  // namespace

LoginNotes LoginNotes::look(const std::string& service) {
    LoginNotes notes(service, {});
    if (service.starts_with("sshd")) notes.known_.sshd_gives_names = names_given_by_sshd();
    if (!notes.is_sudo()) return notes;
    Remarks unread;
    SudoAsking asking = sudo_asking({}, unread);
    if (unread.empty()) notes.known_.sudo = std::move(asking);
    return notes;
}

std::string LoginNotes::sudo_asks(const std::string& user) const {
    const Sudoers::Answer& answer = known_.sudo->for_everybody;
    if (answer.whom == SudoAsks::caller) {
        std::string text = "The phone is that of " + user + ", who calls sudo.";
        if (known_.sudo->for_some)
            text += " Of some people sudo asks that of another account: " + place_of(*known_.sudo->for_some) +
                    " has " + std::string(flag_of(known_.sudo->for_some->whom)) + ".";
        return text;
    }
    const std::string whom = person_asked(answer.whom);
    return "sudo asks for the phone of " + whom + ", not of who calls it, since sudoers has " +
           std::string(flag_of(answer.whom)) + " (" + place_of(answer) + "): this is what who becomes " +
           user + " meets. Who calls sudo as " + user + " meets what secondstep explain root --service " +
           service_ + " says.";
}

std::string LoginNotes::phone_of(const std::string& user) const {
    if (is_su()) return "The phone is that of " + user + ", whom su changes to, whoever calls it.";
    if (!is_sudo()) return {};
    if (known_.sudo) return sudo_asks(user);
    return "The phone is that of " + user +
           ", who calls sudo; if sudoers has targetpw, rootpw or runaspw it is that of the account that the "
           "command runs as, and who calls sudo meets what secondstep explain root --service " +
           service_ + " says.";
}

std::vector<std::string> LoginNotes::of(const std::string& user, std::string_view from, const Rule* decides,
                                        bool about_networks) const {
    std::vector<std::string> out;
    if (std::string phone = phone_of(user); !phone.empty()) out.push_back(std::move(phone));
    const bool local =
        decides != nullptr && from.empty() && std::ranges::any_of(decides->networks, &Network::is_local);
    if (local && (is_sudo() || is_su())) {
        out.push_back("networks = local of rule " + decides->name + " is about " + service_ +
                      " inside of an ssh session too: it gives a terminal of this machine, and no address.");
    }
    if (from.empty() || !about_networks || known_.sshd_gives_names == Names::no) return out;
    const bool sure = known_.sshd_gives_names == Names::yes;
    out.push_back(
        std::string(sure ? "sshd has UseDNS yes: it" : "If sshd has UseDNS yes, it") +
        " gives a name in place of the address where it finds one, and what rules about networks say "
        "cannot be told then. UseDNS no gives addresses.");
    return out;
}

}  // namespace secondstep::tool
