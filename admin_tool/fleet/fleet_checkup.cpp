#include "fleet/fleet_checkup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <iterator>

#include "base/duration.h"
#include "base/file.h"
#include "base/local_time.h"
#include "base/text.h"
#include "console/json_text.h"
#include "files/caller_file.h"
#include "files/pipe.h"
#include "files/secret_file.h"
#include "fleet/certificate.h"
#include "fleet/console_checkup.h"
#include "fleet/host_table.h"
#include "fleet/hosts_checkup.h"
#include "fleet/nodes_checkup.h"
#include "fleet/relay_account.h"
#include "fleet/site_authority.h"
#include "fleet/site_files.h"
#include "paths.h"
#include "store/break_glass.h"

namespace secondstep::tool {

namespace {

constexpr std::chrono::hours soon = std::chrono::days{30};
// A node's is renewed from 122 days before its end on: whatever keeps it from that is there for three weeks then, and takes all
// hosts along.
constexpr std::chrono::hours soon_of_a_node = std::chrono::days{100};
constexpr off_t largest_file = 16384;
constexpr char authority_file[] = "authority.pem";
const std::string subject = "fleet";

bool is_node(const Config& config) {
    return config.fleet.part == FleetPart::node;
}

std::string mend_of(const Config& config) {
    return is_node(config)
               ? "secondstep fleet create makes what is missing"
               : "let this host join again: secondstep fleet drop-host on a node, then setup --join ... --again here";
}

// A certificate of the fleet, as a file of it says whose it is.
struct Seen {
    fleet::Certificate certificate;
    std::string file;
    bool is_of_site = false;    // the site's own authority signs
    bool is_authority = false;  // it is that one's
    UnixTime end{};             // of the first to end: of it, or of one behind it that vouches for it
};

// What the site's authority gives for a day or for a week is not always about to end.
std::chrono::seconds enough_for(const Config& config, const Seen& seen) {
    if (!seen.is_of_site) return is_node(config) ? soon_of_a_node : soon;
    if (seen.is_authority) return soon;
    const auto life =
        std::chrono::duration_cast<std::chrono::seconds>(seen.certificate.end - seen.certificate.begin);
    return std::min<std::chrono::seconds>(soon, life / 3);
}

std::string renewal_of(const Config& config, const Seen& seen, bool has_ended) {
    if (!seen.is_of_site) {
        if (is_node(config))
            return "secondstep fleet create, then systemctl reload secondstep-relay; why it was not renewed "
                   "by itself: journalctl -u secondstep-relay";
        return has_ended ? mend_of(config)
                         : "the relay renews it while a node answers: journalctl -u secondstep-relay";
    }
    const std::string files = "--certificate FILE --key FILE --ca FILE";
    const std::string first =
        seen.is_authority ? "get the next certificate of the site's authority itself, of the same key, then "
                          : "get the next one from the site's authority, then ";
    if (is_node(config))
        return first + "secondstep fleet create " + files +
               (seen.is_authority ? ", systemctl restart secondstepd, and setup --join ... on each host"
                                  : "");
    if (has_ended && !seen.is_authority)
        return first +
               "secondstep fleet drop-host and invite-hosts on a node, and setup --join ... --again " +
               files + " here";
    return first + "secondstep setup --join ... " + files + " here";
}

Diagnosis judged(const Config& config, const Seen& seen) {
    const UnixTime now = SystemClock().now();
    const fleet::Certificate& certificate = seen.certificate;
    const std::string until =
        seen.file + " is of " + printable(certificate.name) + ", until " + local_minute(seen.end) +
        (seen.end < certificate.end ? ", when a certificate ends that stands behind it" : "");
    if (seen.end <= now) {
        return wrong(subject,
                     until + (is_node(config) ? ": that is over, and no host asks this node"
                                              : ": that is over, and no node answers this host"),
                     renewal_of(config, seen, certificate.end <= now));
    }
    const auto enough = enough_for(config, seen);
    if (seen.end - now >= enough) return fine(subject, until);
    const bool in_days = enough >= std::chrono::days{1};
    const std::int64_t count = in_days ? enough / std::chrono::days{1} : enough / std::chrono::hours{1};
    return warning(subject, until + ": less than " + counted(count, in_days ? "day" : "hour"),
                   renewal_of(config, seen, false));
}

// One of the files, opened; nothing after saying what is wrong.
std::optional<Bytes> content_of(const Config& config, int directory, const std::string& name,
                                mode_t forbidden, Diagnoses& findings) {
    const FileTrust trust{
        .owner = ::geteuid(), .root_too = true, .forbidden = forbidden, .max_size = largest_file};
    const auto file = open_trusted(directory, name.c_str(), O_RDONLY, trust);
    if (!file) {
        findings.push_back(
            wrong_file(subject, config.fleet.directory + "/" + file.error().detail, mend_of(config)));
        return std::nullopt;
    }
    auto content = read_whole(file->get(), largest_file);
    if (!content) findings.push_back(wrong(subject, content.error().detail, mend_of(config)));
    return content ? std::optional(std::move(*content)) : std::nullopt;
}

std::string_view text_of(const Bytes& content) {
    return {reinterpret_cast<const char*>(content.data()), content.size()};
}

void check_certificate(const Config& config, const std::string& name, const Bytes& content, bool is_of_site,
                       Diagnoses& findings) {
    auto certificate = fleet::read_first_certificate(text_of(content));
    const auto end = fleet::earliest_end(text_of(content));
    const std::string path = config.fleet.directory + "/" + name;
    const bool is_authority = name == authority_file;
    findings.push_back(certificate && end
                           ? judged(config, {std::move(*certificate), path, is_of_site, is_authority, *end})
                           : wrong(subject, path + " is no certificate", mend_of(config)));
}

// One that was given and that no node knows of yet.
void check_offered(const Config& config, int directory, Diagnoses& findings) {
    struct stat info{};
    if (::fstatat(directory, fleet::offered_file, &info, AT_SYMLINK_NOFOLLOW) != 0) return;
    findings.push_back(warning(subject,
                               config.fleet.directory + "/" + fleet::offered_file +
                                   ", the next certificate, waits until a node is told of it",
                               "the relay does that while a node answers, or a node has refused it: "
                               "journalctl -u secondstep-relay says why"));
}

}  // namespace

namespace {

void look_at_files(const Config& config, Diagnoses& findings) {
    const auto directory = open_directory(config.fleet.directory);
    if (!directory) {
        findings.push_back(wrong(subject, directory.error().detail, mend_of(config)));
        return;
    }
    const std::string part = is_node(config) ? "node" : "host";
    constexpr mode_t writable_for_others = S_IWGRP | S_IWOTH;
    const auto own = content_of(config, directory->get(), part + ".pem", writable_for_others, findings);
    const auto authority =
        content_of(config, directory->get(), authority_file, writable_for_others, findings);
    const bool is_of_site = authority && fleet::is_marked_as_of_site(text_of(*authority));
    if (own) check_certificate(config, part + ".pem", *own, is_of_site, findings);
    if (authority) check_certificate(config, authority_file, *authority, is_of_site, findings);
    check_offered(config, directory->get(), findings);
    if (content_of(config, directory->get(), part + ".key", S_IRWXG | S_IRWXO, findings))
        findings.push_back(fine(subject, config.fleet.directory + "/" + part + ".key: owner and mode"));
}

constexpr std::size_t most_said = 65536;

std::string written(const Diagnoses& findings) {
    Json all = Json::array();
    for (const Diagnosis& one : findings)
        all.push_back({static_cast<int>(one.level), one.subject, one.text, one.mend});
    return dump(all);
}

Diagnoses read_back(std::string_view text) {
    Diagnoses findings;
    const Json all = Json::parse(text, nullptr, false);
    if (!all.is_array())
        return {wrong(subject, "its files could not be looked at", "see what was said above")};
    for (const Json& one : all)
        findings.push_back(
            {static_cast<Diagnosis::Level>(one.at(0).get<int>()), one.at(1), one.at(2), one.at(3)});
    return findings;
}

}  // namespace

Diagnoses check_fleet_files(const Config& config) {
    if (config.fleet.part == FleetPart::none) return {};
    auto pipe = Pipe::make();
    if (!pipe) return {wrong(subject, pipe.error().detail, "try again")};
    static_cast<void>(run_as_relay_account(config, [&] {
        Diagnoses findings;
        look_at_files(config, findings);
        const auto said = write_all(pipe->in.get(), written(findings), "pipe");
        return said ? Exit::done : complain(said.error());
    }));
    pipe->in = UniqueFd();
    const auto text = read_secret(pipe->out.get(), most_said);
    return read_back(text ? text->text() : std::string_view());
}

void check_fleet_socket(const Config& config, Diagnoses& findings) {
    const std::string& path = is_node(config) ? config.fleet.hosts_socket : config.fleet.relay_socket;
    const std::string mend = is_node(config)
                                 ? "systemctl restart secondstepd.service"
                                 : "systemctl enable --now secondstep-relay.socket secondstep-relay.service";
    struct stat info{};
    const bool found = ::stat(path.c_str(), &info) == 0;
    if (found && S_ISSOCK(info.st_mode)) {
        findings.push_back(fine(subject, path + " is there"));
        if (!is_node(config)) check_fleet_nodes(config, findings);
        return;
    }
    const std::string who = is_node(config) ? "hosts are not answered" : "nobody with a second step gets in";
    findings.push_back(wrong(subject, path + (found ? " is no socket: " : " is not there: ") + who, mend));
}

void check_fleet_records(const Config& config, const fleet::FleetRecords& records,
                         const Result<relay::HostsSeen>& seen, UnixTime now, Diagnoses& findings) {
    const auto identity = records.identity();
    const bool expected = is_node(config);
    if (identity && !*identity && !expected) return;
    if (!identity || !*identity) {
        findings.push_back(
            wrong(subject, identity ? "the store holds no fleet" : identity.error().detail,
                  "restore the store and host.key from a backup; for a new fleet: secondstep fleet create"));
        return;
    }
    const auto hosts = records.hosts();
    if (!hosts) {
        findings.push_back(wrong(subject, hosts.error().detail, "restore the store from a backup"));
        return;
    }
    for (const auto& unreadable : hosts->unreadable)
        findings.push_back(
            wrong(subject, unreadable.error.detail,
                  "secondstep fleet drop-host " + unreadable.name + ", then let it join again"));
    const std::chrono::hours left = soon_to_end(**identity);
    const auto late = std::ranges::count_if(hosts->hosts, [&](const fleet::RegisteredHost& host) {
        return std::max(host.certificate_end, host.next_end) - now < left;
    });
    const std::string count = counted(static_cast<std::int64_t>(hosts->hosts.size()), "host");
    if (late > 0)
        findings.push_back(
            warning(subject,
                    count + "; the certificates of " + std::to_string(late) + " end within " +
                        ((*identity)->is_of_site() ? "8 hours" : "30 days"),
                    (*identity)->is_of_site()
                        ? "secondstep fleet hosts says which; give each the next one of the site's authority "
                          "there: secondstep setup --join ... --certificate FILE --key FILE --ca FILE"
                        : "secondstep fleet hosts says which; they renew while they are up"));
    else
        findings.push_back(fine(subject, count + ", whose records open"));
    if (expected)
        std::ranges::move(judged_hosts(*hosts, seen, paths::version, now), std::back_inserter(findings));
    else
        findings.push_back(warning(subject,
                                   "the store holds a fleet, and the configuration says fleet = none",
                                   "secondstep fleet create writes conf.d/fleet.conf"));
}

void check_break_glass(const Config& config, const AccountStore& store, Diagnoses& findings) {
    if (config.fleet.part != FleetPart::host) return;
    const auto record = store.read(RecordName::break_glass());
    findings.push_back(judged_console(config, record ? break_glass_codes_left(*record) : 0));
    if (config.fleet.break_glass_users.empty()) return;
    const std::string mend = "secondstep break-glass --new";
    if (!record) {
        findings.push_back(wrong(subject, "its break-glass codes: " + record.error().detail, mend));
        return;
    }
    const std::size_t left = break_glass_codes_left(*record);
    const std::string text = counted(static_cast<std::int64_t>(left), "break-glass code") + " left";
    if (left == 0) {
        findings.push_back(warning(
            subject, "no break-glass codes: while no node answers nobody with a second step gets in", mend));
    } else {
        findings.push_back(left <= few_recovery_codes ? warning(subject, text, mend) : fine(subject, text));
    }
}

void check_moves(const fleet::FileMoves& moves, Diagnoses& findings) {
    const auto hosts = moves.hosts();
    if (!hosts) {
        findings.push_back(wrong(subject, hosts.error().detail, "restore the store from a backup"));
        return;
    }
    for (const std::string& host : *hosts) {
        const auto away = moves.away(host);
        if (!away || away->empty()) continue;
        findings.push_back(
            warning(subject,
                    counted(static_cast<std::int64_t>(away->size()), "account") + " left the fleet for " +
                        host + ", and what was kept of them is here",
                    "secondstep fleet end-migration " + host + " --taken-over, or --take-back"));
    }
}

}  // namespace secondstep::tool
