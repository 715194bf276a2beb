#include "google_authenticator.h"
#include "people.h"
#include "secondstep.h"
#include "series.h"

namespace secondstep::bench {
namespace {

struct Round {
    Cost ours;
    Cost google;
};

}  // namespace

void fresh_process_series(const Lab& lab, const Table& table) {
    People people(lab);
    std::vector<Contender> contenders;
    contenders.push_back(secondstep_at(lab, "people"));
    contenders.push_back(google_authenticator(lab));
    std::vector<Round> rounds(static_cast<std::size_t>(lab.rounds()));
    for (Round& round : rounds) {
        const People::Pass pass = people.renew().front();
        contenders[0].forget_names();
        prepare(contenders, pass);
        contenders[0].log_in_afresh(pass, round.ours);
        contenders[1].log_in_afresh(pass, round.google);
    }
    table.row(
        "processor per login with the process it is in (fork, dlopen) / google-authenticator",
        over_rounds(rounds, [](const Round& r) { return r.ours.processor_us() / r.google.processor_us(); }),
        shown());
    table.row(
        "  time from fork to the end of the process / google-authenticator",
        over_rounds(rounds,
                    [](const Round& r) { return r.ours.whole.median_us() / r.google.whole.median_us(); }),
        shown());
    table.row("  google-authenticator, the same time",
              over_rounds(rounds, [](const Round& r) { return r.google.whole.median_us(); }), shown(), "µs");
    table.unexpected(contenders);
}

}  // namespace secondstep::bench
