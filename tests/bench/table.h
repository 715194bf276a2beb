#pragma once

#include <limits>
#include <string>
#include <vector>

#include "contender.h"
#include "samples.h"

namespace secondstep::bench {

// What a figure has to be; outside of it the row says so.
struct Bound {
    double least = std::numeric_limits<double>::lowest();
    double most = std::numeric_limits<double>::max();
    std::string text = "shown";
};
[[nodiscard]] Bound at_most(double most);
[[nodiscard]] Bound at_least(double least);
[[nodiscard]] Bound between(double least, double most);
[[nodiscard]] Bound exactly(double value);
[[nodiscard]] Bound shown();

// Rows of a Markdown table as they come: the median, which the bound is about, and the least and the most of the rounds.
class Table {
  public:
    static void heading();
    void row(const std::string& what, const Figure& figure, const Bound& bound,
             const std::string& unit = "") const;
    void note(const std::string& text) const;
    // What a contender answered that it should not have.
    void unexpected(const std::vector<Contender>& contenders) const;
};

}  // namespace secondstep::bench
