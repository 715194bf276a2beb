#include "fleet/host_joining.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "access/store_session.h"
#include "base/duration.h"
#include "base/local_time.h"
#include "base/text.h"
#include "console/json_text.h"
#include "console/output.h"
#include "console/prompt.h"
#include "files/secret_file.h"
#include "fleet/fleet_fragment.h"
#include "fleet/fleet_session.h"
#include "fleet/join_token.h"
#include "fleet/name_of_host.h"
#include "fleet/relay_account.h"
#include "parts/memory_file.h"
#include "parts/part.h"
#include "people/audit.h"
#include "people/nodes_in_words.h"
#include "policy/option_types.h"
#include "process/child.h"

namespace secondstep::tool {

namespace {

FleetFragment fragment_of(const std::string& config_path, const HostJoining& joining) {
    return FleetFragment::of_host(config_path, joining.nodes, joining.with_console_rule);
}

// secondstep-relay --join with the token on its standard input; what goes wrong it says on ours. Its status.
Result<int> status_of_relay(const std::vector<std::string>& words, int token) {
    std::vector<std::string> texts = words;
    std::vector<char*> arguments;
    for (std::string& text : texts)
        arguments.push_back(text.data());
    arguments.push_back(nullptr);
    char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    std::array<char*, 2> environment{path, nullptr};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, token, STDIN_FILENO);
    pid_t child = 0;
    const int error =
        ::posix_spawn(&child, words.front().c_str(), &actions, nullptr, arguments.data(), environment.data());
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0) return fail_errno(words.front(), error);
    const auto status = process::status_of(child);
    if (!status) return std::unexpected(status.error());
    return WIFEXITED(*status) ? WEXITSTATUS(*status) : -1;
}

Exit ask_nodes(const Config& config, const std::string& config_path, const HostJoining& joining,
               const Secret& token) {
    const auto input = MemoryFile::of(token.bytes());
    if (!input) return complain(input.error());
    std::vector<std::string> words{program_of(Part::relay), "--config", config_path,  "--join",
                                   joining.nodes,           "--name",   joining.host, "--directory",
                                   config.fleet.directory};
    if (joining.site) {
        if (const Exit offered = offer(config, *joining.site); offered != Exit::done) return offered;
        words.emplace_back("--certificate");
    }
    const auto status = status_of_relay(words, input->fd());
    if (joining.site) withdraw_offer(config);
    if (!status) return complain(status.error());
    if (*status == 0) return Exit::done;
    return complain(Exit::refused, "this machine has not joined; nothing was written to its configuration");
}

void report(const FleetFragment& fragment, const Config& config, const HostJoining& joining) {
    if (joining.again && !joining.json)
        return out().line(
            "\n" + joining.host +
            " has joined the fleet again. Its configuration stays as it was, and the relay takes "
            "the new certificate by itself.");
    if (joining.json) {
        return out().verbatim(dump({{"changed", true},
                                    {"host", joining.host},
                                    {"configuration", fragment.path()},
                                    {"directory", config.fleet.directory},
                                    {"console_rule", joining.with_console_rule}}));
    }
    out().line("\n" + joining.host + " has joined the fleet.\nmade    " + fragment.path() + ":\n");
    for (const std::string_view line : split(fragment.text(), '\n'))
        if (!line.empty()) out().verbatim("    " + std::string(line));
    if (joining.with_console_rule)
        out().line(
            "\nThe rule lets root in at the console of this machine while no node answers. Who does not want "
            "that deletes it there; setup --join --no-console-rule does not write it.");
    out().line(
        "Next: systemctl enable --now secondstep-relay.socket secondstep-relay.service,\n"
        "systemctl restart secondstepd.service, then secondstep doctor.");
}

OrExit<void> relay_there() {
    if (!is_installed(Part::relay)) return stop(complain(Exit::unavailable, not_installed(Part::relay)));
    return {};
}

}  // namespace

bool has_joined(const Config& config) {
    return config.fleet.part == FleetPart::host;
}

