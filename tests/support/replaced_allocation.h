#pragma once

#include <cstddef>

// What a program that links replaced_allocation.cpp does in the place of operator new and delete; it says so itself.
namespace secondstep::testing {

[[nodiscard]] void* block_of(std::size_t size) noexcept;  // nullptr: there is no memory
void give_back(void* block) noexcept;

}  // namespace secondstep::testing
