#include <boost/program_options/value_semantic.hpp>

#include "access/own_account.h"
#include "access/service_child.h"
#include "access/store_session.h"
#include "console/arguments.h"
#include "console/invocation.h"
#include "console/output.h"
#include "migration/import_options.h"
#include "migration/import_report.h"
#include "migration/import_run.h"
#include "migration/import_source.h"
#include "parts/part.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

// "TEXT (package secondstep-qr)"
std::string with_part(std::string_view text, Part part) {
    return std::string(text) + " (" + where_from(part) + ")";
}

po::options_description import_options() {
    const std::string qr =
        with_part("otpauth: a PNG or JPEG picture of QR codes; may stand several times", Part::qr_reader);
    const std::string key_file = with_part("pskc: the pre-shared key, instead of asking", Part::pskc_reader);
    po::options_description known("Options");
    auto add = known.add_options();
    add("dry-run", po::bool_switch(), "say what would happen, and change nothing");
    add("user", po::value<std::string>()->value_name("USER"), "whose it is, where the file does not say");
    add("choose", po::value<std::string>()->value_name("N"),
        "app-export: the Nth key, when there are several");
    add("key", po::value<std::string>()->value_name("SERIAL"),
        "the one token with this serial number, of the many in the file");
    add("owners", po::value<std::string>()->value_name("FILE"), "who has which token: lines SERIAL,USER");
    add("upn-suffix", po::value<std::string>()->value_name("DOMAIN"),
        "take NAME@DOMAIN as NAME; names of other domains are refused");
    add("columns", po::value<std::string>()->value_name("LIST"),
        "csv: which header is what: user=upn,secret=\"secret key\",ignore=notes");
    add("add", po::bool_switch(), "whoever is enrolled gets it beside the devices they have");
    add("replace", po::bool_switch(),
        "whoever is enrolled gets it in place of what they have; old recovery codes end too");
    add("confirm", po::bool_switch(), "ask for a code of the token first; for one token");
    add("all-homes", po::bool_switch(),
        "google-authenticator: the files in all home directories, each read with its owner's rights");
    add("qr", po::value<std::vector<std::string>>()->value_name("FILE"), qr.c_str());
    add("key-file", po::value<std::string>()->value_name("FILE"), key_file.c_str());
    add("password-file", po::value<std::string>()->value_name("FILE"),
        "the password of the file, instead of asking");
    add("portal-user", po::bool_switch(), "names need not be in passwd");
    add("json", po::bool_switch(), "one JSON object for each account, and for each note about the file");
    return known;
}

Exit bring_over(StoreSession& session, const ImportSource& source, const ImportOptions& wanted, bool json) {
    ImportReport report(wanted.dry_run, json);
    ImportRun run(session, wanted, report, json ? err() : out());
    const ImportLimits limits{.now = session.clock.now(), .window = session.config.window};
    for (const HomeFile& file : source.files) {
        auto reading = source.parse(file, limits, wanted.columns);
        if (reading) {
            run.take(file.path, std::move(*reading));
        } else {
            report.add(
                {ImportReport::Outcome::not_imported, file.user, file.path, reading.error().detail, {}});
        }
    }
    if (source.files.empty())
        report.add({ImportReport::Outcome::not_imported,
                    "",
                    "the home directories",
                    "no key was found in them.",
                    {}});
    return report.finish();
}

}  // namespace

Exit import_accounts(const Command& command, const Invocation& invocation) {
    const auto call = call_of(command, invocation, import_options(), {1, 2});
    if (!call) return call.error();
    if (is_for_own_account(call->config))
        return complain(Exit::not_allowed, "only the administrator imports second steps: run as root");
    const Arguments& arguments = call->arguments;
    return run_as_caller([&] {
        const auto wanted = ImportOptions::from(*call);
        if (!wanted) return wanted.error();
        const auto source = ImportSource::gather(*call);
        if (!source) return source.error();
        // A source that cannot be read, and a look at what would be done, is no first enrollment.
        if (!wanted->dry_run)
            if (const auto begun = begin_first_use(call->config); !begun) return begun.error();
        return run_with_store(call->config, [&](StoreSession& session) {
            return bring_over(session, *source, *wanted, arguments.is_on("json"));
        });
    });
}

}  // namespace secondstep::tool
