#include <unistd.h>

#include <algorithm>

#include <boost/program_options/value_semantic.hpp>

#include "base/local_time.h"
#include "base/text.h"
#include "check/check.h"
#include "check/libpam_here.h"
#include "check/remark_text.h"
#include "check/stack_files.h"
#include "console/arguments.h"
#include "console/output.h"
#include "pam_change/accepted_login.h"
#include "pam_change/pending_change.h"
#include "pam_change/proposal.h"
#include "pam_change/unified_diff.h"
#include "people/audit.h"
#include "people/named_account.h"
#include "policy/config.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

constexpr const char* directory = "/etc/pam.d";
constexpr const char* usual_vendors = "/usr/lib/pam.d";
constexpr std::chrono::minutes time_to_log_in{10};

using Kind = PendingChange::Kind;

po::options_description pam_options() {
    po::options_description known("Options");
    auto add = known.add_options();
    add("key-and-code", po::bool_switch(),
        "add: sshd has judged a key, and the code takes the password's place");
    add("password-and-code", po::bool_switch(), "add: the code after the password (default)");
    add("dry-run", po::bool_switch(), "add, remove: show what would be written, and write nothing");
    add("no-catch", po::bool_switch(),
        "add, remove: at once and for good, although nobody has logged in with it");
    return known;
}

// One service's file, and what is known of it.
struct Job {
    Config config;
    std::string config_path;
    LibpamRules rules;
    std::string vendors;  // where the service's file is, if /etc/pam.d has none
    ServiceFile file;

    [[nodiscard]] const std::string& service() const { return file.name(); }
    [[nodiscard]] Stack stack(const std::string& text) const {
        return read_stack(rules, service(), [&](const std::string& path) {
            return path == file.path() ? std::optional(text) : text_of_file(path);
        });
    }
    [[nodiscard]] Preview preview() const {
        return {.stack = [this](const std::string& text) { return stack(text); },
                .check =
                    [this](const std::string& text) {
                        CheckRequest request(config, config_path);
                        request.replaced = ReplacedFile{file.path(), text};
                        return check(request).remarks;
                    }};
    }
};

// The first beside /etc/pam.d that has the service: openSUSE's libpam knows two.
std::string vendors_directory(const LibpamRules& rules, const std::string& service) {
    for (const std::string& each : rules.directories)
        if (each != directory && text_of_file(each + "/" + service)) return each;
    return usual_vendors;
}

OrExit<Job> job_of(const Arguments& arguments) {
    if (::geteuid() != 0)
        return stop(complain(Exit::not_allowed, "only root changes PAM's files: run it as root"));
    const std::string& path = arguments.invocation().config_path;
    auto config = load_config(path);
    if (!config) return stop(complain(config.error()));
    // A proof by the rules of another libpam would be none.
    const auto rules = libpam_here("").rules;
    if (!rules)
        return stop(complain(Exit::unavailable,
                             "this machine's libpam is none that is known, so that nothing can be proved: "
                             "change the file by hand"));
    const std::string& service = arguments.operands()[1];
    const std::string vendors = vendors_directory(*rules, service);
    auto file = ServiceFile::open(service, directory, vendors);
    if (!file) return stop(complain(file.error()));
    return Job{std::move(*config), path, *rules, vendors, std::move(*file)};
}

void show(const Remarks& remarks) {
    for (const Remark& remark : remarks) {
        err().line("  " + place_of(remark) + ": " + printable(remark.text, 4096));
        for (const std::string& line : lines_below(remark))
            err().verbatim(line);
    }
}

Exit object(const Job& job, const Objection& objection) {
    const Exit status =
        complain(exit_of(objection.error.code) == Exit::usage ? Exit::refused : exit_of(objection.error.code),
                 job.file.path() + ": " + objection.error.detail);
    show(objection.remarks);
    return status == Exit::unavailable ? Exit::refused : status;
}

void show(const Job& job, const Proposal& proposal) {
    if (job.file.is_vendors())
        out().line(job.vendors + "/" + job.service() + " stays as it is; " + job.file.path() +
                   ", which does not exist yet, takes its place:");
    const std::string diff = unified_diff(job.file.path(), job.file.text(), proposal.text);
    for (const std::string_view line : split(diff, '\n'))
        if (!line.empty()) out().verbatim(printable(line, 4096));
    if (!proposal.cost.empty()) out().line("Note: " + printable(proposal.cost, 4096) + ".");
    if (!proposal.warnings.empty()) err().line("check-config will warn:");
    show(proposal.warnings);
}

// There is a moment between the look at a change and the write, and a program that was stopped in it (Ctrl-Z) may find
// that the time is over: then nothing would ever put this file back.
bool is_still_pending(const PendingChanges& changes, const PendingChange& change) {
    const auto now = changes.pending();
    return now && *now && (*now)->made == change.made && (*now)->service == change.service;
}

