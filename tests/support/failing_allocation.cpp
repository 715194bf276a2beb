#include "support/failing_allocation.h"

#include <cstdlib>
#include <new>

namespace secondstep::testing {
namespace {

thread_local unsigned left_until_failure = 0;  // 0: none fails

void* block_of(std::size_t size) noexcept {
    if (left_until_failure != 0 && --left_until_failure == 0) return nullptr;
    return std::malloc(size == 0 ? 1 : size);
}

void* block_or_throw(std::size_t size) {
    void* const block = block_of(size);
    if (block == nullptr) throw std::bad_alloc();
    return block;
}

}  // namespace

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

// All of them: a sanitizer that brings its own for those left out would take a block of ours for one of its
// own.
void* operator new(std::size_t size) {
    return secondstep::testing::block_or_throw(size);
}
void* operator new[](std::size_t size) {
    return secondstep::testing::block_or_throw(size);
}
void* operator new(std::size_t size, const std::nothrow_t& /*no*/) noexcept {
    return secondstep::testing::block_of(size);
}
void* operator new[](std::size_t size, const std::nothrow_t& /*no*/) noexcept {
    return secondstep::testing::block_of(size);
}
void operator delete(void* block) noexcept {
    std::free(block);
}
void operator delete[](void* block) noexcept {
    std::free(block);
}
void operator delete(void* block, std::size_t /*size*/) noexcept {
    std::free(block);
}
void operator delete[](void* block, std::size_t /*size*/) noexcept {
    std::free(block);
}
void operator delete(void* block, const std::nothrow_t& /*no*/) noexcept {
    std::free(block);
}
void operator delete[](void* block, const std::nothrow_t& /*no*/) noexcept {
    std::free(block);
}