OrExit<void> check_joining(const Config& config, const std::string& config_path, const HostJoining& joining) {
    const auto nodes = option_types::fleet_nodes(joining.nodes);
    if (!nodes || nodes->empty())
        return stop(complain(
            Exit::usage, "--join: " + (nodes ? "which nodes? auth1=192.0.2.11:7464" : nodes.error().detail)));
    if (!fleet::is_name_of_host(joining.host))
        return stop(complain(Exit::usage,
                             "\"" + printable(joining.host) +
                                 "\" is no name of a host in a fleet: lower-case letters, digits, dashes and "
                                 "dots; --name says another one"));
    if (config.fleet.part == FleetPart::node)
        return stop(complain(Exit::refused, "this machine is a node of a fleet, and judges itself"));
    if (joining.again && !has_joined(config))
        return stop(complain(Exit::usage, "--again is for a host of a fleet, which this machine is not"));
    if (joining.again && *nodes != config.fleet.nodes)
        return stop(complain(Exit::refused, "this host asks other nodes, " + nodes_in_words(config.fleet) +
                                                ": for another fleet move conf.d/fleet.conf away first"));
    if (has_joined(config) && !joining.again) return {};
    if (joining.again) return relay_there();
    if (const auto looked = fragment_of(config_path, joining).look(); !looked)
        return stop(complain(Exit::refused, looked.error().detail));
    return relay_there();
}

OrExit<Secret> token_from(const std::optional<std::string>& file, const HostJoining& joining) {
    OrExit<Secret> typed = Secret();
    if (file) {
        typed = first_line_of(*file);
    } else {
        auto asked = ask(err(), "Token (secondstep fleet invite-hosts shows it): ", false);
        if (!asked)
            return stop(complain(Exit::usage, "no token was given; --token-file FILE reads it from a file"));
        typed = std::move(*asked);
    }
    if (!typed) return typed;
    const auto token = fleet::parse_join_token(typed->text());
    if (!token) return stop(complain(Exit::usage, token.error().detail));
    if (joining.site && token->authority != joining.site->pin)
        return stop(complain(Exit::refused,
                             "the token is of a fleet with another authority than that of " +
                                 joining.site->paths.authority +
                                 "; one that makes the certificates of its hosts itself is joined without "
                                 "--certificate, --key and --ca"));
    return typed;
}

namespace {

// Whom this machine has judged itself, and does no more.
void warn_of_people_here(const Config& config, const std::string& host) {
    std::size_t people = 0;
    const Exit counted_them = run_with_store(config, [&](const StoreSession& session) {
        static_cast<void>(session.store->for_each([&](const AccountName&) {
            ++people;
            return true;
        }));
        if (people > 0)
            err().line("Note: " + counted(static_cast<std::int64_t>(people), "account") +
                       " of this machine's own store is not asked for any more. To take them along: "
                       "secondstep fleet let-migrate " +
                       host + " on " + nodes_in_words(config.fleet) +
                       ", then secondstep store migrate --to fleet here.");
        return Exit::done;
    });
    static_cast<void>(counted_them);
}

}  // namespace

namespace {

std::string_view in_words(bool is_next, bool is_vouched_for) {
    if (is_next)
        return "secondstep-relay tells a node of this certificate over the connection that it has, and shows it over "
               "a new one once no login goes over that; secondstep doctor says whether that is done.";
    if (is_vouched_for)
        return "This machine is a host of a fleet already, with this certificate; those that vouch for it are in place, "
               "and the relay shows them from the next connection on.";
    return "This machine is a host of a fleet already, with this certificate; nothing changed.";
}

}  // namespace

Exit offer_next(const Config& config, const HostJoining& joining) {
    const SharedFlag is_next;
    const SharedFlag is_vouched_for;
    const Exit done = run_as_relay_account(config, [&] {
        const auto given = give(config, joining.host, *joining.site);
        if (!given) return given.error();
        if (*given == Given::vouched_for) is_vouched_for.set();
        if (*given != Given::next) return Exit::done;
        is_next.set();
        return offer(config, *joining.site);
    });
    if (done != Exit::done) return done;
    const bool changed = is_next.is_set() || is_vouched_for.is_set();
    if (joining.json) {
        out().verbatim(dump({{"changed", changed}, {"host", joining.host}}));
    } else {
        out().line(std::string(in_words(is_next.is_set(), is_vouched_for.is_set())));
    }
    if (changed) audit("setup", "", "certificate-until=" + utc_second(joining.site->own.end));
    return unless_unwritten();
}

Exit join_fleet(const Config& config, const std::string& config_path, const HostJoining& joining,
                const Secret& token) {
    if (const auto account = have_relay_account(config); !account) return account.error();
    const Exit asked =
        run_as_relay_account(config, [&] { return ask_nodes(config, config_path, joining, token); });
    if (asked != Exit::done) return asked;
    const FleetFragment fragment = fragment_of(config_path, joining);
    if (!joining.again) {
        if (const auto written = fragment.write(); !written) return complain(written.error());
    }
    audit("setup", "", "joined=" + joining.host);
    report(fragment, config, joining);
    warn_of_people_here(config, joining.host);
    return unless_unwritten();
}

}  // namespace secondstep::tool
