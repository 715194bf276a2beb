#pragma once

#include <pthread.h>

namespace secondstep::module {

// A thread cancelled inside us would unwind our frames with the host's C++ runtime, which aborts the host. So
// the cancellation waits until we have returned.
class CancellationOff {
  public:
    CancellationOff() noexcept { ::pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before_); }
    CancellationOff(const CancellationOff&) = delete;
    CancellationOff& operator=(const CancellationOff&) = delete;
    ~CancellationOff() { ::pthread_setcancelstate(before_, nullptr); }

  private:
    int before_ = PTHREAD_CANCEL_ENABLE;
};

}  // namespace secondstep::module
