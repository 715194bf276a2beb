#include "secondstepd/sparing_warning.h"

namespace secondstep::service {

void SparingWarning::warn(const std::string& sentence, Time now) {
    const std::lock_guard lock(mutex_);
    if (written_ && now - last_ < period_) {
        ++left_out_;
        return;
    }
    journal_.warn(left_out_ == 0 ? sentence
                                 : sentence + " (" + std::to_string(left_out_) +
                                       " more such events since the last line)");
    written_ = true;
    last_ = now;
    left_out_ = 0;
}

}  // namespace secondstep::service
