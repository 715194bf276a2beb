#include "support/failing_allocation.h"

#include <cstdlib>

#include "support/replaced_allocation.h"

namespace secondstep::testing {
namespace {

thread_local unsigned left_until_failure = 0;  // 0: none fails

}  // namespace

void* block_of(std::size_t size) noexcept {
    if (left_until_failure != 0 && --left_until_failure == 0) return nullptr;
    return std::malloc(size == 0 ? 1 : size);
}

void give_back(void* block) noexcept {
    std::free(block);
}

FailingAllocation::FailingAllocation(unsigned when) noexcept {
    left_until_failure = when;
}

FailingAllocation::~FailingAllocation() {
    left_until_failure = 0;
}

bool FailingAllocation::has_failed() noexcept {
    return left_until_failure == 0;
}

}  // namespace secondstep::testing
