#include <algorithm>
#include <cstddef>
#include <span>

#include "floor.h"
#include "google_authenticator.h"
#include "load_cost.h"
#include "oath.h"
#include "people.h"
#include "secondstep.h"
#include "series.h"

namespace secondstep::bench {
namespace {

constexpr std::size_t block = 100;  // logins of one module before it is the next one's turn
constexpr int racers = 8;

// What each contender, in their order, did in one round.
struct Round {
    Samples floor;
    std::vector<Cost> costs;
    std::vector<double> rates;
    std::vector<double> refused;  // of all logins at once
};

class Comparison {
  public:
    Comparison(const Lab& lab, std::vector<Contender> contenders)
        : lab_(lab), people_(lab), contenders_(std::move(contenders)) {
        keep_modules_loaded(lab);
        for (int i = 0; i < lab.rounds(); ++i) {
            rounds_.push_back({{},
                               std::vector<Cost>(contenders_.size()),
                               std::vector<double>(contenders_.size()),
                               std::vector<double>(contenders_.size())});
            in_turn(rounds_.back());
            at_once(rounds_.back());
        }
    }

    // Of a figure of the contender with that number, or of a comparison with the first one.
    template <typename Of>
    [[nodiscard]] Figure of(std::size_t number, Of figure) const {
        return over_rounds(rounds_, [&](const Round& round) { return figure(round, number); });
    }
    // Of all rounds, in per cent of what was tried at once.
    [[nodiscard]] double most_refused(std::size_t number) const {
        double most = 0;
        for (const Round& round : rounds_)
            most = std::max(most, 100 * round.refused[number]);
        return most;
    }
    [[nodiscard]] const std::vector<Contender>& contenders() const { return contenders_; }
    [[nodiscard]] std::size_t logins() const {
        return people_.accounts().size() * People::passes * rounds_.size();
    }

  private:
    void in_turn(Round& round) {
        for (const People::Pass& pass : renewed()) {
            forget_names();
            for (std::size_t first = 0; first < pass.size(); first += block)
                one_block(std::span(pass).subspan(first, std::min(block, pass.size() - first)), round);
        }
    }

    void one_block(std::span<const DueLogin> logins, Round& round) {
        prepare(contenders_, logins);
        for (std::size_t i = 0; i < logins.size(); ++i)
            round.floor.add(durable_write(lab_.file("e")));
        for (std::size_t i = 0; i < contenders_.size(); ++i)
            contenders_[i].log_in(logins, round.costs[i]);
    }

    void at_once(Round& round) {
        for (const People::Pass& pass : renewed()) {
            forget_names();
            prepare(contenders_, pass);
            for (std::size_t i = 0; i < contenders_.size(); ++i)
                add_share(contenders_[i].log_in_at_once(pass, racers), i, round);
        }
    }

    // Of one pass.
    static void add_share(const Throughput& throughput, std::size_t contender, Round& round) {
        round.rates[contender] += throughput.accepted_per_second / People::passes;
        round.refused[contender] += throughput.refused / People::passes;
    }

    std::array<People::Pass, People::passes> renewed() {
        auto passes = people_.renew();
        for (const Contender& contender : contenders_)
            contender.enrolled(people_.accounts());
        return passes;
    }

    void forget_names() const {
        for (const Contender& contender : contenders_)
            contender.forget_names();
    }

