#include <unistd.h>

#include <boost/program_options/value_semantic.hpp>
#include <cerrno>
#include <map>

#include "access/store_session.h"
#include "base/host_name.h"
#include "base/service_mending.h"
#include "base/text.h"
#include "console/arguments.h"
#include "console/json_text.h"
#include "console/output.h"
#include "console/prompt.h"
#include "fleet/host_joining.h"
#include "installation/checkup.h"
#include "installation/installation.h"
#include "parts/courier_need.h"
#include "parts/part.h"
#include "people/audit.h"
#include "store/decoys.h"
#include "store/first_use.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

std::string_view to_text(Step::What what) {
    switch (what) {
        case Step::What::made:
            return "made";
        case Step::What::mended:
            return "mended";
        case Step::What::there:
            break;
    }
    return "there";
}

bool changed_something(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
        if (step.what != Step::What::there) return true;
    }
    return false;
}

// Of a machine that becomes a host: what is to be done next follows from joining.
void report_steps(const std::vector<Step>& steps, bool json) {
    if (json) return;
    for (const Step& step : steps) {
        std::string word(to_text(step.what));
        word.resize(8, ' ');
        out().line(word + step.subject);
    }
}

void report(const std::vector<Step>& steps, const Config& config, bool json, bool has_key) {
    const bool changed = changed_something(steps);
    if (json) {
        Json list = Json::array();
        for (const Step& step : steps)
            list.push_back({{"what", step.subject}, {"result", to_text(step.what)}});
        return out().verbatim(dump({{"changed", changed}, {"steps", std::move(list)}}));
    }
    report_steps(steps, json);
    if (const CourierNeed need = CourierNeed::of(config); need.any() && !is_installed(Part::courier))
        err().line("Warning: " + without_courier(need) + ": " + how_to_install(Part::courier) + ".");
    if (!changed) return out().line("Everything was there already; nothing changed.");
    if (!has_key)
        return out().line(
            "The host key and what is sealed with it come with the first enrollment, or when the "
            "service starts first: until then nothing here belongs to this machine alone.\n"
            "Next: secondstep enroll USER, then secondstep pam add SERVICE.");
    out().line("Keep a copy of " + config.host_key +
               " in another place than the store's backup: "
               "without it nobody's second step can be read.\n"
               "Next: " +
               std::string(how_to_start_the_service) +
               ". Then secondstep enroll USER and secondstep pam add SERVICE.");
}

// The configuration there is, or the defaults that a new one will state.
OrExit<Config> present_or_default(const Invocation& invocation) {
    auto config = load_config(invocation.config_path);
    if (config) return std::move(*config);
    if (config.error().code == Errc::not_found && ::access(invocation.config_path.c_str(), F_OK) != 0)
        return Config{};
    return stop(complain(Exit::unavailable, config.error().detail));
}

struct SetupRequest {
    bool json = false;
    bool joins = false;  // what comes of that is told afterwards
    bool new_key = false;
    bool yes = false;
};

// The keys that accounts of the store are sealed with and that `store` has not got.
Result<std::map<KeyId, std::size_t>> missing_keys(const FileStore& store) {
    std::map<KeyId, std::size_t> missing;
    Result<void> looked;
    const auto visited = store.for_each([&](const AccountName& account) {
        const auto key = store.foreign_key(RecordName::of(account));
        if (!key) looked = std::unexpected(key.error());
        if (key && *key) ++missing[**key];
        return looked.has_value();
    });
    if (!visited) return std::unexpected(visited.error());
    if (!looked) return std::unexpected(looked.error());
    return missing;
}

// "7 accounts are sealed with key 6bb5...", for each key.
std::string in_words(const std::map<KeyId, std::size_t>& missing) {
    std::string words;
    for (const auto& [key, accounts] : missing)
        words += (words.empty() ? "" : ", and ") + sealed_with(accounts, key);
    return words;
}

// A new key over a store full of accounts would shut everybody out, and make the old key look wrong.
Exit settle_missing_keys(const Config& config, const SetupRequest& request, const FileStore& store,
                         const SharedFlag& moved) {
    const auto missing = missing_keys(store);
    if (!missing) return complain("store", missing.error());
    if (missing->empty()) return Exit::done;
    const std::string what = in_words(*missing) + ", which is not in " + config.host_key;
    if (!request.new_key)
        return complain(Exit::refused,
                        "nothing was changed: " + what +
                            ". Restore that file; for an empty start: secondstep setup --new-key");
    err().line("Warning: " + what + ".");
    const std::string question =
        "Move them to " + config.store + "/aside? Whoever they belong to has no second step then.";
    if (!request.yes && !confirmed(err(), question))
        return complain(Exit::refused, "nothing was changed: nobody confirmed it (--yes does)");
    const auto accounts = store.move_foreign_records();
    if (!accounts) return complain("store", accounts.error());
    moved.set();
    audit("setup", "", "moved-aside=" + std::to_string(*accounts));
    return Exit::done;
}

