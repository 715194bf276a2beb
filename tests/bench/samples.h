#pragma once

#include <chrono>
#include <utility>
#include <vector>

namespace secondstep::bench {

using Nanoseconds = std::chrono::nanoseconds;

// Of no values: 0.
[[nodiscard]] double median(std::vector<double> values);

// A figure that each round has: the median of them, and how far they lie apart.
struct Figure {
    Figure(double only) : median(only), least(only), most(only) {}  // NOLINT(google-explicit-constructor)
    explicit Figure(const std::vector<double>& values);
    double median;
    double least;
    double most;
};

template <typename Round, typename Of>
[[nodiscard]] Figure over_rounds(const std::vector<Round>& rounds, Of figure) {
    std::vector<double> values;
    for (const Round& round : rounds)
        values.push_back(figure(round));
    return Figure(values);
}

// Durations of one kind; the figures people compare are medians, because this disk has outliers of 100x.
class Samples {
  public:
    void add(Nanoseconds duration) { values_.push_back(static_cast<double>(duration.count()) / 1000); }
    [[nodiscard]] bool empty() const { return values_.empty(); }
    [[nodiscard]] double median_us() const { return median(values_); }

  private:
    std::vector<double> values_;
};

}  // namespace secondstep::bench
