#include <boost/program_options/value_semantic.hpp>

#include "arguments.h"
#include "audit.h"
#include "installation.h"
#include "json_text.h"
#include "output.h"
#include "store_session.h"

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

void report(const std::vector<Step>& steps, bool json) {
    const bool changed = changed_something(steps);
    if (json) {
        Json list = Json::array();
        for (const Step& step : steps)
            list.push_back({{"what", step.subject}, {"result", to_text(step.what)}});
        return out().line(dump({{"changed", changed}, {"steps", std::move(list)}}));
    }
    for (const Step& step : steps) {
        std::string word(to_text(step.what));
        word.resize(8, ' ');
        out().line(word + step.subject);
    }
    if (!changed) return out().line("Everything was there already; nothing changed.");
    out().line(
        "Next: systemctl enable --now secondstepd.socket, then secondstep enroll USER,\n"
        "then the PAM stack: see pam_secondstep(8).");
}

// The configuration there is, or the defaults that a new one will state.
OrExit<Config> present_or_default(const Invocation& invocation) {
    auto config = load_config(invocation.config_path);
    if (config) return std::move(*config);
    if (config.error().code == Errc::not_found && ::access(invocation.config_path.c_str(), F_OK) != 0)
        return Config{};
    return stop(complain(Exit::unavailable, config.error().detail));
}

Exit make_layout(const Config& config) {
    return run_with_store(config, [](StoreSession& session) {
        const auto made = session.store->create_layout();
        return made ? Exit::done : complain("store", made.error());
    });
}

}  // namespace

Exit setup(const Command& command, const Invocation& invocation) {
    po::options_description known("Options");
    known.add_options()("json", po::bool_switch(), "{\"changed\", \"steps\": [...]}");
    const auto arguments = Arguments::parse(command, invocation, known, {0, 0});
    if (!arguments) return arguments.error();
    const auto config = present_or_default(arguments->invocation());
    if (!config) return config.error();
    Installation installation(*config, arguments->invocation().config_path);
    if (const auto done = installation.run(); !done) return done.error();
    if (const Exit made = make_layout(*config); made != Exit::done) return made;
    if (changed_something(installation.steps())) audit("setup", "");
    report(installation.steps(), arguments->is_on("json"));
    return Exit::done;
}

}  // namespace secondstep::tool
