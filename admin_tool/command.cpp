#include "command.h"

#include <algorithm>
#include <array>

namespace secondstep::tool {

// Declared here and nowhere else: a new verb compiles its own file and this one. Its words are completed and
// documented by hand; tests/tool/verbs_test.cpp names what is missing.
Verb setup, enroll, status, recovery_codes, disable, rename, unlock, re_enroll, invite, temporary_code;
Verb revoke, devices, clients, send_test, try_login, portal, portal_code, import_accounts, export_accounts;
Verb explain, check_config, pam, adopt, doctor;

namespace {

using enum Group;
using enum Who;

constexpr auto all = std::to_array<Command>({
    {"setup", "", "make account, directories, host key and configuration", installation, root, setup},
    {"enroll", "[USER]", "give somebody a second step: QR, code, recovery codes", people, owner, enroll},
    {"status", "[USER...]", "who has a second step, and how it stands", people, owner, status},
    {"recovery-codes", "[USER]", "how many are left; --renew makes a new set", people, owner, recovery_codes},
    {"disable", "[USER]", "delete somebody's second step", people, owner, disable},
    {"devices", "[rename|remove] [USER] [NAME...]", "phones and tokens of a second step", people, owner,
     devices},
    {"rename", "OLD NEW", "take a second step over to an account's new name", people, root, rename},
    {"unlock", "USER", "forget failures; answers are judged again at once", people, root, unlock},
    {"re-enroll", "USER", "ask for a new enrollment at the next login", people, root, re_enroll},
    {"invite", "USER", "a code that lets somebody enroll at the next login", people, root, invite},
    {"temporary-code", "USER", "a code for one login without the phone", people, root, temporary_code},
    {"revoke", "USER", "take back the codes that were given out and not used", people, root, revoke},
    {"clients", "list|drop [USER [ADDRESS]]", "where no code is asked for again", people, owner, clients},
    {"send-test", "USER", "a message to somebody's address, and what became of it", people, root, send_test},
    {"try", "USER", "the second step in this terminal, as at a login", people, anybody, try_login},
    {"portal", "VERB [NAME]", "the second factor of a portal, for a script", portals, owner, portal},
    {"code", "NAME", "the present code of a linked portal", portals, owner, portal_code},
    {"import", "FROM [FILE]", "take over second steps of another system", moving, root, import_accounts},
    {"export", "USER|--all", "the keys, to move to another system", moving, root, export_accounts},
    {"explain", "USER", "which rule decides about a login, and what it asks", people, root, explain},
    {"check-config", "", "find mistakes in configuration, PAM stacks and sshd", installation, anybody,
     check_config},
    {"pam", "add|remove|keep SERVICE", "ask for the second step in a PAM service", installation, root, pam},
    {"adopt", "", "settle a store from another machine or a backup", installation, root, adopt},
    {"doctor", "", "look for what is wrong, and say how to mend it", installation, root, doctor},
});

}  // namespace

std::span<const Command> commands() {
    return all;
}

const Command* find_command(std::string_view verb) {
    const auto* const found = std::ranges::find(all, verb, &Command::verb);
    return found == all.end() ? nullptr : found;
}

}  // namespace secondstep::tool