    const Lab& lab_;
    People people_;
    std::vector<Contender> contenders_;
    std::vector<Round> rounds_;
};

double per_login_us(const Cost& cost, const Usage& usage) {
    return static_cast<double>(usage.processor.count()) / 1000 / cost.logins;
}

double processor(const Round& round, std::size_t i) {
    return round.costs[i].processor_us();
}
// Of the whole machine, where nothing else may run.
double machine(const Round& round, std::size_t i) {
    return static_cast<double>(round.costs[i].machine.count()) / round.costs[i].logins;
}
double inside(const Round& round, std::size_t i) {
    return round.costs[i].inside.median_us();
}
double rate(const Round& round, std::size_t i) {
    return round.rates[i];
}
double service_processor(const Round& round, std::size_t i) {
    return per_login_us(round.costs[i], round.costs[i].service);
}
double caller_processor(const Round& round, std::size_t i) {
    return per_login_us(round.costs[i], round.costs[i].caller);
}
double floor_of(const Round& round, std::size_t /*contender*/) {
    return round.floor.median_us();
}

// The first contender's figure in parts of another's.
template <typename Of>
auto first_to(Of figure) {
    return
        [figure](const Round& round, std::size_t other) { return figure(round, 0) / figure(round, other); };
}
double inside_to_floor(const Round& round, std::size_t i) {
    return inside(round, i) / floor_of(round, i);
}
double whole_ratio(const Round& round, std::size_t i) {
    return round.costs[0].whole.median_us() / round.costs[i].whole.median_us();
}

void print_switches(const Comparison& comparison, const Table& table, std::size_t i) {
    using Count = long Usage::*;
    const auto count_of = [&](Usage Cost::* whose, Count what) {
        return comparison.of(i, [&](const Round& round, std::size_t number) {
            const Cost& cost = round.costs[number];
            return static_cast<double>(cost.*whose.*what) / cost.logins;
        });
    };
    const Contender& contender = comparison.contenders()[i];
    const std::string label = "context switches per login, " + contender.label();
    const std::string caller = contender.has_service() ? ", caller" : "";
    table.row(label + caller + ": waiting", count_of(&Cost::caller, &Usage::waits), shown());
    table.row("  preempted", count_of(&Cost::caller, &Usage::preemptions), shown());
    if (!contender.has_service()) return;
    table.row(label + ", service: waiting", count_of(&Cost::service, &Usage::waits), shown());
    table.row("  preempted", count_of(&Cost::service, &Usage::preemptions), shown());
}

void print_times(const Lab& lab, const Comparison& comparison, const Table& table) {
    const Bound bound = at_most(lab.journaled() ? 0.65 : 0.8);
    table.row("valid code / E", comparison.of(0, inside_to_floor), at_most(3));
    table.row("valid code / google-authenticator", comparison.of(1, first_to(inside)), bound);
    table.row("  from pam_start to pam_end", comparison.of(1, whole_ratio), shown());
    const Figure floor = comparison.of(0, floor_of);
    table.row("  E", floor, shown(), "µs");
    if (floor.most > 2 * floor.least) table.note("THE DISK WAS BUSY WITH SOMETHING ELSE: measure again");
    table.row("  valid code", comparison.of(0, inside), shown(), "µs");
    table.row("  google-authenticator", comparison.of(1, inside), shown(), "µs");
}

}  // namespace

void people_series(const Lab& lab, const Table& table) {
    std::vector<Contender> contenders;
    contenders.push_back(secondstep_at(lab, "people"));
    contenders.push_back(google_authenticator(lab));
    const Comparison comparison(lab, std::move(contenders));
    table.note("300 accounts in passwd; " + std::to_string(comparison.logins()) +
               " logins one after the other, nobody a second time within seconds");
    // With a journal most of what google-authenticator's rename costs is the time of the journal's own thread.
    table.row("processor per login, caller + service / google-authenticator",
              comparison.of(1, first_to(processor)), lab.journaled() ? shown() : at_most(0.8));
    table.row("  service", comparison.of(0, service_processor), shown(), "µs");
    table.row("  caller, libpam with it", comparison.of(0, caller_processor), shown(), "µs");
    table.row("  google-authenticator, libpam with it", comparison.of(1, processor), shown(), "µs");
    table.row("  of everything that the machine did then / google-authenticator",
              comparison.of(1, first_to(machine)), shown());
    print_times(lab, comparison, table);
    table.row("accepted per second, 8 processes / google-authenticator", comparison.of(1, first_to(rate)),
              at_least(lab.journaled() ? 1.5 : 1.3));
    table.row("  accepted per second", comparison.of(0, rate), shown());
    table.row("  google-authenticator", comparison.of(1, rate), shown());
    table.row("  of the right codes refused then", comparison.most_refused(0), exactly(0), "%");
    print_switches(comparison, table, 0);
    print_switches(comparison, table, 1);
    table.unexpected(comparison.contenders());
}

void peers_series(const Lab& lab, const Table& table) {
    std::vector<Contender> contenders;
    contenders.push_back(secondstep_at(lab, "people"));
    contenders.push_back(google_authenticator_in_homes(lab));
    contenders.push_back(oath(lab));
    const Comparison comparison(lab, std::move(contenders));
    for (std::size_t i = 1; i < comparison.contenders().size(); ++i) {
        const std::string& label = comparison.contenders()[i].label();
        table.row("processor per login, caller + service / " + label, comparison.of(i, first_to(processor)),
                  shown());
        table.row("valid code / " + label, comparison.of(i, first_to(inside)), shown());
        table.row("  " + label + " / E", comparison.of(i, inside_to_floor), shown());
        table.row("accepted per second, 8 processes / " + label, comparison.of(i, first_to(rate)), shown());
        table.row("  of the right codes it refused then", comparison.most_refused(i), shown(), "%");
    }
}

}  // namespace secondstep::bench
