#pragma once

namespace secondstep::testing {

// While one lives, operator new fails once on its thread: the `when`-th time from now on (1: the next time).
class FailingAllocation {
  public:
    explicit FailingAllocation(unsigned when) noexcept;
    FailingAllocation(const FailingAllocation&) = delete;
    FailingAllocation& operator=(const FailingAllocation&) = delete;
    ~FailingAllocation();
    // The thread has asked for memory so often.
    [[nodiscard]] static bool has_failed() noexcept;
};

}  // namespace secondstep::testing
