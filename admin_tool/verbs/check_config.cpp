#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <boost/program_options/value_semantic.hpp>

#include "base/character_width.h"
#include "base/text.h"
#include "check/check.h"
#include "check/remark_text.h"
#include "check/stack_files.h"
#include "check/what_changed.h"
#include "console/arguments.h"
#include "console/json_text.h"
#include "console/output.h"
#include "console/terminal.h"
#include "files/callers_rights.h"
#include "pam_change/pending_change.h"
#include "people/audit.h"
#include "policy/config.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

po::options_description check_config_options() {
    const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
    po::options_description known("Options");
    auto add = known.add_options();
    add("file", text("FILE"), "a file that shall become the configuration");
    add("pam-dir", po::value<std::vector<std::string>>()->value_name("DIR"),
        "where the PAM stacks are, as often as there are directories, the one that wins first (default: "
        "/etc/pam.d and /usr/lib/pam.d)");
    add("sshd-config", text("FILE")->default_value("/etc/ssh/sshd_config"), "the configuration of sshd");
    add("sshd-service", text("SERVICE")->default_value("sshd"),
        "the PAM service of that sshd: the name it is started by, or its PAMServiceName");
    add("changed", po::bool_switch(),
        "only what got worse since it was last well, for a timer: 1 if anything did; {\"first\", \"worse\"}");
    add("accept", po::bool_switch(), "with --changed: what got worse is well from now on");
    add("json", po::bool_switch(), "{\"errors\", \"warnings\", \"findings\": [...], \"checked\": {...}}");
    return known;
}

std::string_view to_text(Remark::Level level) {
    return level == Remark::Level::error ? "error" : "warning";
}

// On a terminal lines are broken at blanks, and indented; a program finds each message in one line.
void print_wrapped(const std::string& text) {
    const Terminal terminal = terminal_of(out().fd());
    std::string line;
    for (const std::string_view word : split(text, ' ')) {
        const std::size_t width = display_width(line) + 1 + display_width(word);
        if (terminal.is_terminal && !line.empty() && width > terminal.columns) {
            out().line(line);
            line = " ";
        }
        line += (line.empty() ? "" : " ") + std::string(word);
    }
    out().line(line);
}

std::string counted(std::size_t number, const std::string& word) {
    return std::to_string(number) + " " + word + (number == 1 ? "" : "s");
}

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

void print_text(const CheckReport& report) {
    for (const Remark& remark : report.remarks) {
        print_wrapped(place_of(remark) + ": " + std::string(to_text(remark.level)) + ": " +
                      printable(remark.text, 4096));
        for (const std::string& line : lines_below(remark))
            out().line(line);
    }
    std::string sshd = report.sshd ? ", sshd" : "";
    if (report.sshd && !report.sshd_was_asked) sshd += " (by its file)";
    if (!report.without_code.empty())
        print_wrapped("Without a code, as a Match block of sshd says: " +
                      printable(listed(report.without_code), 4096));
    print_wrapped("Checked: configuration, " + counted(report.services.size(), "PAM stack") + sshd + ". " +
                  counted(report.count(Remark::Level::error), "error") + ", " +
                  counted(report.count(Remark::Level::warning), "warning") + ".");
}

std::string_view to_text(Edit::Kind kind) {
    switch (kind) {
        case Edit::Kind::replace:
            return "replace";
        case Edit::Kind::insert_before:
            return "insert_before";
        case Edit::Kind::insert_after:
            return "insert_after";
        case Edit::Kind::remove:
            break;
    }
    return "remove";
}

Json edits_of(const Remark& remark) {
    Json edits = Json::array();
    for (const Edit& edit : remark.edits) {
        edits.push_back({{"file", edit.file},
                         {"change", to_text(edit.kind)},
                         {"first", edit.first},
                         {"last", edit.last},
                         {"lines", edit.lines}});
    }
    return edits;
}

void print_json(const CheckReport& report) {
    Json findings = Json::array();
    for (const Remark& remark : report.remarks) {
        Json entry{
            {"level", to_text(remark.level)}, {"finding", to_text(remark.finding)}, {"file", remark.file}};
        entry["line"] = remark.line == 0 ? Json() : Json(remark.line);
        entry["text"] = remark.text;
        entry["now"] = remark.now.empty() ? Json() : Json(remark.now);
        entry["mend"] = remark.mend.empty() ? Json() : Json(remark.mend);
        entry["edits"] = edits_of(remark);
        findings.push_back(std::move(entry));
    }
    out().verbatim(dump({{"errors", report.count(Remark::Level::error)},
                         {"warnings", report.count(Remark::Level::warning)},
                         {"findings", std::move(findings)},
                         {"checked",
                          {{"stacks", report.services},
                           {"sshd", report.sshd},
                           {"sshd_was_asked", report.sshd_was_asked},
                           {"without_code", report.without_code},
                           {"match_blocks", report.match_blocks}}}}));
}

