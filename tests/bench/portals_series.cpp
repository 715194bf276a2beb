#include "load_cost.h"
#include "secondstep.h"
#include "series.h"

namespace secondstep::bench {
namespace {

constexpr std::size_t few = 300;
constexpr otp::TimeStep passes = 2;

struct Round {
    Cost small;
    Cost large;
};

class Growth {
  public:
    explicit Growth(const Lab& lab)
        : small_accounts_(accounts_of_bulk_file(lab.file("small.csv"), few)),
          large_accounts_(accounts_of_bulk_file(lab.file("large.csv"), few)) {
        contenders_.push_back(secondstep_at(lab, "small"));
        contenders_.push_back(secondstep_at(lab, "large"));
    }

    // With a share of the accounts that no other round uses, two codes of each.
    Round measure(std::size_t first, std::size_t count) {
        Round round;
        const otp::TimeStep now = step_now();
        for (otp::TimeStep step = now; step != now + passes; ++step) {
            contenders_[0].forget_names();
            contenders_[1].forget_names();
            for (std::size_t i = first; i < first + count; ++i) {
                log_in(contenders_[0], small_accounts_.at(i), step, round.small);
                log_in(contenders_[1], large_accounts_.at(i), step, round.large);
            }
        }
        return round;
    }
    [[nodiscard]] std::size_t people() const {
        return std::min(small_accounts_.size(), large_accounts_.size());
    }
    [[nodiscard]] const std::vector<Contender>& contenders() const { return contenders_; }

  private:
    static void log_in(Contender& contender, const BenchAccount& account, otp::TimeStep step, Cost& cost) {
        const DueLogin login{&account, code_at(account, step)};
        contender.log_in({&login, 1}, cost);
    }

    std::vector<BenchAccount> small_accounts_;
    std::vector<BenchAccount> large_accounts_;
    std::vector<Contender> contenders_;
};

}  // namespace

void portals_series(const Lab& lab, const Table& table) {
    keep_modules_loaded(lab);
    Growth growth(lab);
    const std::size_t share = growth.people() / static_cast<std::size_t>(lab.rounds());
    std::vector<Round> rounds;
    for (int i = 0; i < lab.rounds(); ++i)
        rounds.push_back(growth.measure(static_cast<std::size_t>(i) * share, share));
    const std::string sizes = std::to_string(count_of_bulk_file(lab.file("large.csv"))) + " portal users / " +
                              std::to_string(few) + " portal users";
    table.row(
        sizes + ": valid code",
        over_rounds(rounds,
                    [](const Round& r) { return r.large.inside.median_us() / r.small.inside.median_us(); }),
        at_most(1.15));
    table.row(
        "  processor, caller + service",
        over_rounds(rounds, [](const Round& r) { return r.large.processor_us() / r.small.processor_us(); }),
        shown());
    table.unexpected(growth.contenders());
}

}  // namespace secondstep::bench
