#pragma once

namespace secondstep::testing {

// malloc(3) of this program and everything it has loaded (failing_malloc.cpp stands before libc's): in this
// thread the `nth` call from now on fails, and all after it too if `for_good`.
void fail_malloc(int nth, bool for_good);

// Ends that. True: a call has failed.
bool stop_failing_malloc();

// While one of these lives, malloc works and calls are not counted: for what is not under test.
class MallocWorks {
  public:
    MallocWorks();
    MallocWorks(const MallocWorks&) = delete;
    MallocWorks& operator=(const MallocWorks&) = delete;
    ~MallocWorks();

  private:
    int countdown_;
};

}  // namespace secondstep::testing
