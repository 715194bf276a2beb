#include <unistd.h>

#include <algorithm>
#include <boost/program_options/value_semantic.hpp>

#include "access/service_child.h"
#include "access/store_session.h"
#include "base/local_time.h"
#include "base/text.h"
#include "check/check.h"
#include "check/remark_text.h"
#include "check/what_changed.h"
#include "console/arguments.h"
#include "console/json_text.h"
#include "console/output.h"
#include "fleet/break_glass_report.h"
#include "fleet/file_records.h"
#include "fleet/fleet_checkup.h"
#include "fleet/own_relay.h"
#include "installation/account_checkup.h"
#include "installation/checkup.h"
#include "installation/courier_checkup.h"
#include "installation/fips_checkup.h"
#include "installation/portal_owners.h"
#include "installation/service_checkup.h"
#include "pam_change/pending_change.h"
#include "people/people_index.h"
#include "store/first_use.h"
#include "store/open_store.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

std::size_t count(const Diagnoses& findings, Diagnosis::Level level) {
    return static_cast<std::size_t>(std::ranges::count(findings, level, &Diagnosis::level));
}

std::string counted(std::size_t number, const char* word) {
    return std::to_string(number) + " " + word + (number == 1 ? "" : "s");
}

void report_json(const Diagnoses& findings) {
    Json list = Json::array();
    for (const Diagnosis& each : findings) {
        Json entry{{"level", to_text(each.level)}, {"subject", each.subject}, {"text", each.text}};
        entry["mend"] = each.mend.empty() ? Json() : Json(each.mend);
        list.push_back(std::move(entry));
    }
    const std::size_t errors = count(findings, Diagnosis::Level::error);
    const std::size_t warnings = count(findings, Diagnosis::Level::warning);
    out().verbatim(dump({{"errors", errors}, {"warnings", warnings}, {"findings", std::move(list)}}));
}

void report_text(const Diagnoses& findings) {
    for (const Diagnosis& each : findings) {
        std::string level(to_text(each.level));
        level.resize(9, ' ');
        out().line(level + printable(each.subject) + ": " + printable(each.text, 4096), level.size());
        if (!each.mend.empty()) out().line("         mend: " + printable(each.mend, 4096), level.size() + 6);
    }
    out().line(counted(count(findings, Diagnosis::Level::error), "error") + ", " +
               counted(count(findings, Diagnosis::Level::warning), "warning") + ".");
}

Exit report(const Diagnoses& findings, bool json, bool store_opened) {
    json ? report_json(findings) : report_text(findings);
    if (!store_opened) return Exit::unavailable;
    return count(findings, Diagnosis::Level::error) == 0 ? Exit::done : Exit::refused;
}

Diagnosis of_unopened(const NotOpened& why) {
    switch (why.part) {
        case NotOpened::Part::unused:
            return fine("host key", "none yet: it is made with the first enrollment");
        case NotOpened::Part::host_key:
            return wrong_file("host key", why.error.detail,
                              why.error.code == Errc::not_found
                                  ? "restore it from a backup; for an empty start: secondstep setup --new-key"
                                  : "restore it from a backup");
        case NotOpened::Part::store:
            break;
    }
    return wrong_file("store", why.error.detail, "run secondstep setup");
}

// What is known to who called, and not to the service's account.
struct SeenByCaller {
    Diagnoses findings;
    PasswordAges passwords;
    Result<relay::HostsSeen> hosts;  // on a node
};

// False: the store could not even be opened.
bool check_store(const Config& config, const SeenByCaller& seen, Diagnoses& findings) {
    const SystemClock clock;
    SystemRandomness randomness;
    const auto opened =
        open_store({.host_key = config.host_key, .files = store_options(config)}, clock, randomness);
    if (!opened) {
        findings.push_back(of_unopened(opened.error()));
        return opened.error().part == NotOpened::Part::unused;
    }
    findings.push_back(fine("store", config.store + ": owner and mode"));
    const bool moved = check_moved(config, *opened->files, findings);
    if (!moved) check_records(config, *opened->files, findings);
    check_machine(config, *opened->files, findings);
    if (!moved) check_accounts(*opened->files, findings);
    if (const auto records = fleet::FileFleetRecords::open(config.store, config.allow_network_file_system,
                                                           *opened->keyring, clock, randomness))
        check_fleet_records(config, **records, seen.hosts, clock.now(), findings);
    check_break_glass(config, *opened->files, findings);
    check_uses(config, clock.now(), findings);
    if (const auto moves = fleet::FileMoves::open(config.store, config.allow_network_file_system,
                                                  *opened->keyring, clock, randomness))
        check_moves(**moves, findings);
    const auto portals =
        PortalStore::open(config.store, config.allow_network_file_system, *opened->keyring, randomness);
    if (portals) check_portals(*portals, seen.passwords, findings);
    return true;
}

// A change that `secondstep pam` made, and that nobody has kept yet.
Diagnosis pending_change() {
    const auto pending = PendingChanges::look(state_directory);
    if (!pending)
        return warning("PAM change", pending.error().detail,
                       "look at the file that it names, and move the directory away");
    if (!*pending) return fine("PAM change", "none waits to be kept");
    const PendingChange& change = **pending;
    return warning("PAM change", change.path + " goes back to what it was at " + local_minute(change.due),
                   "log in through " + change.service + ", then secondstep pam keep " + change.service);
}

