#include "store/randomness_stock.h"

#include <algorithm>

namespace secondstep {
namespace {

constexpr std::size_t piece = 16384;

}  // namespace

void RandomnessStock::fill(MutableByteView out) {
    const std::lock_guard lock(mutex_);
    while (!out.empty()) {
        if (stock_.empty()) stock_ = from_.secret(piece);
        // From the end, so that what was taken is cut off and wiped.
        const std::size_t taken = std::min(out.size(), stock_.size());
        const std::size_t left = stock_.size() - taken;
        std::ranges::copy(ByteView(stock_.bytes()).subspan(left), out.begin());
        stock_.truncate(left);
        out = out.subspan(taken);
    }
}

}  // namespace secondstep
