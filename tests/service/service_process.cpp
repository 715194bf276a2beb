#include "service_process.h"

#include <utility>

namespace secondstep::testing {

namespace {

LoggedProcess::Start of_the_service(LoggedProcess::Start start) {
    start.program = SECONDSTEP_SERVICE_PROGRAM;
    return start;
}

}  // namespace

ServiceProcess::ServiceProcess(Start start) : LoggedProcess(of_the_service(std::move(start))) {}

ServiceProcess::ServiceProcess(const Installation& installation)
    : ServiceProcess(Start{.arguments = {"--foreground", "--config", installation.config()}}) {
    await_line("is ready");
}

}  // namespace secondstep::testing