Diagnosis changes_since_last_time(const Config& config, const std::string& config_path) {
    const auto changed = what_changed(CheckRequest(config, config_path), ContentFile(state_directory));
    const std::string subject = "check-config";
    if (!changed) return warning(subject, changed.error().detail, "secondstep check-config");
    if (changed->is_first)
        return fine(subject,
                    "nothing is remembered to compare with; secondstep check-config --changed begins");
    if (changed->worse.empty()) return fine(subject, "nothing got worse since it was last well");
    const std::size_t more = changed->worse.size() - 1;
    return wrong(subject,
                 changed->worse.front() + (more == 0 ? "" : ", and " + counted(more, "thing") + " more"),
                 "secondstep check-config --changed");
}

// To root alone both are known.
Diagnoses check_changes(const Config& config, const std::string& config_path) {
    if (::geteuid() != 0) return {};
    return {pending_change(), changes_since_last_time(config, config_path)};
}

Exit verify_answer(const Config& config, const std::string& config_path, const SeenByCaller& seen,
                   bool json) {
    Diagnoses findings;
    check_clock(findings);
    check_fips_mode(findings);
    findings.push_back(fine("configuration", config_path + " is valid"));
    check_folders(config, config_path, findings);
    const bool store_opened = check_store(config, seen, findings);
    check_disk(config, findings);
    // To ask it would begin the first use, of which doctor is none.
    if (!is_unused(config.store, config.host_key).value_or(false)) check_service(config, findings);
    check_courier_socket(config, findings);
    if (config.fleet.part != FleetPart::none) check_fleet_socket(config, findings);
    findings.insert(findings.end(), seen.findings.begin(), seen.findings.end());
    return report(findings, json, store_opened);
}

// check-config says it all; that it has something to say is said here too.
Diagnosis check_logins(const Config& config, const std::string& config_path) {
    const CheckReport seen = check(CheckRequest(config, config_path));
    const std::size_t errors = seen.count(Remark::Level::error);
    const std::size_t warnings = seen.count(Remark::Level::warning);
    const std::string stacks =
        counted(seen.services.size(), "PAM stack") + " with the module" + (seen.sshd ? ", and sshd" : "");
    if (errors + warnings == 0) return fine("logins", stacks + ": nothing wrong is found");
    const auto worst = errors == 0 ? Remark::Level::warning : Remark::Level::error;
    const Remark& first = *std::ranges::find(seen.remarks, worst, &Remark::level);
    const std::string text =
        stacks + ": " + counted(errors, "error") + " and " + counted(warnings, "warning") +
        (errors == 0 ? ", the first: " : ", the first error: ") + place_of(first) + ": " + first.text;
    const std::string mend = "secondstep check-config says where, and what to write";
    return errors == 0 ? warning("logins", text, mend) : wrong("logins", text, mend);
}

// Where the error does not say it.
std::string mend_of_configuration(const std::string& path, Errc code) {
    if (code == Errc::not_found) return "run secondstep setup";
    if (code == Errc::untrusted) return "chown root and chmod go-w that directory";
    return "edit " + path + "; see secondstep.conf(5)";
}

// Nothing can be looked at without a configuration that names it.
Exit report_configuration(const std::string& path, const Error& error, bool json) {
    Diagnoses findings;
    check_clock(findings);
    findings.push_back(wrong_file("configuration", error.detail, mend_of_configuration(path, error.code)));
    return report(findings, json, true);
}

Exit report_account(const Config& config, bool json) {
    return report({wrong("service account", "there is no account \"" + config.service_account + "\"",
                         "run secondstep setup")},
                  json, false);
}

}  // namespace

Exit doctor(const Command& command, const Invocation& invocation) {
    po::options_description known("Options");
    known.add_options()("json", po::bool_switch(), "{\"errors\", \"warnings\", \"findings\": [...]}");
    const auto arguments = Arguments::parse(command, invocation, known, {0, 0});
    if (!arguments) return arguments.error();
    const bool json = arguments->is_on("json");
    const std::string path = arguments->invocation().config_path;
    const auto config = load_config(path);
    if (!config) return report_configuration(path, config.error(), json);
    const auto account = look_up(config->service_account);
    if (account && !*account) return report_account(*config, json);
    // As who called: the service account may not read sshd's files.
    Diagnoses by_root = check_courier_program(*config, path);
    by_root.push_back(check_logins(*config, path));
    std::ranges::move(check_changes(*config, path), std::back_inserter(by_root));
    std::ranges::move(check_fleet_files(*config), std::back_inserter(by_root));
    const SeenByCaller seen{std::move(by_root), password_ages(),
                            config->fleet.part == FleetPart::node
                                ? hosts_seen(*config)
                                : fail(Errc::not_found, "this machine is no node")};
    std::vector<CallerFile> none;
    return run_as_service_account(
        *config, none, [&](const CommitMark&) { return verify_answer(*config, path, seen, json); });
}

}  // namespace secondstep::tool