Result<void> put_back(const PendingChange& change) {
    const auto file = ServiceFile::open(change.service, directory, usual_vendors);
    if (!file) return std::unexpected(file.error());
    if (file->text() != change.after)
        return fail(Errc::busy, change.path + " was changed by somebody else since");
    if (change.before) {
        const auto placed = file->replace(*change.before);
        return placed ? Result<void>{} : std::unexpected(placed.error());
    }
    if (::unlink(change.path.c_str()) != 0) return fail_errno(change.path, errno);
    const auto opened = open_directory(directory);
    return opened ? fsync_directory(opened->get()) : std::unexpected(opened.error());
}

// Pending, then armed, then written: whenever it is interrupted, either nothing was written, or it goes back.
Result<void> write(const Job& job, const PendingChanges& changes, const PendingChange& change) {
    if (auto begun = changes.begin(change, job.file); !begun) return begun;
    const auto give_up = [&](const char* how) {
        static_cast<void>(changes.end(change, how));
        disarm(change.way);
    };
    if (auto armed = arm(change.way, changes.path()); !armed) {
        give_up("not-armed");
        return armed;
    }
    if (change.way == RestoreWay::nobody)
        if (auto ended = changes.end(change, "kept"); !ended) return ended;
    const auto placed = job.file.replace(change.after);
    if (!placed) {
        if (change.way != RestoreWay::nobody) give_up("not-written");
        return std::unexpected(placed.error());
    }
    if (change.way == RestoreWay::nobody || is_still_pending(changes, change)) return {};
    if (auto back = put_back(change); !back) return back;
    return fail(Errc::timed_out, "it took too long, and the file was put back: begin again");
}

OrExit<RestoreWay> way_of(const Arguments& arguments, bool proven) {
    if (arguments.is_on("no-catch") || proven) return RestoreWay::nobody;
    const auto way = restore_way_here();
    if (way) return *way;
    return stop(complain(Exit::unavailable,
                         "nothing was changed: nothing here can put the file back if nobody gets in any "
                         "more: " +
                             way.error().detail +
                             ". Start atd, or say --no-catch and keep a root shell open"));
}

std::string what_to_do(const PendingChange& change) {
    const bool added = change.kind == Kind::addition;
    return "At " + local_clock(change.due) +
           " the old file comes back, unless you keep this one:\n"
           "  1. keep this terminal open\n"
           "  2. log in through " +
           change.service + " from another one" + (added ? ", with a code" : "") +
           "\n  3. secondstep pam keep " + change.service;
}

Exit refuse_pending(const PendingChange& pending) {
    const std::string opposite = pending.kind == Kind::addition ? "remove " : "add ";
    return complain(Exit::refused, "one change at a time: that of " + pending.path +
                                       " is not kept yet. Say `secondstep pam keep " + pending.service +
                                       "`, or `secondstep pam " + opposite + pending.service +
                                       "`, which undoes it; at " + local_clock(pending.due) +
                                       " the old file comes back");
}

Exit apply(const Job& job, const Arguments& arguments, Kind kind, const Proposal& proposal) {
    const auto changes = PendingChanges::open(state_directory);
    if (!changes) return complain(changes.error());
    const auto pending = changes->pending();
    if (!pending) return complain(pending.error());
    // With --no-catch a file is written when nothing waits any more: that one was interrupted before.
    const bool unguarded = *pending && (*pending)->way == RestoreWay::nobody;
    if (*pending && !unguarded) return refuse_pending(**pending);
    if (unguarded)
        if (auto ended = changes->end(**pending, "not-written"); !ended) return complain(ended.error());
    // What was in use before the code was asked for has let people in.
    const bool proven = kind == Kind::removal && changes->has_backup(job.service(), proposal.text);
    const auto way = way_of(arguments, proven);
    if (!way) return way.error();
    const UnixTime now = SystemClock().now();
    PendingChange change{.service = job.service(),
                         .path = job.file.path(),
                         .kind = kind,
                         .way = *way,
                         .made = now,
                         .due = now + time_to_log_in,
                         .before = std::nullopt,
                         .after = proposal.text,
                         .log = end_of_log()};
    if (!job.file.is_vendors()) change.before = job.file.text();
    if (auto written = write(job, *changes, change); !written) return complain(written.error());
    audit(kind == Kind::addition ? "pam-add" : "pam-remove", "", "service=" + job.service());
    out().line(job.file.path() + " is written.");
    if (change.way != RestoreWay::nobody) out().line(what_to_do(change));
    return unless_unwritten();
}

// A part of several services (common-auth, system-auth) would ask in all of them, those that nobody can answer too.
std::vector<std::string> services_that_include(const Job& job) {
    CheckRequest request(job.config, job.config_path);
    Remarks unread;
    std::vector<std::string> names;
    for (const Stack& stack : StackFiles(request, job.rules).services(unread))
        if (std::ranges::find(stack.included, job.service()) != stack.included.end())
            names.push_back(stack.service);
    return names;
}

