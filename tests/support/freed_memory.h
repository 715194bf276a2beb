#pragma once

#include <atomic>
#include <string>
#include <vector>

namespace secondstep::testing {

// Looks, while it exists, into every block of memory that is given back: counts those in which one of the
// texts still stands, as in a std::string that a secret went through, wherever in the block (a coroutine's
// frame, an object) it lay. One at a time in a program, which links freed_memory.cpp and replaced_allocation.cpp for it.
class FreedMemory {
  public:
    explicit FreedMemory(std::vector<std::string> texts);
    FreedMemory(const FreedMemory&) = delete;
    FreedMemory& operator=(const FreedMemory&) = delete;
    ~FreedMemory();
    [[nodiscard]] unsigned blocks_with_a_text() const { return blocks_; }

    void look_into(const void* block, std::size_t size) noexcept;

  private:
    const std::vector<std::string> texts_;
    std::atomic<unsigned> blocks_{0};
};

}  // namespace secondstep::testing
