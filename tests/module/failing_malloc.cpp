#include "failing_malloc.h"

#include <cerrno>
#include <cstddef>
#include <utility>

namespace secondstep::testing {
namespace {

// 0: malloc works. 1: this call fails. No constructors: a thread-local variable must not itself
// need malloc.
thread_local constinit int countdown = 0;
thread_local constinit bool fails_for_good = false;
thread_local constinit bool has_failed = false;

bool fails_now() {
    if (countdown == 0) return false;
    if (countdown > 1) {
        --countdown;
        return false;
    }
    if (!fails_for_good) countdown = 0;
    has_failed = true;
    return true;
}

}  // namespace

void fail_malloc(int nth, bool for_good) {
    has_failed = false;
    fails_for_good = for_good;
    countdown = nth;
}

bool stop_failing_malloc() {
    countdown = 0;
    return has_failed;
}

MallocWorks::MallocWorks() : countdown_(std::exchange(countdown, 0)) {}
MallocWorks::~MallocWorks() {
    countdown = countdown_;
}

}  // namespace secondstep::testing

extern "C" {

[[gnu::visibility("default")]] void* __libc_malloc(std::size_t size);

[[gnu::visibility("default")]] void* malloc(std::size_t size) {
    if (!secondstep::testing::fails_now()) return __libc_malloc(size);
    errno = ENOMEM;
    return nullptr;
}

}  // extern "C"
