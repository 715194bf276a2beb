#include <cstdio>
#include <exception>

#include "courier/check.h"
#include "courier/listener.h"
#include "courier/one_message.h"
#include "courier/options.h"
#include "paths.h"
#include "process/child.h"

namespace {

using secondstep::courier::ExitStatus;

ExitStatus run(int argc, const char* const* argv) {
    const auto options = secondstep::courier::parse_options(argc, argv);
    if (!options) {
        std::fprintf(stderr, "secondstep-courier: %s\n", options.error().detail.c_str());
        return ExitStatus::usage;
    }
    if (options->help) {
        std::fputs(secondstep::courier::usage().c_str(), stdout);
        return ExitStatus::ended;
    }
    if (options->version) {
        std::printf("secondstep-courier %s\n", secondstep::paths::version);
        return ExitStatus::ended;
    }
    if (options->check) return secondstep::courier::check(*options);
    if (options->listen) return secondstep::courier::listen(*options);
    return secondstep::courier::serve_one_message(*options);
}

}  // namespace

int main(int argc, char** argv) {
    secondstep::process::forget_inherited_signals();
    try {
        return static_cast<int>(run(argc, argv));
    } catch (const std::exception& e) {
        std::fprintf(stderr, "secondstep-courier: %s\n", e.what());
        return static_cast<int>(ExitStatus::failed);
    }
}
