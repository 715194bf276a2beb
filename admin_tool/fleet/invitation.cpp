#include "fleet/invitation.h"

#include <algorithm>

#include "base/local_time.h"
#include "base/text.h"
#include "console/json_text.h"
#include "console/output.h"
#include "fleet/authority.h"
#include "fleet/differing_uids.h"
#include "fleet/name_of_host.h"
#include "people/audit.h"

namespace secondstep::tool {

namespace {

std::string joined(const std::vector<std::string>& words, const char* between) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : between) + word;
    return text;
}

std::string nodes_of(const fleet::FleetIdentity& identity) {
    std::vector<std::string> nodes;
    for (const fleet::Node& node : identity.nodes)
        nodes.push_back(node.name + "=" + node.place);
    return joined(nodes, ",");
}

OrExit<void> check_name(const std::string& name, bool is_pattern) {
    if (fleet::is_name_of_host(name) || (is_pattern && fleet::is_pattern_of_hosts(name))) return {};
    if (fleet::is_pattern_of_hosts(name))
        return stop(complain(Exit::usage,
                             "--names " + name +
                                 " is a pattern: whoever has the token may choose a name of it. If that is "
                                 "meant, say --pattern, and --count"));
    return stop(
        complain(Exit::usage, "--names: \"" + printable(name) +
                                  "\" is no name of a host: lower-case letters, digits, dashes and dots"));
}

// A permission, and the token that is shown of it.
struct Made {
    fleet::JoinPermission permission;
    Secret token;
};

Result<Made> make(const FleetSession& session, const Invitation& invitation,
                  const fleet::FleetIdentity& identity) {
    const auto authority = fleet::certificate_of(identity.authority);
    if (!authority) return std::unexpected(authority.error());
    const auto pin = fleet::pin_of(authority->public_key);
    if (!pin) return std::unexpected(pin.error());
    Randomness& randomness = session.store.randomness;
    const fleet::JoinToken token{randomness.array<5>(), randomness.secret(fleet::join_secret_size), *pin};
    const auto digest = fleet::digest_of_secret(token.permission, token.secret);
    if (!digest) return std::unexpected(digest.error());
    auto text = fleet::to_text(token);
    if (!text) return std::unexpected(text.error());
    return Made{{.id = token.permission,
                 .secret = *digest,
                 .names = invitation.names,
                 .is_pattern = invitation.is_pattern,
                 .count = invitation.count,
                 .since = session.now(),
                 .end = session.now() + invitation.valid,
                 .changes = invitation.changes},
                std::move(*text)};
}

void report_json(const Made& made, const std::string& command) {
    out().verbatim(dump_with_secrets({{"changed", true},
                                      {"permission", hex(made.permission.id)},
                                      {"names", made.permission.names},
                                      {"count", made.permission.count},
                                      {"class", to_text(made.permission.changes)},
                                      {"until", utc_second(made.permission.end)},
                                      {"command", command}},
                                     {{"token", &made.token}}));
}

void report(const Made& made, const std::string& command, fleet::Uids uids) {
    const fleet::JoinPermission& permission = made.permission;
    out().line("On each of " + joined(permission.names, ", ") + ", as root:");
    out().verbatim("\n    " + command + "\n");
    out().line("and at its question for the token:");
    Secret line = Secret::copy_of("\n    ");
    line.append(made.token.text());
    line.push_back('\n');
    out().verbatim(line);
    out().line("It lets " + std::to_string(permission.count) + (permission.count == 1 ? " host" : " hosts") +
               " join, until " + local_minute(permission.end) + ", of class " + to_text(permission.changes) +
               ". Whoever has it can join in their place: " + "secondstep fleet withdraw " +
               hex(permission.id) + " takes it back.");
    if (uids == fleet::Uids::differ) out().line(what_differing_uids_mean);
}

}  // namespace

OrExit<Invitation> checked(Invitation invitation) {
    std::ranges::sort(invitation.names);
    const auto twice = std::ranges::unique(invitation.names);
    invitation.names.erase(twice.begin(), twice.end());
    if (invitation.names.empty() || invitation.names.size() > fleet::most_names)
        return stop(complain(Exit::usage, "--names: which hosts? web01,web02"));
    for (const std::string& name : invitation.names) {
        if (const auto good = check_name(name, invitation.is_pattern); !good) return stop(good.error());
    }
    if (invitation.count == 0 && invitation.is_pattern)
        return stop(complain(Exit::usage, "--count: how many hosts may join by a pattern?"));
    if (invitation.count == 0) invitation.count = static_cast<unsigned>(invitation.names.size());
    if (invitation.count > fleet::most_places)
        return stop(complain(Exit::usage, "--count: at most " + std::to_string(fleet::most_places)));
    return invitation;
}

Exit invite_hosts(const FleetSession& session, const Invitation& invitation) {
    const auto identity = session.records.identity();
    if (!identity) return complain("fleet", identity.error());
    if (!*identity)
        return complain(Exit::unavailable, "there is no fleet here: secondstep fleet create makes one");
    for (const fleet::Node& node : (*identity)->nodes) {
        if (std::ranges::find(invitation.names, node.name) != invitation.names.end())
            return complain(Exit::usage, "--names: " + node.name + " is a node");
    }
    const SignalsHeld until_the_token_is_shown;
    if (SignalsHeld::one_is_waiting()) return Exit::refused;
    const auto made = make(session, invitation, **identity);
    if (!made) return complain("fleet", made.error());
    if (const auto done = session.records.permit(made->permission); !done)
        return complain("fleet", done.error());
    audit("fleet-invite-hosts", "",
          "permission=" + hex(made->permission.id) + " count=" + std::to_string(made->permission.count) +
              " until=" + utc_second(made->permission.end) +
              " names=" + field(joined(invitation.names, ",")));
    const std::string command = "secondstep setup --join " + nodes_of(**identity) +
                                ((*identity)->is_of_site() ? " --certificate FILE --key FILE --ca FILE" : "");
    invitation.json ? report_json(*made, command) : report(*made, command, (*identity)->uids);
    if (!out().failed()) return Exit::done;
    return complain(Exit::unavailable,
                    "stored, but the token could not be shown: secondstep fleet withdraw " +
                        hex(made->permission.id) + ", then invite again");
}

}  // namespace secondstep::tool
