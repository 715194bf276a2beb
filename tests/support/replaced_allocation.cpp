#include "support/replaced_allocation.h"

#include <new>

namespace secondstep::testing {
namespace {

void* block_or_throw(std::size_t size) {
    void* const block = block_of(size);
    if (block == nullptr) throw std::bad_alloc();
    return block;
}

}  // namespace
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
    secondstep::testing::give_back(block);
}
void operator delete[](void* block) noexcept {
    secondstep::testing::give_back(block);
}
void operator delete(void* block, std::size_t /*size*/) noexcept {
    secondstep::testing::give_back(block);
}
void operator delete[](void* block, std::size_t /*size*/) noexcept {
    secondstep::testing::give_back(block);
}
void operator delete(void* block, const std::nothrow_t& /*no*/) noexcept {
    secondstep::testing::give_back(block);
}
void operator delete[](void* block, const std::nothrow_t& /*no*/) noexcept {
    secondstep::testing::give_back(block);
}