// The key that is there; where there is none one that opens nothing, so that all
// of the store is found sealed.
Result<Keyring> key_there_is(const Config& config) {
    auto ring = load_keyring(config.host_key);
    if (ring || ring.error().code != Errc::not_found) return ring;
    SystemRandomness randomness;
    return Keyring::generate(randomness);
}

// What a store that is there already is sealed with, before anything is made beside it.
Exit judge_store(const Config& config, const SetupRequest& request, const SharedFlag& moved) {
    if (::access(config.store.c_str(), F_OK) != 0 && errno == ENOENT) return Exit::done;
    std::vector<CallerFile> none;
    return run_as_service_account(config, none, [&](const CommitMark&) {
        if (::access((config.store + "/users").c_str(), F_OK) != 0 && errno == ENOENT) return Exit::done;
        auto ring = key_there_is(config);
        if (!ring) return complain(Exit::unavailable, "host key: " + ring.error().detail);
        const SystemClock clock;
        SystemRandomness randomness;
        FileStore::Options options = store_options(config);
        options.also_moved = true;  // setup --join is what follows
        const auto store = FileStore::open(std::move(options), std::move(*ring), clock, randomness);
        if (!store) return complain(Exit::unavailable, "store: " + store.error().detail);
        return settle_missing_keys(config, request, **store, moved);
    });
}

bool is_said(const FileStore& store) {
    const auto machine = store.machine();
    return machine && machine->where != MachineStanding::Where::not_said;
}

// The store's folders and decoys; then says what there was to do, which the child knows all of.
Exit make_layout(const Config& config, const SetupRequest& request, std::vector<Step> steps) {
    return run_with_store(config, [&](const StoreSession& session) {
        const bool said = is_said(*session.store);
        const auto decoys = session.store->create_layout();
        if (!decoys) return complain("store", decoys.error());
        const bool all_of_them = *decoys == decoy_count;
        if (*decoys > 0)
            steps.push_back({all_of_them ? Step::What::made : Step::What::mended,
                             std::to_string(*decoys) + " decoys of the store, sealed with the host key"});
        if (!said && is_said(*session.store)) steps.push_back({Step::What::made, "record of this machine"});
        if (changed_something(steps)) audit("setup", "");
        if (request.joins)
            report_steps(steps, request.json);
        else
            report(steps, session.config, request.json, true);
        return unless_unwritten();
    });
}

// Of a store in which nothing is sealed yet it is only said that this is so.
Exit leave_unused(const Config& config, const SetupRequest& request, std::vector<Step> steps) {
    std::vector<CallerFile> none;
    return run_as_service_account(config, none, [&](const CommitMark&) {
        if (::access((config.store + "/users").c_str(), F_OK) != 0 && errno == ENOENT) {
            const auto marked = mark_unused(config.store);
            if (!marked) return complain("store", marked.error());
        }
        if (changed_something(steps)) audit("setup", "");
        report(steps, config, request.json, false);
        return unless_unwritten();
    });
}

// Where a key is there already it stays, and the store gets what it needs.
bool leaves_key_out(const Config& config, bool asked_for) {
    return asked_for && ::access(config.host_key.c_str(), F_OK) != 0 && errno == ENOENT;
}

po::options_description setup_options() {
    po::options_description known("Options");
    auto add = known.add_options();
    add("json", po::bool_switch(), "{\"changed\", \"steps\": [...]}");
    add("no-host-key", po::bool_switch(),
        "for packages and images: what belongs to this machine alone comes with the first enrollment");
    add("new-key", po::bool_switch(),
        "move accounts aside that no key here opens, and begin without them (asks)");
    add("yes", po::bool_switch(), "with --new-key: do not ask");
    add("join", po::value<std::string>()->value_name("NODES"),
        "become a host of a fleet: its nodes, as secondstep fleet invite-hosts shows them; asks for the token");
    add("name", po::value<std::string>()->value_name("HOST"),
        "with --join: what this host is called in the fleet; by default as the machine");
    add("token-file", po::value<std::string>()->value_name("FILE"),
        "with --join: the token stands in this file (-: standard input)");
    add("again", po::bool_switch(),
        "with --join: another certificate for a host that was dropped, or whose certificate has ended");
    add("no-console-rule", po::bool_switch(),
        "with --join: do not let root in at the console while no node answers");
    add_site_options(known, "with --join: ");
    return known;
}

