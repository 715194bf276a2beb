#include "base/clock_offset.h"

#include "base/duration.h"

namespace secondstep {

std::string clock_offset_in_words(std::chrono::seconds offset) {
    return in_words(std::chrono::abs(offset)) + (offset > std::chrono::seconds::zero() ? " fast" : " slow");
}

}  // namespace secondstep
