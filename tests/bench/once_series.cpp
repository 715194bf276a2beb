#include <algorithm>
#include <span>

#include "google_authenticator.h"
#include "load_cost.h"
#include "people.h"
#include "secondstep.h"
#include "series.h"

namespace secondstep::bench {
namespace {

constexpr std::size_t logins = 100;

struct Round {
    Cost once;
    Cost google;
};

}  // namespace

void once_series(const Lab& lab, const Table& table) {
    keep_modules_loaded(lab);
    People people(lab);
    std::vector<Contender> contenders;
    contenders.push_back(secondstep_once(lab));
    contenders.push_back(google_authenticator(lab));
    std::vector<Round> rounds(static_cast<std::size_t>(lab.rounds()));
    for (Round& round : rounds) {
        const People::Pass pass = people.renew().front();
        const auto some = std::span(pass).first(std::min(logins, pass.size()));
        prepare(contenders, some);
        contenders[0].log_in(some, round.once);
        contenders[1].log_in(some, round.google);
    }
    table.row(
        "no service (--once) / google-authenticator",
        over_rounds(rounds,
                    [](const Round& r) { return r.once.inside.median_us() / r.google.inside.median_us(); }),
        at_most(5));
    table.row("  processor, the started service with it",
              over_rounds(rounds, [](const Round& r) { return r.once.processor_us(); }), shown(), "µs");
    table.unexpected(contenders);
}

}  // namespace secondstep::bench
