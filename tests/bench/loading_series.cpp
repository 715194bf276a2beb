#include "load_cost.h"
#include "series.h"

namespace secondstep::bench {

void loading_series(const Lab& lab, const Table& table) {
    constexpr int rounds = 40;
    const auto modules = modules_of(lab);
    const LoadCost ours = load_cost(modules.at("secondstep"), rounds);
    const LoadCost google = load_cost(modules.at("google"), rounds);
    table.row("dlopen of the module / google-authenticator", ours.microseconds / google.microseconds,
              at_most(1.2));
    table.row("  dirty memory of the module, beside its host's first dlopen",
              static_cast<double>(ours.dirty_kib), shown(), "KiB");
    table.row("  dirty memory of google-authenticator, likewise", static_cast<double>(google.dirty_kib),
              shown(), "KiB");
    table.row("  further libraries", static_cast<double>(ours.libraries), exactly(0));
}

}  // namespace secondstep::bench
