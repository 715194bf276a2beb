#include "support/freed_memory.h"

#include <malloc.h>

#include <cstdlib>
#include <cstring>
#include <new>

namespace secondstep::testing {
namespace {

std::atomic<FreedMemory*> watching{nullptr};

// Zeros, so that nothing is found which an earlier owner of the block left there.
void* block_of(std::size_t size) noexcept {
    return std::calloc(1, size == 0 ? 1 : size);
}

void* block_or_throw(std::size_t size) {
    void* const block = block_of(size);
    if (block == nullptr) throw std::bad_alloc();
    return block;
}

void give_back(void* block) noexcept {
    FreedMemory* const watch = watching.load();
    if (watch != nullptr && block != nullptr) watch->look_into(block, ::malloc_usable_size(block));
    std::free(block);
}

}  // namespace

FreedMemory::FreedMemory(std::vector<std::string> texts) : texts_(std::move(texts)) {
    watching.store(this);
}

FreedMemory::~FreedMemory() {
    watching.store(nullptr);
}

void FreedMemory::look_into(const void* block, std::size_t size) noexcept {
    for (const std::string& text : texts_) {
        if (::memmem(block, size, text.data(), text.size()) != nullptr) {
            ++blocks_;
            return;
        }
    }
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
