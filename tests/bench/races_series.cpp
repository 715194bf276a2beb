#include <algorithm>

#include "google_authenticator.h"
#include "load_cost.h"
#include "people.h"
#include "secondstep.h"
#include "series.h"

namespace secondstep::bench {
namespace {

constexpr int racers = 8;
constexpr int our_rounds = 500;
constexpr int their_rounds = 100;

struct Tally {
    int most = 0;
    int bad_rounds = 0;
};

// How many of the racers were let in with one and the same code, at most, and in how many rounds not exactly one.
Tally race(Contender& contender, const std::vector<DueLogin>& logins) {
    Tally tally;
    for (const DueLogin& login : logins) {
        contender.prepare(*login.account);
        const int accepted = contender.accepted_of_one_code(login, racers);
        tally.most = std::max(tally.most, accepted);
        tally.bad_rounds += accepted == 1 ? 0 : 1;
    }
    return tally;
}

Tally race_people(People& people, Contender& contender, int rounds) {
    Tally all;
    for (auto left = static_cast<std::size_t>(rounds); left > 0;) {
        People::Pass pass = people.renew().front();
        pass.resize(std::min(left, pass.size()));
        left -= pass.size();
        const Tally tally = race(contender, pass);
        all = {std::max(all.most, tally.most), all.bad_rounds + tally.bad_rounds};
    }
    return all;
}

void print(const Table& table, const std::string& label, const Tally& tally, int rounds, const Bound& bound) {
    table.row("one code, 8 processes at once, " + label + ": most that were accepted", tally.most, bound);
    table.row("  rounds of " + std::to_string(rounds) + " in which not exactly one was accepted",
              tally.bad_rounds, shown());
}

}  // namespace

void races_series(const Lab& lab, const Table& table) {
    keep_modules_loaded(lab);
    People people(lab);
    Contender ours = secondstep_at(lab, "people");
    Contender google = google_authenticator(lab);
    print(table, "500 rounds", race_people(people, ours, our_rounds), our_rounds, exactly(1));
    print(table, "google-authenticator", race_people(people, google, their_rounds), their_rounds, shown());
}

}  // namespace secondstep::bench
