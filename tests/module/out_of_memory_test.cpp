// Every allocation of a call fails once, and everything after every allocation.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <security/pam_modules.h>
#include <unistd.h>

#include "failing_malloc.h"
#include "fake_service.h"
#include "stack.h"
#include "support/pam_host.h"

namespace secondstep::testing {
namespace {

struct Outcome {
    int code;
    bool failed;  // an allocation has
};

int converse_with_memory(int count, const pam_message** messages, pam_response** responses, void* host) {
    const MallocWorks guard;
    return PamHost::converse(count, messages, responses, host);
}

// Calls the module itself, because libpam's own allocations end in other codes.
Outcome call_with_failing(const char* phase, int nth, bool for_good) {
    const FakeService service([](Peer& peer) {
        peer.hears();
        peer.says(wire::Show{.text = Secret::copy_of("a text that does not fit into a string's own room")});
        peer.says(wire::Ask{.text = "a question that does not fit into a string's own room"});
        peer.hears();
        peer.says(wire::End{.verdict = Verdict::accepted});
    });
    PamHost host("auth required pam_permit.so", "a user whose name is long", typing({"492039"}));
    // The conversation is the host's, and may allocate.
    const pam_conv sheltered{.conv = converse_with_memory, .appdata_ptr = &host};
    if (::pam_set_item(host.handle(), PAM_CONV, &sheltered) != PAM_SUCCESS)
        throw std::runtime_error("PAM_CONV");
    void* module = ::dlopen(module_path.c_str(), RTLD_NOW);
    auto* call = reinterpret_cast<decltype(&pam_sm_authenticate)>(::dlsym(module, phase));
    const std::string socket = "socket=" + service.socket();
    const char* words[] = {socket.c_str()};
    fail_malloc(nth, for_good);
    const int code = call(host.handle(), 0, 1, words);
    return {.code = code, .failed = stop_failing_malloc()};
}

void expect_buffer_errors(const char* phase, bool for_good) {
    // The first call makes the loader allocate this thread's exception state; glibc aborts when that fails,
    // and no module can help it.
    static_cast<void>(call_with_failing(phase, 1000, for_good));
    int nth = 1;
    for (; nth < 1000; ++nth) {
        const Outcome outcome = call_with_failing(phase, nth, for_good);
        if (!outcome.failed) {
            EXPECT_EQ(outcome.code, PAM_SUCCESS);
            break;
        }
        EXPECT_EQ(outcome.code, PAM_BUF_ERR) << "allocation " << nth;
    }
    EXPECT_GT(nth, 10);
    EXPECT_LT(nth, 1000);
}

TEST(OutOfMemory, OnceIsABufferErrorWhereverItHappens) {
    expect_buffer_errors("pam_sm_authenticate", false);
}

TEST(OutOfMemory, ForGoodIsABufferErrorWhereverItBegins) {
    expect_buffer_errors("pam_sm_authenticate", true);
}

TEST(OutOfMemory, IsABufferErrorInTheAccountPhaseToo) {
    if (::geteuid() != 0) GTEST_SKIP() << "only a privileged program is asked in this phase";
    expect_buffer_errors("pam_sm_acct_mgmt", false);
    expect_buffer_errors("pam_sm_acct_mgmt", true);
}

}  // namespace
}  // namespace secondstep::testing
