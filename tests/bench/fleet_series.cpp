#include <algorithm>
#include <span>

#include "floor.h"
#include "load_cost.h"
#include "people.h"
#include "round_trip.h"
#include "secondstep.h"
#include "series.h"

namespace secondstep::bench {
namespace {

constexpr std::size_t block = 50;  // logins on one way before it is the other's turn

// The same service judges on both ways: its store, its thread and its disk.
struct Round {
    Samples floor;
    Samples network;
    Cost node;  // the module asks the node's service
    Cost host;  // it asks the host's, which hands it to its relay, which has a connection to the node's
};

class Ways {
  public:
    explicit Ways(const Lab& lab) : lab_(lab), people_(lab) {
        contenders_.push_back(secondstep_at(lab, "people"));
        contenders_.push_back(secondstep_at(lab, "host"));
    }

    Round measure() {
        Round round;
        bool first_by_host = false;
        for (const People::Pass& pass : people_.renew()) {
            for (const Contender& contender : contenders_)
                contender.forget_names();
            bool by_host = first_by_host;
            for (std::size_t i = 0; i < pass.size(); i += block, by_host = !by_host)
                one_block(std::span(pass).subspan(i, std::min(block, pass.size() - i)), by_host, round);
            // Who has logged in on the one way logs in on the other with the next code.
            first_by_host = !first_by_host;
        }
        return round;
    }
    [[nodiscard]] const std::vector<Contender>& contenders() const { return contenders_; }

  private:
    void one_block(std::span<const DueLogin> logins, bool by_host, Round& round) {
        for (std::size_t i = 0; i < logins.size(); ++i) {
            round.floor.add(durable_write(lab_.file("e")));
            round.network.add(echo_.round_trip());
        }
        contenders_[by_host ? 1 : 0].log_in(logins, by_host ? round.host : round.node);
    }

    const Lab& lab_;
    People people_;
    std::vector<Contender> contenders_;
    Echo echo_;
};

double added_us(const Round& round, Samples Cost::* what) {
    return (round.host.*what).median_us() - (round.node.*what).median_us();
}

double added_to_judged_answer(const Round& round) {
    return (added_us(round, &Cost::judged) - round.network.median_us()) / round.floor.median_us();
}
// The question and the answer are a round trip each.
double added_to_login(const Round& round) {
    return (added_us(round, &Cost::inside) - 2 * round.network.median_us()) / round.floor.median_us();
}

}  // namespace

void fleet_series(const Lab& lab, const Table& table) {
    keep_modules_loaded(lab);
    Ways ways(lab);
    std::vector<Round> rounds;
    for (int i = 0; i < lab.rounds(); ++i)
        rounds.push_back(ways.measure());
    const auto median_of = [&](Cost Round::* way, Samples Cost::* what) {
        return over_rounds(rounds, [&](const Round& round) { return (round.*way.*what).median_us(); });
    };
    table.row("fleet: what both relays add to a judged answer, less a round trip / E",
              over_rounds(rounds, added_to_judged_answer), at_most(0.5));
    table.row("  to a login, less two round trips / E", over_rounds(rounds, added_to_login), shown());
    const auto ratio = [&](Samples Cost::* what) {
        return over_rounds(rounds, [&](const Round& round) {
            return (round.host.*what).median_us() / (round.node.*what).median_us();
        });
    };
    table.row("  judged answer through host and relays / on the node", ratio(&Cost::judged), shown());
    table.row("  login through host and relays / on the node", ratio(&Cost::inside), shown());
    table.row("  judged answer, on the node", median_of(&Round::node, &Cost::judged), shown(), "µs");
    table.row("  judged answer, through host and relays", median_of(&Round::host, &Cost::judged), shown(),
              "µs");
    table.row("  round trip of TCP on loopback",
              over_rounds(rounds, [](const Round& round) { return round.network.median_us(); }), shown(),
              "µs");
    table.row("  E", over_rounds(rounds, [](const Round& round) { return round.floor.median_us(); }), shown(),
              "µs");
    table.unexpected(ways.contenders());
}

}  // namespace secondstep::bench
