#include "samples.h"

#include <algorithm>

namespace secondstep::bench {

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

Figure::Figure(const std::vector<double>& values)
    : median(bench::median(values)),
      least(values.empty() ? 0 : *std::min_element(values.begin(), values.end())),
      most(values.empty() ? 0 : *std::max_element(values.begin(), values.end())) {}

}  // namespace secondstep::bench
