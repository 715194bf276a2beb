#include "table.h"

#include <cstdio>

namespace secondstep::bench {
namespace {

std::string decimal(double value) {
    char text[32];
    std::snprintf(text, sizeof text, value < 100 ? "%.2f" : "%.0f", value);
    return text;
}

std::string short_decimal(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

}  // namespace

Bound at_most(double most) {
    return {.most = most, .text = "<= " + short_decimal(most)};
}

Bound at_least(double least) {
    return {least, std::numeric_limits<double>::max(), ">= " + short_decimal(least)};
}

Bound between(double least, double most) {
    return {least, most, short_decimal(least) + " to " + short_decimal(most)};
}

Bound exactly(double value) {
    return {value, value, short_decimal(value)};
}

Bound shown() {
    return {};
}

void Table::heading() {
    std::printf("| %-74s | %12s | %16s | bound |\n|---|---|---|---|\n", "what", "measured", "rounds");
}

void Table::row(const std::string& what, const Figure& figure, const Bound& bound,
                const std::string& unit) const {
    const bool missed = figure.median < bound.least || figure.median > bound.most;
    const std::string text = decimal(figure.median) + (unit.empty() ? "" : " " + unit);
    const std::string range =
        figure.least == figure.most ? "" : decimal(figure.least) + " to " + decimal(figure.most);
    std::printf("| %-74s | %12s | %16s | %s%s |\n", what.c_str(), text.c_str(), range.c_str(),
                bound.text.c_str(), missed ? ", **missed**" : "");
    std::fflush(stdout);
}

void Table::note(const std::string& text) const {
    std::printf("| %-74s | | | |\n", text.c_str());
}

void Table::unexpected(const std::vector<Contender>& contenders) const {
    for (const Contender& contender : contenders) {
        for (const auto& [what, count] : contender.unexpected())
            note("UNEXPECTED from " + contender.label() + ": " + std::to_string(count) + " x " + what);
    }
}

}  // namespace secondstep::bench
