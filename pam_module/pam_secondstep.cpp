// What libpam calls: a fence around the module, and nothing else. Neither an exception nor the cancellation
// of a thread may pass it, the frames behind it are C.
#include <security/pam_modules.h>
#include <syslog.h>

#include <array>
#include <exception>
#include <new>
#include <span>

#include "arguments.h"
#include "cancellation_off.h"
#include "host.h"
#include "paths.h"
#include "terminal.h"

namespace secondstep::module {
namespace {

[[gnu::used, gnu::retain]] constexpr auto version_mark = std::to_array(paths::version_mark);

bool is_set(int flags, unsigned flag) noexcept {
    return (static_cast<unsigned>(flags) & flag) != 0;
}

template <typename Phase>
int fenced(pam_handle_t* handle, int argc, const char** argv, Phase phase) noexcept {
    const CancellationOff guard;
    // The loader allocates a thread's exception state at first use, and glibc aborts the host when it cannot:
    // use it now, not when std::bad_alloc is thrown. (volatile: the compiler may drop a call without effect.)
    [[maybe_unused]] const volatile int in_flight = std::uncaught_exceptions();
    const Host host(handle);
    try {
        const auto arguments =
            parse_arguments(std::span(argv, argc > 0 ? static_cast<std::size_t>(argc) : 0));
        if (arguments) return phase(host, *arguments);
        for (const std::string& complaint : arguments.error())
            host.log(LOG_ERR, complaint);
        return PAM_SERVICE_ERR;
    } catch (const std::bad_alloc&) {
        host.log(LOG_CRIT, "out of memory");
        return PAM_BUF_ERR;
    } catch (...) {
        host.log(LOG_CRIT, "unexpected exception");
        return PAM_SYSTEM_ERR;
    }
}

}  // namespace
}  // namespace secondstep::module

extern "C" {

[[gnu::visibility("default")]] int pam_sm_authenticate(pam_handle_t* handle, int /*flags*/, int argc,
                                                       const char** argv) {
    using namespace secondstep::module;
    return fenced(handle, argc, argv, [](const Host& host, const Arguments& arguments) {
        return Terminal(host, arguments).authenticate();
    });
}

[[gnu::visibility("default")]] int pam_sm_acct_mgmt(pam_handle_t* handle, int flags, int argc,
                                                    const char** argv) {
    using namespace secondstep::module;
    const bool silent = is_set(flags, PAM_SILENT);
    return fenced(handle, argc, argv, [silent](const Host& host, const Arguments& arguments) {
        return Terminal(host, arguments).account(silent);
    });
}

// A second step is no credential: there is nothing to establish, refresh or delete. It is where sshd's
// sessions begin, and what was put off until then is told.
[[gnu::visibility("default")]] int pam_sm_setcred(pam_handle_t* handle, int flags, int argc,
                                                  const char** argv) {
    using namespace secondstep::module;
    if (!is_set(flags, PAM_ESTABLISH_CRED) || is_set(flags, PAM_SILENT)) return PAM_SUCCESS;
    fenced(handle, argc, argv,
           [](const Host& host, const Arguments& arguments) { return Terminal(host, arguments).tell(); });
    return PAM_SUCCESS;  // whatever became of it: who was let in stays in
}

}  // extern "C"
