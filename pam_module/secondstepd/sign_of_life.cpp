#include "secondstepd/sign_of_life.h"

#include <utility>

namespace secondstep::service {

SignOfLife::SignOfLife(std::size_t threads, std::function<void()> feed)
    : threads_(threads),
      feed_(std::move(feed)),
      shown_(std::make_unique<std::atomic<bool>[]>(threads)),
      missing_(threads) {}

void SignOfLife::show(std::size_t thread) {
    if (shown_[thread].exchange(true)) return;
    if (--missing_ != 0) return;
    missing_ = threads_;  // before anybody can show themselves again
    for (std::size_t i = 0; i < threads_; ++i)
        shown_[i] = false;
    feed_();
}

}  // namespace secondstep::service