std::optional<Exit> refuse_shared(const Job& job) {
    const auto services = services_that_include(job);
    if (services.size() < 2) return std::nullopt;
    std::string names;
    for (const std::string& name : services)
        names += (names.empty() ? "" : ", ") + name;
    return complain(Exit::refused, job.file.path() + " is a part of " + printable(names, 4096) +
                                       ": name one of these, and the code is asked for in it alone");
}

Exit propose(const Job& job, const Arguments& arguments, Kind kind) {
    if (kind == Kind::addition)
        if (const auto refused = refuse_shared(job)) return *refused;
    const FirstStep first = arguments.is_on("key-and-code") ? FirstStep::key : FirstStep::password;
    const auto proposal = kind == Kind::addition ? propose_addition(job.file.text(), first, job.preview())
                                                 : propose_removal(job.file.text(), job.preview());
    if (!proposal) return object(job, proposal.error());
    show(job, *proposal);
    if (!arguments.is_on("dry-run")) return apply(job, arguments, kind, *proposal);
    out().line("Nothing was written.");
    return unless_unwritten();
}

// What nobody has kept yet can be taken back at once, whatever else has happened to the machine.
Exit undo(const PendingChanges& changes, const PendingChange& pending) {
    if (auto back = put_back(pending); !back) return complain(back.error());
    if (auto ended = changes.end(pending, "undone"); !ended) return complain(ended.error());
    disarm(pending.way);
    audit("pam-undo", "", "service=" + pending.service);
    out().line(pending.path + (pending.before ? " is as it was." : " is gone; the vendor's counts again."));
    return unless_unwritten();
}

Exit change(const Job& job, const Arguments& arguments, Kind kind) {
    const auto pending = PendingChanges::look(state_directory);
    const bool undoes = pending && *pending && (*pending)->service == job.service() &&
                        (*pending)->kind != kind && (*pending)->way != RestoreWay::nobody;
    if (!undoes || arguments.is_on("dry-run")) return propose(job, arguments, kind);
    const auto changes = PendingChanges::open(state_directory);
    if (!changes) return complain(changes.error());
    return undo(*changes, **pending);
}

bool opens_sessions(const Stack& stack) {
    for (const StackLine& line : stack.of(Facility::session))
        if (line.module == "pam_unix") return true;
    return false;
}

Exit confirm(const Job& job, const PendingChanges& changes, const PendingChange& pending) {
    const bool added = pending.kind == Kind::addition;
    const auto account = look_up(job.config.service_account);
    LoginWanted wanted{.service = pending.service, .since = pending.made, .verdict = added};
    wanted.session = !added || opens_sessions(job.stack(pending.after));
    if (account && *account) wanted.service_uid = (*account)->uid;
    const auto seen = login_is_logged(pending.log, wanted);
    const std::string until = "; at " + local_clock(pending.due) + " the old file comes back";
    if (!seen)
        return complain(Exit::unavailable,
                        "whether somebody has logged in cannot be told: " + seen.error().detail + until);
    if (!*seen)
        return complain(Exit::refused,
                        "nobody has logged in through " + pending.service + (added ? " with a code" : "") +
                            " since the change: log in through it from another terminal, keep this "
                            "one open, and say it again" +
                            until);
    if (auto ended = changes.end(pending, "kept"); !ended) return complain(ended.error());
    disarm(pending.way);
    audit("pam-keep", "", "service=" + pending.service);
    out().line(pending.path + " is kept.");
    return unless_unwritten();
}

Exit keep(const Job& job) {
    const auto changes = PendingChanges::open(state_directory);
    if (!changes) return complain(changes.error());
    const auto pending = changes->pending();
    if (!pending) return complain(pending.error());
    if (!*pending)
        return complain(
            Exit::refused,
            "no change waits to be kept. If you made one, the old file has come back: the log says when, and "
            "secondstep check-config how things stand");
    if ((*pending)->service != job.service()) return refuse_pending(**pending);
    if (job.file.is_vendors() || job.file.text() != (*pending)->after)
        return complain(Exit::refused,
                        (*pending)->path +
                            " is not what secondstep pam wrote any more, so there is nothing to keep: "
                            "it will be left as it is");
    return confirm(job, *changes, **pending);
}

}  // namespace

Exit pam(const Command& command, const Invocation& invocation) {
    const auto arguments = Arguments::parse(command, invocation, pam_options(), {2, 2});
    if (!arguments) return arguments.error();
    const std::string& what = arguments->operands().front();
    if (arguments->is_on("key-and-code") && arguments->is_on("password-and-code"))
        return complain(Exit::usage, "--key-and-code or --password-and-code, not both");
    const auto job = job_of(*arguments);
    if (!job) return job.error();
    if (what == "keep") return keep(*job);
    return change(*job, *arguments, what == "add" ? Kind::addition : Kind::removal);
}

}  // namespace secondstep::tool
