#include "command.h"

#include <algorithm>
#include <array>

namespace secondstep::tool {

namespace {

constexpr auto all = std::to_array<Command>({
    {"setup", "", "make account, directories, host key and configuration", setup},
    {"enroll", "[USER]", "give somebody a second step: QR, code, recovery codes", enroll},
    {"status", "[USER...]", "who has a second step, and how it stands", status},
    {"recovery-codes", "[USER]", "how many are left; --renew makes a new set", recovery_codes},
    {"disable", "[USER]", "delete somebody's second step", disable},
    {"rename", "OLD NEW", "take a second step over to an account's new name", rename},
    {"unlock", "USER", "forget failures; answers are judged again at once", unlock},
    {"re-enroll", "USER", "ask for a new enrollment at the next login", re_enroll},
    {"invite", "USER", "a code that lets somebody enroll at the next login", invite},
    {"temporary-code", "USER", "a code for one login without the phone", temporary_code},
    {"revoke", "USER", "take back the codes that were given out and not used", revoke},
    {"clients", "list|drop [USER [ADDRESS]]", "where no code is asked for again", clients},
    {"send-test", "USER", "a message to somebody's address, and what became of it", send_test},
    {"try", "USER", "the second step in this terminal, as at a login", try_login},
    {"portal", "VERB [NAME]", "the second factor of a portal, for a script", portal},
    {"code", "NAME", "the present code of a linked portal", portal_code},
    {"import", "FROM [FILE]", "take over second steps of another system", import_accounts},
    {"export", "USER|--all", "the keys, to move to another system", export_accounts},
    {"explain", "USER", "which rule decides about a login, and what it asks", explain},
    {"check-config", "", "find mistakes in configuration, PAM stacks and sshd", check_config},
    {"adopt", "", "settle a store from another machine or a backup", adopt},
    {"doctor", "", "look for what is wrong, and say how to mend it", doctor},
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