// Also of what goes with --join alone. Nothing: it was not said.
OrExit<std::optional<HostJoining>> joining_from(const Arguments& arguments) {
    const auto nodes = arguments.text("join");
    const bool more = arguments.has("name") || arguments.has("token-file") || arguments.is_on("again") ||
                      arguments.is_on("no-console-rule");
    const auto site = site_paths_from(arguments);
    if (!site) return stop(site.error());
    if (!nodes && (more || *site))
        return stop(
            complain(Exit::usage,
                     "--name, --token-file, --again, --no-console-rule, --certificate, --key and --ca go "
                     "with --join"));
    if (!nodes) return std::nullopt;
    if (arguments.is_on("no-host-key") || arguments.is_on("new-key"))
        return stop(complain(Exit::usage, "--join does not go with --no-host-key or --new-key"));
    const std::string own = lowercase_ascii(host_name());
    return HostJoining{.nodes = *nodes,
                       .host = arguments.text("name").value_or(own.substr(0, own.find('.'))),
                       .with_console_rule = !arguments.is_on("no-console-rule"),
                       .again = arguments.is_on("again"),
                       .json = arguments.is_on("json")};
}

OrExit<void> bring_certificate(const Arguments& arguments, HostJoining& joining) {
    const auto paths = site_paths_from(arguments);
    if (!paths) return stop(paths.error());
    if (!*paths) return {};
    auto certificate = read_site_certificate(**paths, {joining.host, fleet::Authority::Role::host});
    if (!certificate) return stop(certificate.error());
    joining.site = std::move(*certificate);
    return {};
}

// The steps of setup are told before; with JSON only what came of joining.
Exit join(const Arguments& arguments, const Config& config, const HostJoining& joining, const Secret& token) {
    if (!has_joined(config) || joining.again)
        return join_fleet(config, arguments.invocation().config_path, joining, token);
    if (joining.site) return offer_next(config, joining);
    if (joining.json) {
        out().verbatim(dump({{"changed", false}, {"host", joining.host}}));
    } else {
        out().line(
            "This machine is a host of a fleet already; nothing changed. If its nodes do not know it any more: "
            "--again.");
    }
    return unless_unwritten();
}

}  // namespace

Exit setup(const Command& command, const Invocation& invocation) {
    const auto arguments = Arguments::parse(command, invocation, setup_options(), {0, 0});
    if (!arguments) return arguments.error();
    const auto config = present_or_default(arguments->invocation());
    if (!config) return config.error();
    auto joining = joining_from(*arguments);
    if (!joining) return joining.error();
    OrExit<Secret> token = Secret();
    if (*joining) {
        const auto can = check_joining(*config, arguments->invocation().config_path, **joining);
        if (!can) return can.error();
        if (const auto brought = bring_certificate(*arguments, **joining); !brought) return brought.error();
        if (!has_joined(*config) || (*joining)->again)
            token = token_from(arguments->text("token-file"), **joining);
        if (!token) return token.error();
    }
    const SetupRequest request{.json = arguments->is_on("json"),
                               .joins = joining->has_value(),
                               .new_key = arguments->is_on("new-key"),
                               .yes = arguments->is_on("yes")};
    Installation installation(*config, arguments->invocation().config_path);
    if (const auto ready = installation.prepare(); !ready) return ready.error();
    const SharedFlag moved;
    if (const Exit judged = judge_store(*config, request, moved); judged != Exit::done) return judged;
    const bool without_key = leaves_key_out(*config, arguments->is_on("no-host-key"));
    const auto key = without_key ? Installation::HostKey::left_out : Installation::HostKey::made;
    if (const auto done = installation.run(key); !done) return done.error();
    std::vector<Step> steps = installation.steps();
    if (moved.is_set())
        steps.push_back(
            {Step::What::mended, "accounts that no key opens: moved to " + config->store + "/aside"});
    if (without_key) return leave_unused(*config, request, std::move(steps));
    const Exit made = make_layout(*config, request, std::move(steps));
    if (made != Exit::done || !*joining) return made;
    return join(*arguments, *config, **joining, *token);
}

}  // namespace secondstep::tool
