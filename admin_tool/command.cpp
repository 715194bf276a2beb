#include "command.h"

#include <algorithm>
#include <array>

namespace secondstep::tool {

// Declared here and nowhere else: a new verb compiles its own file and this one. The manual page is written by hand;
// tests/tool/verbs_test.cpp names what it lacks.
Verb setup, enroll, status, recovery_codes, disable, rename, unlock, re_enroll, invite, temporary_code;
Verb revoke, devices, clients, send_test, try_login, portal, portal_code, import_accounts, export_accounts;
Verb explain, check_config, pam, adopt, doctor, administer_fleet, break_glass, move_store;

namespace {

using enum Group;
using enum Who;

constexpr auto of_devices = std::to_array<FirstWord>({
    {"rename", "[USER] OLD NEW", "give a device another name"},
    {"remove", "[USER] NAME", "a device that is lost; the others and the recovery codes stay"},
});
constexpr auto of_clients = std::to_array<FirstWord>({
    {"list", "[USER]", "from where no code is asked for at the moment"},
    {"drop", "[USER [ADDRESS]]", "end that, for one address or for all"},
});
constexpr auto of_portal = std::to_array<FirstWord>({
    {"add", "NAME", "link a portal: its key is kept here"},
    {"code", "NAME", "the present code"},
    {"list", "", "all portals"},
    {"show", "NAME", "all about one"},
    {"enable", "NAME", "hand out codes again"},
    {"disable", "NAME", "hand out no codes until it is enabled"},
    {"rename", "NAME NEW-NAME", "call it otherwise"},
    {"change", "NAME", "note, address, and who may read the codes"},
    {"remove", "[NAME]", "delete the key; with --owner alone, of all"},
    {"export", "NAME", "the key, for an app"},
});
constexpr auto of_import = std::to_array<FirstWord>({
    {"google-authenticator", "[FILE]", "one .google_authenticator, or those of --all-homes"},
    {"oath", "FILE", "the users file of pam_oath"},
    {"pskc", "FILE", "PSKC, RFC 6030: hardware tokens"},
    {"csv", "FILE", "lists of tokens, and user,secret,..."},
    {"otpauth", "[FILE]", "otpauth:// URIs, or pictures with --qr"},
    {"app-export", "FILE", "what an authenticator app exported"},
});
constexpr auto of_pam = std::to_array<FirstWord>({
    {"add", "SERVICE", "our lines into its file; undone after 10 minutes without a login"},
    {"remove", "SERVICE", "our lines out of it, in the same way"},
    {"keep", "SERVICE", "what was changed stays: you have logged in with it"},
});

constexpr auto of_fleet = std::to_array<FirstWord>({
    {"create", "", "make this machine the node of a new fleet"},
    {"invite-hosts", "", "a token by which hosts join"},
    {"hosts", "", "who has joined, and of which class"},
    {"status", "", "nodes, hosts, and the permissions that are open"},
    {"class", "HOST login|enroll|changes", "what people may change while they log in there"},
    {"drop-host", "HOST", "its certificate is nobody's any more"},
    {"withdraw", "PERMISSION", "take back a token that invite-hosts has shown"},
    {"let-migrate", "HOST", "a token by which a host hands its own accounts over"},
    {"end-migration", "HOST", "take that back; and what became of accounts that left"},
});
constexpr auto of_store = std::to_array<FirstWord>({
    {"migrate", "[HOST|FILE]", "accounts between a host's own store and a fleet"},
});

constexpr auto all = std::to_array<Command>({
    {"setup",
     "",
     "make account, directories, host key and configuration",
     installation,
     root,
     setup,
     "setup",
     {}},
    {"enroll",
     "[USER]",
     "give somebody a second step: QR, code, recovery codes",
     people,
     owner,
     enroll,
     "enroll alice --save alice.txt",
     {}},
    {"status",
     "[USER...]",
     "who has a second step, and how it stands",
     people,
     owner,
     status,
     "status --group staff --not-enrolled",
     {}},
    {"recovery-codes",
     "[USER]",
     "how many are left; --renew makes a new set",
     people,
     owner,
     recovery_codes,
     "recovery-codes alice --renew --save alice.txt",
     {}},
    {"disable", "[USER]", "delete somebody's second step", people, owner, disable, "disable alice", {}},
    {"devices", "[rename|remove] [USER] [NAME...]", "phones and tokens of a second step", people, owner,
     devices, "devices remove alice phone", of_devices},
    {"rename",
     "OLD NEW",
     "take a second step over to an account's new name",
     people,
     root,
     rename,
     "rename bob robert",
     {}},
    {"unlock",
     "USER",
     "forget failures; answers are judged again at once",
     people,
     root,
     unlock,
     "unlock alice",
     {}},
    {"re-enroll",
     "USER",
     "ask for a new enrollment at the next login",
     people,
     root,
     re_enroll,
     "re-enroll alice --valid 8h",
     {}},
    {"invite",
     "USER",
     "a code that lets somebody enroll at the next login",
     people,
     root,
     invite,
     "invite alice --valid 7d",
     {}},
    {"temporary-code",
     "USER",
     "a code for one login without the phone",
     people,
     root,
     temporary_code,
     "temporary-code alice --valid 2h",
     {}},
    {"revoke",
     "USER",
     "take back the codes that were given out and not used",
     people,
     root,
     revoke,
     "revoke alice",
     {}},
    {"clients", "list|drop [USER [ADDRESS]]", "where no code is asked for again", people, owner, clients,
     "clients drop alice 192.0.2.7", of_clients},
    {"send-test",
     "USER",
     "a message to somebody's address, and what became of it",
     people,
     root,
     send_test,
     "send-test alice",
     {}},
    {"try",
     "USER",
     "the second step in this terminal, as at a login",
     people,
     anybody,
     try_login,
     "try alice --service sshd --rhost 192.0.2.7",
     {}},
    {"portal", "VERB [NAME]", "the second factor of a portal, for a script", portals, owner, portal,
     "portal add bank --qr bank.png", of_portal},
    {"code",
     "NAME",
     "the present code of a linked portal",
     portals,
     owner,
     portal_code,
     "code bank --wait",
     {}},
    {"import", "FROM [FILE]", "take over second steps of another system", moving, root, import_accounts,
     "import oath /etc/users.oath --dry-run", of_import},
    {"export",
     "USER|--all",
     "the keys, to move to another system",
     moving,
     root,
     export_accounts,
     "export --all --output keys.sealed",
     {}},
    {"store", "migrate [HOST|FILE]", "move accounts of a host into a fleet, or back", moving, root,
     move_store, "store migrate --to fleet --output web01.bundle", of_store},
    {"explain",
     "USER",
     "which rule decides about a login, and what it asks",
     people,
     root,
     explain,
     "explain alice --service sshd --from 192.0.2.7",
     {}},
    {"check-config",
     "",
     "find mistakes in configuration, PAM stacks and sshd",
     installation,
     anybody,
     check_config,
     "check-config --file new.conf",
     {}},
    {"pam", "add|remove|keep SERVICE", "ask for the second step in a PAM service", installation, root, pam,
     "pam add sshd --dry-run", of_pam},
    {"adopt",
     "",
     "settle a store from another machine or a backup",
     installation,
     root,
     adopt,
     "adopt --copied",
     {}},
    {"fleet", "VERB [NAME...]", "one second step for many hosts", installation, root, administer_fleet,
     "fleet invite-hosts --names web01,web02 --valid 2h", of_fleet},
    {"break-glass",
     "",
     "codes for when no node answers; --new makes them",
     installation,
     root,
     break_glass,
     "break-glass --new --save web01.txt",
     {}},
    {"doctor",
     "",
     "look for what is wrong, and say how to mend it",
     installation,
     root,
     doctor,
     "doctor",
     {}},
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