// The candidate counts as if it were installed: together with what conf.d holds.
OrExit<Result<Config>> configuration_of(const Arguments& arguments) {
    const std::string& installed = arguments.invocation().config_path;
    const auto candidate = arguments.text("file");
    if (!candidate) return load_config(installed);
    std::optional<std::string> text;
    {
        const CallersRights rights;
        text = text_of_file(*candidate);
        if (!text) return stop(complain(Exit::usage, *candidate + " cannot be read" + rights.explained()));
    }
    return load_candidate(installed, *text, *candidate);
}

CheckRequest request_of(const Arguments& arguments, Result<Config> config) {
    CheckRequest request(std::move(config),
                         arguments.text("file").value_or(arguments.invocation().config_path));
    request.is_installed = !arguments.has("file");
    if (arguments.has("pam-dir")) request.pam_directories.clear();
    for (const std::string& directory : arguments.texts("pam-dir"))
        request.pam_directories.push_back({.path = directory, .named_by_call = true});
    const bool named = arguments.has_been_given("sshd-config");
    request.sshds.front() = {.service = *arguments.text("sshd-service"),
                             .config = {.path = *arguments.text("sshd-config"), .named_by_call = named}};
    return request;
}

// Read by whoever watches the log, whether or not somebody sees what a timer or a package manager printed.
void log_worse(const std::vector<std::string>& worse) {
    ::openlog("secondstep", LOG_PID, LOG_AUTHPRIV);
    for (const std::string& sentence : worse)
        ::syslog(LOG_AUTHPRIV | LOG_ALERT, "check-config: %s", sentence.c_str());
}

void print(const WhatChanged& changed, bool accepted, bool json) {
    if (json) return out().verbatim(dump({{"first", changed.is_first}, {"worse", changed.worse}}));
    for (const std::string& sentence : changed.worse)
        print_wrapped((accepted ? "accepted: " : "worse: ") + sentence);
    if (changed.is_first)
        return out().line("Remembered as it is now; from the next time on it is said what got worse.");
    if (changed.worse.empty()) return out().line("Nothing got worse.");
    if (!accepted)
        print_wrapped(
            "See secondstep check-config. If it is meant to be so: secondstep check-config --changed --accept");
}

Exit report_changed(const Arguments& arguments, const CheckRequest& request) {
    if (::geteuid() != 0) return complain(Exit::not_allowed, "what is remembered is root's: run it as root");
    const ContentFile file(state_directory);
    const auto changed = what_changed(request, file);
    if (!changed)
        return complain(Exit::unavailable,
                        changed.error().detail +
                            ". Look with secondstep check-config; then take that file away, "
                            "and what there is now is remembered the next time");
    const bool accepted = arguments.is_on("accept");
    print(*changed, accepted, arguments.is_on("json"));
    if (!changed->worse.empty() && !accepted) {
        log_worse(changed->worse);
        return Exit::refused;
    }
    if (const auto written = file.write(changed->next); !written) return complain(written.error());
    if (!changed->worse.empty())
        audit("check-config-accept", "", "findings=" + std::to_string(changed->worse.size()));
    return unless_unwritten();
}

bool names_something_else(const Arguments& arguments) {
    return arguments.has("file") || arguments.has("pam-dir") || arguments.has_been_given("sshd-config") ||
           arguments.has_been_given("sshd-service");
}

}  // namespace

Exit check_config(const Command& command, const Invocation& invocation) {
    const auto arguments = Arguments::parse(command, invocation, check_config_options(), {0, 0});
    if (!arguments) return arguments.error();
    const bool changed = arguments->is_on("changed");
    if (changed ? names_something_else(*arguments) : arguments->is_on("accept"))
        return complain(Exit::usage,
                        changed ? "--changed is about this machine: no other files can be named with it"
                                : "--accept belongs to --changed");
    auto config = configuration_of(*arguments);
    if (!config) return config.error();
    if (changed) return report_changed(*arguments, request_of(*arguments, std::move(*config)));
    const CheckReport report = check(request_of(*arguments, std::move(*config)));
    arguments->is_on("json") ? print_json(report) : print_text(report);
    return report.is_content() ? Exit::done : Exit::refused;
}

}  // namespace secondstep::tool
